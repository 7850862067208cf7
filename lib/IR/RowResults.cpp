//===- RowResults.cpp - what row-wise formulas return ---------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowBuild.h"
#include "act/Formula/RowExpr.h"
#include "act/IR/Act.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::act;

using Kind = RowExpr::Kind;

/// Groups of dimensions where `dim` of the shorter shape became `count`.
static SmallVector<ReassociationIndices> splitDim(int64_t rank, int64_t dim,
                                                  int64_t count) {
  SmallVector<ReassociationIndices> groups;
  for (int64_t i = 0, next = 0; i < rank; ++i) {
    ReassociationIndices group;
    for (int64_t n = i == dim ? count : 1; n > 0; --n)
      group.push_back(next++);
    groups.push_back(group);
  }
  return groups;
}

Value RowContext::finish(RowExpr e) {
  if (e.getKind() == Kind::Whole)
    return e.getNode().values[e.getIndex()];
  Type storage = getStorageType();
  e = compute(e, 1, [storage](IRContext &context, ValueRange xs) {
        // By way of the compute type: f64 is rounded twice, but for an error
        // far below what the result can show.
        Value x = xs[0];
        if (getElementTypeOrSelf(x).isF64() &&
            storage.getIntOrFloatBitWidth() == 16)
          x = convertFloat(context.builder, context.builder.getLoc(), x,
                           Float32Type::get(x.getContext()));
        return SmallVector<Value>{convertFloat(
            context.builder, context.builder.getLoc(), x, storage)};
      }).front();
  if (!isTensor()) {
    Value value = evaluateVector(e, e.getKind());
    if (e.getKind() == Kind::Row)
      return value;
    SmallVector<int64_t> sizes(cast<VectorType>(shape.getType()).getShape());
    sizes[dim] = 1;
    auto type = VectorType::get(sizes, storage);
    if (!isa<VectorType>(value.getType()))
      return vector::BroadcastOp::create(b, type, value);
    return vector::ShapeCastOp::create(b, type, value);
  }
  auto type = cast<RankedTensorType>(shape.getType());
  if (e.getKind() == Kind::Row)
    return buildGeneric(e, Kind::Row, type.getEncoding()).front();

  // The dimension stays, with size 1.
  Value value = buildGeneric(e, Kind::PerRow, type.getEncoding()).front();
  SmallVector<OpFoldResult> sizes = getSizes(Kind::Row);
  sizes[dim] = b.getIndexAttr(1);
  SmallVector<ReassociationIndices> groups;
  if (getRank() > 1) {
    int64_t joined = std::max<int64_t>(dim - 1, 0);
    groups = splitDim(getRank() - 1, joined, 2);
  }
  SmallVector<int64_t> resultShape(type.getShape());
  resultShape[dim] = 1;
  return tensor::ExpandShapeOp::create(b, type.clone(resultShape), value,
                                       groups, sizes);
}

