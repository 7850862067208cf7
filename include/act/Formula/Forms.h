//===- Forms.h - what formulas share -*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Pieces of formulas over the vocabulary of Expr.h, each in a form that neither
// cancels nor overflows.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_FORMULA_FORMS_H
#define ACT_FORMULA_FORMS_H

#include "act/Formula/Expr.h"

#include <cmath>

namespace mlir::act {

/// x, and a quiet NaN for a signaling one, which a select would pass on.
template <typename E>
E quiet(E x) {
  return where(isNumber(x), x, x + x);
}

/// `y` where x is a number, else a quiet NaN.
template <typename E>
E orNaN(E x, E y) {
  return where(isNumber(x), y, x + x);
}

/// x as a factor of the parameter `c`: where c is 0, so is the product, at
/// infinities too.
template <typename E>
E factorOf(E c, E x) {
  if (!isConstant(c, 0.0))
    return x;
  return where(abs(x) > 1.0, copysign(like(x, 1.0), x), x);
}

/// The same for a c that is an operand.
template <typename E>
E limitFactor(E c, E x) {
  return where((c == 0.0) & (abs(x) > 1.0), copysign(like(x, 1.0), x), x);
}

/// x between `lo` and `hi`, whose ends belong to the flat sides; NaN stays what
/// it is.
template <typename E>
E clip(E x, E lo, E hi) {
  return where(x <= lo, lo, where(x >= hi, hi, x));
}

/// a / b in two words, where the quotient is finite.
template <typename E>
Two<E> divide(Two<E> a, E b) {
  if (isConstant(b, 1.0))
    return a;
  E quotient = a.hi / b;
  Two<E> product = twoProd(quotient, b);
  if (!product.lo)
    return {quotient, std::nullopt};
  E remainder = (a.hi - product.hi) - *product.lo;
  if (a.lo)
    remainder = remainder + *a.lo;
  return {quotient, remainder / b};
}
template <typename E>
Two<E> divide(E a, E b) {
  return divide(Two<E>{a, std::nullopt}, b);
}

/// The sum of both words and another pair. Finite operands only.
template <typename E>
Two<E> operator+(Two<E> a, Two<E> b) {
  Two<E> sum = a.hi + b;
  return correct(sum, a.lo);
}

/// How many terms a series needs where x is single, double, or wide.
template <typename E>
int termsOf(E x, int single, int two, int wide) {
  double exponent = safeExponent(x);
  return exponent == 0 ? wide : exponent > -100 ? single : two;
}

/// x (c + b x^2) in two words, the low one up to 2^-18 of the high one, for a
/// constant 1 <= c < 2, which is cHi + cLo, and 0 <= b x^2 < 126.
template <typename E>
Two<E> oddCubic(E x, double cHi, double cLo, Two<E> b) {
  Two<E> square = twoProd(x, x);
  if (!square.lo)
    return {x * fma(square.hi, b.hi, exactly(x, cHi, cLo).hi), std::nullopt};
  // A sum less the first bits of c is exact.
  int bits = termsOf(x, 17, 46, 46);
  double start = std::ldexp(std::nearbyint(std::ldexp(cHi, bits)), -bits);
  E high = like(x, start), low = like(x, (cHi - start) + cLo);
  E sum = fma(square.hi, b.hi, high);
  E rest = fma(*square.lo, b.hi, low);
  if (b.lo)
    rest = fma(square.hi, *b.lo, rest);
  rest = fma(square.hi, b.hi, high - sum) + rest;
  Two<E> product = twoProd(sum, x);
  return {product.hi, fma(rest, x, *product.lo)};
}

inline double factorial(int n) { return n < 2 ? 1.0 : n * factorial(n - 1); }

/// The sum of p(k) / q(k) * x^k for k < terms.
template <typename E, typename P, typename Q>
E series(E x, int terms, P p, Q q) {
  E y = ratio(x, p(terms - 1), q(terms - 1));
  for (int k = terms - 2; k >= 0; --k)
    y = fma(y, x, ratio(x, p(k), q(k)));
  return y;
}

/// e^x - 1 - x in two words.
template <typename E>
Two<E> expm1MinusX(E x) {
  // The series where the difference would cancel. Its first term is enough of
  // the value that one word will do for the rest.
  E t = where(abs(x) < 0.25, x, like(x, 0.25));
  E rest = series(
      t, termsOf(x, 7, 13, 24), [](int) { return 1.0; },
      [](int k) { return factorial(k + 3); });
  Two<E> half = twoProd(t * 0.5, t);
  Two<E> sum = correct(half, std::optional<E>(t * t * t * rest));
  return where(abs(x) < 0.25, sum, -x + expm1(x));
}

/// x - tanh(x).
template <typename E>
E xMinusTanh(E x) {
  // Near 0 the difference is (x cosh x - sinh x) / cosh x, whose series have
  // positive terms only: x^3/3 times 1 and a correction.
  auto near = abs(x) < 1.0;
  E t = where(near, x, 0.0), z = t * t;
  int terms = termsOf(x, 6, 10, 16);
  E cosh = series(
      z, terms, [](int) { return 1.0; },
      [](int n) { return factorial(2 * n); });
  // 6 (n + 1) / (2 n + 3)! - 1 / (2 n)! for n = 1, 2, ...
  E correction = series(
      z, terms,
      [](int k) {
        double n = k + 1;
        return 6 * (n + 1) - (2 * n + 3) * (2 * n + 2) * (2 * n + 1);
      },
      [](int k) { return factorial(2 * k + 5); });
  E small = t * z / 3.0 * (1.0 + z * correction / cosh);
  Two<E> y = tanh(x);
  E large = x - y.hi;
  if (y.lo)
    large = large - *y.lo;
  return where(near, small, large);
}

/// sqrt(x^2 + c) for c >= 0, where neither is squared out of range.
template <typename E>
E rootOfSquarePlus(E x, E c) {
  // The range of a wide number is enough.
  if (safeExponent(x) == 0)
    return sqrt(fma(x, x, c));
  // A power of two brings x nearer to 1 where it is so large that its square
  // overflows, or so small that it vanishes though c does not hide it.
  double range = -safeExponent(x), shift = std::ldexp(1.0, int(range * 2 / 3));
  E a = abs(x);
  auto large = a > std::ldexp(1.0, int(range / 2));
  auto small = (a < std::ldexp(1.0, int(-range / 2))) & (c < 1.0 / shift);
  E one = like(x, 1.0);
  E factor =
      where(large, like(x, 1.0 / shift), where(small, like(x, shift), one));
  E inverse =
      where(large, like(x, shift), where(small, like(x, 1.0 / shift), one));
  E scaled = a * factor;
  E root = sqrt(fma(scaled, scaled, c * factor * factor)) * inverse;
  // The same, but with a slope.
  return where(a == std::numeric_limits<double>::infinity(), a, root);
}

/// x / sqrt(1 + alpha x^2) for alpha >= 0.
template <typename E>
E inverseSquareRoot(E x, E alpha) {
  if (isConstant(alpha, 0.0))
    return x;
  E root = sqrt(alpha), t = root * x;
  return where(abs(t) > 0x1p60, copysign(1.0 / root, x),
               x / sqrt(fma(t, t, like(x, 1.0))));
}

/// c tanh(x / c), which is x where the quotient is small.
template <typename E>
E softCap(E x, E c) {
  auto quotient = divide(x, c);
  return where(abs(quotient.hi) < 0x1p-60, x, c * tanh(quotient).hi);
}

} // namespace mlir::act

#endif // ACT_FORMULA_FORMS_H
