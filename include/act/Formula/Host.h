//===- Host.h - formulas evaluated on the host -*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_FORMULA_HOST_H
#define ACT_FORMULA_HOST_H

#include "act/Formula/Expr.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cmath>
#include <limits>

namespace mlir::act {

/// A number of type T, which is wider than the compute type it stands for: no
/// second words, and exponents are not kept apart.
template <typename T>
struct Host : ExprOps<Host<T>> {
  using Bool = bool;

  T value;
  /// Constants and parameters are rounded to f32 (else to f64).
  bool single;

  Host(T value, bool single) : value(value), single(single) {}

  friend Host operator+(Host a, Host b) { return a.with(a.value + b.value); }
  friend Host operator-(Host a, Host b) { return a.with(a.value - b.value); }
  friend Host operator*(Host a, Host b) { return a.with(a.value * b.value); }
  friend Host operator/(Host a, Host b) { return a.with(a.value / b.value); }
  friend Host operator-(Host a) { return a.with(-a.value); }
  friend bool operator<(Host a, Host b) { return a.value < b.value; }
  friend bool operator<=(Host a, Host b) { return a.value <= b.value; }
  friend bool operator>(Host a, Host b) { return a.value > b.value; }
  friend bool operator>=(Host a, Host b) { return a.value >= b.value; }
  friend bool operator==(Host a, Host b) { return a.value == b.value; }
  friend Host where(bool c, Host a, Host b) { return c ? a : b; }

  friend Host fma(Host a, Host b, Host c) {
    return a.with(std::fma(a.value, b.value, c.value));
  }
  friend Host abs(Host a) { return a.with(std::fabs(a.value)); }
  friend Host sqrt(Host a) { return a.with(std::sqrt(a.value)); }
  friend Host copysign(Host a, Host b) {
    return a.with(std::copysign(a.value, b.value));
  }

  friend Host like(Host x, double c) {
    return x.with(x.single ? T(float(c)) : T(c));
  }
  friend Two<Host> exactly(Host x, double hi, double lo) {
    return {x.with(T(hi) + T(lo)), std::nullopt};
  }

  friend Two<Host> twoProd(Host a, Host b) { return {a * b, std::nullopt}; }
  friend Two<Host> twoSum(Host a, Host b) { return {a + b, std::nullopt}; }
  friend Two<Host> fastTwoSum(Host a, Host b) { return {a + b, std::nullopt}; }

  friend Scaled<Host> exp(Two<Host> x) {
    return x.hi.with(std::exp(x.hi.value));
  }
  friend Scaled<Host> sigmoid(Two<Host> x) {
    T e = std::exp(-std::fabs(x.hi.value));
    return x.hi.with((x.hi.value < 0 ? e : T(1)) / (1 + e));
  }
  friend Scaled<Host> normalCdf(Two<Host> x) {
    constexpr T sqrtHalf = T(0.707106781186547524400844362104849039L);
    return x.hi.with(std::erfc(-x.hi.value * sqrtHalf) / 2);
  }
  friend Two<Host> expm1(Two<Host> x) {
    return {x.hi.with(std::expm1(x.hi.value)), std::nullopt};
  }
  friend Scaled<Host> exp(Host x) { return exp(Two<Host>{x, std::nullopt}); }
  friend Scaled<Host> sigmoid(Host x) {
    return sigmoid(Two<Host>{x, std::nullopt});
  }
  friend Scaled<Host> normalCdf(Host x) {
    return normalCdf(Two<Host>{x, std::nullopt});
  }
  friend Two<Host> expm1(Host x) { return expm1(Two<Host>{x, std::nullopt}); }
  friend Host log(Host x) { return x.with(std::log(x.value)); }
  friend Host log1p(Host x) { return x.with(std::log1p(x.value)); }
  friend Host tanh(Host x) { return x.with(std::tanh(x.value)); }
  friend Host erf(Host x) { return x.with(std::erf(x.value)); }
  friend Host scale(Host x, Host n) {
    return x.with(std::ldexp(x.value, int(n.value)));
  }
  friend double safeExponent(Host) {
    return std::numeric_limits<T>::min_exponent / 2;
  }

private:
  Host with(T v) const { return Host(v, single); }
};

/// Evaluates the formula of `op` at `operands`.
template <typename T, typename Op>
T evaluateOnHost(Op op, llvm::ArrayRef<double> operands, bool single) {
  llvm::SmallVector<Host<T>> xs;
  for (double x : operands)
    xs.emplace_back(T(x), single);
  return op.template apply<Host<T>>(xs).value;
}

} // namespace mlir::act

#endif // ACT_FORMULA_HOST_H
