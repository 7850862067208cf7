//===- TableAlgorithms.h - primitives with tables in registers --*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// f32 primitives for machines that pick one of 32 numbers for each lane in one
// instruction, and scale by powers of two in another (AVX-512). Where a table
// gives the better part of a result in two words, a short polynomial is enough
// for the rest, and its rounding errors hardly count.
//
// The value type has, besides what Algorithms.h asks for,
//   lookup(table, i)     table[i mod 32]
//   hasSign(x)           whether the sign of x is set
//   scaleByFloor(x, n)   x * 2^floor(n), rounded once
// and exponents of results are multiples of 1/32, of which the floor counts.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_PRIMITIVES_TABLEALGORITHMS_H
#define ACT_PRIMITIVES_TABLEALGORITHMS_H

#include "act/Primitives/Algorithms.h"
#include "act/Primitives/Tables.inc"

namespace mlir::act {

template <typename V>
class TableAlgorithms : public Algorithms<V, float> {
  using Base = Algorithms<V, float>;
  using C = Coefficients<float>;
  using Base::atLeast, Base::atMost, Base::expMax, Base::infinity;
  using typename Base::Int;
  using typename Base::Words;

  /// Adding it rounds to a multiple of 1/32, whose fraction then stands in the
  /// lowest five bits.
  static constexpr double magic = 0x1.8p18;
  /// The largest exponent that is no overflow.
  static constexpr double highestExponent = 128 - 1.0 / 32;

  /// x = n ln(2) + r with n a multiple of 1/32, and 2^n = 2^floor(n) * T.
  struct Reduced {
    V r, n;
    Int index;
  };
  static Reduced reduce(V x, std::optional<V> lo) {
    V u = fma(x, x.constant(C::log2E), x.constant(magic));
    V n = u - magic;
    // Exact.
    V r = fma(n, x.constant(-C::ln2Hi), x);
    if (lo)
      r = r + fma(n, x.constant(-C::ln2Lo), *lo);
    else
      r = fma(n, x.constant(-C::ln2Lo), r);
    return {r, n, u.asInt()};
  }

  /// exp(r) - 1 for the r of `reduce`.
  static V expm1Reduced(V r, bool fast) {
    if (fast)
      return r * Base::horner(Tables::expFast, r);
    return fma(r * r, Base::horner(Tables::expQuadratic, r), r);
  }

  /// exp(x) = (head + tail) * 2^floor(n), 1 <= head < 2, |tail| < 0.03.
  /// Relative error 2^-29, or, if `fast`, 2^-22.
  struct Exp {
    V head, tail, n;
  };
  static Exp expParts(V x, std::optional<V> lo, bool fast = false) {
    Reduced red = reduce(x, lo);
    V head = lookup(Tables::exp2Hi, red.index), p = expm1Reduced(red.r, fast);
    if (fast)
      return {head, head * p, red.n};
    return {head, fma(head, p, lookup(Tables::exp2Lo, red.index)), red.n};
  }
  /// The low word of head + tail, where hi is that rounded.
  static V lowWord(Exp e, V hi) { return e.tail - (hi - e.head); }

  /// Where a in [0, 22.5) lies among the pieces of a table, and how far from
  /// the beginning of its piece.
  static constexpr double pieceOffset = 1.5;
  struct Piece {
    Int index;
    V distance;
  };
  static Piece findPiece(V a) {
    constexpr int bits = 20; // Of the mantissa, less three.
    Int w = (a + pieceOffset).asInt();
    V begin = (w & -(int64_t(1) << bits)).asFloat() - pieceOffset;
    return {w >> bits, a - begin};
  }
  /// The value of a piece is hi + lo, lo at most an eighth of hi.
  template <size_t n>
  static std::pair<V, V>
  evaluate(Piece at, const double (&hi)[n], const double (&lo)[n],
           const double (&c1)[n], const double (&c2)[n], const double (&c3)[n],
           const double (&c4)[n], const double (&c5)[n]) {
    V h = at.distance;
    V q = fma(lookup(c5, at.index), h, lookup(c4, at.index));
    q = fma(q, h, lookup(c3, at.index));
    q = fma(q, h, lookup(c2, at.index));
    q = fma(q, h, lookup(c1, at.index));
    return {lookup(hi, at.index), fma(q, h, lookup(lo, at.index))};
  }

  /// a * (hi + lo) as its largest part and the rest.
  static std::pair<V, V> product(V a, V hi, V lo) {
    V main = a * hi;
    return {main, fma(a, lo, fma(a, hi, -main))};
  }

public:
  static Words exp(V x, std::optional<V> lo, bool wantLo, bool fast = false) {
    Exp e = expParts(atLeast(atMost(x, expMax), -expMax), lo, fast);
    V zero = x.constant(0.0), hi = e.head + e.tail, low = lowWord(e, hi);
    hi = select(x < -expMax, zero,
                select(x.constant(expMax) < x, x.constant(infinity), hi));
    low = select(abs(x) > expMax, zero, low);
    return {hi, low, e.n};
  }

