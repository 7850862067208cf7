//===- Quad.cpp - 113-bit numbers for folding ---===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Formula/Quad.h"
#include "llvm/ADT/APSInt.h"

#include <cmath>

using namespace mlir::act;
using llvm::APFloat, llvm::APInt;

static constexpr auto toNearest = APFloat::rmNearestTiesToEven;

static APFloat convert(APFloat value, const llvm::fltSemantics &semantics) {
  bool losesInfo;
  value.convert(semantics, toNearest, &losesInfo);
  return value;
}

/// A decimal or hexadecimal constant with all its digits.
static Quad constant(const char *digits) {
  return Quad(APFloat(APFloat::IEEEquad(), digits)).inexact();
}

Quad::Quad(double value)
    : value(convert(APFloat(value), APFloat::IEEEquad())) {}

APFloat Quad::roundTo(const llvm::fltSemantics &semantics) const {
  return convert(value, semantics);
}

Quad::operator double() const {
  return roundTo(APFloat::IEEEdouble()).convertToDouble();
}

int Quad::exponent() const { return ilogb(value); }

APInt Quad::toInteger() const {
  llvm::APSInt integer(digits + 1, /*isUnsigned=*/true);
  bool isExact;
  value.convertToInteger(integer, APFloat::rmTowardZero, &isExact);
  return integer;
}

Quad Quad::fromInteger(const APInt &integer) {
  APFloat value(APFloat::IEEEquad());
  value.convertFromAPInt(integer, /*IsSigned=*/true, toNearest);
  return Quad(value);
}

