//===- Quad.cpp - 113-bit numbers for folding ---===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Formula/Quad.h"

#include <cmath>

using namespace mlir::act;
using llvm::APFloat;

static constexpr auto toNearest = APFloat::rmNearestTiesToEven;

static APFloat convert(APFloat value, const llvm::fltSemantics &semantics) {
  bool losesInfo;
  value.convert(semantics, toNearest, &losesInfo);
  return value;
}

/// A decimal or hexadecimal constant with all its digits.
static Quad constant(const char *digits) {
  return Quad(APFloat(APFloat::IEEEquad(), digits));
}

Quad::Quad(double value)
    : value(convert(APFloat(value), APFloat::IEEEquad())) {}

APFloat Quad::roundTo(const llvm::fltSemantics &semantics) const {
  return convert(value, semantics);
}

Quad::operator double() const {
  return roundTo(APFloat::IEEEdouble()).convertToDouble();
}

namespace mlir::act {

Quad fabs(const Quad &x) { return x.isNegative() ? -x : x; }

Quad copysign(const Quad &x, const Quad &sign) {
  return x.isNegative() == sign.isNegative() ? x : -x;
}

Quad ldexp(const Quad &x, int n) { return Quad(scalbn(x.value, n, toNearest)); }

Quad fma(const Quad &a, const Quad &b, const Quad &c) { return a * b + c; }

Quad sqrt(const Quad &x) {
  // One step of Newton's doubles the 53 bits of the seed.
  double seed = std::sqrt(double(x));
  if (!(seed > 0) || std::isinf(seed))
    return seed;
  return (Quad(seed) + x / seed) * 0.5;
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
    return HUGE_VAL;
  if (x < -20000.0)
    return 0.0;
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

} // namespace mlir::act