RowExpr RowContext::concat(RowExpr x, RowExpr y) {
  SmallVector<RowExpr> parts;
  Type storage = getStorageType();
  for (RowExpr e : {x, y})
    parts.push_back(
        compute(e, 1, [storage](IRContext &context, ValueRange xs) {
          return SmallVector<Value>{convertFloat(
              context.builder, context.builder.getLoc(), xs[0], storage)};
        }).front());
  auto type = cast<ShapedType>(shape.getType());
  SmallVector<int64_t> sizes(type.getShape());
  int64_t n = sizes[dim];
  if (!isTensor()) {
    sizes[dim] = 2 * n;
    Value result = makeConstant(b, b.getLoc(), type.clone(sizes, storage),
                                b.getFloatAttr(storage, 0.0));
    SmallVector<int64_t> offsets(getRank(), 0), strides(getRank(), 1);
    for (RowExpr e : parts) {
      result = vector::InsertStridedSliceOp::create(
          b, evaluateVector(e, Kind::Row), result, offsets, strides);
      offsets[dim] += n;
    }
    return makeLeaves(Kind::Whole, result).front();
  }

  // One loop over [.., 2, n, ..], seen as [.., 2n, ..] afterwards.
  llvm::SetVector<Value> leaves;
  for (RowExpr e : parts)
    collectLeaves(e, Kind::Row, leaves);
  AffineMap identity = b.getMultiDimIdentityMap(getRank() + 1);
  SmallVector<AffineMap> maps;
  for (Value leaf : leaves) {
    AffineMap map = identity.dropResult(dim);
    if (cast<RankedTensorType>(leaf.getType()).getRank() < getRank())
      map = map.dropResult(dim);
    maps.push_back(map);
  }
  maps.push_back(identity);
  SmallVector<OpFoldResult> mixed = getSizes(Kind::Row);
  mixed.insert(mixed.begin() + dim, b.getIndexAttr(2));
  auto encoding = cast<RankedTensorType>(shape.getType()).getEncoding();
  Value empty = tensor::EmptyOp::create(b, mixed, storage);
  SmallVector<utils::IteratorType> iterators(getRank() + 1,
                                             utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      b, empty.getType(), leaves.getArrayRef(), empty, maps, iterators,
      [&](OpBuilder &builder, Location loc, ValueRange arguments) {
        ImplicitLocOpBuilder nested(loc, builder);
        IRContext context{nested, PrimitiveForm::Prim};
        Memo memo;
        Value first = evaluate(parts[0], context, leaves, arguments, memo);
        Value second = evaluate(parts[1], context, leaves, arguments, memo);
        Value isFirst =
            arith::CmpIOp::create(nested, arith::CmpIPredicate::eq,
                                  linalg::IndexOp::create(nested, dim),
                                  arith::ConstantIndexOp::create(nested, 0));
        Value chosen = arith::SelectOp::create(nested, isFirst, first, second);
        linalg::YieldOp::create(nested, chosen);
      });
  if (!ShapedType::isDynamic(n))
    sizes[dim] = 2 * n;
  auto resultType = RankedTensorType::get(sizes, storage, encoding);
  auto plain = RankedTensorType::get(sizes, storage);
  Value result = tensor::CollapseShapeOp::create(b, plain, generic.getResult(0),
                                                 splitDim(getRank(), dim, 2));
  if (encoding)
    result = tensor::CastOp::create(b, resultType, result);
  return makeLeaves(Kind::Whole, result).front();
}

Value RowContext::splitGroups(int64_t groups) {
  auto type = cast<ShapedType>(shape.getType());
  Type storage = getStorageType();
  SmallVector<int64_t> split(type.getShape());
  int64_t n = split[dim];
  split[dim] = groups;
  int64_t members = ShapedType::isDynamic(n) ? n : n / groups;
  split.insert(split.begin() + dim + 1, members);
  // Not by `clone`, which takes over as many scalable flags as there were.
  if (!isTensor())
    return vector::ShapeCastOp::create(
        b, VectorType::get(split, type.getElementType()), shape);
  SmallVector<OpFoldResult> mixed = getSizes(Kind::Row);
  OpFoldResult size = b.getIndexAttr(members);
  if (ShapedType::isDynamic(n))
    size = arith::DivUIOp::create(b, cast<Value>(mixed[dim]),
                                  arith::ConstantIndexOp::create(b, groups))
               .getResult();
  mixed[dim] = b.getIndexAttr(groups);
  mixed.insert(mixed.begin() + dim + 1, size);
  auto plain = RankedTensorType::get(type.getShape(), storage);
  Value whole = shape;
  if (plain != type)
    whole = tensor::CastOp::create(b, plain, whole);
  return tensor::ExpandShapeOp::create(b, plain.clone(split), whole,
                                       splitDim(getRank(), dim, 2), mixed);
}

/// `value`, with `dim` and the dimension behind it joined, as `type`.
static Value joinDim(ImplicitLocOpBuilder &b, Value value, ShapedType type,
                     int64_t dim) {
  if (isa<VectorType>(type))
    return vector::ShapeCastOp::create(b, cast<VectorType>(type), value);
  auto plain = RankedTensorType::get(type.getShape(), type.getElementType());
  value = tensor::CollapseShapeOp::create(b, plain, value,
                                          splitDim(type.getRank(), dim, 2));
  return plain == type ? value : tensor::CastOp::create(b, type, value);
}

