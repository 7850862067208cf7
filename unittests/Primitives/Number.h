//===- Number.h - algorithms on plain numbers ---===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_UNITTESTS_PRIMITIVES_NUMBER_H
#define ACT_UNITTESTS_PRIMITIVES_NUMBER_H

#include "llvm/ADT/bit.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <type_traits>

namespace mlir::act {
template <typename T>
struct Number;

/// The bits of a number, as vector integers behave.
template <typename T>
struct Bits {
  using U = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;
  U u;

  Bits operator+(int64_t c) const { return {U(u + U(c))}; }
  Bits operator<<(int c) const { return {U(u << c)}; }
  Bits operator>>(int c) const { return {U(u >> c)}; }
  Bits operator&(int64_t c) const { return {U(u & U(c))}; }
  Bits operator|(int64_t c) const { return {U(u | U(c))}; }
  Bits operator-() const { return {U(0 - u)}; }
  Number<T> asFloat() const { return {llvm::bit_cast<T>(u)}; }
};

/// What an algorithm asks of a value, in T's own arithmetic.
template <typename T>
struct Number {
  using Int = Bits<T>;
  T v;

  Number constant(double c) const { return {T(c)}; }
  Int asInt() const { return {llvm::bit_cast<typename Int::U>(v)}; }
  Number operator-() const { return {-v}; }
  friend Number operator+(Number a, Number b) { return {a.v + b.v}; }
  friend Number operator-(Number a, Number b) { return {a.v - b.v}; }
  friend Number operator*(Number a, Number b) { return {a.v * b.v}; }
  friend Number operator/(Number a, Number b) { return {a.v / b.v}; }
  friend Number operator+(Number a, double b) { return {a.v + T(b)}; }
  friend Number operator-(Number a, double b) { return {a.v - T(b)}; }
  friend Number operator*(Number a, double b) { return {a.v * T(b)}; }
  friend Number operator+(double a, Number b) { return {T(a) + b.v}; }
  friend Number operator-(double a, Number b) { return {T(a) - b.v}; }
  friend Number operator/(double a, Number b) { return {T(a) / b.v}; }
  friend bool operator<(Number a, Number b) { return a.v < b.v; }
  friend bool operator<(Number a, double b) { return a.v < T(b); }
  friend bool operator>(Number a, double b) { return a.v > T(b); }
  friend bool operator==(Number a, double b) { return a.v == T(b); }
  friend Number fma(Number a, Number b, Number c) {
    return {std::fma(a.v, b.v, c.v)};
  }
  friend Number abs(Number a) { return {std::fabs(a.v)}; }
  friend Number copysign(Number a, Number b) {
    return {std::copysign(a.v, b.v)};
  }
  friend Number select(bool c, Number a, Number b) { return c ? a : b; }
  // What TableAlgorithms.h wants, too.
  friend bool hasSign(Number x) { return std::signbit(x.v); }
  friend Number scaleByFloor(Number x, Number n) {
    return {std::scalbn(x.v, int(std::floor(n.v)))};
  }
};

template <size_t n>
inline Number<float> lookup(const double (&table)[n], Bits<float> index) {
  static_assert(n == 32);
  return {float(table[index.u % n])};
}

/// Calls `check` with arguments in two words, |hi| < 80 and lo half an ulp of
/// it at most, and with their sum.
template <typename F>
void forTwoWords(F check) {
  std::mt19937 generator(1);
  std::uniform_real_distribution<float> uniform(-80, 80), low(-1, 1);
  for (int i = 0; i < 200000; ++i) {
    float hi = uniform(generator);
    float lo = low(generator) * std::fabs(hi) * 0x1p-25f;
    if (hi + lo == hi)
      check(hi, lo, double(hi) + lo);
  }
}

/// The value of a result in two words, of which the floor of the exponent
/// counts.
template <typename Words>
double valueOf(const Words &w) {
  double sum = double(w.hi.v) + (w.lo ? w.lo->v : 0);
  return std::ldexp(sum, w.exponent ? int(std::floor(w.exponent->v)) : 0);
}

/// Makes `worst` the relative error of `got` where that is larger.
inline void noteRelative(double &worst, double got, double exact) {
  worst = std::max(worst, std::fabs(got / exact - 1));
}

/// The error of `got` in units of the last place of T at `exact`.
template <typename T, typename Exact>
double ulp(T got, const Exact &exact) {
  using std::fabs;
  double rounded = double(exact);
  if (std::isnan(rounded) || std::isnan(got))
    return std::isnan(rounded) && std::isnan(got) ? 0 : HUGE_VAL;
  if (std::isinf(got) || rounded == 0 || std::isinf(rounded)) {
    // Rounds to the same infinity or zero, or is too far to measure.
    return T(rounded) == got && std::signbit(rounded) == std::signbit(got)
               ? 0
               : HUGE_VAL;
  }
  int exponent;
  std::frexp(rounded, &exponent);
  exponent = std::max(exponent, std::numeric_limits<T>::min_exponent);
  Exact spacing = std::ldexp(1.0, exponent - std::numeric_limits<T>::digits);
  return double(fabs(Exact(double(got)) - exact) / spacing);
}

} // namespace mlir::act

#endif // ACT_UNITTESTS_PRIMITIVES_NUMBER_H
