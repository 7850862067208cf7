//===- ActDecompose.cpp - unpack as slices ---===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/IR/Act.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::act;

/// Every layout is one shape: along `dim`, `outer` times 2 times `inner`, where
/// the 2 tells gate from value. Halves: outer = 1; interleaved: inner = 1.

/// The shape [.., outer, 2, inner, ..], sizes of -1 to be filled in.
static SmallVector<int64_t> splitShape(ArrayRef<int64_t> shape, int64_t dim,
                                       int64_t outer, int64_t inner) {
  SmallVector<int64_t> split(shape);
  split[dim] = outer;
  split.insert(split.begin() + dim + 1, {2, inner});
  return split;
}

static Value unpackVector(OpBuilder &b, UnpackOp op, bool second,
                          int64_t inner) {
  Location loc = op.getLoc();
  auto type = cast<VectorType>(op.getX().getType());
  int64_t dim = op.getDim();
  int64_t outer = type.getDimSize(dim) / 2 / inner;
  SmallVector<int64_t> shape = splitShape(type.getShape(), dim, outer, inner);
  Value split = vector::ShapeCastOp::create(
      b, loc, VectorType::get(shape, type.getElementType()), op.getX());
  SmallVector<int64_t> offsets(shape.size(), 0), strides(shape.size(), 1);
  offsets[dim + 1] = second;
  shape[dim + 1] = 1;
  Value part = vector::ExtractStridedSliceOp::create(b, loc, split, offsets,
                                                     shape, strides);
  return vector::ShapeCastOp::create(b, loc, op.getGate().getType(), part);
}

/// The sizes of the halves. Dynamic ones are not folded: they must be as
/// dynamic as the types say.
static SmallVector<OpFoldResult> getHalfSizes(OpBuilder &b, UnpackOp op) {
  auto type = cast<RankedTensorType>(op.getX().getType());
  SmallVector<OpFoldResult> sizes;
  for (int64_t i = 0; i < type.getRank(); ++i) {
    int64_t size = type.getDimSize(i),
            divisor = i == int64_t(op.getDim()) ? 2 : 1;
    if (!type.isDynamicDim(i)) {
      sizes.push_back(b.getIndexAttr(size / divisor));
      continue;
    }
    Value dynamic = tensor::DimOp::create(b, op.getLoc(), op.getX(), i);
    AffineExpr part = b.getAffineSymbolExpr(0).floorDiv(divisor);
    sizes.push_back(divisor == 1 ? OpFoldResult(dynamic)
                                 : affine::makeComposedFoldedAffineApply(
                                       b, op.getLoc(), part, {dynamic}));
  }
  return sizes;
}

LogicalResult UnpackOp::reifyResultShapes(OpBuilder &b,
                                          ReifiedRankedShapedTypeDims &dims) {
  if (!isa<RankedTensorType>(getX().getType()))
    return failure();
  dims.assign(2, getHalfSizes(b, *this));
  return success();
}

void UnpackOp::populateBoundsForShapedValueDim(
    Value value, int64_t dim, ValueBoundsConstraintSet &constraints) {
  if (!isa<RankedTensorType>(getX().getType()))
    return;
  AffineExpr size = constraints.getExpr(getX(), dim);
  constraints.bound(value)[dim] ==
      (dim == int64_t(getDim()) ? size.floorDiv(2) : size);
}

