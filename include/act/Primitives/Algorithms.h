//===- Algorithms.h - the primitives as formulas ----------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The primitives of table 2 in terms of +, -, *, /, fma, comparisons, selects
// and shifts of the bit pattern. Every function is a template over the value
// type `V`: the emitter instantiates it with a handle that builds IR, a test
// with plain numbers, so that what is measured is what is emitted. `T` is float
// or double and picks the coefficients.
//
// None of this may be reassociated or contracted: many lines compute rounding
// errors. Comparisons are ordered and put so that NaN falls through.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_PRIMITIVES_ALGORITHMS_H
#define ACT_PRIMITIVES_ALGORITHMS_H

#include "act/Primitives/Coefficients.inc"
#include <cstdint>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>

namespace mlir::act {

/// (hi + lo) * 2^exponent, normalized: hi is hi + lo rounded. Parts a primitive
/// has none of are absent.
template <typename V>
struct WordsOf {
  V hi;
  std::optional<V> lo;
  std::optional<V> exponent;
};

template <typename V, typename T>
class Algorithms {
protected:
  using C = Coefficients<T>;
  using Int = typename V::Int;
  using Words = WordsOf<V>;
  using Limits = std::numeric_limits<T>;

  static constexpr bool isSingle = Limits::digits == 24;
  static constexpr int mantissaBits = Limits::digits - 1;
  static constexpr int bias = Limits::max_exponent - 1;
  /// Adding it rounds to an integer, which then stands in the low bits.
  static constexpr double magic = isSingle ? 0x1.8p23 : 0x1.8p52;
  /// exp is unscaled and right on [-expMax, expMax]: far enough that a product
  /// with any other finite factor is 0 or infinite beyond it.
  static constexpr double expMax = isSingle ? 212.0 : 1500.0;
  static constexpr double infinity = std::numeric_limits<double>::infinity();

  //===--------------------------------------------------------------------===//
  // Building blocks
  //===--------------------------------------------------------------------===//

  template <size_t n>
  static V horner(const double (&c)[n], V x) {
    V y = x.constant(c[n - 1]);
    for (size_t i = n - 1; i-- > 0;)
      y = fma(y, x, x.constant(c[i]));
    return y;
  }

  /// The smaller of `x` and `c`; NaN stays NaN. The order of operands is the
  /// one x86's minps has, so that it is one instruction.
  static V atMost(V x, double c) {
    V bound = x.constant(c);
    return select(bound < x, bound, x);
  }
  static V atLeast(V x, double c) {
    V bound = x.constant(c);
    return select(x < bound, bound, x);
  }

  /// 2^n for an integral n with -bias < n <= bias.
  static V pow2(V n) {
    return ((n + (magic + bias)).asInt() << mantissaBits).asFloat();
  }

  /// x = n ln(2) + r + tail with |r| <= ln(2)/2 (and a few ulps).
  struct Reduced {
    V r, tail, n;
  };
  /// The fma that makes `r` is exact: r is a multiple of the last place of
  /// ln2Hi (or of x, where that is smaller) and below 1/2.
  static Reduced reduce(V x, std::optional<V> lo) {
    V n = fma(x, x.constant(C::log2E), x.constant(magic)) - magic;
    V r = fma(-n, x.constant(C::ln2Hi), x);
    V tail = lo ? fma(-n, x.constant(C::ln2Lo), *lo) : -n * C::ln2Lo;
    return {r, tail, n};
  }

  /// exp(x) = (hi + lo) * 2^n, |lo| at most a few ulps of hi, for |x| <= expMax
  /// or NaN.
  struct Exp {
    V hi, lo, n;
  };

  /// Relative error 2^-27 (f32), 2^-56 (f64).
  static Exp expShort(V x, std::optional<V> lo) {
    Reduced red = reduce(x, lo);
    V r = red.r;
    V one = r + 1.0;
    V rest = fma(r * r, horner(C::expQuadratic, r), r - (one - 1.0));
    V hi = one + rest;
    return {hi, fma(red.tail, hi, rest - (hi - one)), red.n};
  }

  /// One word of a relative error of 2^-22 (f32), 2^-51 (f64).
  static Exp expFast(V x, std::optional<V> lo) {
    Reduced red = reduce(x, lo);
    V r = red.r + red.tail;
    V rest = fma(r * r, horner(C::expQuadratic, r), r);
    return {rest + 1.0, x.constant(0.0), red.n};
  }
  static Exp expOneWord(V x, std::optional<V> lo, bool fast) {
    return fast ? expFast(x, lo) : expShort(x, lo);
  }

