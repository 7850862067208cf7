//===- IRValue.h - arithmetic that builds IR --------------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The value type with which the emitter instantiates Algorithms.h. Distinct
// from the formulas' IRExpr: it has bit patterns, and no fast-math flags.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_LIB_PRIMITIVES_IRVALUE_H
#define ACT_LIB_PRIMITIVES_IRVALUE_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"

namespace mlir::act {

/// `type` with another element type.
inline Type withElementType(Type type, Type element) {
  if (auto shaped = dyn_cast<ShapedType>(type))
    return shaped.clone(element);
  return element;
}

/// A scalar constant or a splat of it.
inline Value buildConstant(ImplicitLocOpBuilder &b, Type type,
                           Attribute number) {
  if (auto shaped = dyn_cast<ShapedType>(type))
    number = DenseElementsAttr::get(shaped, number);
  return arith::ConstantOp::create(b, cast<TypedAttr>(number));
}

struct IRMask {
  ImplicitLocOpBuilder *b;
  Value value;
};

class IRValue {
public:
  using Mask = IRMask;

  /// The bit pattern.
  class Int {
  public:
    Int(ImplicitLocOpBuilder &b, Value value) : b(&b), value(value) {}
    Value getValue() const { return value; }
    ImplicitLocOpBuilder &getBuilder() const { return *b; }

    friend Int operator+(Int x, int64_t c) {
      return x.make<arith::AddIOp>(x.constant(c));
    }
    friend Int operator&(Int x, int64_t c) {
      return x.make<arith::AndIOp>(x.constant(c));
    }
    friend Int operator|(Int x, int64_t c) {
      return x.make<arith::OrIOp>(x.constant(c));
    }
    friend Int operator<<(Int x, int64_t c) {
      return x.make<arith::ShLIOp>(x.constant(c));
    }
    friend Int operator>>(Int x, int64_t c) {
      return x.make<arith::ShRUIOp>(x.constant(c));
    }
    IRValue asFloat() const {
      Type type = value.getType();
      Type element = getElementTypeOrSelf(type).isInteger(32)
                         ? Type(b->getF32Type())
                         : Type(b->getF64Type());
      return {*b, arith::BitcastOp::create(*b, withElementType(type, element),
                                           value)};
    }

  private:
    template <typename OpTy>
    Int make(Value rhs) const {
      return {*b, OpTy::create(*b, value, rhs)};
    }
    Value constant(int64_t c) const {
      unsigned width = getElementTypeOrSelf(value).getIntOrFloatBitWidth();
      return buildConstant(
          *b, value.getType(),
          b->getIntegerAttr(b->getIntegerType(width),
                            APInt(width, c, /*isSigned=*/true)));
    }

    ImplicitLocOpBuilder *b;
    Value value;
  };

  IRValue(ImplicitLocOpBuilder &b, Value value) : b(&b), value(value) {}
  Value getValue() const { return value; }
  ImplicitLocOpBuilder &getBuilder() const { return *b; }

  /// `c`, which must be exact in the type, with the type of this value.
  IRValue constant(double c) const {
    Type type = value.getType();
    return {*b, buildConstant(*b, type,
                              FloatAttr::get(getElementTypeOrSelf(type), c))};
  }
  Int asInt() const {
    Type type = value.getType();
    unsigned width = getElementTypeOrSelf(type).getIntOrFloatBitWidth();
    return {*b,
            arith::BitcastOp::create(
                *b, withElementType(type, b->getIntegerType(width)), value)};
  }

  friend IRValue operator+(IRValue x, IRValue y) {
    return x.make<arith::AddFOp>(y);
  }
  friend IRValue operator-(IRValue x, IRValue y) {
    return x.make<arith::SubFOp>(y);
  }
  friend IRValue operator*(IRValue x, IRValue y) {
    return x.make<arith::MulFOp>(y);
  }
  friend IRValue operator/(IRValue x, IRValue y) {
    return x.make<arith::DivFOp>(y);
  }
  friend IRValue operator+(IRValue x, double c) { return x + x.constant(c); }
  friend IRValue operator-(IRValue x, double c) { return x - x.constant(c); }
  friend IRValue operator*(IRValue x, double c) { return x * x.constant(c); }
  friend IRValue operator-(double c, IRValue x) { return x.constant(c) - x; }
  friend IRValue operator/(double c, IRValue x) { return x.constant(c) / x; }
  IRValue operator-() const { return {*b, arith::NegFOp::create(*b, value)}; }

  friend Mask operator<(IRValue x, IRValue y) {
    return x.compare(arith::CmpFPredicate::OLT, y);
  }
  friend Mask operator<(IRValue x, double c) { return x < x.constant(c); }
  friend Mask operator>(IRValue x, double c) {
    return x.compare(arith::CmpFPredicate::OGT, x.constant(c));
  }
  friend Mask operator==(IRValue x, double c) {
    return x.compare(arith::CmpFPredicate::OEQ, x.constant(c));
  }

  friend IRValue fma(IRValue x, IRValue y, IRValue z) {
    return {*x.b, math::FmaOp::create(*x.b, x.value, y.value, z.value)};
  }
  friend IRValue abs(IRValue x) {
    return {*x.b, math::AbsFOp::create(*x.b, x.value)};
  }
  friend IRValue copysign(IRValue x, IRValue y) {
    return {*x.b, math::CopySignOp::create(*x.b, x.value, y.value)};
  }
  friend IRValue select(Mask mask, IRValue x, IRValue y) {
    return {*x.b, arith::SelectOp::create(*x.b, mask.value, x.value, y.value)};
  }

private:
  template <typename OpTy>
  IRValue make(IRValue rhs) const {
    return {*b, OpTy::create(*b, value, rhs.value)};
  }
  Mask compare(arith::CmpFPredicate predicate, IRValue rhs) const {
    return {b, arith::CmpFOp::create(*b, predicate, value, rhs.value)};
  }

  ImplicitLocOpBuilder *b;
  Value value;
};

} // namespace mlir::act

#endif // ACT_LIB_PRIMITIVES_IRVALUE_H
