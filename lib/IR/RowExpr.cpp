//===- RowExpr.cpp - row-wise formulas as IR ---===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Formula/RowExpr.h"
#include "act/IR/Act.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace mlir::act;

RowContext::RowContext(OpBuilder &b, Location loc, Value operand, int64_t dim)
    : b(loc, b), operand(operand), dim(dim),
      computeType(
          getElementTypeOrSelf(act::getComputeType(operand.getType()))) {}

bool RowContext::isTensor() const {
  return isa<RankedTensorType>(operand.getType());
}

RowExpr RowContext::getRow() {
  return convert(RowExpr(operand, RowExpr::Kind::Row, *this), computeType);
}

Value RowContext::finish(RowExpr e) {
  return convert(e, getElementTypeOrSelf(operand)).getValue();
}

RowExpr RowContext::convert(RowExpr e, Type element) {
  Type from = getElementTypeOrSelf(e.getValue());
  if (from == element)
    return e;
  bool widens = from.getIntOrFloatBitWidth() < element.getIntOrFloatBitWidth();
  return elementwise(e, element,
                     [&](OpBuilder &b, Location loc, ValueRange x) -> Value {
                       Type type = element;
                       if (auto shaped = dyn_cast<ShapedType>(x[0].getType()))
                         type = shaped.clone(element);
                       if (widens)
                         return arith::ExtFOp::create(b, loc, type, x[0]);
                       return arith::TruncFOp::create(b, loc, type, x[0]);
                     });
}

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

/// A number per row, of rank one less, stretched along the rows.
static Value broadcastVector(ImplicitLocOpBuilder &b, Value x, VectorType type,
                             int64_t dim) {
  if (auto perRow = dyn_cast<VectorType>(x.getType())) {
    SmallVector<int64_t> shape(perRow.getShape());
    shape.insert(shape.begin() + dim, 1);
    x = vector::ShapeCastOp::create(
        b, VectorType::get(shape, perRow.getElementType()), x);
  }
  return vector::BroadcastOp::create(b, type, x);
}

RowExpr RowContext::elementwise(ArrayRef<RowExpr> operands, Type elementType,
                                Body body) {
  using Kind = RowExpr::Kind;
  Kind kind = Kind::Number;
  for (RowExpr e : operands)
    kind = std::min(kind, e.getKind());

  SmallVector<Value> values;
  if (!isTensor() || kind == Kind::Number) {
    auto type = cast<ShapedType>(operand.getType());
    for (RowExpr e : operands) {
      Value value = e.getValue();
      if (kind == Kind::Row && e.getKind() != Kind::Row)
        value = broadcastVector(
            b, value, cast<VectorType>(type.clone(getElementTypeOrSelf(value))),
            dim);
      else if (kind == Kind::PerRow && e.getKind() == Kind::Number)
        for (RowExpr other : operands)
          if (auto perRow = dyn_cast<VectorType>(other.getValue().getType());
              perRow && !isa<VectorType>(value.getType()))
            value = vector::BroadcastOp::create(b, perRow, value);
      values.push_back(value);
    }
    return RowExpr(body(b, b.getLoc(), values), kind, *this);
  }

  // Numbers are constants: linalg bodies may use them from outside.
  int64_t rank = cast<ShapedType>(operand.getType()).getRank();
  AffineMap identity = b.getMultiDimIdentityMap(rank);
  SmallVector<AffineMap> maps;
  for (RowExpr e : operands) {
    if (e.getKind() == Kind::Number)
      continue;
    values.push_back(e.getValue());
    maps.push_back(
        kind == Kind::Row && e.getKind() == Kind::PerRow
            ? identity.dropResult(dim)
            : b.getMultiDimIdentityMap(
                  cast<ShapedType>(e.getValue().getType()).getRank()));
  }
  Value shapeSource = kind == Kind::Row ? operand : values.front();
  SmallVector<OpFoldResult> sizes =
      tensor::getMixedSizes(b, b.getLoc(), shapeSource);
  Attribute encoding =
      cast<RankedTensorType>(shapeSource.getType()).getEncoding();
  Value empty = tensor::EmptyOp::create(b, sizes, elementType, encoding);
  maps.push_back(b.getMultiDimIdentityMap(sizes.size()));
  SmallVector<utils::IteratorType> iterators(sizes.size(),
                                             utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      b, empty.getType(), values, empty, maps, iterators,
      [&](OpBuilder &nested, Location loc, ValueRange arguments) {
        SmallVector<Value> xs;
        unsigned next = 0;
        for (RowExpr e : operands)
          xs.push_back(e.getKind() == Kind::Number ? e.getValue()
                                                   : arguments[next++]);
        linalg::YieldOp::create(nested, loc, body(nested, loc, xs));
      });
  return RowExpr(generic.getResult(0), kind, *this);
}