  /// exp(r) - 1 = hi + lo for reduced r. The square goes in as r + r^2/2 with
  /// its rounding error, so that only r^3/6 has relative errors.
  static std::pair<V, V> expm1Reduced(V r) {
    V half = r * 0.5;
    V hi = fma(r, half, r);
    V error = fma(r, half, r - hi);
    return {hi, fma(r * r * r, horner(C::expCubic, r), error)};
  }

  /// Relative error 2^-29 (f32), 2^-58 (f64).
  static Exp expLong(V x, std::optional<V> lo) {
    Reduced red = reduce(x, lo);
    auto [a, aLo] = expm1Reduced(red.r);
    V one = a + 1.0;
    V rest = (a - (one - 1.0)) + aLo;
    V hi = one + rest;
    return {hi, fma(red.tail, hi, rest - (hi - one)), red.n};
  }

  static std::pair<V, V> fastTwoSum(V a, V b) {
    V hi = a + b;
    return {hi, b - (hi - a)};
  }

  static std::pair<V, V> twoSum(V a, V b) {
    V hi = a + b;
    V bPart = hi - a;
    return {hi, (a - (hi - bPart)) + (b - bPart)};
  }

  /// (n + nLo) / (d + dLo) as two words, both pairs normalized.
  static std::pair<V, V> divide(V n, V nLo, V d, V dLo) {
    V inverse = 1.0 / d;
    V q = n * inverse;
    V remainder = fma(-q, d, n) + fma(-q, dLo, nLo);
    V correction = remainder * inverse;
    V hi = fma(remainder, inverse, q);
    return {hi, correction - (hi - q)};
  }

  /// Terms of log1p(f) after f itself.
  static V log1pRest(V f) {
    V square = f * f;
    return fma(square * f, horner(C::logCubic, f), square * -0.5);
  }

  /// Splits a positive normal x into 2^k * m with m in [sqrt(1/2), sqrt(2)).
  /// Returns the bits of m and of k + bias.
  struct Split {
    Int mantissa, biased;
  };
  static constexpr int64_t sqrtHalfBits =
      isSingle ? 0x3f3504f3 : 0x3fe6a09e667f3bcd;
  static constexpr int64_t oneBits = int64_t(bias) << mantissaBits;
  static Split split(V x) {
    Int shifted = x.asInt() + (oneBits - sqrtHalfBits);
    return {(shifted & ((int64_t(1) << mantissaBits) - 1)) + sqrtHalfBits,
            shifted >> mantissaBits};
  }
  /// k as a number: the integer goes into the mantissa of 2^mantissaBits.
  static V exponentOf(Split s) {
    double anchor = isSingle ? 0x1p23 : 0x1p52;
    int64_t anchorBits = int64_t(bias + mantissaBits) << mantissaBits;
    return (s.biased | anchorBits).asFloat() - (anchor + bias);
  }

  /// k ln(2) + log1p(f + fLo).
  static V logSum(V k, V f, std::optional<V> fLo) {
    V rest = log1pRest(f);
    if (fLo)
      rest = rest + fma(-f, *fLo, *fLo);
    auto [hi, lo] = fastTwoSum(k * C::ln2Short, f);
    return hi + (lo + fma(k, f.constant(C::ln2ShortLo), rest));
  }

  /// sin(r) for reduced r with z + zLo = r^2.
  static std::pair<V, V> sinReduced(V r, V z, V zLo, bool wantLo) {
    V cubic = r.constant(C::sinCubic), quintic = horner(C::sinQuintic, z);
    if (!wantLo)
      return {r, r * z * fma(quintic, z, cubic)};
    // The cubic term with its rounding errors.
    V p = z * cubic;
    V pLo = fma(z * z, quintic, fma(zLo, cubic, fma(z, cubic, -p)));
    V q = r * p;
    V qLo = fma(r, pLo, fma(r, p, -q));
    auto [hi, lo] = fastTwoSum(r, q);
    return {hi, lo + qLo};
  }

  static std::pair<V, V> cosReduced(V z, V zLo, bool wantLo) {
    V half = z * 0.5;
    V hi = 1.0 - half;
    // The slope is -1/2 + z/12, roughly.
    V slope = z.constant(-0.5);
    if (wantLo)
      slope = fma(z, z.constant(0x1.5p-4), slope);
    V lo = fma(zLo, slope, (1.0 - hi) - half);
    return {hi, fma(z * z, horner(C::cosQuartic, z), lo)};
  }

