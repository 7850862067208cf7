//===- TargetPrimitives.cpp - portable primitives -------------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Primitives/TargetPrimitives.h"
#include "IRValue.h"
#include "act/Primitives/Algorithms.h"

using namespace mlir;
using namespace mlir::act;

using F32 = Algorithms<IRValue, float>;
using F64 = Algorithms<IRValue, double>;

static bool isSingle(Value x) { return getElementTypeOrSelf(x).isF32(); }

/// Calls `emit` with the algorithms for the type of `x`.
template <typename Fn>
static auto forType(Value x, Fn emit) {
  return isSingle(x) ? emit(F32()) : emit(F64());
}

static std::optional<IRValue> wrapLow(ImplicitLocOpBuilder &b, Value lo) {
  if (!lo)
    return std::nullopt;
  return IRValue(b, lo);
}

static PrimitiveResult unwrap(const WordsOf<IRValue> &words) {
  return {words.hi.getValue(), words.lo ? words.lo->getValue() : Value(),
          words.exponent ? words.exponent->getValue() : Value()};
}
static PrimitiveResult unwrap(IRValue value) {
  return {value.getValue(), Value(), Value()};
}

TargetPrimitives::~TargetPrimitives() = default;

PrimitiveResult TargetPrimitives::exp(ImplicitLocOpBuilder &b, Value hi,
                                      Value lo, PrimitiveDemand demand) const {
  IRValue x(b, hi);
  return unwrap(forType(hi, [&](auto a) {
    auto y = a.exp(x, wrapLow(b, lo), demand.wantLo, demand.fast);
    return demand.tame ? a.tame(y, x, a.tameMax) : y;
  }));
}

PrimitiveResult TargetPrimitives::expm1(ImplicitLocOpBuilder &b, Value hi,
                                        Value lo, PrimitiveDemand) const {
  IRValue x(b, hi);
  return unwrap(
      forType(hi, [&](auto a) { return a.expm1(x, wrapLow(b, lo)); }));
}

PrimitiveResult TargetPrimitives::log(ImplicitLocOpBuilder &b, Value hi,
                                      Value lo) const {
  IRValue x(b, hi);
  return unwrap(forType(hi, [&](auto a) { return a.log(x, wrapLow(b, lo)); }));
}

PrimitiveResult TargetPrimitives::log1p(ImplicitLocOpBuilder &b, Value hi,
                                        Value lo) const {
  IRValue x(b, hi);
  return unwrap(
      forType(hi, [&](auto a) { return a.log1p(x, wrapLow(b, lo)); }));
}

PrimitiveResult TargetPrimitives::tanh(ImplicitLocOpBuilder &b, Value hi,
                                       Value lo, PrimitiveDemand demand) const {
  IRValue x(b, hi);
  return unwrap(forType(hi, [&](auto a) {
    return a.tanh(x, wrapLow(b, lo), demand.wantLo, demand.fast);
  }));
}

PrimitiveResult TargetPrimitives::sin(ImplicitLocOpBuilder &b, Value hi,
                                      Value lo, PrimitiveDemand demand) const {
  IRValue x(b, hi);
  return unwrap(forType(
      hi, [&](auto a) { return a.sin(x, wrapLow(b, lo), demand.wantLo); }));
}

PrimitiveResult TargetPrimitives::cos(ImplicitLocOpBuilder &b, Value hi,
                                      Value lo, PrimitiveDemand demand) const {
  IRValue x(b, hi);
  return unwrap(forType(
      hi, [&](auto a) { return a.cos(x, wrapLow(b, lo), demand.wantLo); }));
}

PrimitiveResult TargetPrimitives::atan(ImplicitLocOpBuilder &b, Value hi,
                                       Value lo, PrimitiveDemand) const {
  IRValue x(b, hi);
  return unwrap(forType(hi, [&](auto a) { return a.atan(x); }));
}

PrimitiveResult TargetPrimitives::erf(ImplicitLocOpBuilder &b, Value hi,
                                      Value lo) const {
  IRValue x(b, hi);
  return unwrap(forType(hi, [&](auto a) { return a.erf(x); }));
}

PrimitiveResult TargetPrimitives::sigmoid(ImplicitLocOpBuilder &b, Value hi,
                                          Value lo,
                                          PrimitiveDemand demand) const {
  IRValue x(b, hi);
  return unwrap(forType(hi, [&](auto a) {
    auto y = a.sigmoid(x, wrapLow(b, lo), demand.fast);
    return demand.tame ? a.tame(y, x, a.tameMax) : y;
  }));
}

PrimitiveResult TargetPrimitives::normalCdf(ImplicitLocOpBuilder &b, Value hi,
                                            Value lo,
                                            PrimitiveDemand demand) const {
  IRValue x(b, hi);
  return unwrap(forType(
      hi, [&](auto a) { return a.normalCdf(x, wrapLow(b, lo), demand.fast); }));
}

PrimitiveResult TargetPrimitives::rcp(ImplicitLocOpBuilder &b, Value x) const {
  IRValue value(b, x);
  return unwrap(forType(x, [&](auto a) { return a.rcp(value); }));
}

Value TargetPrimitives::scale(ImplicitLocOpBuilder &b, Value x, Value n) const {
  IRValue value(b, x), exponent(b, n);
  return forType(x, [&](auto a) { return a.scale(value, exponent); })
      .getValue();
}

Value TargetPrimitives::expScaled(ImplicitLocOpBuilder &b, Value x,
                                  PrimitiveDemand demand) const {
  IRValue value(b, x);
  return forType(x, [&](auto a) { return a.expScaled(value, demand.fast); })
      .getValue();
}

Value TargetPrimitives::exp2Scaled(ImplicitLocOpBuilder &b, Value x,
                                   PrimitiveDemand demand) const {
  IRValue value(b, x);
  return forType(x, [&](auto a) { return a.exp2Scaled(value, demand.fast); })
      .getValue();
}

Value TargetPrimitives::erfc(ImplicitLocOpBuilder &b, Value x,
                             PrimitiveDemand demand) const {
  IRValue value(b, x);
  auto [hi, lo] = forType(x, [&](auto a) { return a.timesMinusSqrt2(value); });
  PrimitiveResult phi = normalCdf(b, hi.getValue(), lo.getValue(), demand);
  return scale(b, phi.hi, (IRValue(b, phi.exponent) + 1.0).getValue());
}