  static Words tameExp(V x, bool fast) {
    Exp e = expParts(x, std::nullopt, fast);
    V hi = e.head + e.tail;
    return {scaleByFloor(hi, e.n), scaleByFloor(lowWord(e, hi), e.n),
            Base::flag(x, Base::tameMax)};
  }

  /// Without the low words of the table, whose place in exp is before hi is
  /// rounded: 1.01 ulps rather than 0.76.
  static V expScaled(V x, bool fast = false) {
    Reduced red = reduce(atLeast(atMost(x, 89.0), -104.0), std::nullopt);
    V head = lookup(Tables::exp2Hi, red.index);
    return scaleByFloor(fma(head, expm1Reduced(red.r, fast), head), red.n);
  }

  static V exp2Scaled(V x, bool fast = false) {
    V t = atLeast(atMost(x, 129.0), -151.0);
    V u = t + magic, n = u - magic, d = t - n;
    V p = d * Base::horner(Tables::exp2, d);
    V head = lookup(Tables::exp2Hi, u.asInt());
    if (fast)
      return scaleByFloor(fma(head, p, head), n);
    return scaleByFloor(head + fma(head, p, lookup(Tables::exp2Lo, u.asInt())),
                        n);
  }

  /// T r + (T - 1) with its rounding error, then the smaller terms.
  static Words expm1(V x, std::optional<V> lo, bool fast = false) {
    constexpr double lowest = -25.0, highest = 89.0;
    V zero = x.constant(0.0), one = x.constant(1.0);
    if (lo)
      lo = select(abs(x) < highest, *lo, zero);
    V t = atLeast(x, lowest);
    V u = atMost(fma(t, x.constant(C::log2E), x.constant(magic)),
                 magic + highestExponent);
    V n = u - magic;
    V power = scaleByFloor(one, n);
    V head = lookup(Tables::exp2Hi, u.asInt()) * power;
    V headLo = lookup(Tables::exp2Lo, u.asInt()) * power;
    V whole = head - 1.0;
    if (fast) {
      V r = fma(n, x.constant(-C::ln2Lo), fma(n, x.constant(-C::ln2Hi), t));
      if (lo)
        r = r + *lo;
      V y = whole + fma(head, expm1Reduced(r, /*fast=*/false), headLo);
      return {copysign(y, x), std::nullopt, std::nullopt};
    }
    // r in two words: it is most of a small result.
    V product = n * -C::ln2Lo;
    auto [r, rLo] = Base::fastTwoSum(fma(n, x.constant(-C::ln2Hi), t), product);
    if (lo)
      rLo = rLo + *lo;
    V rest = fma(r * r, Base::horner(Tables::expm1Quadratic, r), rLo);
    auto isLarge = one < head;
    V larger = select(isLarge, head, one), smaller = select(isLarge, one, head);
    V error =
        select(isLarge, (larger - whole) - smaller, smaller - (larger + whole));
    V sum = fma(head, r, whole);
    error = error + fma(head, r, whole - sum);
    error = error + fma(head, rest, fma(headLo, r, headLo));
    // An infinite sum has no error.
    error = select(abs(sum) < infinity, error, zero);
    auto [hi, low] = Base::fastTwoSum(sum, error);
    return {copysign(hi, x), select(abs(sum) < infinity, low, zero),
            std::nullopt};
  }

  /// a * (tanh(a) / a) with the quotient from a table.
  static Words tanh(V x, std::optional<V> lo, bool wantLo, bool fast = false) {
    if (wantLo)
      return Base::tanh(x, lo, wantLo);
    // Further out the result is 1.
    constexpr double farthest = 16.0;
    V a = atMost(abs(x), farthest);
    using T = Tables;
    auto [hi, low] =
        evaluate(findPiece(a), T::tanhOverXHi, T::tanhOverXLo, T::tanhOverX1,
                 T::tanhOverX2, T::tanhOverX3, T::tanhOverX4, T::tanhOverX5);
    if (fast && !lo)
      return {copysign(a * (hi + low), x), std::nullopt, std::nullopt};
    auto [main, rest] = product(a, hi, low);
    if (lo) {
      V y = main + rest;
      // The derivative is 1 - tanh^2.
      V slope = fma(-y, y, x.constant(1.0));
      V argLo = select(abs(x) < farthest, *lo * copysign(x.constant(1.0), x),
                       x.constant(0.0));
      rest = fma(slope, argLo, rest);
    }
    return {copysign(main + rest, x), std::nullopt, std::nullopt};
  }

  /// The same for atan.
  static Words tameAtan(V x, bool fast) {
    V a = abs(x);
    using T = Tables;
    auto [hi, low] =
        evaluate(findPiece(a), T::atanOverXHi, T::atanOverXLo, T::atanOverX1,
                 T::atanOverX2, T::atanOverX3, T::atanOverX4, T::atanOverX5);
    auto [main, rest] = product(a, hi, low);
    V y = fast ? a * (hi + low) : main + rest;
    return {copysign(y, x), std::nullopt, Base::flag(x, 22.0)};
  }

