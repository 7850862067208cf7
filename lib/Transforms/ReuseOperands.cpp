//===- ReuseOperands.cpp - results into what they are computed from -------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Transforms/Passes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace mlir::act {
#define GEN_PASS_DEF_ACTREUSEOPERANDS
#include "act/Transforms/Passes.h.inc"
} // namespace mlir::act

using namespace mlir;
using namespace mlir::act;

/// Whether the buffer of `value` may be overwritten in `block` by its only
/// reader: what a linalg op has written there, or an argument that the caller
/// gave away.
static bool mayBeOverwritten(Value value, Block *block) {
  if (Operation *producer = value.getDefiningOp())
    return producer->getBlock() == block && isa<linalg::LinalgOp>(producer);
  auto argument = cast<BlockArgument>(value);
  auto func = dyn_cast<FunctionOpInterface>(block->getParentOp());
  if (!func || argument.getOwner() != block)
    return false;
  auto writable = func.getArgAttrOfType<BoolAttr>(
      argument.getArgNumber(),
      bufferization::BufferizationDialect::kWritableAttrName);
  return writable && writable.getValue();
}

/// Whether `op` reads `value` where it writes `init`, and nobody else does.
static bool isReadInStep(linalg::LinalgOp op, Value value, OpOperand &init) {
  return llvm::all_of(value.getUses(), [&](OpOperand &use) {
    return use.getOwner() == op && op.isDpsInput(&use) &&
           op.getMatchingIndexingMap(&use) == op.getMatchingIndexingMap(&init);
  });
}

static void reuseOperands(linalg::LinalgOp op) {
  if (!op.hasPureTensorSemantics() ||
      op.getNumParallelLoops() != op.getNumLoops())
    return;
  for (OpOperand &init : op.getDpsInitsMutable()) {
    if (!init.get().getDefiningOp<tensor::EmptyOp>() ||
        op.payloadUsesValueFromOperand(&init))
      continue;
    // Once taken, a value is an init too, and not taken again.
    for (OpOperand *input : op.getDpsInputOperands()) {
      Value value = input->get();
      if (value.getType() != init.get().getType() ||
          !isReadInStep(op, value, init) ||
          !mayBeOverwritten(value, op->getBlock()))
        continue;
      init.set(value);
      break;
    }
  }
}

namespace {
struct ActReuseOperandsPass
    : act::impl::ActReuseOperandsBase<ActReuseOperandsPass> {
  void runOnOperation() override {
    getOperation()->walk([](linalg::LinalgOp op) { reuseOperands(op); });
  }
};
} // namespace