  /// What log makes of arguments that are not positive and finite.
  static V logSpecial(V x, V y) {
    y = select(x < infinity, y, x);
    y = select(x == 0.0, x.constant(-infinity), y);
    return select(x < 0.0, x.constant(Limits::quiet_NaN()), y);
  }

public:
  /// Not scaled; 0 below -expMax, infinite above expMax. Without `wantLo` hi is
  /// good to one word only.
  static Words exp(V x, std::optional<V> lo, bool wantLo, bool fast = false) {
    V t = atLeast(atMost(x, expMax), -expMax);
    Exp e = wantLo ? expLong(t, lo) : expOneWord(t, lo, fast);
    auto [hi, low] = fast ? std::pair(e.hi, e.lo) : fastTwoSum(e.hi, e.lo);
    V zero = x.constant(0.0);
    hi = select(x < -expMax, zero,
                select(x.constant(expMax) < x, x.constant(infinity), hi));
    low = select(abs(x) > expMax, zero, low);
    return {hi, low, e.n};
  }

  /// 1 / x. The remainder is exact; where 1/x overflows or vanishes it means
  /// nothing.
  static Words rcp(V x) {
    V one = x.constant(1.0), zero = x.constant(0.0), hi = one / x;
    V low = fma(-hi, x, one) * hi;
    low = select(abs(hi) < infinity, low, zero);
    return {hi, select(abs(x) < infinity, low, zero), std::nullopt};
  }

  /// exp(x) rounded to one word, scaled.
  static V expScaled(V x, bool fast = false) {
    constexpr double lowest = isSingle ? -104.0 : -746.0;
    constexpr double highest = isSingle ? 89.0 : 710.0;
    Exp e = expOneWord(atLeast(atMost(x, highest), lowest), std::nullopt, fast);
    // Two factors near 2^(n/2): neither product is subnormal but the last.
    V half = fma(e.n, e.n.constant(0.5), e.n.constant(magic)) - magic;
    V y = fast ? e.hi : e.hi + e.lo;
    return (y * pow2(half)) * pow2(e.n - half);
  }

  /// 2^x rounded to one word, scaled.
  static V exp2Scaled(V x, bool fast = false) {
    constexpr double lowest = isSingle ? -151.0 : -1076.0;
    constexpr double highest = isSingle ? 129.0 : 1025.0;
    V t = atLeast(atMost(x, highest), lowest);
    V n = (t + magic) - magic;
    // (x - n) ln 2 in two words.
    V d = t - n;
    V r = d * C::ln2Hi;
    V tail = fma(d, d.constant(C::ln2Hi), -r) + d * C::ln2Lo;
    V one = r + 1.0;
    V rest = fma(r * r, horner(C::expQuadratic, r), r - (one - 1.0));
    V y = one + fma(tail, one, rest);
    V half = fma(n, n.constant(0.5), n.constant(magic)) - magic;
    return (y * pow2(half)) * pow2(n - half);
  }

  static Words expm1(V x, std::optional<V> lo) {
    constexpr double lowest = isSingle ? -25.0 : -50.0;
    constexpr double highest = isSingle ? 89.0 : 710.0;
    if (lo)
      lo = select(abs(x) < highest, *lo, x.constant(0.0));
    Reduced red = reduce(atLeast(atMost(x, highest), lowest), lo);
    auto [a, aLo] = expm1Reduced(red.r);
    // The tail counts exp(r) times; a alone lacks the cube.
    aLo = aLo + fma(red.tail, a + aLo, red.tail);
    // 2^n (g + a) with g = 1 - 2^-n. The exponent is applied as 2 and 2^(n-1)
    // because 2^n overflows before the result does; 2^(1-n) may become 0.
    V scale = pow2(red.n - 1.0);
    V inverse = pow2(1.0 - red.n);
    V g = fma(inverse, x.constant(-0.5), x.constant(1.0));
    V rounded = g - 1.0;
    V gLo = (1.0 - (g - rounded)) + fma(inverse, x.constant(-0.5), -rounded);
    auto [sum, sumLo] = fastTwoSum(g, a);
    auto [hi, low] = fastTwoSum(sum, sumLo + (aLo + gLo));
    // The sign is lost at zero only.
    hi = copysign((hi * 2.0) * scale, x);
    low = (low * 2.0) * scale;
    return {hi, low, std::nullopt};
  }

