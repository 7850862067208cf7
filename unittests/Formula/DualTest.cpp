//===- DualTest.cpp - formulas and their derivatives ----------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpWalk.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace mlir::act;

namespace {
using Double = Host<double>;
using Wide = Host<Quad>;

using GradientOfOps = OpWalk;

const double points[] = {-30.0, -3.7, -1.1, -0.26, 0.01, 0.7, 2.2, 9.0, 40.0};

/// The operands of an op at a point.
SmallVector<double> operandsAt(ActivationOpInterface op, double x) {
  SmallVector<double> operands(op->getNumOperands(), 1.5);
  operands[0] = x;
  return operands;
}

/// The gradients at operands of the op, for that of the result being `dy`.
SmallVector<double> evaluate(FormulaOpInterface gradient,
                             SmallVector<double> operands, double dy = 1) {
  operands.push_back(dy);
  return gradient.evaluate(operands, false);
}
} // namespace

TEST_F(GradientOfOps, HostAgreesWithDifferences) {
  unsigned count = forEachGradient(
      Float64Type::get(&context),
      [](ActivationOpInterface op, FormulaOpInterface gradient,
         const std::string &id) {
        // The derivative may be defined to be another one.
        llvm::json::Value entry = llvm::cantFail(
            llvm::json::parse(cast<EntryOpInterface>(*op).getEntryAsJson()));
        if (!entry.getAsObject()->getString("derivative")->empty())
          return;
        for (double x : points)
          for (unsigned i = 0; i < gradient->getNumResults(); ++i) {
            // In 113 bits, where a short step loses nothing.
            SmallVector<double> at = operandsAt(op, x), above = at, below = at;
            constexpr double step = 0x1p-20;
            above[i] += step;
            below[i] -= step;
            double expected = double((op.evaluateWide(above, false).front() -
                                      op.evaluateWide(below, false).front()) /
                                     Quad(2 * step));
            // A definition that rounds a product goes in steps.
            bool rounds = bitEnumContainsAll(op.getFunctionProperties(),
                                             FunctionProperties::NoLimit);
            EXPECT_NEAR(evaluate(gradient, at)[i], expected,
                        (rounds ? 1e-7 : 1e-10) *
                            std::max(1.0, std::fabs(expected)))
                << id << " at " << x << ", operand " << i;
          }
      });
  EXPECT_GE(count, 55u);
}

TEST_F(GradientOfOps, IRAgreesWithHost) {
  forEachGradient(Float64Type::get(&context), [](ActivationOpInterface op,
                                                 FormulaOpInterface gradient,
                                                 const std::string &id) {
    auto function = op->getParentOfType<func::FuncOp>();
    for (unsigned i = 0; i < gradient->getNumResults(); ++i)
      for (double x : points) {
        OwningOpRef<func::FuncOp> copy = function.clone();
        Operation *last = copy->front().getTerminator();
        ImplicitLocOpBuilder b(last->getLoc(), last);
        SmallVector<Value> operands;
        SmallVector<double> at = operandsAt(op, x);
        for (double number : at)
          operands.push_back(
              arith::ConstantOp::create(b, b.getF64FloatAttr(number)));
        operands.push_back(
            arith::ConstantOp::create(b, b.getF64FloatAttr(-0.75)));
        IRContext irContext{b, PrimitiveForm::Math};
        last->setOperand(0, gradient.buildFormula(irContext, operands)[i]);
        std::optional<double> folded = foldToNumber(*copy);
        ASSERT_TRUE(folded.has_value()) << id << " does not fold";
        double host = evaluate(gradient, at, -0.75)[i];
        EXPECT_NEAR(*folded, host, std::max(1.0, std::fabs(host)) * 1e-13)
            << id << " at " << x << ", operand " << i;
      }
  });
}

