//===- ActRows.cpp - types and shapes of row-wise ops ---------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/IR/Act.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::act;

Type act::detail::inferRowType(Type type, RowSize size) {
  auto shaped = dyn_cast<ShapedType>(type);
  if (!shaped || !shaped.hasRank() || size.dim < 0 ||
      size.dim >= shaped.getRank())
    return type;
  SmallVector<int64_t> shape(shaped.getShape());
  int64_t &n = shape[size.dim];
  if (size.factor == 0)
    n = size.constant;
  else if (!ShapedType::isDynamic(n))
    n = size.factor * n + size.constant;
  return shaped.clone(shape);
}

/// `got`, where a result for the first operand stands, has its type.
static LogicalResult verifyResult(Operation *op, act::detail::RowSize size,
                                  int64_t multipleOf, Type got,
                                  StringRef what) {
  auto type = cast<ShapedType>(op->getOperand(0).getType());
  int64_t n = type.getDimSize(size.dim), product;
  if (!ShapedType::isDynamic(n) && size.factor != 0 &&
      (llvm::MulOverflow(n, int64_t(size.factor), product) ||
       llvm::AddOverflow(product, size.constant, product)))
    return op->emitOpError("requires a result whose size fits into 64 bits");
  if (!ShapedType::isDynamic(n) && n % multipleOf != 0)
    return op->emitOpError()
           << "requires the size of dimension " << size.dim
           << " to be a multiple of " << multipleOf << ", but got " << n;
  Type expected = act::detail::inferRowType(type, size);
  if (got != expected)
    return op->emitOpError() << "requires " << what << " of type " << expected
                             << ", but got " << got;
  return success();
}

LogicalResult act::detail::verifyRow(Operation *op, RowSize size,
                                     int64_t multipleOf) {
  return verifyResult(op, size, multipleOf, op->getResult(0).getType(),
                      "a result");
}

LogicalResult act::detail::verifyRowGradient(Operation *op, RowSize size,
                                             int64_t multipleOf) {
  return verifyResult(op, size, multipleOf, op->getOperand(1).getType(),
                      "'dy'");
}

LogicalResult act::detail::reifyRow(Operation *op, RowSize size, OpBuilder &b,
                                    ReifiedRankedShapedTypeDims &dims) {
  if (failed(reifyLikeFirstOperand(op, b, dims)))
    return failure();
  OpFoldResult &n = dims.front()[size.dim];
  auto type = cast<ShapedType>(op->getResult(0).getType());
  if (!type.isDynamicDim(size.dim)) {
    n = b.getIndexAttr(type.getDimSize(size.dim));
  } else {
    AffineExpr expr = b.getAffineSymbolExpr(0) * size.factor + size.constant;
    n = affine::makeComposedFoldedAffineApply(b, op->getLoc(), expr, {n});
  }
  return success();
}

void act::detail::boundRow(Operation *op, std::optional<RowSize> size,
                           Value result, int64_t dim,
                           ValueBoundsConstraintSet &constraints) {
  Value x = op->getOperand(0);
  if (!isa<RankedTensorType>(x.getType()))
    return;
  AffineExpr expr = constraints.getExpr(x, dim);
  if (size && size->dim == dim)
    expr = expr * size->factor + size->constant;
  constraints.bound(result)[dim] == expr;
}

LogicalResult act::detail::verifyMask(Operation *op, StringRef name,
                                      Type type) {
  auto shaped = cast<ShapedType>(op->getOperand(0).getType());
  auto mask = cast<ShapedType>(type);
  bool isSameKind = isa<VectorType>(shaped) == isa<VectorType>(mask);
  if (isSameKind && mask.getShape() == shaped.getShape())
    return success();
  return op->emitOpError() << "requires '" << name << "' to have the shape of "
                           << shaped << ", but got " << mask;
}
