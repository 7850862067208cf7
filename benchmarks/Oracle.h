//===- Oracle.h - references in vectors of double and in MPFR -------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the generated code of oracle.py is made of: it defines the factors of a
// reference as templates over the number, which is Vec, Long or Real; Scan.h
// measures with them the errors of a compiled kernel. The rules of an error are
// those of utils/ulp.py, those of infinite operands those of
// utils/reference.py.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_BENCHMARKS_ORACLE_H
#define ACT_BENCHMARKS_ORACLE_H

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <mpfr.h>

//===----------------------------------------------------------------------===//
// Vec: as many doubles as the machine has in a vector
//===----------------------------------------------------------------------===//

// ACT_LIBMVEC: glibc's vectors of functions are linked.
#if defined(ACT_LIBMVEC) && defined(__AVX512F__)
constexpr int width = 8;
#define ACT_VECTOR_MATH(function) _ZGVeN8v_##function
#elif defined(ACT_LIBMVEC) && defined(__AVX2__)
constexpr int width = 4;
#define ACT_VECTOR_MATH(function) _ZGVdN4v_##function
#else
constexpr int width = 4;
#endif

typedef double Vec __attribute__((vector_size(8 * width)));
typedef int64_t Mask __attribute__((vector_size(8 * width)));
typedef float Singles __attribute__((vector_size(4 * width)));
typedef int32_t SingleBits __attribute__((vector_size(4 * width)));

constexpr double infinity = std::numeric_limits<double>::infinity();

inline bool all(Mask m) { return __builtin_reduce_and(m) != 0; }
inline bool any(Mask m) { return __builtin_reduce_or(m) != 0; }
inline Vec abs(Vec x) { return __builtin_elementwise_abs(x); }
inline Vec sqrt(Vec x) { return __builtin_elementwise_sqrt(x); }
// As in NumPy, NaN if one is.
inline Vec min(Vec a, Vec b) { return (a < b) | (a != a) ? a : b; }
inline Vec max(Vec a, Vec b) { return (a > b) | (a != a) ? a : b; }
inline Vec splat(double x) { return x - Vec{}; }
inline Mask bitsOf(Vec x) { return (Mask)x; }
inline Vec copysign(Vec x, Vec sign) {
  Mask signBit = bitsOf(splat(-0.0));
  return (Vec)((bitsOf(x) & ~signBit) | (bitsOf(sign) & signBit));
}

template <typename Function>
inline Vec onEach(Function function, Vec x) {
  for (int i = 0; i < width; ++i)
    x[i] = function(x[i]);
  return x;
}

#ifdef ACT_VECTOR_MATH
#define ACT_MATH(function)                                                     \
  extern "C" Vec ACT_VECTOR_MATH(function)(Vec);                               \
  inline Vec vector_##function(Vec x) { return ACT_VECTOR_MATH(function)(x); }
#else
#define ACT_MATH(function)                                                     \
  inline Vec vector_##function(Vec x) {                                        \
    return onEach([](double e) { return std::function(e); }, x);               \
  }
#endif
ACT_MATH(exp)
ACT_MATH(expm1)
ACT_MATH(log)
ACT_MATH(log1p)
ACT_MATH(tanh)
ACT_MATH(erf)
ACT_MATH(erfc)
ACT_MATH(sin)
ACT_MATH(cos)
ACT_MATH(atan)

// A vector library leaves rare arguments to slow scalar code, and half of all
// bit patterns are rare: where the function is constant, say so. `usual`: the
// library is fast; elsewhere `known` is the result where `settled`.
#define ACT_FUNCTION(function, usual, settled, known)                          \
  inline Vec function(Vec x) {                                                 \
    if (all(usual))                                                            \
      return vector_##function(x);                                             \
    if (all(settled))                                                          \
      return known;                                                            \
    return onEach([](double e) { return std::function(e); }, x);               \
  }
ACT_FUNCTION(exp, abs(x) < 700, (x > 710) | (x < -746),
             x > 0 ? splat(infinity) : splat(0))
ACT_FUNCTION(expm1, (abs(x) < 700) & (abs(x) > 1e-290), (x > 710) | (x < -60),
             x > 0 ? splat(infinity) : splat(-1))
ACT_FUNCTION(log, (x > 1e-290) & (x < 1e290), Mask{}, x)
ACT_FUNCTION(log1p, (x > -0.5) & (x < 1e6) & (abs(x) > 1e-290), abs(x) < 1e-290,
             x)
ACT_FUNCTION(tanh, (abs(x) < 20) & (abs(x) > 1e-290), abs(x) > 30,
             copysign(splat(1), x))
ACT_FUNCTION(erf, (abs(x) < 6) & (abs(x) > 1e-290), abs(x) > 7,
             copysign(splat(1), x))
ACT_FUNCTION(erfc, (x > -6) & (x < 26), (x < -7) | (x > 28),
             x > 0 ? splat(0) : splat(2))
ACT_FUNCTION(sin, abs(x) < 1e4, Mask{}, x)
ACT_FUNCTION(cos, abs(x) < 1e4, Mask{}, x)
ACT_FUNCTION(atan, (abs(x) > 1e-290) & (abs(x) < 1e290), Mask{}, x)

