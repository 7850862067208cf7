//===- TableAlgorithmsTest.cpp - how far those with tables are from exact
//---===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Primitives/TableAlgorithms.h"
#include "Number.h"
#include "gtest/gtest.h"

using namespace mlir::act;

namespace {
using Float = Number<float>;
using A = TableAlgorithms<Float>;
using Words = WordsOf<Float>;

float scaled(const Words &w) { return scaleByFloor(w.hi, *w.exponent).v; }

struct Function {
  const char *name;
  float (*compiled)(float x);
  double (*exact)(double x);
  /// In ULP, over arguments up to `limit`.
  double bound;
  double limit = HUGE_VAL;
};

double sigmoid(double x) {
  return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
}
double normalCdf(double x) {
  return std::erfc(-x * 0.70710678118654752440) / 2;
}
double exponential(double x) { return std::exp(x); }

const Function functions[] = {
    {"exp", [](float x) { return scaled(A::exp({x}, {}, true)); }, exponential,
     0.78},
    {"exp, scaled", [](float x) { return A::expScaled({x}).v; }, exponential,
     1.01},
    {"exp2, scaled", [](float x) { return A::exp2Scaled({x}).v; },
     [](double x) { return std::exp2(x); }, 0.78},
    {"expm1", [](float x) { return A::expm1({x}, {}).hi.v; },
     [](double x) { return std::expm1(x); }, 0.6},
    {"tanh", [](float x) { return A::tanh({x}, {}, false).hi.v; },
     [](double x) { return std::tanh(x); }, 1.0},
    {"sigmoid", [](float x) { return scaled(A::sigmoid({x}, {})); }, sigmoid,
     0.8},
    {"normal_cdf", [](float x) { return scaled(A::normalCdf({x}, {})); },
     normalCdf, 0.9},
    {"tame exp", [](float x) { return A::tameExp({x}, false).hi.v; },
     exponential, 0.6, 80},
    {"tame sigmoid", [](float x) { return A::tameSigmoid({x}, false).hi.v; },
     sigmoid, 1.1, 15.5},
    {"tame sin", [](float x) { return A::tameSin({x}).hi.v; },
     [](double x) { return std::sin(x); }, 1.8, 32768},
    {"tame atan", [](float x) { return A::tameAtan({x}, false).hi.v; },
     [](double x) { return std::atan(x); }, 1.3, 22},
};

// One word, for 16-bit results: of f16 a unit in the last place is 2^13 of
// these.
const Function fastFunctions[] = {
    {"exp", [](float x) { return scaled(A::exp({x}, {}, false, true)); },
     exponential, 2.6},
    {"exp, scaled", [](float x) { return A::expScaled({x}, true).v; },
     exponential, 2.6},
    {"exp2, scaled", [](float x) { return A::exp2Scaled({x}, true).v; },
     [](double x) { return std::exp2(x); }, 1.1},
    {"sigmoid", [](float x) { return scaled(A::sigmoid({x}, {}, true)); },
     sigmoid, 3.3},
    {"normal_cdf", [](float x) { return scaled(A::normalCdf({x}, {}, true)); },
     normalCdf, 3.5},
    {"expm1", [](float x) { return A::expm1({x}, {}, true).hi.v; },
     [](double x) { return std::expm1(x); }, 3.0},
    {"tanh", [](float x) { return A::tanh({x}, {}, false, true).hi.v; },
     [](double x) { return std::tanh(x); }, 2.1},
    {"tame atan", [](float x) { return A::tameAtan({x}, true).hi.v; },
     [](double x) { return std::atan(x); }, 2.0, 22},
    {"tame sigmoid", [](float x) { return A::tameSigmoid({x}, true).hi.v; },
     sigmoid, 1.9, 15.5},
};

template <size_t n>
void measure(const Function (&list)[n]) {
  for (const Function &f : list) {
    double worst = 0;
    float where = 0;
    auto check = [&](float x) {
      if (std::fabs(x) >= f.limit)
        return;
      double error = ulp(f.compiled(x), f.exact(x));
      if (error > worst)
        worst = error, where = x;
    };
    for (uint64_t bits = 0; bits < (uint64_t(1) << 32); bits += 4093)
      check(llvm::bit_cast<float>(uint32_t(bits)));
    for (double x : {0.0, -0.0, HUGE_VAL, -HUGE_VAL, double(NAN), 1.0, -1.0})
      check(float(x));
    EXPECT_LE(worst, f.bound) << f.name << " at " << where;
    EXPECT_GT(worst, 0.49) << f.name << ": nothing was measured";
  }
}
} // namespace

