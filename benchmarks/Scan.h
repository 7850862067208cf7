//===- Scan.h - errors of a kernel against an oracle ----------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Calls a kernel on blocks of operands, and counts the errors of its results.
// The structures are mirrored in oracle.py.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_BENCHMARKS_SCAN_H
#define ACT_BENCHMARKS_SCAN_H

#include "Oracle.h"

/// A rank-1 memref, as the C wrappers of MLIR take it.
struct Memref {
  void *allocated, *aligned;
  int64_t offset, size, stride;
};

struct Place {
  double error;
  uint64_t at[2]; ///< bits of the operands
  uint64_t got;   ///< bits of the result
};

constexpr double edges[] = {0.5, 1, 1.5, 2, 3, 4, 8, 64, 1e30, infinity};
constexpr int bins = sizeof(edges) / sizeof(edges[0]);
constexpr int buckets = 512;

struct Tally {
  uint64_t count, exceeded, histogram[bins];
  Place share, largest[buckets];
};

/// Blocks differ in length, so that results come from all parts of a kernel.
constexpr int block = 4096;
static inline int lengthOf(uint64_t number) { return block - number % 61; }

//===----------------------------------------------------------------------===//
// Errors of f32, in vectors of double
//===----------------------------------------------------------------------===//

/// One unit in the last place of f32.
static inline Mask spacingExponent(Vec exact) {
  Mask exponent = ((bitsOf(exact) >> 52) & 0x7ff) - 1023;
  exponent = exponent > 127 ? Mask{} + 127 : exponent;
  exponent -= 23;
  return exponent < -149 ? Mask{} - 149 : exponent;
}
static inline Vec powerOfTwo(Mask exponent) {
  return (Vec)((exponent + 1023) << 52);
}
static inline Vec spacing(Vec exact) {
  return powerOfTwo(spacingExponent(exact));
}

static inline Vec errorOf(Vec got, Vec exact) {
  const Vec top = splat(0x1p128);
  Vec bounded = exact > top ? top : (exact < -top ? -top : exact);
  Vec near = got > top ? top : (got < -top ? -top : got);
  Vec error = abs(near - bounded) * powerOfTwo(-spacingExponent(bounded));
  Mask wrong = (abs(exact) == infinity) & (got != exact);
  // The sign of zero is part of the answer.
  wrong |= (got == 0) & ((bitsOf(got) ^ bitsOf(exact)) < 0);
  error = wrong ? splat(infinity) : error;
  Mask nan = got != got, expected = exact != exact;
  error = nan & expected ? splat(0) : error;
  return nan ^ expected ? splat(infinity) : error;
}

//===----------------------------------------------------------------------===//
// The exact value, with the limits of infinite operands
//===----------------------------------------------------------------------===//

template <typename Function>
static Vec factorAt(int index, const Vec *operands) {
  Vec bounded[Function::operands + 1];
  std::copy(operands, operands + Function::operands, bounded);
  Vec x = operands[0];
  Mask infinite = abs(x) == infinity;
  // Larger than any f32, and finite even as a cube.
  bounded[0] = infinite ? copysign(splat(1e100), x) : x;
  Vec y = Function::template factor<Vec>(index, bounded);
  // What overflows double is finite nevertheless.
  const Vec largest = splat(std::numeric_limits<double>::max());
  y = y > largest ? largest : (y < -largest ? -largest : y);
  if (!any(infinite))
    return y;
  Vec limit = abs(y) > 1e50 ? copysign(splat(infinity), y) : y;
  if (!Function::hasLimits)
    limit = splat(NAN);
  return infinite ? limit : y;
}

template <typename Function>
static Real realFactorAt(int index, const double *operands) {
  Real bounded[Function::operands + 1];
  for (int i = 0; i < Function::operands; ++i)
    bounded[i] = Real(operands[i]);
  bool infinite = std::isinf(operands[0]);
  Real large(1);
  mpfr_mul_2si(large.value, large.value, 2100, MPFR_RNDN);
  if (infinite)
    bounded[0] = operands[0] > 0 ? large : -large;
  Real y = Function::template factor<Real>(index, bounded);
  if (!infinite)
    return y;
  if (!Function::hasLimits)
    return Real(NAN);
  if (abs(y) > sqrt(large))
    mpfr_set_inf(y.value, mpfr_sgn(y.value));
  return y;
}

template <typename Function>
static Real realAt(const double *operands) {
  for (int i = 0; i < Function::operands; ++i)
    if (std::isnan(operands[i]))
      return Real(NAN);
  Real y = realFactorAt<Function>(0, operands);
  if (Function::factors == 2)
    y = y * realFactorAt<Function>(1, operands + 1);
  return y;
}

