//===- Vectorize.cpp - linalg ops on buffers to loops over vectors --------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Support/Target.h"
#include "act/Transforms/Passes.h"
#include "act/Transforms/Remarks.h"
#include "act/Transforms/Schedule.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/OpenMP/OpenMPDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace mlir::act {
#define GEN_PASS_DEF_ACTVECTORIZE
#include "act/Transforms/Passes.h.inc"
} // namespace mlir::act

using namespace mlir;
using namespace mlir::act;

/// An op that visits every element of contiguous buffers in the same order is
/// one long loop, however many dimensions it is written with: returns it in
/// that form, or `op` itself where that does not hold.
static linalg::LinalgOp flatten(RewriterBase &rewriter, linalg::LinalgOp op) {
  unsigned rank = op.getNumLoops();
  if (rank <= 1 || op.getNumParallelLoops() != rank || op.hasIndexSemantics())
    return op;
  for (OpOperand &operand : op->getOpOperands()) {
    AffineMap map = op.getMatchingIndexingMap(&operand);
    auto type = dyn_cast<MemRefType>(operand.get().getType());
    if (map.getNumResults() == 0)
      continue;
    if (!map.isIdentity() || !type || !type.getLayout().isIdentity())
      return op;
  }

  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPoint(op);
  ReassociationIndices all = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  SmallVector<Value> operands;
  SmallVector<AffineMap> maps;
  for (OpOperand &operand : op->getOpOperands()) {
    bool isScalar = op.getMatchingIndexingMap(&operand).getNumResults() == 0;
    operands.push_back(isScalar ? operand.get()
                                : memref::CollapseShapeOp::create(
                                      rewriter, op.getLoc(), operand.get(),
                                      ArrayRef<ReassociationIndices>(all))
                                      .getResult());
    maps.push_back(isScalar ? AffineMap::get(1, 0, rewriter.getContext())
                            : rewriter.getMultiDimIdentityMap(1));
  }
  ArrayRef<Value> inputs =
      ArrayRef<Value>(operands).take_front(op.getNumDpsInputs());
  ArrayRef<Value> outputs =
      ArrayRef<Value>(operands).drop_front(op.getNumDpsInputs());
  auto flat = linalg::GenericOp::create(
      rewriter, op.getLoc(), inputs, outputs, maps,
      ArrayRef<utils::IteratorType>{utils::IteratorType::parallel});
  rewriter.cloneRegionBefore(op->getRegion(0), flat.getRegion(),
                             flat.getRegion().end());
  rewriter.eraseOp(op);
  return flat;
}

LogicalResult mlir::act::vectorizeLinalgOps(Operation *root,
                                            const ScheduleOptions &options) {
  IRRewriter rewriter(root->getContext());
  root->walk([&](memref::CopyOp copy) {
    if (!isa<MemRefType>(copy.getSource().getType()) ||
        !isa<MemRefType>(copy.getTarget().getType()))
      return;
    rewriter.setInsertionPoint(copy);
    rewriter.replaceOpWithNewOp<linalg::CopyOp>(copy, copy.getSource(),
                                                copy.getTarget());
  });

  SmallVector<linalg::LinalgOp> ops;
  root->walk([&](linalg::LinalgOp op) {
    if (op.hasPureBufferSemantics())
      ops.push_back(op);
  });
  for (linalg::LinalgOp op : ops) {
    op = flatten(rewriter, op);
    std::string reason;
    std::optional<SchedulePlan> plan = planSchedule(op, options, &reason);
    remarkOnSchedule(op, options, plan, reason);
    if (plan) {
      executeSchedule(rewriter, op, *plan);
    } else {
      rewriter.setInsertionPoint(op);
      if (failed(linalg::linalgOpToLoops(rewriter, op)))
        return op.emitOpError("cannot be turned into loops");
    }
    rewriter.eraseOp(op);
  }
  return success();
}

namespace {
struct ActVectorizePass : act::impl::ActVectorizeBase<ActVectorizePass> {
  using ActVectorizeBase::ActVectorizeBase;

  // Nothing of OpenMP for one thread.
  void getDependentDialects(DialectRegistry &registry) const override {
    ActVectorizeBase::getDependentDialects(registry);
    if (threads != 1)
      registry.insert<omp::OpenMPDialect>();
  }

  LogicalResult initialize(MLIRContext *context) override {
    FailureOr<CpuTarget> target = resolveCpu(context, cpu, vectorBits);
    if (failed(target))
      return failure();
    if (streamBytes < -1)
      return emitError(UnknownLoc::get(context))
             << "stream-bytes must be -1, 0 or positive";
    schedule = {target->vectorBits, target->vectorRegisters};
    if (target->storesReadFirst)
      schedule.streamBytes = streamBytes == -1
                                 ? static_cast<int64_t>(target->lastCacheBytes)
                                 : streamBytes;
    schedule.threads = threads;
    if (!scalable)
      return success();
    if (target->scalableBits == 0)
      return emitError(UnknownLoc::get(context))
             << "cpu '" << target->cpu << "' has no scalable vectors";
    schedule.scalableBits = target->scalableBits;
    return success();
  }

  void runOnOperation() override {
    if (failed(vectorizeLinalgOps(getOperation(), schedule)))
      signalPassFailure();
  }

private:
  ScheduleOptions schedule;
};
} // namespace
