//===- DropStreams.cpp - usual stores where a loop computes much ----------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScheduleStreams.h"
#include "act/Support/Target.h"
#include "act/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/PatternMatch.h"

namespace mlir::act {
#define GEN_PASS_DEF_ACTDROPSTREAMS
#include "act/Transforms/Passes.h.inc"
} // namespace mlir::act

using namespace mlir;
using namespace mlir::act;

/// Operations on registers for each cache line read or written, up to which
/// a loop waits for memory rather than for arithmetic. Measured on Zen 4.
static constexpr int64_t kOperationsPerLine = 10;
/// What a division or a square root counts for.
static constexpr int64_t kSlowOperation = 8;

static int64_t getBits(VectorType type) {
  Type element = type.getElementType();
  return type.getNumElements() *
         (element.isIndex() ? 64 : element.getIntOrFloatBitWidth());
}

/// Whether an `if` chooses between stores past the caches and usual ones.
static bool choosesStore(scf::IfOp ifOp) {
  return ifOp.elseBlock() &&
         llvm::any_of(
             ifOp.thenBlock()->getOps<vector::StoreOp>(),
             [](vector::StoreOp store) { return store.getNontemporal(); });
}

/// What an operation on vectors costs, in instructions on one register.
static int64_t getWork(Operation *op, unsigned vectorBits) {
  if (op->getNumResults() != 1 || isa<arith::ConstantOp, arith::BitcastOp>(op))
    return 0;
  auto type = dyn_cast<VectorType>(op->getResult(0).getType());
  if (!type)
    return 0;
  // Comparisons give bits, conversions may be from or to fewer bits.
  int64_t bits = getBits(type);
  for (Type operand : op->getOperandTypes())
    if (auto vector = dyn_cast<VectorType>(operand))
      bits = std::max(bits, getBits(vector));
  bool isCounted =
      isa<arith::ArithDialect, math::MathDialect, LLVM::LLVMDialect>(
          op->getDialect()) ||
      isa<vector::GatherOp, vector::ShuffleOp>(op);
  int64_t registers = llvm::divideCeil(bits, vectorBits);
  if (!isCounted)
    return 0;
  bool isSlow = isa<arith::DivFOp, math::SqrtOp>(op);
  return registers * (isSlow ? kSlowOperation : 1);
}

/// Whether the loop body around `ifOp` does more than memory gives it time for.
static bool isCostly(scf::IfOp ifOp, unsigned vectorBits) {
  int64_t work = 0, bits = 0;
  for (Operation &op : *ifOp->getBlock()) {
    work += getWork(&op, vectorBits);
    if (auto read = dyn_cast<vector::TransferReadOp>(op)) {
      bits += getBits(read.getVectorType());
    } else if (auto other = dyn_cast<scf::IfOp>(op)) {
      // Other nested code is for rare values.
      if (choosesStore(other))
        for (auto store : other.thenBlock()->getOps<vector::StoreOp>())
          bits += getBits(store.getVectorType());
    }
  }
  return work * kStreamAlignment * 8 > kOperationsPerLine * bits;
}

/// Whether the condition of one `if` implies `condition`.
static bool dependsOn(scf::IfOp ifOp, Value condition) {
  SmallVector<Value> conditions = {ifOp.getCondition()};
  while (!conditions.empty()) {
    Value value = conditions.pop_back_val();
    if (value == condition)
      return true;
    if (auto both = value.getDefiningOp<arith::AndIOp>())
      llvm::append_range(conditions, both->getOperands());
  }
  return false;
}

void mlir::act::dropCostlyStreams(Operation *root, unsigned vectorBits) {
  SmallVector<scf::IfOp> dropped, kept, fences;
  root->walk([&](scf::IfOp ifOp) {
    if (choosesStore(ifOp))
      (isCostly(ifOp, vectorBits) ? dropped : kept).push_back(ifOp);
    else if (isStreamFence(ifOp))
      fences.push_back(ifOp);
  });
  IRRewriter rewriter(root->getContext());
  for (scf::IfOp ifOp : dropped) {
    rewriter.eraseOp(ifOp.elseYield());
    rewriter.inlineBlockBefore(ifOp.elseBlock(), ifOp);
    rewriter.eraseOp(ifOp);
  }
  // Where nothing is streamed any more there is no head and no fence.
  for (scf::IfOp fence : fences) {
    Value condition = fence.getCondition();
    if (llvm::any_of(
            kept, [&](scf::IfOp ifOp) { return dependsOn(ifOp, condition); }))
      continue;
    rewriter.setInsertionPointAfterValue(condition);
    Value never = arith::ConstantIntOp::create(rewriter, fence.getLoc(), 0, 1);
    // The value may be one that other code has, too.
    rewriter.replaceUsesWithIf(condition, never, [&](OpOperand &use) {
      return isa<arith::SelectOp>(use.getOwner()) ||
             llvm::is_contained(fences, dyn_cast<scf::IfOp>(use.getOwner()));
    });
  }
}

namespace {
struct ActDropStreamsPass : act::impl::ActDropStreamsBase<ActDropStreamsPass> {
  using ActDropStreamsBase::ActDropStreamsBase;

  LogicalResult initialize(MLIRContext *context) override {
    FailureOr<CpuTarget> target = resolveCpu(context, cpu, vectorBits);
    if (failed(target))
      return failure();
    registerBits = target->vectorBits;
    return success();
  }

  void runOnOperation() override {
    dropCostlyStreams(getOperation(), registerBits);
  }

private:
  unsigned registerBits = 0;
};
} // namespace