  /// x = n pi/16 + r: sin(n pi/16) cos(r) + cos(n pi/16) sin(r).
  static Words tameSin(V x) {
    V u = fma(x, x.constant(0x1.45f306p2), x.constant(Base::magic));
    V n = u - Base::magic, r = x;
    for (double word : Tables::sixteenths)
      r = fma(n, x.constant(-word), r);
    Int i = u.asInt();
    V sine = lookup(Tables::sineHi, i), cosine = lookup(Tables::sineHi, i + 8);
    V z = r * r;
    V s = fma(z * r, Base::horner(Tables::sineCubic, z), r);
    V c = z * Base::horner(Tables::cosineQuadratic, z);
    V rest = fma(cosine, s, fma(sine, c, lookup(Tables::sineLo, i)));
    // The sign of zero is lost on the way.
    return {select(x == 0.0, x, sine + rest), std::nullopt,
            Base::flag(x, 0x1p15)};
  }

  /// n / d with d = 1 + e^-|x| and n = 1, or for negative x its e^-|x|.
  static Words sigmoid(V x, std::optional<V> lo, bool fast = false) {
    V zero = x.constant(0.0), one = x.constant(1.0);
    auto negative = hasSign(x);
    auto saturated = abs(x) > expMax;
    std::optional<V> argLo;
    if (lo)
      // Where the argument is clamped its low word means nothing.
      argLo = select(saturated, zero, select(negative, *lo, -*lo));
    Exp e = expParts(atLeast(-abs(x), -expMax), argLo, fast);
    V hi = e.head + e.tail;
    V scaled = scaleByFloor(hi, e.n);
    V d = scaled + 1.0;
    V limit = select(negative, zero, one);
    V exponent = select(negative, e.n, zero);
    if (fast) {
      V n = select(negative, hi, one);
      return {select(saturated, limit, n / d), std::nullopt, exponent};
    }
    V n = select(negative, e.head, one), nLo = select(negative, e.tail, zero);
    V dLo = scaled - (d - 1.0);
    V inverse = 1.0 / d;
    V q = n * inverse;
    V remainder = fma(-q, dLo, fma(-q, d, n)) + nLo;
    V y = fma(remainder, inverse, q);
    V low = fma(remainder, inverse, q - y);
    return {select(saturated, limit, y), select(saturated, zero, low),
            exponent};
  }

  /// sigmoid(-|x|) from a table alone; for x > 0: 1 - sigmoid(-x).
  static Words tameSigmoid(V x, bool fast) {
    using T = Tables;
    // Rounds to a multiple of 1/2.
    constexpr double halves = 0x1.8p22;
    V a = abs(x);
    V u = a + halves;
    V h = a - (u - halves);
    Int i = u.asInt();
    V q = fma(lookup(T::sigmoid5, i), h, lookup(T::sigmoid4, i));
    q = fma(q, h, lookup(T::sigmoid3, i));
    q = fma(q, h, lookup(T::sigmoid2, i));
    V slope = lookup(T::sigmoid1, i), tail = lookup(T::sigmoidHi, i);
    if (fast)
      tail = fma(fma(q, h, slope), h, tail);
    else
      // The linear term is the largest: it is rounded once, with the rest.
      tail = tail + fma(h, slope, fma(h * h, q, lookup(T::sigmoidLo, i)));
    return {select(hasSign(x), tail, 1.0 - tail), std::nullopt,
            Base::flag(x, 15.5)};
  }

  /// Phi(-t) = exp(-t^2/2) M(t) with M from a table; for x > 0: 1 - Phi(-x).
  static Words normalCdf(V x, std::optional<V> lo, bool fast = false) {
    V zero = x.constant(0.0), one = x.constant(1.0);
    V a = abs(x);
    // Further out the lower tail is 0 times any float; the upper is 1 anyway.
    V t = atMost(a, C::cdfMax);
    V half = t * -0.5;
    V square = half * t;
    V squareLo = fma(half, t, -square);
    Piece at = findPiece(t);
    if (lo) {
      V tLo = select(a < C::cdfMax, *lo * copysign(one, x), zero);
      squareLo = fma(-t, tLo, squareLo);
      at.distance = at.distance + tLo;
    }
    auto [m, mLo] = evaluate(at, Tables::millsHi, Tables::millsLo,
                             Tables::mills1, Tables::mills2, Tables::mills3,
                             Tables::mills4, Tables::mills5);
    Exp e = expParts(square, squareLo, fast);
    V hi = (e.head + e.tail) * (m + mLo);
    if (!fast) {
      auto [main, rest] = product(e.head, m, mLo);
      hi = main + fma(e.tail, m + mLo, rest);
    }
    V scaled = scaleByFloor(hi, e.n), upper = one - scaled;
    auto negative = x < 0.0;
    auto below = x < -C::cdfMax;
    return {select(below, zero, select(negative, hi, upper)), std::nullopt,
            select(negative, e.n, zero)};
  }
};

} // namespace mlir::act

#endif // ACT_PRIMITIVES_TABLEALGORITHMS_H