TEST_F(GradientOfOps, SecondDerivativesAgreeWithDifferences) {
  unsigned count = 0;
  forEachGradient(Float64Type::get(&context), [&](ActivationOpInterface op,
                                                  FormulaOpInterface gradient,
                                                  const std::string &id) {
    FunctionProperties properties = op.getFunctionProperties();
    // A definition that rounds a product goes in steps.
    if (!bitEnumContainsAll(properties, FunctionProperties::Smooth) ||
        bitEnumContainsAll(properties, FunctionProperties::NoLimit))
      return;
    ++count;
    for (double x : points) {
      constexpr double step = 0x1p-20;
      auto slope = [&](double at) {
        SmallVector<double> operands = operandsAt(op, at);
        operands.push_back(1);
        return gradient.evaluateWide(operands, false).front();
      };
      double expected =
          double((slope(x + step) - slope(x - step)) / Quad(2 * step));
      EXPECT_NEAR(op.evaluateSecondDerivative(operandsAt(op, x), 0, false),
                  expected, 1e-9 * std::max(1.0, std::fabs(expected)))
          << id << " at " << x;
    }
  });
  EXPECT_GE(count, 15u);
}

TEST_F(GradientOfOps, AreNaNWhereASmoothFunctionIs) {
  forEachGradient(Float32Type::get(&context), [](ActivationOpInterface op,
                                                 FormulaOpInterface gradient,
                                                 const std::string &id) {
    if (bitEnumContainsAll(op.getFunctionProperties(),
                           FunctionProperties::Smooth)) {
      EXPECT_TRUE(std::isnan(evaluate(gradient, {NAN}).front())) << id;
      EXPECT_TRUE(std::isnan(evaluate(gradient, {0.5}, NAN).front())) << id;
    }
  });
}

TEST_F(GradientOfOps, AtInfinitiesAreLimits) {
  forEachGradient(Float64Type::get(&context), [](ActivationOpInterface op,
                                                 FormulaOpInterface gradient,
                                                 const std::string &id) {
    auto at = [&](double x) {
      return evaluate(gradient, operandsAt(op, x)).front();
    };
    for (double sign : {-1.0, 1.0}) {
      double far = at(sign * 1e30);
      // A slope that oscillates or grows has no limit.
      if (std::fabs(far) > 1e3 || std::isnan(far) || far != at(sign * 1e25))
        continue;
      double limit = at(sign * HUGE_VAL);
      // Nor has the sine of what no period is seen beside.
      if (!std::isnan(limit) || !bitEnumContainsAll(op.getFunctionProperties(),
                                                    FunctionProperties::Smooth))
        EXPECT_EQ(limit, far) << id << " at " << sign << " * infinity";
    }
  });
}

//===----------------------------------------------------------------------===//
// Functions of the vocabulary, against differences in 113 bits
//===----------------------------------------------------------------------===//

template <typename F>
static void expectSlope(const char *name, F f,
                        std::initializer_list<double> xs) {
  for (double x : xs) {
    Quad step = 0x1p-28;
    auto at = [&](Quad x) { return f(Wide(x, false)).value; };
    double expected =
        double((at(Quad(x) + step) - at(Quad(x) - step)) / (step + step));
    auto slope = [&](auto host) {
      using Number = Dual<decltype(host)>;
      Number y = f(Number(host, like(host, 1.0)));
      EXPECT_EQ(double(y.value.value), double(f(host).value)) << name;
      return double(y.tangent.get().value);
    };
    EXPECT_NEAR(slope(Double(x, false)) / expected, 1, 1e-12) << name << x;
    EXPECT_NEAR(slope(Wide(x, false)) / expected, 1, 1e-12) << name << x;
  }
}