template <typename Function>
static Long longFactorAt(int index, const double *operands) {
  Long bounded[Function::operands];
  std::copy(operands, operands + Function::operands, bounded);
  bool infinite = std::isinf(operands[0]);
  static_assert(std::numeric_limits<Long>::max_exponent > 2 * 2100,
                "f64 needs a long double with more range than double");
  const Long large = std::ldexp(1.0L, 2100);
  if (infinite)
    bounded[0] = std::copysign(large, bounded[0]);
  Long y = Function::template factor<Long>(index, bounded);
  const Long largest = std::numeric_limits<Long>::max();
  y = y > largest ? largest : (y < -largest ? -largest : y);
  if (!infinite)
    return y;
  if (!Function::hasLimits)
    return NAN;
  return std::abs(y) > std::sqrt(large) ? std::copysign((Long)infinity, y) : y;
}

/// What numbers of a type are like.
template <typename T>
struct Format;
template <>
struct Format<float> {
  typedef uint32_t Bits;
  static constexpr int precision = 24, maxExponent = 128, minExponent = -149;
  static constexpr Bits quiet = 1u << 22;
};
template <>
struct Format<double> {
  typedef uint64_t Bits;
  static constexpr int precision = 53, maxExponent = 1024, minExponent = -1074;
  static constexpr Bits quiet = 1ull << 51;
};

template <typename T>
static bool isQuiet(T value) {
  typename Format<T>::Bits bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits & Format<T>::quiet;
}

template <typename T>
static double realError(T got, const Real &exact, bool identity) {
  using F = Format<T>;
  if (mpfr_nan_p(exact.value) || std::isnan(got)) {
    bool both = mpfr_nan_p(exact.value) && std::isnan(got);
    return both && (identity || isQuiet(got)) ? 0 : infinity;
  }
  if (mpfr_inf_p(exact.value))
    return got == mpfr_get_d(exact.value, MPFR_RNDN) ? 0 : infinity;
  if (got == 0 && std::signbit(got) != (mpfr_signbit(exact.value) != 0))
    return infinity;
  Real top(1), value(got);
  mpfr_mul_2si(top.value, top.value, F::maxExponent, MPFR_RNDN);
  Real bounded = max(-top, min(top, exact));
  value = max(-top, min(top, value));
  long exponent = F::minExponent;
  if (!mpfr_zero_p(bounded.value)) {
    // MPFR's exponents are those of numbers in [1/2, 1).
    exponent = std::min<long>(mpfr_get_exp(bounded.value), F::maxExponent);
    exponent = std::max<long>(exponent - F::precision, F::minExponent);
  }
  Real error = abs(value - bounded);
  mpfr_mul_2si(error.value, error.value, -exponent, MPFR_RNDN);
  return mpfr_get_d(error.value, MPFR_RNDN);
}

template <typename Function>
static double longError(double got, const double *operands, double &rounded) {
  using F = Format<double>;
  Long exact = longFactorAt<Function>(0, operands);
  if (Function::factors == 2)
    exact *= longFactorAt<Function>(1, operands + 1);
  for (int i = 0; i < Function::operands; ++i)
    if (std::isnan(operands[i]))
      exact = NAN;
  rounded = static_cast<double>(exact);
  if (std::isnan(exact) || std::isnan(got)) {
    bool both = std::isnan(exact) && std::isnan(got);
    return both && (Function::isIdentity || isQuiet(got)) ? 0 : infinity;
  }
  if (std::isinf(exact))
    return got == exact ? 0 : infinity;
  if (got == 0 && std::signbit(got) != std::signbit(exact))
    return infinity;
  const Long top = std::ldexp(1.0L, F::maxExponent);
  Long bounded = std::max(-top, std::min(top, exact));
  Long value = std::max(-top, std::min(top, static_cast<Long>(got)));
  int exponent = F::minExponent;
  if (bounded != 0) {
    std::frexp(bounded, &exponent);
    exponent = std::min(exponent, F::maxExponent) - F::precision;
    exponent = std::max(exponent, F::minExponent);
  }
  return std::ldexp(std::abs(value - bounded), -exponent);
}

//===----------------------------------------------------------------------===//
// Scans
//===----------------------------------------------------------------------===//

static void callKernel(void *kernel, int operands, void **in, void *out,
                       int64_t n) {
  Memref m[3];
  for (int i = 0; i <= operands; ++i) {
    void *data = i < operands ? in[i] : out;
    m[i] = {data, data, 0, n, 1};
  }
  if (operands == 1)
    reinterpret_cast<void (*)(Memref *, Memref *)>(kernel)(m, m + 1);
  else
    reinterpret_cast<void (*)(Memref *, Memref *, Memref *)>(kernel)(m, m + 1,
                                                                     m + 2);
}

