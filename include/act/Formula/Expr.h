//===- Expr.h - the vocabulary of formulas -*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A formula of table 1 is C++ over a generic scalar E. E may be
//
//   IRExpr                builds arith, math and act.prim ops (IRExpr.h)
//   Host<double>          computes on the host, fast (Host.h)
//   Host<Quad>             the same in 113 bits, for folding (Quad.h)
//   Interval              computes bounds of the values on ranges (Interval.h)
//   Dual<E>               any of those with a derivative beside it (Dual.h)
//
// Every E provides, as functions found by argument-dependent lookup:
//
//   + - * / unary-, < <= > >= == (giving E::Bool), & | !, where(c, a, b),
//   fma(a, b, c), abs(a), copysign(a, b), sqrt(a)
//   like(x, c)            the constant c, rounded to the compute type of x
//   ratio(x, p, q)        the constant p / q, as exact as it can be
//   rounded(x)            x rounded to the compute type, where the definition
//                         of a function asks for it
//   isConstant(x, c)      x is known to be the constant c when code is built
//   exactly(x, hi, lo)    the constant hi + lo as two words, for constants that
//                         are exact in the definition (pi, sqrt 2, ...)
//   twoProd(a, b), twoSum(a, b), fastTwoSum(a, b)
//   exp, sigmoid, normalCdf  of one or two words -> Scaled
//   expm1, tanh, sin, cos of one or two words -> Two
//   log, log1p, erf, atan of one word -> E
//   scale(x, n)           x * 2^n
//   safeExponent(x)       see gatedProduct
//
// and this file the rest, which is the same for all.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_FORMULA_EXPR_H
#define ACT_FORMULA_EXPR_H

#include <limits>
#include <optional>

namespace mlir::act {

/// A value in two words: the unevaluated sum hi + lo, where abs(lo) is at most
/// half a unit in the last place of hi. An absent `lo` is zero; interpretations
/// that have precision to spare leave it out.
template <typename E>
struct Two {
  E hi;
  std::optional<E> lo;
};

/// (hi + lo) * 2^exponent * factor. `hi` is the sum rounded. Keeping the
/// exponent and a factor apart until the last multiplication keeps precision
/// where a part underflows but the product does not. Absent parts are 0, 0, 1.
/// abs(hi) is at most 1 where there is a factor, unless it is `unbounded`.
template <typename E>
struct Scaled {
  E hi;
  std::optional<E> lo;
  std::optional<E> exponent;
  std::optional<E> factor;
  bool unbounded = false;
  /// Known not to be 0.
  bool isPositive = false;