static Value unpackTensor(OpBuilder &b, UnpackOp op, bool second, int64_t inner,
                          ArrayRef<OpFoldResult> resultSizes) {
  Location loc = op.getLoc();
  int64_t dim = op.getDim();
  auto resultType = cast<RankedTensorType>(op.getGate().getType());
  SmallVector<OpFoldResult> sizes(resultSizes);
  SmallVector<OpFoldResult> offsets(sizes.size(), b.getIndexAttr(0));
  SmallVector<OpFoldResult> strides(sizes.size(), b.getIndexAttr(1));
  if (inner == 0 || inner == 1) {
    // One slice: contiguous halves, or every other element.
    if (second)
      offsets[dim] = inner ? OpFoldResult(b.getIndexAttr(1)) : sizes[dim];
    if (inner)
      strides[dim] = b.getIndexAttr(2);
    return tensor::ExtractSliceOp::create(b, loc, resultType, op.getX(),
                                          offsets, sizes, strides);
  }

  // Blocks: [.., n, ..] as [.., n / 2b, 2, b, ..], of which one half is sliced.
  auto type = cast<RankedTensorType>(op.getX().getType());
  AffineExpr count = b.getAffineSymbolExpr(0).floorDiv(inner);
  OpFoldResult outer =
      affine::makeComposedFoldedAffineApply(b, loc, count, {sizes[dim]});
  SmallVector<OpFoldResult> splitSizes(sizes);
  splitSizes[dim] = outer;
  splitSizes.insert(splitSizes.begin() + dim + 1,
                    {b.getIndexAttr(2), b.getIndexAttr(inner)});
  int64_t n = type.getDimSize(dim);
  SmallVector<int64_t> shape = splitShape(
      type.getShape(), dim,
      ShapedType::isDynamic(n) ? ShapedType::kDynamic : n / 2 / inner, inner);
  SmallVector<ReassociationIndices> groups, slicedGroups;
  for (int64_t i = 0, next = 0; i < type.getRank(); ++i) {
    ReassociationIndices group{next++};
    if (i == dim) {
      group.push_back(next++);
      group.push_back(next++);
    }
    groups.push_back(group);
  }
  Value split = tensor::ExpandShapeOp::create(b, loc, type.clone(shape),
                                              op.getX(), groups, splitSizes);

  // The slice drops the dimension of 2.
  SmallVector<OpFoldResult> partSizes(splitSizes);
  partSizes[dim + 1] = b.getIndexAttr(1);
  SmallVector<OpFoldResult> partOffsets(partSizes.size(), b.getIndexAttr(0));
  SmallVector<OpFoldResult> partStrides(partSizes.size(), b.getIndexAttr(1));
  partOffsets[dim + 1] = b.getIndexAttr(second);
  SmallVector<int64_t> partShape(shape);
  partShape.erase(partShape.begin() + dim + 1);
  Value part =
      tensor::ExtractSliceOp::create(b, loc, type.clone(partShape), split,
                                     partOffsets, partSizes, partStrides);
  for (int64_t i = 0, next = 0; i < type.getRank(); ++i) {
    ReassociationIndices group{next++};
    if (i == dim)
      group.push_back(next++);
    slicedGroups.push_back(group);
  }
  return tensor::CollapseShapeOp::create(b, loc, resultType, part,
                                         slicedGroups);
}

FailureOr<SmallVector<Value>> UnpackOp::decomposeOperation(OpBuilder &b) {
  bool valueFirst = getLayout() == UnpackLayout::ValueFirst;
  // Elements of one half in a row; 0: all of them.
  int64_t inner = 0;
  if (getLayout() == UnpackLayout::Interleaved)
    inner = 1;
  else if (getLayout() == UnpackLayout::BlockInterleaved)
    inner = *getBlock();

  SmallVector<Value> halves;
  if (auto type = dyn_cast<VectorType>(getX().getType())) {
    if (inner == 0)
      inner = type.getDimSize(getDim()) / 2;
    for (bool value : {false, true})
      halves.push_back(unpackVector(b, *this, value != valueFirst, inner));
    return halves;
  }
  SmallVector<OpFoldResult> sizes = getHalfSizes(b, *this);
  auto halfType = cast<RankedTensorType>(getGate().getType());
  if (llvm::is_contained(halfType.getShape(), 0)) {
    // There is nothing to slice.
    Value empty = tensor::EmptyOp::create(
        b, getLoc(), sizes, halfType.getElementType(), halfType.getEncoding());
    return SmallVector<Value>(2, empty);
  }
  for (bool value : {false, true})
    halves.push_back(unpackTensor(b, *this, value != valueFirst, inner, sizes));
  return halves;
}
