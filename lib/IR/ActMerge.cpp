//===- ActMerge.cpp - merging partial results of rows ---------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowBuild.h"
#include "RowWords.h"
#include "act/IR/Act.h"
#include "mlir/IR/TypeUtilities.h"
#include <cmath>

using namespace mlir;
using namespace mlir::act;

//===----------------------------------------------------------------------===//
// Exponentials of distances
//===----------------------------------------------------------------------===//

static bool isSingle(IRExpr x) {
  return getElementTypeOrSelf(x.getValue()).isF32();
}

IRExpr act::widen(IRExpr x) {
  if (!isSingle(x))
    return x;
  ImplicitLocOpBuilder &b = x.getContext().builder;
  Type type = withElement(x.getValue().getType(), b.getF64Type());
  return IRExpr(arith::ExtFOp::create(b, type, x.getValue()), x.getContext());
}

IRExpr act::narrow(IRExpr x, IRExpr type) {
  if (!isSingle(type))
    return x;
  return IRExpr(arith::TruncFOp::create(x.getContext().builder,
                                        type.getValue().getType(),
                                        x.getValue()),
                x.getContext());
}

Two<IRExpr> act::distance(Two<IRExpr> a, IRExpr b, double t) {
  if (isSingle(b))
    t = float(t);
  // With a large t a difference may count that overflows. Halving is exact, but
  // for numbers too small to count then.
  if (t > 1) {
    a.hi = a.hi * 0.5;
    if (a.lo)
      a.lo = *a.lo * 0.5;
    b = b * 0.5;
    t *= 0.5;
  }
  Two<IRExpr> d = twoSum(a.hi, -b);
  if (a.lo && d.lo) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    d = fastTwoSum(d.hi, where(abs(d.hi) < infinity, *d.lo + *a.lo, 0.0));
  }
  if (t == 1)
    return d;
  IRExpr divisor = like(b, t), quotient = d.hi / divisor;
  if (!d.lo)
    return {quotient, std::nullopt};
  IRExpr remainder = fma(-quotient, divisor, d.hi) + *d.lo;
  return {quotient, remainder / divisor};
}

IRExpr act::expOfDistance(Two<IRExpr> a, IRExpr b, double t) {
  return where(a.hi == b, 1.0, finish(exp(distance(a, b, t))));
}

Two<IRExpr> act::below(Two<IRExpr> a, IRExpr b, double t) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  bool single = isSingle(b);
  if (single)
    t = float(t);
  // Halved as in `distance`.
  bool halves = t > 1;
  Two<IRExpr> d{a.hi, std::nullopt};
  if (a.lo) {
    d = halves ? twoSum(a.hi * 0.5, b * -0.5) : twoSum(a.hi, -b);
    IRExpr low = halves ? fma(*a.lo, like(b, 0.5), *d.lo) : *a.lo + *d.lo;
    d.lo = where(abs(d.hi) < infinity, low, 0.0);
  } else {
    d.hi = halves ? fma(a.hi, like(b, 0.5), b * -0.5) : a.hi - b;
  }
  if (halves)
    t *= 0.5;
  if (t == 1)
    return d;

  // 1 / t in two words.
  double inverse = single ? float(1 / t) : 1 / t;
  double smallest = single ? double(std::numeric_limits<float>::min())
                           : std::numeric_limits<double>::min();
  if (!std::isfinite(inverse) || inverse < smallest)
    return {d.hi / t, std::nullopt};
  double rest = std::fma(-inverse, t, 1.0) / t;
  IRExpr quotient = d.hi * inverse;
  if (rest == 0 && !d.lo)
    return {quotient, std::nullopt};
  IRExpr factor = like(quotient, inverse);
  IRExpr low = fma(d.hi, factor, -quotient);
  if (rest != 0)
    low = fma(d.hi, like(low, rest), low);
  if (d.lo)
    low = fma(*d.lo, factor, low);
  return {quotient, where(abs(quotient) < infinity, low, 0.0)};
}