//===----------------------------------------------------------------------===//
// Real: MPFR, with more digits than any decision needs
//===----------------------------------------------------------------------===//

class Real {
public:
  static constexpr int precision = 128;

  Real() { init(); }
  explicit Real(double d) {
    init();
    mpfr_set_d(value, d, MPFR_RNDN);
  }
  Real(const Real &other) {
    init();
    mpfr_set(value, other.value, MPFR_RNDN);
  }
  Real &operator=(const Real &other) {
    mpfr_set(value, other.value, MPFR_RNDN);
    return *this;
  }

  mpfr_t value;

private:
  // The digits lie in the object: nothing is allocated.
  void init() {
    mpfr_custom_init(limbs, precision);
    mpfr_custom_init_set(value, MPFR_NAN_KIND, 0, precision, limbs);
  }
  mp_limb_t limbs[precision / 64];
};

#define ACT_BINARY(op, function)                                               \
  inline Real operator op(const Real &a, const Real &b) {                      \
    Real r;                                                                    \
    function(r.value, a.value, b.value, MPFR_RNDN);                            \
    return r;                                                                  \
  }
ACT_BINARY(+, mpfr_add)
ACT_BINARY(-, mpfr_sub)
ACT_BINARY(*, mpfr_mul)
ACT_BINARY(/, mpfr_div)

#define ACT_UNARY(name, function)                                              \
  inline Real name(const Real &a) {                                            \
    Real r;                                                                    \
    function(r.value, a.value, MPFR_RNDN);                                     \
    return r;                                                                  \
  }
ACT_UNARY(operator-, mpfr_neg)
ACT_UNARY(abs, mpfr_abs)
ACT_UNARY(sqrt, mpfr_sqrt)
ACT_UNARY(exp, mpfr_exp)
ACT_UNARY(expm1, mpfr_expm1)
ACT_UNARY(log, mpfr_log)
ACT_UNARY(log1p, mpfr_log1p)
ACT_UNARY(tanh, mpfr_tanh)
ACT_UNARY(erf, mpfr_erf)
ACT_UNARY(erfc, mpfr_erfc)
ACT_UNARY(sin, mpfr_sin)
ACT_UNARY(cos, mpfr_cos)
ACT_UNARY(atan, mpfr_atan)

#define ACT_COMPARE(op, function)                                              \
  inline bool operator op(const Real &a, const Real &b) {                      \
    return function(a.value, b.value) != 0;                                    \
  }
ACT_COMPARE(<, mpfr_less_p)
ACT_COMPARE(<=, mpfr_lessequal_p)
ACT_COMPARE(>, mpfr_greater_p)
ACT_COMPARE(>=, mpfr_greaterequal_p)
ACT_COMPARE(==, mpfr_equal_p)
ACT_COMPARE(!=, !mpfr_equal_p)

inline Real min(const Real &a, const Real &b) { return a < b ? a : b; }
inline Real max(const Real &a, const Real &b) { return a > b ? a : b; }

//===----------------------------------------------------------------------===//
// Long: long double, to find out where in f64 MPFR is worth its time
//===----------------------------------------------------------------------===//

typedef long double Long;
using std::abs;
using std::atan;
using std::cos;
using std::erf;
using std::erfc;
using std::exp;
using std::expm1;
using std::log;
using std::log1p;
using std::max;
using std::min;
using std::sin;
using std::sqrt;
using std::tanh;

//===----------------------------------------------------------------------===//
// What generated code says of any of them
//===----------------------------------------------------------------------===//

template <typename E>
E number(double d);
template <>
inline Vec number<Vec>(double d) {
  return splat(d);
}
template <>
inline Real number<Real>(double d) {
  return Real(d);
}

template <>
inline Long number<Long>(double d) {
  return d;
}

template <typename E>
E pi();
template <>
inline Vec pi<Vec>() {
  return splat(M_PI);
}
template <>
inline Real pi<Real>() {
  Real r;
  mpfr_const_pi(r.value, MPFR_RNDN);
  return r;
}

template <>
inline Long pi<Long>() {
  return 3.14159265358979323846264338327950288L;
}

template <typename Then, typename Else>
inline Vec select(Mask condition, Then then, Else otherwise) {
  if (all(condition))
    return then();
  if (!any(condition))
    return otherwise();
  Vec a = then(), b = otherwise();
  return condition ? a : b;
}
template <typename Then, typename Else>
inline auto select(bool condition, Then then, Else otherwise) {
  return condition ? then() : otherwise();
}

/// The compute type of f16, bf16 and f32, or of f64.
template <typename Compute>
Vec rounded(Vec x);
template <>
inline Vec rounded<float>(Vec x) {
  return __builtin_convertvector(__builtin_convertvector(x, Singles), Vec);
}
template <>
inline Vec rounded<double>(Vec x) {
  return x;
}
template <typename Compute>
Real rounded(const Real &x);
template <>
inline Real rounded<float>(const Real &x) {
  return Real(mpfr_get_flt(x.value, MPFR_RNDN));
}
template <>
inline Real rounded<double>(const Real &x) {
  return Real(mpfr_get_d(x.value, MPFR_RNDN));
}

template <typename Compute>
Long rounded(Long x) {
  return static_cast<Compute>(x);
}

#endif // ACT_BENCHMARKS_ORACLE_H
