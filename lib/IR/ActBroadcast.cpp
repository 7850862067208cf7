//===- ActBroadcast.cpp - ops whose parameters are operands ---------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/IR/Act.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace mlir::act;

bool act::detail::isOneNumber(Type type) {
  auto shaped = dyn_cast<ShapedType>(type);
  if (!shaped || shaped.getRank() == 0)
    return true;
  auto vector = dyn_cast<VectorType>(type);
  return shaped.getRank() == 1 && shaped.getDimSize(0) == 1 &&
         !(vector && vector.isScalable());
}

static bool isScalableDim(Type type, int64_t dim) {
  auto vector = dyn_cast<VectorType>(type);
  return vector && vector.getScalableDims()[dim];
}

LogicalResult act::detail::verifyBroadcast(Operation *op, int64_t dim,
                                           ArrayRef<BroadcastMode> modes) {
  Type type = op->getOperand(0).getType();
  auto shaped = dyn_cast<ShapedType>(type);
  int64_t rank = shaped ? shaped.getRank() : 0;
  if (dim < 0)
    return op->emitOpError()
           << "requires 'dim' to be non-negative, but got " << dim;
  for (unsigned i = 1, e = op->getNumOperands(); i != e; ++i) {
    BroadcastMode mode = modes[i - 1];
    Type paramType = op->getOperand(i).getType();
    auto fail = [&](const Twine &message) {
      return op->emitOpError("requires operand #") << i << message;
    };
    if (getElementTypeOrSelf(paramType) != getElementTypeOrSelf(type))
      return fail(" to have the element type of the first");
    auto param = dyn_cast<ShapedType>(paramType);
    if (param && (!shaped || isa<VectorType>(param) != isa<VectorType>(type)))
      return fail(" to be a scalar, or a tensor or vector as the first is");
    if (param && param.getRank() > 1)
      return fail(" to have rank 0 or 1");
    // Scalars are elements: one of each.
    if (!shaped || (mode.mayBeNumber && isOneNumber(paramType)))
      continue;
    if (!mode.mayBePerIndex)
      return fail(" to be one number");
    if (!param || param.getRank() == 0)
      return fail(" to have a number for each index of 'dim'");
    if (dim < 0 || dim >= rank)
      return op->emitOpError()
             << "requires 'dim' to be in [0, " << rank << "), but got " << dim;
    int64_t size = param.getDimSize(0), expected = shaped.getDimSize(dim);
    if ((!ShapedType::isDynamic(size) && !ShapedType::isDynamic(expected) &&
         size != expected) ||
        isScalableDim(paramType, 0) != isScalableDim(type, dim))
      return fail(" to have as many elements as dimension ")
             << dim << " of the first";
  }
  return success();
}

/// The formula on values of the element type or vectors of it.
static Value buildElements(OpBuilder &builder, Location loc,
                           ActivationOpInterface op, ValueRange operands) {
  ImplicitLocOpBuilder b(loc, builder);
  Type type = operands.front().getType(), computeType = getComputeType(type);
  SmallVector<Value> wide(operands);
  if (type != computeType)
    for (Value &value : wide)
      value = arith::ExtFOp::create(b, computeType, value);
  IRContext context{b, PrimitiveForm::Prim};
  Value y = op.buildFormula(context, wide);
  return type == computeType ? y : arith::TruncFOp::create(b, type, y);
}

/// A parameter with the shape of x.
static Value stretch(OpBuilder &b, Location loc, Value param, VectorType type,
                     int64_t dim) {
  auto vector = dyn_cast<VectorType>(param.getType());
  if (act::detail::isOneNumber(param.getType())) {
    if (vector)
      param = vector::ExtractOp::create(
          b, loc, param, SmallVector<int64_t>(vector.getRank(), 0));
  } else {
    // Of size 1 in the dimensions behind `dim`.
    SmallVector<int64_t> shape(type.getRank() - dim, 1);
    SmallVector<bool> scalable(shape.size(), false);
    shape.front() = vector.getDimSize(0);
    scalable.front() = vector.isScalable();
    param = vector::ShapeCastOp::create(
        b, loc, VectorType::get(shape, vector.getElementType(), scalable),
        param);
  }
  return vector::BroadcastOp::create(b, loc, type, param);
}

FailureOr<SmallVector<Value>>
act::detail::decomposeBroadcast(ActivationOpInterface op, int64_t dim,
                                OpBuilder &b) {
  Location loc = op->getLoc();
  Value x = op->getOperand(0);
  if (auto type = dyn_cast<VectorType>(x.getType())) {
    SmallVector<Value> operands{x};
    for (Value param : op->getOperands().drop_front())
      operands.push_back(stretch(b, loc, param, type, dim));
    return SmallVector<Value>{buildElements(b, loc, op, operands)};
  }
  auto type = dyn_cast<RankedTensorType>(x.getType());
  if (!type)
    return SmallVector<Value>{buildElements(b, loc, op, op->getOperands())};

  // Of a tensor that is one number, the element at 0; else the one at `dim`.
  int64_t rank = type.getRank();
  SmallVector<AffineMap> maps{b.getMultiDimIdentityMap(rank)};
  for (Value param : op->getOperands().drop_front()) {
    auto shaped = dyn_cast<RankedTensorType>(param.getType());
    SmallVector<AffineExpr> at;
    if (shaped && shaped.getRank() == 1)
      at.push_back(isOneNumber(shaped) ? b.getAffineConstantExpr(0)
                                       : b.getAffineDimExpr(dim));
    maps.push_back(AffineMap::get(rank, 0, at, b.getContext()));
  }
  maps.push_back(maps.front());
  Value empty =
      tensor::EmptyOp::create(b, loc, tensor::getMixedSizes(b, loc, x),
                              type.getElementType(), type.getEncoding());
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      b, loc, type, op->getOperands(), empty, maps, iterators,
      [&](OpBuilder &nested, Location loc, ValueRange arguments) {
        linalg::YieldOp::create(
            nested, loc, buildElements(nested, loc, op, arguments.drop_back()));
      });
  return SmallVector<Value>(generic.getResults());
}