static inline Vec load(const float *p) {
  Singles s;
  std::memcpy(&s, p, sizeof(s));
  return __builtin_convertvector(s, Vec);
}

/// Counts the results y of a block. A bucket is where maxima are kept apart.
template <typename Function>
static void count(const float *const *in, const float *y, int n, int bucket,
                  Tally &tally) {
  constexpr int operands = Function::factors == 2 ? 2 : 1;
  Mask beyond[bins] = {}, exceeded = {};
  for (int i = 0; i < n; i += width) {
    Vec x[2] = {load(in[0] + i), load(in[operands - 1] + i)};
    Vec got = load(y + i);
    Vec exact = factorAt<Function>(0, x);
    Mask forgiven = {};
    if (operands == 2) {
      // An infinite value times a gate that underflows follows IEEE.
      forgiven =
          (abs(x[1]) == infinity) & (abs(exact) < 0x1p-149) & (got != got);
      exact *= factorAt<Function>(1, x + 1);
    }
    exact = (x[0] != x[0]) | (x[1] != x[1]) ? splat(NAN) : exact;
    Vec error = errorOf(got, exact);
    if (!Function::isIdentity && any((got != got) & (exact != exact)))
      for (int j = 0; j < width; ++j)
        if (std::isnan(exact[j]) && std::isnan(y[i + j]) && !isQuiet(y[i + j]))
          error[j] = infinity;
    error = forgiven ? splat(0) : error;
    Vec limit = Function::limit(x, exact);
    Mask valid = ~Mask{};
    for (int j = n - i; j < width; ++j)
      valid[j] = 0;
    // Where any number will do, it has to be one.
    Mask free = limit == infinity;
    Vec wrong = (got != got) ^ (exact != exact) ? splat(infinity) : splat(0);
    error = free ? wrong : error;
    error = valid ? error : splat(0);
    limit = free ? splat(0) : limit;
    // Too near the limit for double: MPFR decides.
    Mask undecided = (abs(error - limit) < 0x1p-16) & (error > 0);
    if (any(undecided))
      for (int j = 0; j < width; ++j)
        if (undecided[j]) {
          double point[2] = {x[0][j], x[1][j]};
          error[j] = realError(y[i + j], realAt<Function>(point),
                               Function::isIdentity);
        }
    for (int b = 0; b < bins - 1; ++b)
      beyond[b] -= error > edges[b];
    exceeded -= error > limit;
    auto keep = [&](Place &place, Vec errors) {
      if (!any(errors > place.error))
        return;
      for (int j = 0; j < width; ++j)
        if (errors[j] > place.error) {
          place.error = errors[j];
          for (int o = 0; o < operands; ++o) {
            uint32_t bits;
            std::memcpy(&bits, in[o] + i + j, sizeof(bits));
            place.at[o] = bits;
          }
          uint32_t bits;
          std::memcpy(&bits, y + i + j, sizeof(bits));
          place.got = bits;
        }
    };
    keep(tally.largest[bucket], limit == Function::bound ? error : splat(0));
    keep(tally.share, error > 0 ? error / limit : splat(0));
  }
  tally.count += n;
  tally.exceeded += __builtin_reduce_add(exceeded);
  // All that is not beyond the edge below it, but beyond the one before.
  uint64_t before = n;
  for (int b = 0; b < bins; ++b) {
    uint64_t after = b < bins - 1 ? __builtin_reduce_add(beyond[b]) : 0;
    tally.histogram[b] += before - after;
    before = after;
  }
}

