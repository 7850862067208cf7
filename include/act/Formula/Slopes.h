//===- Slopes.h - what derivatives share ------------------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Pieces of derivatives over the vocabulary of Expr.h, each in a form that
// neither cancels nor overflows. Exponents stay apart: what is multiplied may
// make up for them.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_FORMULA_SLOPES_H
#define ACT_FORMULA_SLOPES_H

#include "act/Formula/Gradient.h"

namespace mlir::act {

/// c e^x.
template <typename E>
Scaled<E> exponential(Two<E> x, E c) {
  Scaled<E> e = exp(x);
  return {e.hi * c, std::nullopt, e.exponent};
}
template <typename E>
Scaled<E> exponential(E x, E c) {
  return exponential(Two<E>{x, std::nullopt}, c);
}

/// (1 + e)^2.
template <typename E>
E squareOfOnePlus(E e) {
  return fma(e, e + 2.0, like(e, 1.0));
}

/// Of the logistic function: e / (1 + e)^2 in e = e^-|t|.
template <typename E>
Slope<E> logisticSlope(Two<E> t) {
  Scaled<E> e = exp(-abs(t));
  E one = finish(e), r = 1.0 / squareOfOnePlus(one);
  Slope<E> slope(Scaled<E>{e.hi * r, std::nullopt, e.exponent});
  Scaled<E> top = where(t.hi < 0.0, Scaled<E>{e.hi, std::nullopt, e.exponent},
                        Scaled<E>{like(r, 1.0)});
  slope.function =
      Scaled<E>{top.hi * ((one + 1.0) * r), std::nullopt, top.exponent};
  return slope;
}

/// Of c tanh(x): 4 c e / (1 + e)^2 in e = e^-2|x|.
template <typename E>
Scaled<E> tanhSlope(Two<E> x, std::optional<E> c = std::nullopt) {
  Two<E> a = abs(x);
  Scaled<E> e = exp(Two<E>{a.hi * -2.0, a.lo ? std::optional<E>(*a.lo * -2.0)
                                             : std::nullopt});
  E slope = e.hi * 4.0 / squareOfOnePlus(finish(e));
  return {c ? slope * *c : slope, std::nullopt, e.exponent};
}

/// Of x sigmoid(t) for a function t of x: s (1 + m (1 - s)) with m = x t'. In
/// e = e^-|t| that is (1 + e + m e) / (1 + e)^2, or e (1 + e + m) / (1 + e)^2
/// where t is negative: the sum that cancels there begins with an exact one.
/// `c` is x, bounded where the product vanishes.
template <typename E>
Slope<E> sigmoidProductSlope(E x, E c, Two<E> t, Two<E> m) {
  Scaled<E> p = exp(-abs(t));
  E e = finish(p), q = m.hi + 1.0, one = like(x, 1.0);
  // The sum that cancels needs all of e.
  E low = e;
  if (m.lo)
    low = low + *m.lo;
  if (p.lo)
    low = low + (p.exponent ? scale(*p.lo, *p.exponent) : *p.lo);
  E r = 1.0 / squareOfOnePlus(e);
  auto negative = t.hi < 0.0;
  E sum = where(negative, q + low, fma(e, m.lo ? q + *m.lo : q, one));
  Scaled<E> factor = where(negative, Scaled<E>{p.hi, std::nullopt, p.exponent},
                           Scaled<E>{one});
  Slope<E> slope(
      Scaled<E>{factor.hi * (sum * r), std::nullopt, factor.exponent});
  slope.function = Scaled<E>{factor.hi * ((e + 1.0) * r), std::nullopt,
                             factor.exponent, where(negative, c, x)};
  return slope;
}

/// x * c, the exponent of x apart.
template <typename E>
Scaled<E> scaledBy(Scaled<E> x, E c) {
  return {x.hi * c, std::nullopt, x.exponent};
}

/// The sum of values whose exponents are apart; that of the larger one stays,
/// more or less.
template <typename E>
Scaled<E> sumOf(Scaled<E> a, Scaled<E> b) {
  if (!a.exponent && !b.exponent)
    return a.hi + b.hi;
  E zero = like(a.hi, 0.0), ea = a.exponent ? *a.exponent : zero,
    eb = b.exponent ? *b.exponent : zero;
  // What stays apart is a whole number: exponents need not be, of which only
  // the floor counts. Beside a large number no fraction has room.
  double large = safeExponent(a.hi) > -100 ? 0x1.8p23 : 0x1.8p52;
  E apart = (where(ea > eb, ea, eb) + large) - large;
  return {scale(a.hi, ea - apart) + scale(b.hi, eb - apart), std::nullopt,
          apart};
}

/// 1 / sqrt(2 pi) in two words.
template <typename E>
Two<E> densityAtZero(E x) {
  return exactly(x, 0.3989422804014327, -2.49232720279149e-17);
}

/// Of the distribution function of the standard normal, in two words: its
/// density. The exponential amplifies the error of the square.
template <typename E>
Scaled<E> density(Two<E> x) {
  // Beyond, it is 0 whatever it is multiplied by.
  auto far = abs(x.hi) >= 64.0;
  Two<E> inside = where(far, Two<E>{like(x.hi, 64.0), std::nullopt}, x);
  Two<E> square = inside * inside;
  Scaled<E> e = exp(
      Two<E>{square.hi * -0.5,
             square.lo ? std::optional<E>(*square.lo * -0.5) : std::nullopt});
  Two<E> y = densityAtZero(x.hi) * e.hi;
  if (e.lo && y.lo)
    y = correct(y, std::optional<E>(*e.lo * 0.3989422804014327));
  // A comparison has lost NaN.
  return {where(isNumber(x.hi), y.hi, x.hi), y.lo, e.exponent};
}

/// Of x Phi(x): Phi(x) + x phi(x).
template <typename E>
Slope<E> normalProductSlope(E x) {
  E c = clip(x, like(x, -64.0), like(x, 64.0));
  Scaled<E> phi = density(Two<E>{c, std::nullopt}), y = normalCdf(c);
  // The density, with the exponent of the value taken off.
  std::optional<E> shift = phi.exponent;
  if (y.exponent)
    shift = shift ? *shift - *y.exponent : -*y.exponent;
  Two<E> words{phi.hi, phi.lo};
  if (shift)
    words = {scale(phi.hi, *shift),
             phi.lo ? std::optional<E>(scale(*phi.lo, *shift)) : std::nullopt};
  Two<E> sum = Two<E>{y.hi, y.lo} + words * c;
  // Far out, where little is left of the value, the sign stays right.
  E far = where(y.hi == 0.0, like(x, -0.0), -abs(sum.hi));
  Slope<E> slope(
      Scaled<E>{where(c < -2.0, far, sum.hi), std::nullopt, y.exponent});
  slope.function = y;
  slope.function->factor = where(x < 0.0, c, x);
  return slope;
}

/// Of x / sqrt(1 + alpha x^2): the cube of 1 / sqrt(1 + alpha x^2).
template <typename E>
Scaled<E> inverseSquareRootSlope(E x, E alpha) {
  if (isConstant(alpha, 0.0))
    return orNaN(x, like(x, 1.0));
  // Where 1 is not seen beside the square, the cube goes without a power of
  // two: it neither overflows nor vanishes where a product would come back.
  int power = termsOf(x, 50, 196, 0);
  E t = abs(sqrt(alpha) * x);
  auto large = t > 0x1p30;
  E scaled = t * std::ldexp(1.0, -power);
  E square = where(large, scaled * scaled, fma(t, t, like(x, 1.0)));
  E root = where(large, scaled, sqrt(square));
  return {1.0 / (square * root), std::nullopt,
          where(large, like(x, -3.0 * power), like(x, 0.0))};
}

} // namespace mlir::act

#endif // ACT_FORMULA_SLOPES_H
