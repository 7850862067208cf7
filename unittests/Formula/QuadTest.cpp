//===- QuadTest.cpp - elementary functions in 113 bits ---===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Formula/Quad.h"
#include "gtest/gtest.h"

#include <cmath>

using namespace mlir::act;

namespace {
struct Case {
  const char *name;
  Quad (*function)(const Quad &);
  double x;
  // mpmath, 40 digits.
  const char *expected;
};

const Case cases[] = {
    {"exp", exp, 1.0, "2.718281828459045235360287471352662497757"},
    {"exp", exp, -700.0, "9.859676543759770856705372947849465105116e-305"},
    {"expm1", expm1, 1e-10, "1.000000000050000036433863985807669644231e-10"},
    {"expm1", expm1, -3.0, "-0.9502129316321360570206575843499382233683"},
    {"log", log, 3.0, "1.098612288668109691395245236922525704647"},
    {"log1p", log1p, 1e-10, "9.999999999500000364355306451876051813134e-11"},
    {"log1p", log1p, 41.0, "3.73766961828336830591783010182388200236"},
    {"tanh", tanh, 0.125, "0.1243530017715962080546472758058927076759"},
    {"tanh", tanh, -20.0, "-0.9999999999999999915032914894168220454386"},
    {"erf", erf, 0.5, "0.5204998778130465376827466538919645287365"},
    {"erfc", erfc, 2.5, "0.0004069520174449589395642157399749127203487"},
    {"erfc", erfc, 26.0, "5.663192408856142846475727896926092580329e-296"},
    {"sin", sin, 1.0, "0.8414709848078965066525023216302989996226"},
    {"sin", sin, -1e15, "-0.8582727931702358355238863908484066466002"},
    {"cos", cos, 6381956970095103 * 0x1p797,
     "-4.687165924254627611122582801963884398778e-19"},
    {"sin", sin, 1e-10, "1.000000000000000036430530648831074912317e-10"},
    {"cos", cos, 3.0, "-0.9899924966004454572715727947312613023937"},
    {"cos", cos, -355.0, "-0.9999999995456589801659358416927540811238"},
    {"cos", cos, 0x1p60, "-0.5567960822766417036833989719013960287255"},
    {"cos", cos, 1.5707963267948966,
     "6.12323399573676588613032966137500146464e-17"},
    {"atan", atan, 1e-10, "1.000000000000000036428863982164408245468e-10"},
    {"atan", atan, 0.75, "0.6435011087932843868028092287173226380415"},
    {"atan", atan, -3.0, "-1.249045772398254425829917077281090123078"},
    {"atan", atan, 1e300, "1.570796326794896619231321691639751442099"},
    {"sqrt", sqrt, 2.0, "1.41421356237309504880168872420969807857"},
};

class QuadTest : public testing::TestWithParam<Case> {};
} // namespace

TEST_P(QuadTest, AgreesWithOracle) {
  const Case &c = GetParam();
  Quad expected(llvm::APFloat(llvm::APFloat::IEEEquad(), c.expected));
  Quad error = fabs(c.function(c.x) / expected - Quad(1.0));
  EXPECT_LT(double(error), Quad::error) << c.name << "(" << c.x << ")";
}
INSTANTIATE_TEST_SUITE_P(Functions, QuadTest, testing::ValuesIn(cases));

TEST(Quad, Specials) {
  EXPECT_TRUE(exp(Quad(NAN)).isNaN());
  EXPECT_EQ(double(exp(Quad(-HUGE_VAL))), 0.0);
  EXPECT_EQ(double(exp(Quad(HUGE_VAL))), HUGE_VAL);
  EXPECT_EQ(double(log1p(Quad(-1.0))), -HUGE_VAL);
  EXPECT_TRUE(std::signbit(double(log1p(Quad(-0.0)))));
  EXPECT_TRUE(std::signbit(double(tanh(Quad(-0.0)))));
  EXPECT_TRUE(std::signbit(double(expm1(Quad(-0.0)))));
  EXPECT_TRUE(std::signbit(double(erf(Quad(-0.0)))));
  EXPECT_EQ(double(tanh(Quad(-HUGE_VAL))), -1.0);
  EXPECT_EQ(double(erfc(Quad(HUGE_VAL))), 0.0);
  EXPECT_EQ(double(erfc(Quad(-HUGE_VAL))), 2.0);
  EXPECT_TRUE(std::signbit(double(sin(Quad(-0.0)))));
  EXPECT_EQ(double(cos(Quad(-0.0))), 1.0);
  EXPECT_TRUE(std::signbit(double(atan(Quad(-0.0)))));
  EXPECT_EQ(double(atan(Quad(-HUGE_VAL))), -1.5707963267948966);
  for (double x : {HUGE_VAL, -HUGE_VAL, double(NAN)}) {
    EXPECT_TRUE(sin(Quad(x)).isNaN());
    EXPECT_TRUE(cos(Quad(x)).isNaN());
  }
  EXPECT_TRUE(atan(Quad(NAN)).isNaN());
}

// The reduction of angles is exact far beyond the range of double.
TEST(Quad, SinesOfLargeNumbers) {
  Quad x = ldexp(Quad(1.5), 3000);
  Quad s = sin(x), c = cos(x);
  EXPECT_LT(double(fabs(s * s + c * c - Quad(1.0))), Quad::error);
  // mpmath.
  EXPECT_EQ(double(s), -0.11688286494688865);
}

TEST(Quad, RoundsOnce) {
  // 1 + 2^-11 is a tie in f16; the bit far below decides it.
  Quad above = Quad(1.0 + 0x1p-11) + Quad(0x1p-80);
  EXPECT_EQ(above.roundTo(llvm::APFloat::IEEEhalf()).convertToDouble(),
            1.0 + 0x1p-10);
  EXPECT_EQ(
      Quad(1.0 + 0x1p-11).roundTo(llvm::APFloat::IEEEhalf()).convertToDouble(),
      1.0);
}