/// A random number for each index, the same whatever the order: splitmix64.
static inline uint64_t randomAt(uint64_t index) {
  uint64_t z = (index + 1) * 0x9e3779b97f4a7c15ull;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

/// Pairs of operands: every other one of any bit patterns, the rest as they are
/// in networks, about normal with standard deviation 4.
static inline float randomOperand(uint64_t index, uint64_t which) {
  uint64_t bits = randomAt(2 * index + which);
  float value;
  if (index % 2) {
    uint32_t low = static_cast<uint32_t>(bits);
    std::memcpy(&value, &low, sizeof(value));
    return value;
  }
  // The sum of four uniform numbers has the standard deviation sqrt(1/3).
  double sum = 0;
  for (int i = 0; i < 4; ++i)
    sum += static_cast<double>((bits >> (16 * i)) & 0xffff) / 65536;
  return static_cast<float>((sum - 2) * 4 * 1.7320508075688772);
}

/// f32: all bit patterns first, first + step, … of one operand.
template <typename Function>
static void scanPatterns(void *kernel, uint64_t first, uint64_t step,
                         uint64_t n, Tally *tally) {
  alignas(64) float x[block + width] = {}, y[block + width] = {};
  uint64_t number = 0;
  for (uint64_t done = 0; done < n;) {
    int size =
        static_cast<int>(std::min<uint64_t>(lengthOf(number++), n - done));
    uint64_t begin = first + done * step;
    done += size;
    for (int i = 0; i < size; ++i) {
      uint32_t bits = static_cast<uint32_t>(begin + i * step);
      std::memcpy(x + i, &bits, sizeof(bits));
    }
    void *in[] = {x};
    callKernel(kernel, 1, in, y, size);
    const float *operands[] = {x};
    // Blocks of a coarse step span buckets.
    for (int i = 0; i < size;) {
      uint64_t bucket = (begin + i * step) >> 23;
      uint64_t next = (((bucket + 1) << 23) - begin + step - 1) / step;
      int end = static_cast<int>(std::min<uint64_t>(next, size));
      operands[0] = x + i;
      count<Function>(operands, y + i, end - i, bucket % buckets, *tally);
      i = end;
    }
  }
}

/// f32: pairs of random operands.
template <typename Function>
static void scanPairs(void *kernel, uint64_t first, uint64_t n, Tally *tally) {
  alignas(64) float x[block + width] = {}, v[block + width] = {},
                              y[block + width] = {};
  uint64_t number = 0;
  for (uint64_t done = 0; done < n; ++number) {
    int size = static_cast<int>(std::min<uint64_t>(lengthOf(number), n - done));
    for (int i = 0; i < size; ++i) {
      x[i] = randomOperand(first + done + i, 0);
      v[i] = randomOperand(first + done + i, 1);
    }
    void *in[] = {x, v};
    callKernel(kernel, 2, in, y, size);
    const float *operands[] = {x, v};
    count<Function>(operands, y, size, number % buckets, *tally);
    done += size;
  }
}

/// Calls body(i, operands) for each of n points.
template <typename Function, typename T, typename Body>
static void eachPoint(const T *const *in, uint64_t n, Body body) {
  for (uint64_t i = 0; i < n; ++i) {
    double operands[Function::operands];
    for (int o = 0; o < Function::operands; ++o)
      operands[o] = in[o][i];
    body(i, operands);
  }
}

/// MPFR: the errors of given results, and the exact values rounded to double.
template <typename Function, typename T>
static void realErrors(const T *const *in, const T *y, uint64_t n,
                       double *errors, double *exact) {
  eachPoint<Function>(in, n, [&](uint64_t i, const double *operands) {
    Real value = realAt<Function>(operands);
    errors[i] = realError(y[i], value, Function::isIdentity);
    exact[i] = mpfr_get_d(value.value, MPFR_RNDN);
  });
}

/// Long double: the same for f64, but for the last digits.
template <typename Function>
static void longErrors(const double *const *in, const double *y, uint64_t n,
                       double *errors, double *exact) {
  eachPoint<Function>(in, n, [&](uint64_t i, const double *operands) {
    errors[i] = longError<Function>(y[i], operands, exact[i]);
  });
}

/// Double: the exact values, as the scans see them.
template <typename Function, typename T>
static void doubleValues(const T *const *in, uint64_t n, double *exact) {
  for (uint64_t i = 0; i < n; ++i) {
    Vec x[Function::operands];
    for (int o = 0; o < Function::operands; ++o)
      x[o] = splat(in[o][i]);
    Vec y = factorAt<Function>(0, x);
    if (Function::factors == 2)
      y *= factorAt<Function>(1, x + 1);
    exact[i] = y[0];
    for (int o = 0; o < Function::operands; ++o)
      if (std::isnan(in[o][i]))
        exact[i] = NAN;
  }
}

#define ACT_DEFINE_SCANS(Function, T)                                          \
  extern "C" uint64_t tally_size() { return sizeof(Tally); }                   \
  extern "C" void scan_patterns(void *kernel, uint64_t first, uint64_t step,   \
                                uint64_t n, Tally *tally) {                    \
    scanPatterns<Function>(kernel, first, step, n, tally);                     \
  }                                                                            \
  extern "C" void scan_pairs(void *kernel, uint64_t first, uint64_t n,         \
                             Tally *tally) {                                   \
    scanPairs<Function>(kernel, first, n, tally);                              \
  }                                                                            \
  extern "C" void real_errors(const T *const *in, const T *y, uint64_t n,      \
                              double *errors, double *exact) {                 \
    realErrors<Function, T>(in, y, n, errors, exact);                          \
  }                                                                            \
  extern "C" void long_errors(const double *const *in, const double *y,        \
                              uint64_t n, double *errors, double *exact) {     \
    longErrors<Function>(in, y, n, errors, exact);                             \
  }                                                                            \
  extern "C" void double_values(const T *const *in, uint64_t n,                \
                                double *exact) {                               \
    doubleValues<Function, T>(in, n, exact);                                   \
  }

#endif // ACT_BENCHMARKS_SCAN_H
