//===- ExprTest.cpp - what formulas have in common ---===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Formula/Expr.h"
#include "gtest/gtest.h"

#include <cmath>
#include <random>

using namespace mlir::act;

namespace {
/// A float that does what IRExpr builds: the two-word arithmetic of Expr.h can
/// be checked against double.
struct Word : ExprOps<Word> {
  float value;

  Word(float value) : value(value) {}
  friend Word operator+(Word a, Word b) { return a.value + b.value; }
  friend Word operator-(Word a, Word b) { return a.value - b.value; }
  friend Word operator*(Word a, Word b) { return a.value * b.value; }
  friend Word operator-(Word a) { return -a.value; }
  friend bool operator<(Word a, Word b) { return a.value < b.value; }
  friend bool operator>(Word a, Word b) { return a.value > b.value; }
  friend bool operator>=(Word a, Word b) { return a.value >= b.value; }
  friend bool operator==(Word a, Word b) { return a.value == b.value; }
  friend Word where(bool c, Word a, Word b) { return c ? a : b; }
  friend Word abs(Word a) { return std::fabs(a.value); }
  friend Word copysign(Word a, Word b) {
    return std::copysign(a.value, b.value);
  }
  friend Word like(Word, double c) { return float(c); }
  friend Two<Word> twoProd(Word a, Word b) {
    Word p = a * b;
    return {p, Word(std::fma(a.value, b.value, -p.value))};
  }
  friend Two<Word> twoSum(Word a, Word b) {
    Word s = a + b;
    Word t = s - a;
    return {s, (a - (s - t)) + (b - t)};
  }
  friend Two<Word> fastTwoSum(Word a, Word b) {
    Word s = a + b;
    return {s, b - (s - a)};
  }
  friend Word scale(Word x, Word n) { return std::ldexp(x.value, n.value); }
  friend double safeExponent(Word) { return -96; }
};

double sum(Two<Word> a) {
  return double(a.hi.value) + (a.lo ? double(a.lo->value) : 0.0);
}
} // namespace

TEST(TwoWords, ProductsAndSums) {
  std::mt19937 generator(1);
  std::uniform_real_distribution<float> uniform(-8, 8);
  for (int i = 0; i < 100000; ++i) {
    Word a(uniform(generator)), b(uniform(generator)), c(uniform(generator));
    Two<Word> ab = twoProd(a, b);
    EXPECT_EQ(sum(ab), double(a.value) * b.value);
    double exact = double(a.value) * b.value;
    EXPECT_NEAR(sum(ab * c), exact * c.value,
                std::fabs(exact * c.value) * 0x1p-45);
    Two<Word> cc = twoProd(c, c);
    EXPECT_NEAR(sum(ab * cc), exact * sum(cc),
                std::fabs(exact * sum(cc)) * 0x1p-44);
    Word positive(std::fabs(c.value));
    EXPECT_NEAR(sum(positive + abs(ab)),
                double(positive.value) + std::fabs(exact),
                (positive.value + std::fabs(exact)) * 0x1p-45);
    EXPECT_EQ(sum(-ab), -exact);
  }
}

TEST(TwoWords, ComparisonIsExact) {
  // 0.1f * 10 is 1 in one word, and more than 1 in two.
  Two<Word> product = twoProd(Word(0.1f), Word(10.0f));
  EXPECT_EQ(product.hi.value, 1.0f);
  EXPECT_TRUE(product > Word(1.0f));
  EXPECT_FALSE((Two<Word>{Word(1.0f), std::nullopt} > Word(1.0f)));
}

TEST(Scaled, WhereFillsAbsentWords) {
  Scaled<Word> a(Word(1.5f), std::nullopt, Word(-3.0f)), b(Word(2.0f));
  EXPECT_EQ(finish(where(true, a, b)).value, 1.5f / 8);
  EXPECT_EQ(finish(where(false, a, b)).value, 2.0f);
}

TEST(Scaled, LimitProduct) {
  Scaled<Word> vanished(Word(0.0f), std::nullopt, Word(0.0f));
  Word y = finish(limitProduct(Word(-INFINITY), vanished));
  EXPECT_EQ(y.value, 0.0f);
  EXPECT_TRUE(std::signbit(y.value));
  EXPECT_EQ(
      finish(limitProduct(Word(INFINITY), Scaled<Word>(Word(1.0f)))).value,
      INFINITY);
  EXPECT_TRUE(std::isnan(
      finish(limitProduct(Word(NAN), Scaled<Word>(Word(1.0f)))).value));
}

TEST(Scaled, GatedProductNeitherUnderflowsNorOverflows) {
  // 1.5 * 2^-140 has ten bits as a subnormal; times 2^100 it needs them all.
  Scaled<Word> tiny(Word(1.0f + 0x1p-23f), std::nullopt, Word(-140.0f));
  EXPECT_EQ(finish(gatedProduct(tiny, Word(0x1p100f))).value,
            std::ldexp(1.0f + 0x1p-23f, -40));
  // 100 * 2^-20 times the largest float: the product alone would overflow.
  Scaled<Word> gate(Word(100.0f), std::nullopt, Word(-20.0f));
  EXPECT_EQ(finish(gatedProduct(gate, Word(0x1p127f))).value,
            std::ldexp(100.0f, 107));
  // What underflows does, with its sign.
  Scaled<Word> gone(Word(-1.0f), std::nullopt, Word(-280.0f));
  Word zero = finish(gatedProduct(gone, Word(1.0f)));
  EXPECT_EQ(zero.value, 0.0f);
  EXPECT_TRUE(std::signbit(zero.value));
}
