//===- IntervalTest.cpp - formulas on intervals ---------------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpWalk.h"

#include <random>

using namespace mlir;
using namespace mlir::act;

namespace {
constexpr double inf = std::numeric_limits<double>::infinity();

class IntervalOfOps : public OpWalk {
protected:
  /// A number as formulas meet them: small, large, huge, or an infinity.
  double number() {
    int kind = std::uniform_int_distribution<int>(0, 19)(generator);
    double sign = kind % 2 ? 1 : -1;
    if (kind < 10)
      return std::normal_distribution<double>(0, 4)(generator);
    if (kind < 19)
      return sign * std::exp2(std::uniform_real_distribution<double>(-140, 127)(
                        generator));
    return sign * inf;
  }
  RealRange box() {
    double a = number(), b = number();
    if (generator() % 4 == 0)
      b = a + std::fabs(a) * 0x1p-6;
    return {std::min(a, b), std::max(a, b)};
  }
  /// A point of a range, an end of it every now and then.
  double pointIn(RealRange range) {
    switch (generator() % 4) {
    case 0:
      return range.lo;
    case 1:
      return range.hi;
    case 2:
      return std::clamp(number(), range.lo, range.hi);
    }
    if (std::isinf(range.lo) || std::isinf(range.hi))
      return std::clamp(0.0, range.lo, range.hi);
    double t = std::uniform_real_distribution<double>(0, 1)(generator);
    return std::clamp(range.lo + t * (range.hi - range.lo), range.lo, range.hi);
  }

  std::mt19937 generator{1};
};
} // namespace

TEST_F(IntervalOfOps, ContainsEveryValue) {
  for (Type type :
       {Type(Float32Type::get(&context)), Type(Float64Type::get(&context))}) {
    unsigned count =
        forEachOp(type, [&](ActivationOpInterface op, const std::string &id) {
          unsigned arity = op->getNumOperands();
          for (int trial = 0; trial < 300; ++trial) {
            SmallVector<RealRange> boxes;
            for (unsigned i = 0; i < arity; ++i)
              boxes.push_back(box());
            RealRange range = op.getValueRangeOn(boxes);
            for (int sample = 0; sample < 16; ++sample) {
              SmallVector<double> x;
              for (RealRange operand : boxes)
                x.push_back(pointIn(operand));
              double y = op.evaluate(x, type.isF32()).front();
              if (std::isnan(y))
                continue;
              ASSERT_LE(range.lo, y) << id << " at " << x[0];
              ASSERT_GE(range.hi, y) << id << " at " << x[0];
            }
          }
        });
    EXPECT_GE(count, 55u);
  }
}

TEST_F(IntervalOfOps, IsNarrowAtPoints) {
  Type type = Float32Type::get(&context);
  forEachOp(type, [&](ActivationOpInterface op, const std::string &id) {
    for (int trial = 0; trial < 200; ++trial) {
      SmallVector<RealRange> boxes;
      for (unsigned i = 0; i < op->getNumOperands(); ++i) {
        double x = std::normal_distribution<double>(0, 8)(generator);
        boxes.push_back({x, x});
      }
      RealRange range = op.getValueRangeOn(boxes);
      double size = std::max(std::fabs(range.lo), std::fabs(range.hi));
      // Near zeros of the value, terms are larger than their sum.
      double terms = std::max(size, 0x1p-10 * std::fabs(boxes[0].lo));
      // Of a wave, the rounding of its argument counts.
      if (bitEnumContainsAll(op.getFunctionProperties(),
                             FunctionProperties::NoLimit))
        terms = std::max(terms, 8 * std::fabs(boxes[0].lo));
      EXPECT_LE(range.hi - range.lo, terms * 0x1p-24)
          << id << " at " << boxes[0].lo;
    }
  });
}

TEST_F(IntervalOfOps, IsUsefulOnBoxes) {
  Type type = Float32Type::get(&context);
  forEachOp(type, [&](ActivationOpInterface op, const std::string &id) {
    // Not more than four times as wide as what values say.
    SmallVector<RealRange> boxes(op->getNumOperands(), {0.5, 2.5});
    RealRange range = op.getValueRangeOn(boxes), seen{inf, -inf};
    SmallVector<double> x(op->getNumOperands());
    for (double g = 0.5; g <= 2.5; g += 0x1p-6)
      for (double v : {0.5, 2.5}) {
        x.assign(x.size(), v);
        x[0] = g;
        double y = op.evaluate(x, true).front();
        seen = seen.hull({y, y});
      }
    EXPECT_LE(range.hi - range.lo, 4 * (seen.hi - seen.lo) + 1e-6) << id;
  });
}

//===----------------------------------------------------------------------===//
// Pieces
//===----------------------------------------------------------------------===//

static Interval make(double lo, double hi) { return Interval(lo, hi, false); }

TEST(Interval, Arithmetic) {
  Interval x = make(-1, 2), y = make(3, 4);
  EXPECT_EQ((x + y).lo, 2);
  EXPECT_EQ((x - y).hi, -1);
  EXPECT_EQ((x * y).lo, -4);
  EXPECT_EQ((x * y).hi, 8);
  EXPECT_EQ(abs(x).lo, 0);
  // 1/3 is between two numbers.
  Interval third = make(1, 1) / make(3, 3);
  EXPECT_LT(third.lo, third.hi);
  EXPECT_LT(std::fma(third.lo, 3, -1), 0);
  EXPECT_GT(std::fma(third.hi, 3, -1), 0);
  EXPECT_EQ((y / x).lo, -inf);
  EXPECT_EQ((y / x).hi, inf);
}

