//===- AlgorithmsTest.cpp - how far the primitives are from exact ---===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The formulas that the emitter turns into IR, run on plain numbers: over a
// spread of f32 bit patterns against double, and over f64 against 113 bits.
//
//===----------------------------------------------------------------------===//

#include "act/Primitives/Algorithms.h"
#include "Number.h"
#include "act/Formula/Quad.h"
#include "gtest/gtest.h"

#include <cmath>
#include <random>

using namespace mlir::act;

namespace {
template <typename T>
using AlgorithmsOf = Algorithms<Number<T>, T>;
template <typename T>
using Words = WordsOf<Number<T>>;

/// One word, scaled: what math ops become.
template <typename T>
T scaled(const Words<T> &w) {
  return AlgorithmsOf<T>::scale(w.hi, *w.exponent).v;
}

template <typename T>
struct Function {
  const char *name;
  T (*compiled)(T x);
  double (*inDouble)(double x);
  Quad (*inQuad)(const Quad &x);
  /// Bound in ULP.
  double bound;
};

template <typename T>
const Function<T> functions[] = {
    {"exp",
     [](T x) {
       return scaled<T>(AlgorithmsOf<T>::exp({x}, std::nullopt, true));
     },
     [](double x) { return std::exp(x); }, [](const Quad &x) { return exp(x); },
     0.78},
    {"exp, scaled", [](T x) { return AlgorithmsOf<T>::expScaled({x}).v; },
     [](double x) { return std::exp(x); }, [](const Quad &x) { return exp(x); },
     0.78},
    {"expm1",
     [](T x) { return AlgorithmsOf<T>::expm1({x}, std::nullopt).hi.v; },
     [](double x) { return std::expm1(x); },
     [](const Quad &x) { return expm1(x); }, 0.6},
    {"log", [](T x) { return AlgorithmsOf<T>::log({x}, std::nullopt).v; },
     [](double x) { return std::log(x); }, [](const Quad &x) { return log(x); },
     0.9},
    {"log1p", [](T x) { return AlgorithmsOf<T>::log1p({x}, std::nullopt).v; },
     [](double x) { return std::log1p(x); },
     [](const Quad &x) { return log1p(x); }, 0.9},
    {"tanh",
     [](T x) { return AlgorithmsOf<T>::tanh({x}, std::nullopt, false).hi.v; },
     [](double x) { return std::tanh(x); },
     [](const Quad &x) { return tanh(x); }, 0.76},
    {"tanh, two words",
     [](T x) { return AlgorithmsOf<T>::tanh({x}, std::nullopt, true).hi.v; },
     [](double x) { return std::tanh(x); },
     [](const Quad &x) { return tanh(x); }, 0.56},
    {"atan", [](T x) { return AlgorithmsOf<T>::atan({x}).v; },
     [](double x) { return std::atan(x); },
     [](const Quad &x) { return atan(x); }, 0.7},
    {"erf", [](T x) { return AlgorithmsOf<T>::erf({x}).v; },
     [](double x) { return std::erf(x); }, [](const Quad &x) { return erf(x); },
     1.05},
    {"sigmoid",
     [](T x) { return scaled<T>(AlgorithmsOf<T>::sigmoid({x}, std::nullopt)); },
     [](double x) { return 1 / (1 + std::exp(-x)); },
     [](const Quad &x) { return Quad(1.0) / (exp(-x) + 1.0); }, 0.78},
    {"normal_cdf",
     [](T x) {
       return scaled<T>(AlgorithmsOf<T>::normalCdf({x}, std::nullopt));
     },
     [](double x) { return std::erfc(-x * 0.70710678118654752440) / 2; },
     [](const Quad &x) { return erfc(-x * sqrt(Quad(0.5))) * 0.5; }, 1.12},
};

const double specials[] = {0.0, -0.0, HUGE_VAL, -HUGE_VAL, NAN, 1.0, -1.0};
} // namespace

TEST(Algorithms, SingleOverAllBinades) {
  for (const Function<float> &f : functions<float>) {
    double worst = 0;
    float where = 0;
    auto check = [&](float x) {
      double error = ulp(f.compiled(x), f.inDouble(x));
      if (error > worst)
        worst = error, where = x;
    };
    for (uint64_t bits = 0; bits < (uint64_t(1) << 32); bits += 4093)
      check(llvm::bit_cast<float>(uint32_t(bits)));
    for (double x : specials)
      check(float(x));
    EXPECT_LE(worst, f.bound) << f.name << " at " << where;
    EXPECT_GT(worst, 0.49) << f.name << ": nothing was measured";
  }
}