namespace mlir::act {

Quad fabs(const Quad &x) { return x.isNegative() ? -x : x; }

Quad copysign(const Quad &x, const Quad &sign) {
  return x.isNegative() == sign.isNegative() ? x : -x;
}

Quad ldexp(const Quad &x, int n) {
  Quad result = x;
  result.value = scalbn(x.value, n, toNearest);
  return result;
}

Quad fma(const Quad &a, const Quad &b, const Quad &c) { return a * b + c; }

Quad sqrt(const Quad &x) {
  if (x.isNaN() || x.isInfinity() || x <= 0.0)
    return x == 0.0 ? x : Quad(std::sqrt(double(x)));
  // One step of Newton's doubles the 53 bits of the seed, which is that of a
  // number near 1.
  int half = x.exponent() / 2;
  Quad scaled = ldexp(x, -2 * half), seed = std::sqrt(double(scaled));
  if (seed * seed == scaled)
    return ldexp(seed, half);
  return ldexp((seed + scaled / seed) * 0.5, half).inexact();
}

/// x + x^2/2! + x^3/3! + ... for abs(x) < 1/2.
static Quad expm1Series(const Quad &x) {
  Quad sum = x, term = x;
  for (int n = 2; n <= 28; ++n) {
    term = term * x / n;
    sum = sum + term;
  }
  return sum;
}

Quad exp(const Quad &x) {
  if (x.isNaN())
    return x;
  // Far beyond any format of ours, in both directions.
  if (x > 20000.0)
    return Quad(HUGE_VAL).inexact();
  if (x < -20000.0)
    return Quad(0.0).inexact();
  static const Quad ln2 = constant("0.693147180559945309417232121458176568");
  int n = int(std::nearbyint(double(x) * 1.4426950408889634));
  return ldexp(expm1Series(x - ln2 * n) + 1.0, n);
}

Quad expm1(const Quad &x) {
  // The series would lose the sign.
  if (x == 0.0)
    return x;
  return fabs(x) < 0.5 ? expm1Series(x) : exp(x) - 1.0;
}

Quad log1p(const Quad &x) {
  // One step of Newton's on e^y - 1 = x.
  double seed = std::log1p(double(x));
  if (!std::isfinite(seed) || seed == 0)
    return seed;
  Quad e = expm1(seed);
  return Quad(seed) - (e - x) / (e + 1.0);
}

Quad log(const Quad &x) {
  if (fabs(x - 1.0) < 0.5)
    return log1p(x - 1.0);
  double seed = std::log(double(x));
  if (!std::isfinite(seed))
    return seed;
  return Quad(seed) + (x / exp(seed) - 1.0);
}

Quad tanh(const Quad &x) {
  Quad m = expm1(fabs(x) * -2.0);
  return copysign(-m / (m + 2.0), x);
}

static const Quad &twoOverSqrtPi() {
  static const Quad value = constant("1.12837916709551257389615890312154517");
  return value;
}

Quad erf(const Quad &x) {
  if (fabs(x) > 3.0)
    return copysign(Quad(1.0) - erfc(fabs(x)), x);
  // 2/sqrt(pi) e^(-x^2) sum of 2^n x^(2n+1) / (2n+1)!!: nothing cancels
  // (Abramowitz and Stegun 7.1.6).
  Quad square = x * x, term = x, sum = x;
  for (int n = 1; n <= 90; ++n) {
    term = term * square * 2.0 / (2 * n + 1);
    sum = sum + term;
  }
  return twoOverSqrtPi() * exp(-square) * sum;
}

Quad erfc(const Quad &x) {
  if (x.isNaN() || x < 3.0)
    return Quad(1.0) - erf(x);
  if (x.isInfinity())
    return 0.0;
  // The continued fraction of Laplace (Abramowitz and Stegun 7.1.14).
  Quad fraction = x;
  for (int n = 160; n >= 1; --n)
    fraction = x + Quad(n * 0.5) / fraction;
  return exp(-(x * x)) * twoOverSqrtPi() * 0.5 / fraction;
}

//===----------------------------------------------------------------------===//
// Trigonometric functions
//===----------------------------------------------------------------------===//

/// 2^bits atan(1/k), rounded down (but for an ulp per term).
static APInt arctangentOfInverse(unsigned k, unsigned bits, unsigned width) {
  APInt power = APInt::getOneBitSet(width, bits).udiv(k), sum = power;
  for (unsigned n = 3; !power.isZero(); n += 2) {
    power = power.udiv(k * k);
    APInt term = power.udiv(n);
    sum = n % 4 == 3 ? sum - term : sum + term;
  }
  return sum;
}

namespace {
/// x = (4m + quadrant) pi/2 + r with abs(r) <= pi/4.
struct Angle {
  Quad r;
  unsigned quadrant;
};
} // namespace

/// Exact for every finite x: division of integers, with pi to as many digits as
/// x asks for.
static Angle reduceAngle(const Quad &x) {
  if (x.isNaN() || x.isInfinity())
    return {NAN, 0};
  Quad magnitude = fabs(x);
  if (magnitude < 0.75)
    return {x, 0};

  // Bits of r after the point. No number of 113 bits comes closer to a multiple
  // of pi/2 than 2^-150 or so.
  constexpr unsigned precision = 320, guard = 16;
  int exponent = magnitude.exponent();
  unsigned bits = precision + guard + exponent + 1;
  unsigned width = bits + exponent + 4;
  APInt number = ldexp(magnitude, Quad::digits - 1 - exponent)
                     .toInteger()
                     .zext(width)
                     .shl(bits - (Quad::digits - 1 - exponent));
  // Machin: pi/4 = 4 atan(1/5) - atan(1/239).
  APInt halfPi = arctangentOfInverse(5, bits, width) * 8 -
                 arctangentOfInverse(239, bits, width) * 2;
  APInt quotient, remainder;
  APInt::udivrem(number, halfPi, quotient, remainder);
  if (remainder.ugt(halfPi.lshr(1))) {
    remainder -= halfPi;
    ++quotient;
  }
  unsigned excess = bits - precision;
  Quad r = ldexp(Quad::fromInteger(remainder.ashr(excess)).inexact(),
                 -int(precision));
  unsigned quadrant = quotient.extractBitsAsZExtValue(2, 0);
  // cos(-x) = cos(x) turns the other way round.
  return x.isNegative() ? Angle{-r, (4 - quadrant) % 4} : Angle{r, quadrant};
}

/// first - first x^2/((k+1)(k+2)) + ... for abs(x) < 1: the series of sin with
/// first = x and k = 1, of cos with 1 and 0.
static Quad alternatingSeries(const Quad &x, const Quad &first, int k) {
  Quad square = x * x, sum = first, term = first;
  for (int n = k + 1; n <= 32; n += 2) {
    term = -term * square / (n * (n + 1));
    sum = sum + term;
  }
  return sum;
}
static Quad sinSeries(const Quad &x) { return alternatingSeries(x, x, 1); }
static Quad cosSeries(const Quad &x) { return alternatingSeries(x, 1.0, 0); }

/// sin(x + shift pi/2).
static Quad sinShifted(const Quad &x, unsigned shift) {
  auto [r, quadrant] = reduceAngle(x);
  quadrant += shift;
  Quad value = quadrant % 2 ? cosSeries(r) : sinSeries(r);
  return quadrant % 4 >= 2 ? -value : value;
}

Quad sin(const Quad &x) { return x == 0.0 ? x : sinShifted(x, 0); }

Quad cos(const Quad &x) { return sinShifted(x, 1); }

Quad atan(const Quad &x) {
  if (fabs(x) > 1.0) {
    static const Quad halfPi =
        constant("1.57079632679489661923132169163975144");
    return copysign(halfPi - atan(Quad(1.0) / fabs(x)), x);
  }
  if (x == 0.0 || x.isNaN())
    return x;
  // atan(x) = y + atan((x cos(y) - sin(y)) / (cos(y) + x sin(y))) for any y.
  Quad seed = std::atan(double(x));
  Quad s = sinSeries(seed), c = cosSeries(seed);
  return seed + (x * c - s) / (c + x * s);
}

} // namespace mlir::act
