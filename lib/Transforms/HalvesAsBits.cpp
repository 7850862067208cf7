//===- HalvesAsBits.cpp - 16-bit floats are moved as integers -------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Transforms/Passes.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace mlir::act {
#define GEN_PASS_DEF_ACTHALVESASBITS
#include "act/Transforms/Passes.h.inc"
} // namespace mlir::act

using namespace mlir;
using namespace mlir::act;

static bool isHalf(Type type) {
  return isa<Float16Type, BFloat16Type>(getElementTypeOrSelf(type));
}

static Type getBitsType(Type type) {
  Type bits = IntegerType::get(type.getContext(), 16);
  if (auto vector = dyn_cast<VectorType>(type))
    return vector.clone(bits);
  return bits;
}

/// Whether `op` only moves its operands, so that their type does not matter.
static bool onlyMoves(Operation *op) {
  return isa<LLVM::LoadOp, LLVM::StoreOp, LLVM::MaskedLoadOp,
             LLVM::MaskedStoreOp, LLVM::SelectOp, LLVM::ExtractElementOp,
             LLVM::InsertElementOp, LLVM::ShuffleVectorOp, LLVM::PoisonOp>(op);
}

static void moveAsBits(Operation *op) {
  OpBuilder builder(op);
  for (OpOperand &operand : op->getOpOperands()) {
    Type type = operand.get().getType();
    if (!isHalf(type))
      continue;
    auto cast = operand.get().getDefiningOp<LLVM::BitcastOp>();
    if (cast && cast.getArg().getType() == getBitsType(type))
      operand.set(cast.getArg());
    else
      operand.set(LLVM::BitcastOp::create(builder, op->getLoc(),
                                          getBitsType(type), operand.get()));
  }
  builder.setInsertionPointAfter(op);
  for (Value result : op->getResults()) {
    Type type = result.getType();
    if (!isHalf(type))
      continue;
    result.setType(getBitsType(type));
    auto cast = LLVM::BitcastOp::create(builder, op->getLoc(), type, result);
    result.replaceAllUsesExcept(cast, cast);
  }
}

namespace {
struct ActHalvesAsBitsPass
    : act::impl::ActHalvesAsBitsBase<ActHalvesAsBitsPass> {
  void runOnOperation() override {
    SmallVector<Operation *> ops;
    getOperation()->walk([&](Operation *op) {
      if (onlyMoves(op) && (llvm::any_of(op->getOperandTypes(), isHalf) ||
                            llvm::any_of(op->getResultTypes(), isHalf)))
        ops.push_back(op);
    });
    llvm::for_each(ops, moveAsBits);
  }
};
} // namespace
