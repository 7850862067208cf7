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

/// Whether linalg ops of `block` made `value` in a buffer of its own.
static bool isOwn(Value value, Block *block) {
  while (auto producer = value.getDefiningOp<linalg::LinalgOp>()) {
    if (producer->getBlock() != block)
      return false;
    value = producer.getTiedOpOperand(cast<OpResult>(value))->get();
  }
  return value.getDefiningOp<tensor::EmptyOp>();
}

/// Whether `value` is an argument that the caller gave away, and `result` an
/// intermediate one. Another result would have to be copied: a function does
/// not return its arguments, and a destination is written without detour.
static bool isGiven(Value value, OpResult result) {
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument || argument.getOwner() != result.getOwner()->getBlock())
    return false;
  auto func = dyn_cast<FunctionOpInterface>(argument.getOwner()->getParentOp());
  if (!func)
    return false;
  auto writable = func.getArgAttrOfType<BoolAttr>(
      argument.getArgNumber(),
      bufferization::BufferizationDialect::kWritableAttrName);
  return writable && writable.getValue() &&
         llvm::all_of(result.getUses(), [](OpOperand &use) {
           auto reader = dyn_cast<linalg::LinalgOp>(use.getOwner());
           return reader && reader.isDpsInput(&use);
         });
}

/// Whether `op` reads `value` where it writes `init`, and nobody else reads
/// more of it than its sizes.
static bool isReadInStep(linalg::LinalgOp op, Value value, OpOperand &init) {
  return llvm::all_of(value.getUses(), [&](OpOperand &use) {
    if (isa<tensor::DimOp>(use.getOwner()))
      return true;
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
          !(isOwn(value, op->getBlock()) ||
            isGiven(value, op.getTiedOpResult(&init))))
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
