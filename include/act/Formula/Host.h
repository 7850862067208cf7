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
#include "act/Formula/Quad.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cmath>

namespace mlir::act {

namespace detail {
// Those of double beside those of Quad, where members of Host hide neither.
using act::atan, act::copysign, act::cos, act::erf, act::erfc, act::exp,
    act::expm1, act::fabs, act::fma, act::ldexp, act::log, act::log1p, act::sin,
    act::sqrt, act::tanh;
using std::atan, std::copysign, std::cos, std::erf, std::erfc, std::exp,
    std::expm1, std::fabs, std::fma, std::ldexp, std::log, std::log1p, std::sin,
    std::sqrt, std::tanh;
} // namespace detail

/// A number of type T (double, or Quad), which is wider than the compute type
/// it stands for: no second words, and exponents are not kept apart.
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
    return a.with(detail::fma(a.value, b.value, c.value));
  }
  friend Host abs(Host a) { return a.with(detail::fabs(a.value)); }
  friend Host sqrt(Host a) { return a.with(detail::sqrt(a.value)); }
  friend Host copysign(Host a, Host b) {
    return a.with(detail::copysign(a.value, b.value));
  }

  friend Host like(Host x, double c) {
    return x.with(x.single ? T(float(c)) : T(c));
  }
  friend Host ratio(Host x, double p, double q) { return x.with(T(p) / T(q)); }
  friend Host rounded(Host x) {
    double y = double(x.value);
    // Quad rounds twice only where double cannot hold the product of f32.
    return x.with(x.single ? T(float(y)) : T(y));
  }
  friend bool isConstant(Host x, double c) { return x.value == T(c); }
  friend Two<Host> exactly(Host x, double hi, double lo) {
    return {x.with(T(hi) + T(lo)), std::nullopt};
  }

  friend Two<Host> twoProd(Host a, Host b) { return {a * b, std::nullopt}; }
  friend Two<Host> twoSum(Host a, Host b) { return {a + b, std::nullopt}; }
  friend Two<Host> fastTwoSum(Host a, Host b) { return {a + b, std::nullopt}; }

  friend Scaled<Host> exp(Two<Host> x) {
    return x.hi.with(detail::exp(x.hi.value));
  }
  friend Scaled<Host> sigmoid(Two<Host> x) {
    T e = detail::exp(-detail::fabs(x.hi.value));
    return x.hi.with((x.hi.value < T(0) ? e : T(1)) / (T(1) + e));
  }
  friend Scaled<Host> normalCdf(Two<Host> x) {
    // erfc amplifies the error of its argument, so what rounding takes from
    // -x / sqrt(2) is put back to first order.
    static const T s = detail::sqrt(T(0.5));
    static const T sLow = detail::fma(-s, s, T(0.5)) / (s + s);
    T t = -x.hi.value * s;
    T low = detail::fma(-x.hi.value, s, -t) - x.hi.value * sLow;
    T y = detail::erfc(t);
    if (detail::fabs(t) < T(100))
      y = y - T(1.1283791670955126) * detail::exp(-t * t) * low;
    return x.hi.with(y / T(2));
  }
  friend Two<Host> expm1(Two<Host> x) {
    return {x.hi.with(detail::expm1(x.hi.value)), std::nullopt};
  }
  friend Two<Host> tanh(Two<Host> x) {
    return {x.hi.with(detail::tanh(x.hi.value)), std::nullopt};
  }
  friend Two<Host> sin(Two<Host> x) {
    return {x.hi.with(detail::sin(x.hi.value)), std::nullopt};
  }
  friend Two<Host> cos(Two<Host> x) {
    return {x.hi.with(detail::cos(x.hi.value)), std::nullopt};
  }
  friend Scaled<Host> exp(Host x) { return exp(Two<Host>{x, std::nullopt}); }
  friend Scaled<Host> sigmoid(Host x) {
    return sigmoid(Two<Host>{x, std::nullopt});
  }
  friend Scaled<Host> normalCdf(Host x) {
    return normalCdf(Two<Host>{x, std::nullopt});
  }
  friend Two<Host> expm1(Host x) { return expm1(Two<Host>{x, std::nullopt}); }
  friend Two<Host> tanh(Host x) { return tanh(Two<Host>{x, std::nullopt}); }
  friend Two<Host> sin(Host x) { return sin(Two<Host>{x, std::nullopt}); }
  friend Two<Host> cos(Host x) { return cos(Two<Host>{x, std::nullopt}); }
  friend Host log(Host x) { return x.with(detail::log(x.value)); }
  friend Host log1p(Host x) { return x.with(detail::log1p(x.value)); }
  friend Host erf(Host x) { return x.with(detail::erf(x.value)); }
  friend Host atan(Host x) { return x.with(detail::atan(x.value)); }
  friend Host scale(Host x, Host n) {
    return x.with(detail::ldexp(x.value, int(double(n.value))));
  }
  // Exponents are not kept apart. A Quad has the range that this saves.
  friend double safeExponent(Host) {
    return std::is_same_v<T, double> ? -960 : 0;
  }

private:
  Host with(T v) const { return Host(v, single); }
};

/// The values of the formula of `op`, one for each result.
template <typename E, typename Op>
llvm::SmallVector<E, 2> valuesOf(Op op, llvm::ArrayRef<E> operands) {
  return {op.template apply<E>(operands)};
}

/// Evaluates the formula of `op` at `operands`.
template <typename T, typename Op>
llvm::SmallVector<T> evaluateOnHost(Op op, llvm::ArrayRef<double> operands,
                                    bool single) {
  llvm::SmallVector<Host<T>> xs;
  for (double x : operands)
    xs.emplace_back(T(x), single);
  llvm::SmallVector<T> values;
  for (const Host<T> &value : valuesOf<Host<T>>(op, xs))
    values.push_back(value.value);
  return values;
}

} // namespace mlir::act

#endif // ACT_FORMULA_HOST_H