  static V log(V x, std::optional<V> lo) {
    constexpr double smallest = isSingle ? 0x1p-126 : 0x1p-1022;
    constexpr double lift = isSingle ? 0x1p24 : 0x1p54;
    auto tiny = x < smallest;
    Split s = split(select(tiny, x * lift, x));
    V k = exponentOf(s);
    k = select(tiny, k - (isSingle ? 24.0 : 54.0), k);
    V f = s.mantissa.asFloat() - 1.0;
    std::optional<V> fLo;
    if (lo) // Clamped where it is too small, or f too large, to matter.
      fLo = *lo * pow2(-atLeast(atMost(k, bias - 1.0), 1.0 - bias));
    return logSpecial(x, logSum(k, f, fLo));
  }

  static V log1p(V x, std::optional<V> lo) {
    V u = x + 1.0;
    Split s = split(u);
    V k = exponentOf(s);
    // 2^-k (1 + x) = 1 + f + fLo. fLo is exact for k <= 1; beyond, f is too
    // small a part of the result for it to matter.
    V inverse = pow2(-k);
    V shift = inverse - 1.0;
    V f = fma(x, inverse, shift);
    V fLo = fma(x, inverse, shift - f);
    // 2^-k has left the range where 1 has long been lost in u.
    if (lo)
      fLo = fLo + *lo * inverse;
    auto small = x < 0x1p64;
    f = select(small, f, s.mantissa.asFloat() - 1.0);
    fLo = select(small, fLo, x.constant(0.0));
    return copysign(logSpecial(u, logSum(k, f, fLo)), x);
  }

  /// With exp(-2|x|) = 2^n e: (2^-n - e) / (2^-n + e). The difference cancels,
  /// but e has two words, of which the low one is as good near 0 as r itself.
  /// Without `wantLo` hi is good to one word only.
  static Words tanh(V x, std::optional<V> lo, bool wantLo, bool fast = false) {
    // Further out the result is 1, to less than 2^-33 (2^-62).
    constexpr double highest = isSingle ? 12.0 : 22.0;
    // Below, tanh(x) = x - x^3/3; above, n is large against nLo.
    constexpr double tiny = isSingle ? 0x1p-12 : 0x1p-27;
    V a = abs(x), sign = copysign(x.constant(1.0), x);
    V t = atMost(a, highest);
    std::optional<V> argLo;
    if (lo)
      argLo = select(a < highest, *lo * (sign * -2.0), x.constant(0.0));
    Exp e = wantLo ? expLong(t * -2.0, argLo) : expShort(t * -2.0, argLo);
    V scale = pow2(-e.n);
    V n = scale - e.hi;
    V nLo = ((scale - n) - e.hi) - e.lo;
    V d = scale + e.hi;
    auto isTiny = a < tiny;
    if (fast && !lo)
      return {copysign(select(isTiny, a, (n + nLo) / d), x), std::nullopt,
              std::nullopt};
    V dLo = (e.hi - (d - scale)) + e.lo;
    auto [y, yLo] = divide(n, nLo, d, dLo);
    V tinyLo = a * a * a * double(T(-1) / 3);
    if (lo)
      std::tie(a, tinyLo) = fastTwoSum(a, fma(sign, *lo, tinyLo));
    return {copysign(select(isTiny, a, y), x),
            select(isTiny, tinyLo, yLo) * sign, std::nullopt};
  }