RowExpr RowContext::number(double c) {
  Value constant = arith::ConstantOp::create(
      b, cast<TypedAttr>(Attribute(b.getFloatAttr(computeType, c))));
  return RowExpr(constant, RowExpr::Kind::Number, *this);
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

template <typename OpTy>
RowExpr RowContext::reduce(const RowExpr &x, double init) {
  Type element = getElementTypeOrSelf(x.getValue());
  Value identity = arith::ConstantOp::create(
      b, cast<TypedAttr>(Attribute(b.getFloatAttr(element, init))));
  using Kind = RowExpr::Kind;
  if (!isTensor()) {
    constexpr auto kind = std::is_same_v<OpTy, arith::MaximumFOp>
                              ? vector::CombiningKind::MAXIMUMF
                              : vector::CombiningKind::ADD;
    auto type = cast<VectorType>(x.getValue().getType());
    Value accumulator = identity;
    if (type.getRank() > 1) {
      SmallVector<int64_t> shape(type.getShape());
      shape.erase(shape.begin() + dim);
      accumulator = vector::BroadcastOp::create(
          b, VectorType::get(shape, type.getElementType()), identity);
    }
    SmallVector<bool> reduced(type.getRank(), false);
    reduced[dim] = true;
    Value result = vector::MultiDimReductionOp::create(
        b, x.getValue(), accumulator, reduced, kind);
    return RowExpr(result, Kind::PerRow, *this);
  }

  SmallVector<OpFoldResult> sizes =
      tensor::getMixedSizes(b, b.getLoc(), operand);
  int64_t rank = sizes.size();
  sizes.erase(sizes.begin() + dim);
  Value empty = tensor::EmptyOp::create(b, sizes, element);
  Value filled = linalg::FillOp::create(b, identity, empty).getResult(0);
  AffineMap map = b.getMultiDimIdentityMap(rank);
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::parallel);
  iterators[dim] = utils::IteratorType::reduction;
  auto generic = linalg::GenericOp::create(
      b, filled.getType(), x.getValue(), filled,
      ArrayRef<AffineMap>{map, map.dropResult(dim)}, iterators,
      [](OpBuilder &nested, Location loc, ValueRange arguments) {
        Value next = OpTy::create(nested, loc, arguments[0], arguments[1]);
        linalg::YieldOp::create(nested, loc, next);
      });
  return RowExpr(generic.getResult(0), Kind::PerRow, *this);
}

RowExpr RowContext::sum(RowExpr x) {
  // In f64: a long sum in f32 would lose a bit with every doubling of the row.
  RowExpr wide = convert(x, b.getF64Type());
  return convert(reduce<arith::AddFOp>(wide, 0.0), computeType);
}

//===----------------------------------------------------------------------===//
// The vocabulary
//===----------------------------------------------------------------------===//

template <typename OpTy>
RowExpr RowExpr::binary(RowExpr a, RowExpr b) {
  return a.context->elementwise(
      {a, b}, a.context->getComputeType(),
      [](OpBuilder &b, Location loc, ValueRange xs) -> Value {
        return OpTy::create(b, loc, xs[0], xs[1]);
      });
}

namespace mlir::act {

RowExpr operator+(RowExpr a, RowExpr b) {
  return RowExpr::binary<arith::AddFOp>(a, b);
}
RowExpr operator-(RowExpr a, RowExpr b) {
  return RowExpr::binary<arith::SubFOp>(a, b);
}
RowExpr operator*(RowExpr a, RowExpr b) {
  return RowExpr::binary<arith::MulFOp>(a, b);
}
RowExpr operator/(RowExpr a, RowExpr b) {
  // Parameters are often 1.
  if (matchPattern(b.value, m_OneFloat()))
    return a;
  return RowExpr::binary<arith::DivFOp>(a, b);
}
RowExpr exp(RowExpr a) {
  return a.context->elementwise(
      a, a.context->getComputeType(),
      [](OpBuilder &b, Location loc, ValueRange xs) -> Value {
        return math::ExpOp::create(b, loc, xs[0]);
      });
}
RowExpr expOfQuotient(RowExpr a, RowExpr b) {
  if (matchPattern(b.value, m_OneFloat()))
    return exp(a);
  return a.context->elementwise(
      {a, b}, a.context->getComputeType(),
      [](OpBuilder &builder, Location loc, ValueRange xs) -> Value {
        ImplicitLocOpBuilder b(loc, builder);
        IRContext context{b, PrimitiveForm::Prim};
        IRExpr dividend(xs[0], context), divisor(xs[1], context);
        IRExpr quotient = dividend / divisor;
        IRExpr remainder = fma(-quotient, divisor, dividend);
        return finish(exp(Two<IRExpr>{quotient, remainder / divisor}))
            .getValue();
      });
}
RowExpr max(RowExpr a) {
  return a.context->reduce<arith::MaximumFOp>(
      a, -std::numeric_limits<double>::infinity());
}
RowExpr sum(RowExpr a) { return a.context->sum(a); }
RowExpr like(RowExpr x, double c) { return x.context->number(c); }

} // namespace mlir::act