TEST(Interval, Infinities) {
  Interval all = make(-inf, inf), positive = make(0, inf);
  EXPECT_TRUE((all - all).mayBeNaN);
  EXPECT_EQ((positive + positive).lo, 0);
  EXPECT_FALSE((positive + positive).mayBeNaN);
  // 0 * infinity may be NaN, but no number below 0.
  EXPECT_EQ((positive * make(0, 1)).lo, 0);
  EXPECT_TRUE((positive * make(0, 1)).mayBeNaN);
  EXPECT_EQ((positive / make(1, inf)).lo, 0);
  EXPECT_TRUE((make(inf, inf) * make(0, 0)).mayBeNaN);
  // An overflow may still be the largest number.
  EXPECT_EQ((make(1e300, 1e300) * make(1e300, 1e300)).lo,
            std::numeric_limits<double>::max());
}

TEST(Interval, Conditions) {
  Interval x = make(-1, 1), one = make(1, 1), two = make(2, 2);
  Interval either = where(x < 0.0, one, two);
  EXPECT_EQ(either.lo, 1);
  EXPECT_EQ(either.hi, 2);
  EXPECT_EQ(where(x < two, one, two).hi, 1);
  EXPECT_EQ(where(x > two, one, two).lo, 2);
  EXPECT_EQ(where((x < two) & (x < 0.0), one, two).hi, 2);
  EXPECT_EQ(where((x < two) | (x < 0.0), one, two).hi, 1);
  EXPECT_EQ(where(x == x, one, two).hi, 2);
  EXPECT_EQ(where(one == one, one, two).hi, 1);
  // What may be NaN compares to nothing for sure.
  Interval indefinite = abs(make(-inf, inf) - make(-inf, inf));
  EXPECT_EQ(where(indefinite >= 0.0, one, two).hi, 2);
}

TEST(Interval, Functions) {
  EXPECT_EQ(finish(exp(make(-inf, 0))).lo, 0);
  EXPECT_EQ(finish(exp(make(-inf, 0))).hi, 1);
  EXPECT_GT(finish(exp(make(-1000, -1000))).hi, 0);
  EXPECT_EQ(finish(exp(make(1000, 1000))).lo,
            std::numeric_limits<double>::max());
  EXPECT_TRUE(sqrt(make(-1, 4)).mayBeNaN);
  EXPECT_EQ(sqrt(make(-1, 4)).lo, 0);
  EXPECT_TRUE(log(make(-1, 1)).mayBeNaN);
  EXPECT_EQ(log(make(0, 1)).lo, -inf);
  EXPECT_TRUE(log1p(make(-2, 1)).mayBeNaN);
  EXPECT_EQ(finish(normalCdf(make(-inf, inf))).hi, 1);
  EXPECT_GE(atan(make(-inf, inf)).hi, std::atan(inf));
  EXPECT_EQ(copysign(make(1, 2), make(-1, 1)).lo, -2);
  EXPECT_EQ(copysign(make(-2, -1), make(1, 1)).lo, 1);
  EXPECT_EQ(scale(make(1, 3), make(2, 2)).hi, 12);
}

TEST(Interval, SineAndCosine) {
  std::mt19937 generator(1);
  std::uniform_real_distribution<double> center(-40, 40), width(0, 7);
  for (int trial = 0; trial < 20000; ++trial) {
    double lo = center(generator), hi = lo + width(generator);
    Interval s = sin(make(lo, hi)).hi, c = cos(make(lo, hi)).hi;
    double x = lo + (hi - lo) * (trial % 64) / 63;
    ASSERT_LE(s.lo, std::sin(x));
    ASSERT_GE(s.hi, std::sin(x));
    ASSERT_LE(c.lo, std::cos(x));
    ASSERT_GE(c.hi, std::cos(x));
  }
  EXPECT_EQ(sin(make(1.5, 1.6)).hi.hi, 1);
  EXPECT_LT(sin(make(1.5, 1.57)).hi.hi, 1);
  EXPECT_EQ(cos(make(3, 3.2)).hi.lo, -1);
  EXPECT_LT(sin(make(0, 1)).hi.hi, 0.85);
  EXPECT_TRUE(sin(make(0, inf)).hi.mayBeNaN);
}

TEST(RealRange, ZerosAreTold) {
  RealRange fromPlusZero{0.0, 1.0}, fromMinusZero{-0.0, 1.0};
  EXPECT_FALSE(fromPlusZero.contains(fromMinusZero));
  EXPECT_TRUE(fromMinusZero.contains(fromPlusZero));
  EXPECT_TRUE(fromPlusZero.contains(fromPlusZero));
  EXPECT_FALSE(std::signbit(fromPlusZero.intersect(fromMinusZero).lo));
  EXPECT_TRUE(std::signbit(fromPlusZero.hull(fromMinusZero).lo));
}
