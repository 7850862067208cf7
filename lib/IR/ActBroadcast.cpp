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
  for (auto [index, mode] : llvm::enumerate(modes)) {
    unsigned i = index + 1;
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

/// The values of the formula, in the compute type, on values of the element
/// type or vectors of it.
static SmallVector<Value> buildElements(OpBuilder &builder, Location loc,
                                        FormulaOpInterface op,
                                        ValueRange operands) {
  ImplicitLocOpBuilder b(loc, builder);
  Type type = operands.front().getType(), computeType = getComputeType(type);
  SmallVector<Value> wide(operands);
  if (type != computeType)
    for (Value &value : wide)
      value = arith::ExtFOp::create(b, computeType, value);
  IRContext context{b, PrimitiveForm::Prim};
  return op.buildFormula(context, wide);
}

/// A value in a narrower type, if that is narrower.
static Value roundTo(OpBuilder &b, Location loc, Value value, Type type) {
  return value.getType() == type
             ? value
             : Value(arith::TruncFOp::create(b, loc, type, value));
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

/// The operands with the shape of x: `operands` of an op on vectors.
static SmallVector<Value> stretchOperands(OpBuilder &b, Operation *op,
                                          VectorType type, int64_t dim) {
  SmallVector<Value> operands;
  for (Value operand : op->getOperands())
    operands.push_back(operand.getType() == type
                           ? operand
                           : stretch(b, op->getLoc(), operand, type, dim));
  return operands;
}

/// How the operands of an op on tensors are read: of one that is one number,
/// the element at 0; of another with one dimension, the one at `dim`.
static SmallVector<AffineMap> getOperandMaps(OpBuilder &b, Operation *op,
                                             int64_t dim) {
  Type type = op->getOperand(0).getType();
  int64_t rank = cast<RankedTensorType>(type).getRank();
  SmallVector<AffineMap> maps;
  for (Value operand : op->getOperands()) {
    if (operand.getType() == type) {
      maps.push_back(b.getMultiDimIdentityMap(rank));
      continue;
    }
    auto shaped = dyn_cast<RankedTensorType>(operand.getType());
    SmallVector<AffineExpr> at;
    if (shaped && shaped.getRank() == 1)
      at.push_back(act::detail::isOneNumber(shaped) ? b.getAffineConstantExpr(0)
                                                    : b.getAffineDimExpr(dim));
    maps.push_back(AffineMap::get(rank, 0, at, b.getContext()));
  }
  return maps;
}

/// The first value of the formula at each point of x, which is a tensor.
static Value buildAtPoints(OpBuilder &b, FormulaOpInterface op, int64_t dim) {
  Location loc = op->getLoc();
  Value x = op->getOperand(0);
  auto type = cast<RankedTensorType>(x.getType());
  SmallVector<AffineMap> maps = getOperandMaps(b, op, dim);
  maps.push_back(maps.front());
  Value empty =
      tensor::EmptyOp::create(b, loc, tensor::getMixedSizes(b, loc, x),
                              type.getElementType(), type.getEncoding());
  SmallVector<utils::IteratorType> iterators(type.getRank(),
                                             utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      b, loc, type, op->getOperands(), empty, maps, iterators,
      [&](OpBuilder &nested, Location loc, ValueRange arguments) {
        Value y = buildElements(nested, loc, op, arguments.drop_back()).front();
        linalg::YieldOp::create(nested, loc,
                                roundTo(nested, loc, y, type.getElementType()));
      });
  return generic.getResult(0);
}

FailureOr<SmallVector<Value>>
act::detail::decomposeBroadcast(FormulaOpInterface op, int64_t dim,
                                OpBuilder &b) {
  Location loc = op->getLoc();
  Type type = op->getOperand(0).getType();
  if (isa<RankedTensorType>(type))
    return SmallVector<Value>{buildAtPoints(b, op, dim)};
  SmallVector<Value> operands(op->getOperands());
  if (auto vector = dyn_cast<VectorType>(type))
    operands = stretchOperands(b, op, vector, dim);
  Value y = buildElements(b, loc, op, operands).front();
  return SmallVector<Value>{roundTo(b, loc, y, type)};
}

//===----------------------------------------------------------------------===//
// Gradients
//===----------------------------------------------------------------------===//

LogicalResult
act::detail::reifyLikeOperands(Operation *op, OpBuilder &b,
                               ReifiedRankedShapedTypeDims &dims) {
  for (auto [result, operand] :
       llvm::zip(op->getResults(), op->getOperands())) {
    if (!isa<RankedTensorType>(result.getType()))
      return failure();
    dims.push_back(tensor::getMixedSizes(b, op->getLoc(), operand));
  }
  return success();
}

/// The sum, in f64, of value `index` of the formula over all points that
/// operand `index` is used at, as a tensor like that operand.
static Value sumOverTensor(OpBuilder &b, FormulaOpInterface op, int64_t dim,
                           unsigned index) {
  Location loc = op->getLoc();
  auto type = cast<RankedTensorType>(op->getOperand(0).getType());
  Value param = op->getOperand(index);
  bool isSingle = act::detail::isOneNumber(param.getType());
  SmallVector<AffineMap> maps = getOperandMaps(b, op, dim);
  AffineMap map = isSingle ? AffineMap::get(type.getRank(), 0, b.getContext())
                           : maps[index];
  maps.push_back(map);
  SmallVector<utils::IteratorType> iterators(type.getRank(),
                                             utils::IteratorType::reduction);
  SmallVector<OpFoldResult> sizes;
  if (!isSingle) {
    iterators[dim] = utils::IteratorType::parallel;
    sizes = tensor::getMixedSizes(b, loc, param);
  }
  Type f64 = b.getF64Type();
  Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(f64));
  Value empty = tensor::EmptyOp::create(b, loc, sizes, f64);
  Value init = linalg::FillOp::create(b, loc, zero, empty).getResult(0);
  auto sum = linalg::GenericOp::create(
      b, loc, init.getType(), op->getOperands(), init, maps, iterators,
      [&](OpBuilder &nested, Location loc, ValueRange arguments) {
        Value term =
            buildElements(nested, loc, op, arguments.drop_back())[index];
        bool isNarrow = term.getType() != f64;
        if (isNarrow)
          term = arith::ExtFOp::create(nested, loc, f64, term);
        auto add = arith::AddFOp::create(nested, loc, arguments.back(), term);
        if (isNarrow)
          add->setAttr(kPartialSumAttr, nested.getUnitAttr());
        linalg::YieldOp::create(nested, loc, add.getResult());
      });
  Type element = type.getElementType();
  Value result = sum.getResult(0);
  if (element != f64)
    result = arith::TruncFOp::create(
        b, loc, cast<RankedTensorType>(result.getType()).clone(element),
        result);
  if (!isa<RankedTensorType>(param.getType()))
    return tensor::ExtractOp::create(b, loc, result, ValueRange());
  if (result.getType() != param.getType())
    result = tensor::ExpandShapeOp::create(b, loc, param.getType(), result,
                                           ArrayRef<ReassociationIndices>());
  return result;
}

/// The same of `terms`, elements of a vector.
static Value sumOverVector(OpBuilder &b, Location loc, Value terms, Value param,
                           int64_t dim) {
  auto type = cast<VectorType>(terms.getType());
  bool isSingle = act::detail::isOneNumber(param.getType());
  Type f64 = b.getF64Type();
  if (type.getElementType() != f64)
    terms = arith::ExtFOp::create(b, loc, type.clone(f64), terms);
  SmallVector<bool> reduced(type.getRank(), true);
  if (!isSingle)
    reduced[dim] = false;
  Type sumType = f64;
  if (!isSingle)
    sumType =
        VectorType::get(type.getDimSize(dim), f64, type.getScalableDims()[dim]);
  Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(sumType));
  Value sum =
      type.getRank() == 0
          ? Value(vector::ExtractOp::create(b, loc, terms))
          : vector::MultiDimReductionOp::create(b, loc, terms, zero, reduced,
                                                vector::CombiningKind::ADD)
                .getResult();
  if (auto vector = dyn_cast<VectorType>(param.getType()); vector && isSingle)
    sum = vector::BroadcastOp::create(b, loc, vector.clone(f64), sum);
  return roundTo(b, loc, sum, param.getType());
}

FailureOr<SmallVector<Value>>
act::detail::decomposeBroadcastGradient(FormulaOpInterface op, int64_t dim,
                                        OpBuilder &b) {
  Location loc = op->getLoc();
  Type type = op->getOperand(0).getType();
  SmallVector<Value> gradients;
  if (isa<RankedTensorType>(type)) {
    gradients.push_back(buildAtPoints(b, op, dim));
    for (unsigned index = 1; index != op->getNumResults(); ++index)
      gradients.push_back(sumOverTensor(b, op, dim, index));
    return gradients;
  }
  SmallVector<Value> operands(op->getOperands());
  auto vector = dyn_cast<VectorType>(type);
  if (vector)
    operands = stretchOperands(b, op, vector, dim);
  for (auto [index, terms] :
       llvm::enumerate(buildElements(b, loc, op, operands)))
    gradients.push_back(
        index == 0 || !vector
            ? roundTo(b, loc, terms, type)
            : sumOverVector(b, loc, terms, op->getOperand(index), dim));
  return gradients;
}