TEST(Dual, Functions) {
  auto oneWord = [](auto two) { return two.hi; };
  expectSlope("exp", [](auto x) { return finish(exp(x)); }, {-30, -1, 2, 20});
  expectSlope("expm1", [&](auto x) { return oneWord(expm1(x)); },
              {-25, -3, 0.001, 5});
  expectSlope("sigmoid", [](auto x) { return finish(sigmoid(x)); },
              {-30, -2, 0.5, 25});
  expectSlope("normalCdf", [](auto x) { return finish(normalCdf(x)); },
              {-8, -2, 0.5, 3});
  expectSlope("erf", [](auto x) { return erf(x); }, {-4, -0.5, 0.001, 2, 4});
  expectSlope("log", [](auto x) { return log(x); }, {0.01, 1, 30});
  expectSlope("log1p", [](auto x) { return log1p(x); }, {-0.9, 0.001, 30});
  expectSlope("sqrt", [](auto x) { return sqrt(x); }, {0.25, 3});
  expectSlope("abs", [](auto x) { return abs(x); }, {-2, 3});
  expectSlope("copysign", [](auto x) { return copysign(x, -x * 2.0); },
              {-2, 3});
  expectSlope("quotient", [](auto x) { return (x + 1.0) / (x * x + 3.0); },
              {-2, 0.5, 3});
  expectSlope("fma", [](auto x) { return fma(x, x, 1.0 - x); }, {-2, 3});
  expectSlope(
      "words",
      [&](auto x) { return oneWord(twoProd(x, x) * twoSum(x, x * x) * x); },
      {-2, 3});
  expectSlope("where", [](auto x) { return where(x > 1.0, x * x, 3.0 * x); },
              {0.5, 2});
}

TEST(Dual, ConstantsCostNothing) {
  using Number = Dual<Double>;
  Number x(Double(2, false), Double(1, false)), c = like(x, 3.0);
  EXPECT_FALSE(bool((c * c + c / c).tangent));
  EXPECT_FALSE(bool(finish(exp(c)).tangent));
  EXPECT_EQ((c * x).tangent.get().value, 3);
  EXPECT_FALSE(isConstant(x, 2.0));
  EXPECT_TRUE(isConstant(c, 3.0));
}

TEST(Dual, ConstantPiecesAreFlat) {
  using Number = Dual<Double>;
  auto at = [](double x) { return variable(Double(x, false)); };
  auto isFlat = [](Number y) {
    return y.tangent.getFlat() && *y.tangent.getFlat();
  };
  auto relu = [](Number x) { return where(x <= 0.0, 0.0, x); };
  EXPECT_TRUE(isFlat(relu(at(-1))));
  EXPECT_FALSE(isFlat(relu(at(1))));
  EXPECT_EQ(relu(at(-1)).tangent.get().value, 0);
  EXPECT_EQ(relu(at(1)).tangent.get().value, 1);
  // So is the product and the sum of two, and nothing else that has a slope.
  EXPECT_TRUE(isFlat(relu(at(-1)) * 3.0));
  EXPECT_TRUE(isFlat(relu(at(-1)) + relu(at(-1))));
  EXPECT_FALSE(isFlat(relu(at(-1)) + at(-1)));
  EXPECT_EQ((relu(at(-1)) + at(-1)).tangent.get().value, 1);
  // A gradient is 0 there, whatever it is made of.
  Slope<Double> slope(Scaled<Number>(relu(at(-1))));
  for (double dy : {-1.0, double(NAN), HUGE_VAL}) {
    double dx = times(slope, Double(dy, false)).value;
    EXPECT_EQ(dx, 0);
    EXPECT_FALSE(std::signbit(dx));
  }
}

TEST(Dual, TailsDoNotCancel) {
  using Number = Dual<Double>;
  auto slope = [](auto f, double x) {
    Number y = f(Number(Double(x, false), Double(1, false)));
    return y.tangent.get().value;
  };
  auto sigmoidOf = [](Number x) { return finish(sigmoid(x)); };
  EXPECT_NEAR(slope(sigmoidOf, 40) / std::exp(-40.0), 1, 1e-14);
  EXPECT_NEAR(slope(sigmoidOf, -700) / std::exp(-700.0), 1, 1e-14);
  // As many words as tanh has.
  auto tanhOf = [](Number x) { return finish(Scaled<Number>(tanh(x))); };
  EXPECT_NEAR(slope(tanhOf, 30) / (4 * std::exp(-60.0)), 1, 1e-14);
  EXPECT_NEAR(slope(tanhOf, -30) / (4 * std::exp(-60.0)), 1, 1e-14);
  EXPECT_NEAR(slope([](Number x) { return expm1(x).hi; }, -40) /
                  std::exp(-40.0),
              1, 1e-14);
}