  /// sin(x + lo + shift pi/2); without `wantLo` hi is good to one word only.
  /// Cody and Waite's reduction in three words, then both series.
  static Words sinShifted(V x, std::optional<V> lo, int shift, bool wantLo) {
    // Further out the reduction fails, where neighbours are a good part of a
    // radian apart: the values are those at 0. Infinity becomes NaN.
    constexpr double farthest = isSingle ? 0x1p22 : 0x1p50;
    constexpr int signBit = isSingle ? 31 : 63;
    auto near = abs(x) < farthest;
    V t = select(near, x, x * 0.0);
    V shifted = fma(t, x.constant(C::twoOverPi), x.constant(magic));
    V minusN = magic - shifted;

    // The first step is exact. Its result is a multiple of the last place of
    // `product`, so fastTwoSum is, too, even where it cancels.
    V product = minusN * C::halfPiMiddle;
    auto [r, tail] =
        fastTwoSum(fma(minusN, x.constant(C::halfPiHi), t), product);
    tail = tail + fma(minusN, x.constant(C::halfPiMiddle), -product);
    tail = fma(minusN, x.constant(C::halfPiLo), tail);
    if (lo) {
      auto [sum, sumLo] = twoSum(r, select(near, *lo, x.constant(0.0)));
      r = sum;
      tail = tail + sumLo;
    }

    V z = r * r;
    V zLo = fma(r, r, -z);
    auto [sine, sineLo] = sinReduced(r, z, zLo, wantLo);
    auto [cosine, cosineLo] = cosReduced(z, zLo, wantLo);
    sineLo = fma(tail, cosine, sineLo);
    cosineLo = fma(-tail, sine, cosineLo);

    // A quarter turn exchanges the two, half a turn changes the sign.
    Int quadrant = shifted.asInt() + shift;
    auto odd = ((quadrant << signBit) | oneBits).asFloat() < 0.0;
    V sign = (((quadrant & 2) << (signBit - 1)) | oneBits).asFloat();
    auto [hi, low] =
        fastTwoSum(select(odd, cosine, sine), select(odd, cosineLo, sineLo));
    return {hi * sign, low * sign, std::nullopt};
  }

  static Words sin(V x, std::optional<V> lo, bool wantLo) {
    Words y = sinShifted(x, lo, 0, wantLo);
    // The sign of zero is lost on the way.
    y.hi = select(x == 0.0, x, y.hi);
    return y;
  }

  static Words cos(V x, std::optional<V> lo, bool wantLo) {
    return sinShifted(x, lo, 1, wantLo);
  }

  /// atan(c) + atan((a - c) / (1 + a c)) with a = |x| and c = 0, 1 or infinity.
  static V atan(V x) {
    // Further out the result is pi/2.
    V a = atMost(abs(x), isSingle ? 0x1p30 : 0x1p60);
    auto large = a > 2.0;
    V zero = x.constant(0.0), one = x.constant(1.0);
    V c = select(a > 0.5, one, zero);
    // Exact but for d, whose error is dLo.
    V n = a - c, d = fma(a, c, one);
    V dLo = fma(a, c, one - d);
    auto [t, tLo] = divide(select(large, -one, n), zero, select(large, a, d),
                           select(large, zero, dLo));
    V base = select(large, x.constant(C::halfPiHi), c * (C::halfPiHi / 2));
    V baseLo =
        select(large, x.constant(C::halfPiMiddle), c * (C::halfPiMiddle / 2));
    auto [y, yLo] = fastTwoSum(base, t);
    V z = t * t;
    V rest = fma(t * z, horner(C::atanCubic, z), tLo + baseLo);
    return copysign(y + (yLo + rest), x);
  }

  /// The argument erfc wants of normal_cdf.
  static std::pair<V, V> timesMinusSqrt2(V x) {
    V c = x.constant(-C::sqrt2Hi);
    V hi = x * c;
    return {hi, fma(x, x.constant(-C::sqrt2Lo), fma(x, c, -hi))};
  }

  static V erf(V x) {
    V a = abs(x);
    V z = a * a;
    V small = fma(a, horner(C::erfSmall, z), a);
    // 1 - exp(log(erfc(a))).
    V t = atMost(a, C::erfMax);
    V slope = horner(C::logErfc, t);
    V g = t * slope;
    Exp e = expShort(g, fma(t, slope, -g));
    V large = fma(-(e.hi + e.lo), pow2(e.n), x.constant(1.0));
    return copysign(select(a < 0.9, small, large), x);
  }

  /// For x < 0: e / (1 + e) with e = exp(x), not scaled; otherwise
  /// 1 / (1 + exp(-x)).
  static Words sigmoid(V x, std::optional<V> lo, bool fast = false) {
    V a = abs(x);
    V zero = x.constant(0.0);
    std::optional<V> argLo;
    if (lo)
      // Where the argument is clamped its low word means nothing.
      argLo = select(a < expMax, *lo * -copysign(x.constant(1.0), x), zero);
    Exp e = expOneWord(-atMost(a, expMax), argLo, fast);
    // 1 + e does not see e below 2^-60 (2^-120).
    V scale = pow2(atLeast(e.n, isSingle ? -60.0 : -120.0));
    V scaled = e.hi * scale;
    auto negative = x < 0.0;
    if (fast) {
      V y = select(negative, e.hi, x.constant(1.0)) / (scaled + 1.0);
      return {select(x < -expMax, zero, y), std::nullopt,
              select(negative, e.n, zero)};
    }
    auto [d, dLo] = fastTwoSum(x.constant(1.0), scaled);
    dLo = fma(e.lo, scale, dLo);
    auto [hi, low] = divide(select(negative, e.hi, x.constant(1.0)),
                            select(negative, e.lo, zero), d, dLo);
    auto below = x < -expMax;
    return {select(below, zero, hi), select(below, zero, low),
            select(negative, e.n, zero)};
  }