TEST(Algorithms, DoubleAgainstQuad) {
  std::mt19937_64 generator(1);
  std::uniform_real_distribution<double> exponents(-30, 10);
  for (const Function<double> &f : functions<double>) {
    double worst = 0, where = 0;
    auto check = [&](double x) {
      double error = ulp(f.compiled(x), f.inQuad(x));
      if (error > worst)
        worst = error, where = x;
    };
    for (int i = 0; i < 2000; ++i) {
      double x = std::exp2(exponents(generator));
      check(x);
      check(-x);
    }
    for (double x : specials)
      check(x);
    EXPECT_LE(worst, f.bound) << f.name << " at " << where;
    EXPECT_GT(worst, 0.45) << f.name << ": nothing was measured";
  }
}

namespace {
/// sin and cos, as long and as short code.
template <typename T>
struct Circular {
  const char *name;
  Words<T> (*compiled)(Number<T> x, std::optional<Number<T>> lo, bool wantLo);
  double (*inDouble)(double x);
  Quad (*inQuad)(const Quad &x);
};

template <typename T>
const Circular<T> circular[] = {
    {"sin", AlgorithmsOf<T>::sin, [](double x) { return std::sin(x); },
     [](const Quad &x) { return sin(x); }},
    {"cos", AlgorithmsOf<T>::cos, [](double x) { return std::cos(x); },
     [](const Quad &x) { return cos(x); }},
};
} // namespace

TEST(Algorithms, SinesInSingle) {
  for (const Circular<float> &f : circular<float>)
    for (bool wantLo : {false, true}) {
      double worst = 0, worstFar = 0, worstWords = 0;
      auto check = [&](float x) {
        Words<float> y = f.compiled({x}, std::nullopt, wantLo);
        double exact = f.inDouble(x);
        EXPECT_LE(std::fabs(y.hi.v), 1) << f.name << " at " << x;
        double &bin = std::fabs(x) <= 0x1p15f ? worst : worstFar;
        bin = std::max(bin, ulp(y.hi.v, exact));
        if (wantLo && std::fabs(x) >= 0x1p-60f && std::fabs(x) <= 0x1p15f)
          worstWords = std::max(
              worstWords, std::fabs((double(y.hi.v) + y.lo->v) / exact - 1));
      };
      // Up to 2^22, both signs; the rest of the binades is below 2^-12, but
      // for a few.
      for (uint32_t bits = 0; bits < 0x4a800000; bits += 509) {
        check(llvm::bit_cast<float>(bits));
        check(-llvm::bit_cast<float>(bits));
      }
      // As near to multiples of pi/2 as f32 gets.
      for (int n = 1; n < 20000; ++n)
        check(float(n * 1.5707963267948966));
      EXPECT_LE(worst, wantLo ? 0.54 : 0.77) << f.name;
      EXPECT_GT(worst, 0.49) << f.name << ": nothing was measured";
      EXPECT_LE(worstFar, 1.3) << f.name;
      EXPECT_LE(worstWords, 0x1p-27) << f.name;
    }
}

TEST(Algorithms, SinesInDouble) {
  std::mt19937_64 generator(1);
  std::uniform_real_distribution<double> exponents(-30, 15);
  std::uniform_int_distribution<int> turns(1, 20000);
  for (const Circular<double> &f : circular<double>)
    for (bool wantLo : {false, true}) {
      double worst = 0, worstWords = 0;
      auto check = [&](double x) {
        Quad exact = f.inQuad(x);
        Words<double> y = f.compiled({x}, std::nullopt, wantLo);
        worst = std::max(worst, ulp(y.hi.v, exact));
        Quad sum = Quad(y.hi.v) + Quad(y.lo->v);
        if (wantLo)
          worstWords =
              std::max(worstWords, double(fabs(sum / exact - Quad(1.0))));
      };
      for (int i = 0; i < 1000; ++i) {
        double x = std::exp2(exponents(generator));
        check(x);
        check(-x);
        check(turns(generator) * 1.5707963267948966);
      }
      EXPECT_LE(worst, wantLo ? 0.53 : 0.7) << f.name;
      EXPECT_GT(worst, 0.45) << f.name << ": nothing was measured";
      EXPECT_LE(worstWords, 0x1p-57) << f.name;
    }
}