TEST(TableAlgorithms, OverAllBinades) { measure(functions); }
TEST(TableAlgorithms, OneWord) { measure(fastFunctions); }

// The flag is 0 only where the short form holds; NaN is no such place.
TEST(TableAlgorithms, FlagsOfShortForms) {
  for (float x : {0.0f, -0.0f, 1e-40f, 15.0f, -15.0f}) {
    EXPECT_EQ(A::tameSigmoid({x}, false).exponent->v, 0);
    EXPECT_EQ(A::tameExp({x}, false).exponent->v, 0);
  }
  EXPECT_EQ(A::tameExp({79.0f}, false).exponent->v, 0);
  EXPECT_EQ(A::tameSin({-32767.0f}).exponent->v, 0);
  EXPECT_EQ(A::tameAtan({-21.9f}, false).exponent->v, 0);
  for (float x : {15.5f, -16.0f, 100.0f, -HUGE_VALF, HUGE_VALF, NAN})
    EXPECT_NE(A::tameSigmoid({x}, false).exponent->v, 0) << x;
  for (float x : {32768.0f, -4e4f, -HUGE_VALF, HUGE_VALF, NAN})
    EXPECT_NE(A::tameSin({x}).exponent->v, 0) << x;
  for (float x : {22.0f, -30.0f, -HUGE_VALF, HUGE_VALF, NAN})
    EXPECT_NE(A::tameAtan({x}, false).exponent->v, 0) << x;
  for (float x : {81.0f, -90.0f, -HUGE_VALF, HUGE_VALF, NAN})
    EXPECT_NE(A::tameExp({x}, false).exponent->v, 0) << x;
}

TEST(TableAlgorithms, TwoWords) {
  double worstExp = 0, worstSigmoid = 0, worstExpm1 = 0, worstTanh = 0,
         worstCdf = 0;
  forTwoWords([&](float hi, float lo, double x) {
    Float l{lo}, eighth{hi / 8}, lEighth{lo / 8};
    noteRelative(worstExp, valueOf(A::exp({hi}, l, true)), std::exp(x));
    noteRelative(worstSigmoid, valueOf(A::sigmoid({hi}, l)), sigmoid(x));
    noteRelative(worstExpm1, valueOf(A::expm1(eighth, lEighth)),
                 std::expm1(x / 8));
    noteRelative(worstCdf, valueOf(A::normalCdf(eighth, lEighth)),
                 normalCdf(x / 8));
    noteRelative(worstTanh, valueOf(A::tanh(eighth, lEighth, false)),
                 std::tanh(x / 8));
  });
  EXPECT_LE(worstCdf, 0x1p-23);
  EXPECT_LE(worstExp, 0x1.2p-29);
  EXPECT_LE(worstSigmoid, 0x1.51p-26);
  EXPECT_LE(worstExpm1, 0x1.bp-29);
  EXPECT_LE(worstTanh, 0x1p-23);
}

// The low word means nothing where the argument is beyond the range.
TEST(TableAlgorithms, LowWordOfClampedArguments) {
  for (float x : {-3e38f, 3e38f, -HUGE_VALF, HUGE_VALF})
    for (float lo : {1e30f, -1e30f, NAN}) {
      Float low{lo};
      float limit = x < 0 ? 0.0f : 1.0f;
      EXPECT_EQ(A::sigmoid({x}, low).hi.v, limit);
      EXPECT_EQ(A::exp({x}, low, false).hi.v, x < 0 ? 0.0f : HUGE_VALF);
      EXPECT_EQ(A::tanh({x}, low, false).hi.v, x < 0 ? -1.0f : 1.0f);
    }
}
