//===- MatmulInfo.cpp - what the passes on matmuls share ------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MatmulInfo.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace mlir::act;

FailureOr<linalg::ContractionDimensions>
mlir::act::inferMatmulDims(ArrayRef<AffineMap> maps) {
  FailureOr<linalg::ContractionDimensions> dims =
      linalg::inferContractionDims(maps);
  if (failed(dims) || dims->m.empty() || dims->n.empty() || dims->k.size() != 1)
    return failure();
  size_t known = dims->batch.size() + dims->m.size() + dims->n.size() + 1;
  if (known != maps.front().getNumDims())
    return failure();
  return dims;
}

static Value skipExtension(Value value) {
  auto extension = value.getDefiningOp<arith::ExtFOp>();
  return extension ? extension.getIn() : value;
}

Type mlir::act::getSumType(linalg::LinalgOp op) {
  if (!linalg::isaContractionOpInterface(op) || op->getNumOperands() != 3)
    return {};
  Block *body = op.getBlock();
  Value result = body->getTerminator()->getOperand(0);
  if (auto rounded = result.getDefiningOp<arith::TruncFOp>())
    result = rounded.getIn();
  auto sum = result.getDefiningOp<arith::AddFOp>();
  if (!sum)
    return {};
  Value before = sum.getLhs();
  auto product = sum.getRhs().getDefiningOp<arith::MulFOp>();
  if (!product) {
    product = sum.getLhs().getDefiningOp<arith::MulFOp>();
    before = sum.getRhs();
  }
  if (!product || skipExtension(before) != body->getArgument(2))
    return {};
  Value lhs = skipExtension(product.getLhs());
  Value rhs = skipExtension(product.getRhs());
  if (lhs == body->getArgument(1))
    std::swap(lhs, rhs);
  return lhs == body->getArgument(0) && rhs == body->getArgument(1)
             ? sum.getType()
             : Type();
}

linalg::GenericOp mlir::act::buildMatmul(OpBuilder &b,
                                         linalg::LinalgOp original,
                                         Type sumType, ValueRange inputs,
                                         Value init, ArrayRef<AffineMap> maps) {
  return linalg::GenericOp::create(
      b, original.getLoc(), init.getType(), inputs, init, maps,
      original.getIteratorTypesArray(),
      [&](OpBuilder &b, Location loc, ValueRange arguments) {
        auto widen = [&](Value value) -> Value {
          return value.getType() == sumType
                     ? value
                     : arith::ExtFOp::create(b, loc, sumType, value);
        };
        Value product = arith::MulFOp::create(b, loc, widen(arguments[0]),
                                              widen(arguments[1]));
        Value sum = arith::AddFOp::create(b, loc, widen(arguments[2]), product);
        if (arguments[2].getType() != sumType)
          sum = arith::TruncFOp::create(b, loc, arguments[2].getType(), sum);
        linalg::YieldOp::create(b, loc, sum);
      });
}

StringRef mlir::act::getLibraryFunction(Type a, Type b, Type c) {
  if (a != b)
    return {};
  if (a.isF32() && c.isF32())
    return "act_matmul_f32";
  if (a.isBF16() && c.isBF16())
    return "act_matmul_bf16";
  if (a.isBF16() && c.isF32())
    return "act_matmul_bf16_f32";
  return {};
}

StringRef mlir::act::getLibraryFunction(linalg::LinalgOp op) {
  if (!getSumType(op) || failed(inferMatmulDims(op.getIndexingMapsArray())))
    return {};
  for (auto [operand, map] :
       llvm::zip_equal(op->getOperands(), op.getIndexingMapsArray())) {
    auto memref = dyn_cast<MemRefType>(operand.getType());
    if (!map.isProjectedPermutation() ||
        (memref && (!memref.isStrided() || memref.getMemorySpace())))
      return {};
  }
  return getLibraryFunction(getElementTypeOrSelf(op->getOperand(0)),
                            getElementTypeOrSelf(op->getOperand(1)),
                            getElementTypeOrSelf(op->getOperand(2)));
}
