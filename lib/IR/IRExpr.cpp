//===- IRExpr.cpp - formulas as IR ---===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Formula/IRExpr.h"
#include "act/IR/Act.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace mlir::act;

template <typename OpTy>
IRExpr IRExpr::make(ValueRange operands) const {
  // Created with an explicit type, so that ops of any number of operands agree.
  auto op = OpTy::create(context->builder, operands.front().getType(), operands,
                         ArrayRef<NamedAttribute>());
  return IRExpr(op->getResult(0), *context);
}

IRExpr::Bool IRExpr::compare(arith::CmpFPredicate predicate,
                             IRExpr other) const {
  return Bool(
      arith::CmpFOp::create(context->builder, predicate, value, other.value),
      *context);
}

namespace mlir::act {

IRExpr::Bool operator&(IRExpr::Bool a, IRExpr::Bool b) {
  return {arith::AndIOp::create(a.context->builder, a.value, b.value),
          *a.context};
}
IRExpr::Bool operator|(IRExpr::Bool a, IRExpr::Bool b) {
  return {arith::OrIOp::create(a.context->builder, a.value, b.value),
          *a.context};
}
IRExpr::Bool operator!(IRExpr::Bool a) {
  ImplicitLocOpBuilder &b = a.context->builder;
  Value ones = arith::ConstantOp::create(b, b.getOneAttr(a.value.getType()));
  return IRExpr::Bool(arith::XOrIOp::create(b, a.value, ones), *a.context);
}

IRExpr where(IRExpr::Bool c, IRExpr a, IRExpr b) {
  return IRExpr(
      arith::SelectOp::create(a.context->builder, c.value, a.value, b.value),
      *a.context);
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

IRExpr operator+(IRExpr a, IRExpr b) {
  return a.make<arith::AddFOp>({a.value, b.value});
}
IRExpr operator-(IRExpr a, IRExpr b) {
  return a.make<arith::SubFOp>({a.value, b.value});
}
IRExpr operator*(IRExpr a, IRExpr b) {
  return a.make<arith::MulFOp>({a.value, b.value});
}
IRExpr operator/(IRExpr a, IRExpr b) {
  return a.make<arith::DivFOp>({a.value, b.value});
}
IRExpr operator-(IRExpr a) { return a.make<arith::NegFOp>(a.value); }
IRExpr::Bool operator<(IRExpr a, IRExpr b) {
  return a.compare(arith::CmpFPredicate::OLT, b);
}
IRExpr::Bool operator<=(IRExpr a, IRExpr b) {
  return a.compare(arith::CmpFPredicate::OLE, b);
}
IRExpr::Bool operator>(IRExpr a, IRExpr b) {
  return a.compare(arith::CmpFPredicate::OGT, b);
}
IRExpr::Bool operator>=(IRExpr a, IRExpr b) {
  return a.compare(arith::CmpFPredicate::OGE, b);
}
IRExpr::Bool operator==(IRExpr a, IRExpr b) {
  return a.compare(arith::CmpFPredicate::OEQ, b);
}
IRExpr fma(IRExpr a, IRExpr b, IRExpr c) {
  return a.make<math::FmaOp>({a.value, b.value, c.value});
}
IRExpr abs(IRExpr a) { return a.make<math::AbsFOp>(a.value); }
IRExpr sqrt(IRExpr a) { return a.make<math::SqrtOp>(a.value); }
IRExpr copysign(IRExpr a, IRExpr b) {
  return a.make<math::CopySignOp>({a.value, b.value});
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

IRExpr like(IRExpr x, double c) {
  Type type = x.value.getType();
  Attribute number = FloatAttr::get(getElementTypeOrSelf(type), c);
  if (auto shaped = dyn_cast<ShapedType>(type))
    number = DenseElementsAttr::get(shaped, number);
  return IRExpr(
      arith::ConstantOp::create(x.context->builder, cast<TypedAttr>(number)),
      *x.context);
}

bool isConstant(IRExpr x, double c) {
  APFloat value(0.0);
  return matchPattern(x.value, m_ConstantFloat(&value)) &&
         value.convertToDouble() == c;
}

Two<IRExpr> exactly(IRExpr x, double hi, double lo) {
  IRExpr high = like(x, hi);
  if (!x.inWords())
    return {high, std::nullopt};
  if (getElementTypeOrSelf(x.value).isF32())
    lo += hi - double(float(hi));
  return {high, like(x, lo)};
}

//===----------------------------------------------------------------------===//
// Two words
//===----------------------------------------------------------------------===//

Two<IRExpr> twoProd(IRExpr a, IRExpr b) {
  // Parameters are often 1.
  if (isConstant(a, 1.0))
    return {b, std::nullopt};
  IRExpr product = a * b;
  if (!a.inWords())
    return {product, std::nullopt};
  return {product, fma(a, b, -product)};
}

Two<IRExpr> twoSum(IRExpr a, IRExpr b) {
  IRExpr sum = a + b;
  if (!a.inWords())
    return {sum, std::nullopt};
  IRExpr bPart = sum - a;
  return {sum, (a - (sum - bPart)) + (b - bPart)};
}

Two<IRExpr> fastTwoSum(IRExpr a, IRExpr b) {
  IRExpr sum = a + b;
  if (!a.inWords())
    return {sum, std::nullopt};
  return {sum, b - (sum - a)};
}

//===----------------------------------------------------------------------===//
// Primitives
//===----------------------------------------------------------------------===//

/// Whether a target may have less to do for arguments near 0.
static bool hasShortForm(Primitive function) {
  switch (function) {
  case Primitive::Exp:
  case Primitive::Sigmoid:
  case Primitive::Sin:
  case Primitive::Atan:
    return true;
  default:
    return false;
  }
}

Scaled<IRExpr> IRExpr::primitive(Primitive function, Two<IRExpr> x) const {
  SmallVector<Value> inputs{x.hi.value};
  if (x.lo)
    inputs.push_back(x.lo->value);
  Type type = value.getType();
  // An argument in two words is too often large for a branch to be rare.
  bool tame = context->flags && !x.lo && hasShortForm(function);
  auto prim =
      PrimOp::create(context->builder, type, type, type, function, inputs);
  if (isFast())
    prim->setAttr("fast", context->builder.getUnitAttr());
  if (tame)
    prim->setAttr("tame", context->builder.getUnitAttr());
  std::optional<IRExpr> lo;
  if (!isFast())
    lo = IRExpr(prim.getLo(), *context);
  if (tame) {
    context->flags->push_back(prim.getExponent());
    Scaled<IRExpr> result{IRExpr(prim.getHi(), *context), lo};
    result.isPositive =
        function == Primitive::Exp || function == Primitive::Sigmoid;
    return result;
  }
  return {IRExpr(prim.getHi(), *context), lo,
          IRExpr(prim.getExponent(), *context)};
}

/// One word is two words, the second absent.
static Two<IRExpr> oneWord(IRExpr x) { return {x, std::nullopt}; }

Scaled<IRExpr> exp(Two<IRExpr> x) {
  if (x.hi.inWords())
    return x.hi.primitive(Primitive::Exp, x);
  return x.hi.make<math::ExpOp>(x.hi.value);
}

Scaled<IRExpr> sigmoid(Two<IRExpr> x) {
  if (x.hi.inWords()) {
    Scaled<IRExpr> s = x.hi.primitive(Primitive::Sigmoid, x);
    s.lo = std::nullopt;
    return s;
  }
  // For a negative argument e / (1 + e), which does not overflow.
  IRExpr e = finish(exp(-abs(x.hi)));
  return where(x.hi < 0.0, e, like(x.hi, 1.0)) / (e + 1.0);
}

Scaled<IRExpr> normalCdf(Two<IRExpr> x) {
  if (x.hi.inWords()) {
    Scaled<IRExpr> s = x.hi.primitive(Primitive::NormalCdf, x);
    return {s.hi, std::nullopt, s.exponent};
  }
  constexpr double minusSqrtHalf = -0.70710678118654752;
  IRExpr scaled = x.hi * minusSqrtHalf;
  return scaled.make<math::ErfcOp>(scaled.value) * 0.5;
}

template <typename OpTy>
Two<IRExpr> IRExpr::twoWords(Primitive function, Two<IRExpr> x) {
  if (x.hi.inWords()) {
    Scaled<IRExpr> s = x.hi.primitive(function, x);
    return {s.hi, s.lo};
  }
  return {x.hi.make<OpTy>(x.hi.value), std::nullopt};
}

Two<IRExpr> expm1(Two<IRExpr> x) {
  return IRExpr::twoWords<math::ExpM1Op>(Primitive::Expm1, x);
}
Two<IRExpr> tanh(Two<IRExpr> x) {
  return IRExpr::twoWords<math::TanhOp>(Primitive::Tanh, x);
}
Two<IRExpr> sin(Two<IRExpr> x) {
  return IRExpr::twoWords<math::SinOp>(Primitive::Sin, x);
}
Two<IRExpr> cos(Two<IRExpr> x) {
  return IRExpr::twoWords<math::CosOp>(Primitive::Cos, x);
}

Scaled<IRExpr> exp(IRExpr x) { return exp(oneWord(x)); }
Scaled<IRExpr> sigmoid(IRExpr x) { return sigmoid(oneWord(x)); }
Scaled<IRExpr> normalCdf(IRExpr x) { return normalCdf(oneWord(x)); }
Two<IRExpr> expm1(IRExpr x) { return expm1(oneWord(x)); }
Two<IRExpr> tanh(IRExpr x) { return tanh(oneWord(x)); }
Two<IRExpr> sin(IRExpr x) { return sin(oneWord(x)); }
Two<IRExpr> cos(IRExpr x) { return cos(oneWord(x)); }

IRExpr exp2(IRExpr x) {
  return x.inWords() ? x.primitive(Primitive::Exp2, oneWord(x)).hi
                     : x.make<math::Exp2Op>(x.value);
}
IRExpr log(IRExpr x) {
  return x.inWords() ? x.primitive(Primitive::Log, oneWord(x)).hi
                     : x.make<math::LogOp>(x.value);
}
IRExpr log1p(IRExpr x) {
  return x.inWords() ? x.primitive(Primitive::Log1p, oneWord(x)).hi
                     : x.make<math::Log1pOp>(x.value);
}
IRExpr erf(IRExpr x) {
  return x.inWords() ? x.primitive(Primitive::Erf, oneWord(x)).hi
                     : x.make<math::ErfOp>(x.value);
}
IRExpr atan(IRExpr x) {
  return x.inWords() ? x.primitive(Primitive::Atan, oneWord(x)).hi
                     : x.make<math::AtanOp>(x.value);
}

IRExpr scale(IRExpr x, IRExpr n) {
  // An exponential scaled at once wants no care for what its parts may be used
  // for.
  auto prim = x.value.getDefiningOp<PrimOp>();
  if (prim && prim == n.value.getDefiningOp() && x.value == prim.getHi() &&
      n.value == prim.getExponent() && prim.getFunction() == Primitive::Exp &&
      prim.getInputs().size() == 1)
    return x
        .primitive(Primitive::ExpScaled,
                   {IRExpr(prim.getInputs().front(), *x.context), std::nullopt})
        .hi;
  return x.inWords() ? x.primitive(Primitive::Scale, {x, n}).hi : x * exp2(n);
}

double safeExponent(IRExpr x) {
  return getElementTypeOrSelf(x.value).isF32() ? -96 : -960;
}

} // namespace mlir::act