IRExpr act::logOfSum(IRExpr x, IRExpr type) {
  if (!isSingle(type))
    return log(x);
  IRExpr high = narrow(x, type);
  IRExpr low = narrow(x - widen(high), type);
  IRExpr y = log(high);
  return y + where(abs(y) < std::numeric_limits<double>::infinity(), low / high,
                   0.0);
}

//===----------------------------------------------------------------------===//
// MergeOp
//===----------------------------------------------------------------------===//

/// Merges s e^(r/T) and t e^(a/T).
static SmallVector<Value> mergeLogSumExp(IRExpr r, IRExpr s, IRExpr a, IRExpr t,
                                         double temperature) {
  // How far a value may exceed r, in the exponent. e^32 is far from overflow
  // even when squared, and e^-32 is nothing in 24 bits; in 53 it costs a bit
  // for what is small against the rest.
  constexpr double most = 32;
  bool single = isSingle(r);
  double limit = std::min(most * temperature,
                          single ? double(std::numeric_limits<float>::max())
                                 : std::numeric_limits<double>::max());
  auto rises = a > r + limit;
  IRExpr lower = where(rises, r, a), reference = where(rises, a, r);
  IRExpr e = expOfDistance({lower, std::nullopt}, reference, temperature);
  IRExpr keep = where(rises, e, 1.0), add = where(rises, 1.0, e);
  IRExpr product = isConstant(t, 1.0) ? widen(add) : t * widen(add);
  return {reference.getValue(), fma(s, widen(keep), product).getValue()};
}

static SmallVector<Value> mergeFirstMax(IRContext &context, ValueRange xs) {
  ImplicitLocOpBuilder &b = context.builder;
  using Predicate = arith::CmpFPredicate;
  auto compare = [&](Predicate predicate, Value x, Value y) -> Value {
    return arith::CmpFOp::create(b, predicate, x, y);
  };
  Value value = xs[0], index = xs[1], other = xs[2], otherIndex = xs[3];
  Value isFirst =
      arith::CmpIOp::create(b, arith::CmpIPredicate::ult, otherIndex, index);
  Value takes = arith::OrIOp::create(
      b, compare(Predicate::OGT, other, value),
      arith::AndIOp::create(b, compare(Predicate::OEQ, other, value), isFirst));
  takes = arith::OrIOp::create(b, takes, compare(Predicate::UNO, other, other));
  return {arith::SelectOp::create(b, takes, other, value),
          arith::SelectOp::create(b, takes, otherIndex, index)};
}

SmallVector<Value> MergeOp::buildFormula(IRContext &context) {
  if (getKind() == MergeKind::FirstMax)
    return mergeFirstMax(context, getOperands());
  auto expr = [&](Value x) { return IRExpr(x, context); };
  return mergeLogSumExp(expr(getValue()), expr(getWeight()),
                        expr(getOtherValue()), expr(getOtherWeight()),
                        getTemperature().convertToDouble());
}

SmallVector<TypedAttr> MergeOp::getNeutralElements() {
  auto value = cast<FloatType>(getElementTypeOrSelf(getValue()));
  Builder b(getContext());
  TypedAttr lowest =
      FloatAttr::get(value, -std::numeric_limits<double>::infinity());
  if (getKind() == MergeKind::FirstMax)
    return {lowest, b.getIndexAttr(std::numeric_limits<int64_t>::max())};
  return {lowest, b.getF64FloatAttr(0.0)};
}

LogicalResult MergeOp::verify() {
  bool wantsIndex = getKind() == MergeKind::FirstMax;
  if (getElementTypeOrSelf(getWeight()).isIndex() != wantsIndex)
    return emitOpError("requires weights of ")
           << (wantsIndex ? "index" : "f64");
  return detail::verifyParameter(
      *this, "temperature", getTemperature().convertToDouble(),
      [](double v) { return v > 0; }, "positive");
}