  /// Phi(-t) = exp(-t^2/2) W / (t + c), where W varies little: 1/2 plus a small
  /// polynomial in u = (t - a)/(t + b). c makes W flat at t = 0, where u has
  /// its largest rounding error. For x > 0: 1 - Phi(-x).
  static Words normalCdf(V x, std::optional<V> lo, bool fast = false) {
    constexpr double c = 1.25, w0 = 0.5;
    V zero = x.constant(0.0);
    V a = abs(x);
    V t = atMost(a, C::cdfMax);
    V half = t * -0.5;
    V square = half * t;
    V squareLo = fma(half, t, -square);
    V d = t + c;
    V dLo = t - (d - c);
    if (lo) {
      V tLo = select(a < C::cdfMax, *lo * copysign(x.constant(1.0), x), zero);
      squareLo = fma(-t, tLo, squareLo);
      dLo = dLo + tLo;
    }
    Exp e = expOneWord(square, squareLo, fast);
    // One division gives 1/(t + c) and 1/(t + b).
    V other = t + C::cdfB;
    V inverse = 1.0 / (d * other);
    V r = inverse * other;
    V rLo = (fma(-r, d, x.constant(1.0)) - r * dLo) * r;
    V uTop = t - C::cdfA, uInverse = inverse * d;
    V u = uTop * uInverse;
    auto negative = x < 0.0;
    auto below = x < -C::cdfMax;
    V scale = pow2(atLeast(e.n, isSingle ? -60.0 : -120.0));
    if (fast) {
      V hi = (e.hi * r) * (horner(C::cdf, u) + w0);
      return {select(below, zero,
                     select(negative, hi, fma(-hi, scale, x.constant(1.0)))),
              std::nullopt, select(negative, e.n, zero)};
    }
    u = fma(fma(-u, other, uTop), uInverse, u);
    V product = e.hi * r;
    V productLo = fma(e.hi, r, -product) + fma(rLo, e.hi, e.lo * r);
    V w = horner(C::cdf, u);
    V rest = fma(product, w, productLo * (w + w0));
    V hi = fma(product, x.constant(w0), rest);
    V low = fma(product, x.constant(w0), -hi) + rest;
    V tail = hi * scale;
    V top = 1.0 - tail;
    auto [upper, upperLo] =
        fastTwoSum(top, fma(-low, scale, (1.0 - top) - tail));
    return {select(below, zero, select(negative, hi, upper)),
            select(below, zero, select(negative, low, upperLo)),
            select(negative, e.n, zero)};
  }

  /// exp and sigmoid are far from overflow and underflow where |x| is below.
  static constexpr double tameMax = isSingle ? 80.0 : 700.0;

  /// `y` with its exponent applied, and, in its place, 0 where |x| < limit and
  /// 1 elsewhere.
  static Words tame(Words y, V x, double limit) {
    V factor = pow2(*y.exponent);
    std::optional<V> lo;
    if (y.lo)
      lo = *y.lo * factor;
    return {y.hi * factor, lo, flag(x, limit)};
  }
  static V flag(V x, double limit) {
    return select(abs(x) < limit, x.constant(0.0), x.constant(1.0));
  }

  /// x * 2^n with one rounding for 2^-30 <= |x| <= 2^30 and any integral n:
  /// the first factor keeps the product normal, the second may leave the range.
  static V scale(V x, V n) {
    constexpr double first = isSingle ? 90.0 : 970.0;
    V k = atLeast(atMost(n, first), -first);
    V rest = atLeast(atMost(n - k, double(bias)), 1.0 - bias);
    return (x * pow2(k)) * pow2(rest);
  }
};

} // namespace mlir::act

#endif // ACT_PRIMITIVES_ALGORITHMS_H