TEST(Algorithms, SinesOfTwoWords) {
  std::mt19937 generator(1);
  std::uniform_real_distribution<float> exponents(-20, 15);
  std::uniform_int_distribution<int> parts(-128, 128);
  for (const Circular<float> &f : circular<float>)
    for (bool wantLo : {false, true}) {
      double worst = 0, worstWords = 0;
      for (int i = 0; i < 200000; ++i) {
        float hi = std::exp2(exponents(generator));
        // Short enough that the sum is a double.
        float lo = std::ldexp(float(parts(generator)), std::ilogb(hi) - 31);
        if (i % 2)
          hi = -hi;
        if (hi + lo != hi)
          continue;
        Words<float> y = f.compiled({hi}, Number<float>{lo}, wantLo);
        double exact = f.inDouble(double(hi) + lo);
        worst = std::max(worst, ulp(y.hi.v, exact));
        worstWords = std::max(
            worstWords, std::fabs((double(y.hi.v) + y.lo->v) / exact - 1));
      }
      EXPECT_LE(worst, wantLo ? 0.54 : 0.77) << f.name;
      if (wantLo)
        EXPECT_LE(worstWords, 0x1p-27) << f.name;
    }
}

TEST(Algorithms, SinesOfSpecials) {
  for (const Circular<float> &f : circular<float>)
    for (bool wantLo : {false, true}) {
      for (float x : {HUGE_VALF, -HUGE_VALF, NAN})
        EXPECT_TRUE(std::isnan(f.compiled({x}, std::nullopt, wantLo).hi.v));
      // Too large to know the quadrant, whatever the low word is.
      for (float x : {0x1p23f, -0x1p23f, 3e38f, -3e38f})
        for (float lo : {0.0f, 1e30f, NAN})
          EXPECT_LE(std::fabs(f.compiled({x}, Number<float>{lo}, wantLo).hi.v),
                    1);
    }
  using A = AlgorithmsOf<float>;
  for (float x : {0.0f, -0.0f, 0x1p-149f, -0x1p-140f, 0x1p-126f}) {
    float y = A::sin({x}, std::nullopt, true).hi.v;
    EXPECT_EQ(y, x);
    EXPECT_EQ(std::signbit(y), std::signbit(x));
  }
}

// e^(hi + lo) and its kin take arguments in two words and give results in two.
TEST(Algorithms, TwoWords) {
  using A = AlgorithmsOf<float>;
  double worstExp = 0, worstSigmoid = 0, worstExpm1 = 0, worstTanh = 0;
  forTwoWords([&](float hi, float lo, double x) {
    using Float = Number<float>;
    noteRelative(worstExp, valueOf(A::exp({hi}, Float{lo}, true)), std::exp(x));
    noteRelative(worstSigmoid, valueOf(A::sigmoid({hi}, Float{lo})),
                 1 / (1 + std::exp(-x)));
    noteRelative(worstExpm1, valueOf(A::expm1({hi / 8}, Float{lo / 8})),
                 std::expm1(x / 8));
    for (float k : {0x1p-5f, 0x1p-20f, 1.0f})
      noteRelative(worstTanh, valueOf(A::tanh({hi * k}, Float{lo * k}, true)),
                   std::tanh(x * k));
  });
  EXPECT_LE(worstExp, 0x1p-28);
  EXPECT_LE(worstSigmoid, 0x1p-26);
  EXPECT_LE(worstExpm1, 0x1p-26);
  EXPECT_LE(worstTanh, 0x1p-27);
}

// The low word means nothing where the argument is beyond the range.
TEST(Algorithms, LowWordOfClampedArguments) {
  using A = AlgorithmsOf<float>;
  for (float x : {-3e38f, 3e38f, -HUGE_VALF, HUGE_VALF})
    for (float lo : {1e30f, -1e30f, NAN}) {
      Number<float> low{lo};
      float limit = x < 0 ? 0.0f : 1.0f;
      EXPECT_EQ(A::sigmoid({x}, low).hi.v, limit);
      EXPECT_EQ(A::normalCdf({x}, low).hi.v, limit);
      EXPECT_EQ(A::exp({x}, low, false).hi.v, x < 0 ? 0.0f : HUGE_VALF);
      EXPECT_EQ(A::tanh({x}, low, true).hi.v, x < 0 ? -1.0f : 1.0f);
    }
}

TEST(Algorithms, ScaleRoundsOnce) {
  using A = AlgorithmsOf<float>;
  std::mt19937 generator(1);
  std::uniform_real_distribution<float> mantissa(1, 2), exponent(-300, 300);
  for (int i = 0; i < 200000; ++i) {
    float x = mantissa(generator), n = std::nearbyint(exponent(generator));
    EXPECT_EQ(A::scale({x}, {n}).v, std::scalbn(x, int(n)));
  }
}