RowExpr RowContext::groupMax(RowExpr x, int64_t groups) {
  auto type = cast<ShapedType>(shape.getType());
  SmallVector<int64_t> sizes(type.getShape());
  sizes[dim] = groups;
  Value grouped = splitGroups(groups);
  RowContext inner(b, b.getLoc(), grouped, dim + 1);
  RowExpr largest = inner.maximum(inner.getRow(grouped));
  // Without the dimension that the maximum left.
  Value result = joinDim(b, inner.finish(largest), type.clone(sizes), dim);
  return makeLeaves(Kind::Whole, result).front();
}

//===----------------------------------------------------------------------===//
// Gradients
//===----------------------------------------------------------------------===//

RowExpr RowContext::groupMaxGradient(Value dy, int64_t groups) {
  Value grouped = splitGroups(groups);
  RowContext inner(b, b.getLoc(), grouped, dim + 1);
  RowExpr hot = oneHot(firstMax(inner.getRow(grouped)));
  // One for each group is one per row of those.
  auto plain = cast<ShapedType>(dy.getType());
  if (isTensor() && cast<RankedTensorType>(plain).getEncoding())
    dy = tensor::CastOp::create(
        b, RankedTensorType::get(plain.getShape(), plain.getElementType()), dy);
  RowExpr perGroup = inner.widen(inner.makeLeaves(Kind::PerRow, dy).front());
  RowExpr gradient = map(
      [](IRExpr hot, IRExpr dy) { return where(hot == 0.0, 0.0, hot * dy); },
      hot, perGroup);
  Value result = joinDim(b, inner.finish(gradient),
                         cast<ShapedType>(shape.getType()), dim);
  return makeLeaves(Kind::Whole, result).front();
}

RowExpr RowContext::getPerRow(Value operand) {
  auto type = cast<ShapedType>(operand.getType());
  SmallVector<int64_t> sizes(type.getShape());
  sizes.erase(sizes.begin() + dim);
  if (isTensor()) {
    SmallVector<ReassociationIndices> groups;
    if (getRank() > 1)
      groups = splitDim(getRank() - 1, std::max<int64_t>(dim - 1, 0), 2);
    auto plain = RankedTensorType::get(type.getShape(), type.getElementType());
    if (plain != type)
      operand = tensor::CastOp::create(b, plain, operand);
    operand =
        tensor::CollapseShapeOp::create(b, plain.clone(sizes), operand, groups);
  } else if (sizes.empty()) {
    operand = vector::ExtractOp::create(b, operand, ArrayRef<int64_t>{0});
  } else {
    operand = vector::ShapeCastOp::create(
        b, VectorType::get(sizes, type.getElementType()), operand);
  }
  return widen(makeLeaves(Kind::PerRow, operand).front());
}

RowExpr RowContext::getPart(Value operand, int64_t index) {
  auto type = cast<ShapedType>(shape.getType());
  if (!isTensor()) {
    SmallVector<int64_t> offsets(getRank(), 0), strides(getRank(), 1);
    offsets[dim] = index * type.getDimSize(dim);
    return getRow(vector::ExtractStridedSliceOp::create(
        b, operand, offsets, type.getShape(), strides));
  }
  SmallVector<OpFoldResult> sizes = getSizes(Kind::Row);
  SmallVector<OpFoldResult> offsets(getRank(), b.getIndexAttr(0)),
      strides(getRank(), b.getIndexAttr(1));
  AffineExpr start = b.getAffineSymbolExpr(0) * index;
  offsets[dim] =
      affine::makeComposedFoldedAffineApply(b, b.getLoc(), start, {sizes[dim]});
  return getRow(tensor::ExtractSliceOp::create(
      b, cast<RankedTensorType>(type), operand, offsets, sizes, strides));
}