  Scaled(E hi, std::optional<E> lo = std::nullopt,
         std::optional<E> exponent = std::nullopt,
         std::optional<E> factor = std::nullopt)
      : hi(hi), lo(lo), exponent(exponent), factor(factor) {}
  Scaled(Two<E> words) : hi(words.hi), lo(words.lo) {}
};

/// Base of every E: operators that take a decimal constant on one side, which
/// is rounded to the compute type.
template <typename E>
struct ExprOps {
  friend E operator+(E a, double b) { return a + like(a, b); }
  friend E operator+(double a, E b) { return like(b, a) + b; }
  friend E operator-(E a, double b) { return a - like(a, b); }
  friend E operator-(double a, E b) { return like(b, a) - b; }
  friend E operator*(E a, double b) { return a * like(a, b); }
  friend E operator*(double a, E b) { return like(b, a) * b; }
  friend E operator/(E a, double b) { return a / like(a, b); }
  friend E operator/(double a, E b) { return like(b, a) / b; }
  friend auto operator<(E a, double b) { return a < like(a, b); }
  friend auto operator<=(E a, double b) { return a <= like(a, b); }
  friend auto operator>(E a, double b) { return a > like(a, b); }
  friend auto operator>=(E a, double b) { return a >= like(a, b); }
  friend auto operator==(E a, double b) { return a == like(a, b); }
};

/// Whether x is not NaN.
template <typename E>
auto isNumber(E x) {
  return x == x;
}

template <typename Bool, typename E>
E where(Bool c, E a, double b) {
  return where(c, a, like(a, b));
}
template <typename Bool, typename E>
E where(Bool c, double a, E b) {
  return where(c, like(b, a), b);
}

/// Selects between words that may be absent, which stands for `absent`.
template <typename E, typename Bool>
std::optional<E> whereWord(Bool c, const E &x, const std::optional<E> &a,
                           const std::optional<E> &b, double absent = 0.0) {
  if (!a && !b)
    return std::nullopt;
  return where(c, a ? *a : like(x, absent), b ? *b : like(x, absent));
}

template <typename Bool, typename E>
Two<E> where(Bool c, Two<E> a, Two<E> b) {
  return {where(c, a.hi, b.hi), whereWord(c, a.hi, a.lo, b.lo)};
}
template <typename Bool, typename E>
Scaled<E> where(Bool c, Scaled<E> a, Scaled<E> b) {
  Scaled<E> result{where(c, a.hi, b.hi), whereWord(c, a.hi, a.lo, b.lo),
                   whereWord(c, a.hi, a.exponent, b.exponent),
                   whereWord(c, a.hi, a.factor, b.factor, 1.0)};
  result.unbounded = a.unbounded || b.unbounded;
  return result;
}

//===----------------------------------------------------------------------===//
// Two-word arithmetic (Dekker; Ogita, Rump and Oishi). Finite operands only:
// an infinity in makes NaN.
//===----------------------------------------------------------------------===//

template <typename E>
Two<E> operator-(Two<E> a) {
  if (!a.lo)
    return {-a.hi, std::nullopt};
  return {-a.hi, -*a.lo};
}

template <typename E>
Two<E> abs(Two<E> a) {
  if (!a.lo)
    return {abs(a.hi), std::nullopt};
  return where(a.hi < 0.0, -a, a);
}

/// Adds a correction to the low word and makes the words non-overlapping.
template <typename E>
Two<E> correct(Two<E> a, std::optional<E> correction) {
  if (!correction)
    return a;
  return fastTwoSum(a.hi, a.lo ? *a.lo + *correction : *correction);
}

template <typename E>
Two<E> operator+(E a, Two<E> b) {
  return correct(twoSum(a, b.hi), b.lo);
}

template <typename E>
Two<E> operator*(Two<E> a, E b) {
  std::optional<E> low;
  if (a.lo)
    low = *a.lo * b;
  return correct(twoProd(a.hi, b), low);
}

template <typename E>
Two<E> operator*(Two<E> a, Two<E> b) {
  std::optional<E> low;
  if (b.lo)
    low = a.hi * *b.lo;
  return correct(a * b.hi, low);
}

/// hi + lo > c, without rounding.
template <typename E>
auto operator>(Two<E> a, E c) {
  auto above = a.hi > c;
  return a.lo ? above | ((a.hi == c) & (*a.lo > 0.0)) : above;
}

//===----------------------------------------------------------------------===//
// Products with a factor whose exponent is kept apart
//===----------------------------------------------------------------------===//

/// x * s for a factor s in [0, 1] that vanishes faster than x grows: 0, with
/// the sign of x, where s is 0 and x infinite. Multiplied by `finish` or
/// `gatedProduct`.
template <typename E>
Scaled<E> limitProduct(E x, Scaled<E> s) {
  if (s.isPositive)
    return {s.hi, s.lo, s.exponent, x};
  E zero = copysign(like(x, 0.0), x);
  return {s.hi, s.lo, s.exponent, where(s.hi == 0.0, zero, x)};
}

/// x * c, where neither is bounded. Multiplied by `finish` or `gatedProduct`.
template <typename E>
Scaled<E> product(E x, E c) {
  Scaled<E> result{c, std::nullopt, std::nullopt, x};
  result.unbounded = true;
  return result;
}

/// The product of a factor kept apart and the rest. (With derivatives it is
/// more than `*`.)
template <typename E>
E factorTimes(E factor, E rest) {
  return factor * rest;
}
template <typename E>
E timesFactor(E rest, E factor) {
  return rest * factor;
}

/// The value as one word.
template <typename E>
E finish(Scaled<E> s) {
  E product = s.factor ? factorTimes(*s.factor, s.hi) : s.hi;
  return s.exponent ? scale(product, *s.exponent) : product;
}

/// gate * v, where the gate alone may underflow and a part of it times v may
/// overflow. As much of the exponent as cannot underflow is applied first, the
/// rest last; of v and a factor the one is multiplied first that leaves the
/// product where it is representable.
template <typename E>
Scaled<E> gatedProduct(Scaled<E> gate, E v) {
  E product = gate.hi, given = v;
  std::optional<E> rest;
  if (gate.exponent) {
    E floor = like(v, safeExponent(v));
    E first = where(*gate.exponent > floor, *gate.exponent, floor);
    product = scale(product, first);
    rest = *gate.exponent - first;
  }
  if (gate.factor && gate.unbounded) {
    // The factor and v first where the one makes up for the other.
    E f = *gate.factor, first = timesFactor(product, f);
    auto apart = (abs(f) < 1.0) & (abs(v) >= 1.0);
    auto overflows = abs(first) == std::numeric_limits<double>::infinity();
    auto vFirst = apart | overflows;
    v = where(vFirst, product, v);
    product = where(vFirst, f * given, first);
  } else if (gate.factor) {
    auto small = abs(*gate.factor) < 1.0;
    product = timesFactor(product, where(small, v, *gate.factor));
    v = where(small, *gate.factor, v);
  }
  return {factorTimes(product, v), std::nullopt, rest};
}

} // namespace mlir::act

#endif // ACT_FORMULA_EXPR_H
