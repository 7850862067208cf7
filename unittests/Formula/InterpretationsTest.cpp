//===- InterpretationsTest.cpp - every op, every interpretation ---===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// The same formula as IR and on the host: for each op of the dialect, whatever
// it is called.
//
//===----------------------------------------------------------------------===//

#include "OpWalk.h"
#include "act/IR/Act.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "gtest/gtest.h"

#include <set>

using namespace mlir;
using namespace mlir::act;

namespace {
class Interpretations : public testing::Test {
protected:
  Interpretations() {
    context.loadDialect<ActDialect, func::FuncDialect, math::MathDialect>();
  }

  /// Calls `test` for each elementwise activation, at its default parameters,
  /// of constant operands `xs` (as many of them as it takes) of `type`.
  void forEachOp(FloatType type, ArrayRef<double> xs,
                 function_ref<void(ActivationOpInterface)> test) {
    unsigned count = 0;
    for (RegisteredOperationName name : context.getRegisteredOperations()) {
      if (!name.hasInterface<ActivationOpInterface>())
        continue;
      ++count;
      OwningOpRef<ModuleOp> module =
          ModuleOp::create(UnknownLoc::get(&context));
      ImplicitLocOpBuilder b(module->getLoc(), &context);
      b.setInsertionPointToEnd(module->getBody());
      auto function = func::FuncOp::create(b, "f", b.getFunctionType({}, type));
      b.setInsertionPointToStart(function.addEntryBlock());
      SmallVector<Value> operands;
      for (double x : xs)
        operands.push_back(
            arith::ConstantOp::create(b, b.getFloatAttr(type, x)));
      Operation *op = createActivation(b, b.getLoc(), name, operands);
      ASSERT_TRUE(op) << name.getStringRef().str();
      func::ReturnOp::create(b, op->getResults());
      test(cast<ActivationOpInterface>(op));
    }
    EXPECT_GE(count, 55u);
  }

  /// Builds the formula of math ops and folds those. (The op itself would fold
  /// before it is expanded.)
  static std::optional<double> interpretIR(ActivationOpInterface op) {
    ImplicitLocOpBuilder b(op.getLoc(), op);
    IRContext irContext{b, PrimitiveForm::Math};
    Value value = op.buildFormula(irContext, op->getOperands()).front();
    op->getResult(0).replaceAllUsesWith(value);
    return foldToNumber(op->getParentOfType<func::FuncOp>());
  }

  MLIRContext context;
};

const double points[] = {-30.0, -3.5, -1.0, -0.25, 0.0,
                         1e-3,  0.7,  2.0,  9.0,   40.0};

/// Operands of which the first is `x`.
SmallVector<double> operandsAt(double x) { return {x, 1.5, 0.75, -0.5, 2.0}; }
} // namespace

TEST_F(Interpretations, HostAgreesWithQuad) {
  for (double x : points)
    forEachOp(Float64Type::get(&context), operandsAt(x),
              [&](ActivationOpInterface op) {
                SmallVector<double> operands = operandsAt(x);
                ArrayRef<double> xs(operands);
                xs = xs.take_front(op->getNumOperands());
                for (bool single : {false, true}) {
                  double host = op.evaluate(xs, single).front();
                  double quad = double(op.evaluateWide(xs, single).front());
                  // Tails amplify the error of an argument in one word.
                  EXPECT_NEAR(host, quad, std::fabs(quad) * 0x1p-43)
                      << op->getName().getStringRef().str() << " at " << x;
                }
              });
}

TEST_F(Interpretations, IRAgreesWithHost) {
  for (double x : points)
    forEachOp(
        Float64Type::get(&context), operandsAt(x),
        [&](ActivationOpInterface op) {
          SmallVector<double> operands = operandsAt(x);
          ArrayRef<double> xs(operands);
          double host =
              op.evaluate(xs.take_front(op->getNumOperands()), false).front();
          std::string name = op->getName().getStringRef().str();
          std::optional<double> ir = interpretIR(op);
          ASSERT_TRUE(ir.has_value()) << name << " does not fold";
          // Functions of one word amplify the error of their argument.
          EXPECT_NEAR(*ir, host, std::fabs(host) * 0x1p-44)
              << name << " at " << x;
        });
}

TEST_F(Interpretations, ValuesLieInTheRange) {
  for (double x : points)
    forEachOp(
        Float64Type::get(&context), operandsAt(x),
        [&](ActivationOpInterface op) {
          SmallVector<double> operands = operandsAt(x);
          ArrayRef<double> xs(operands);
          RealRange range = op.getValueRange();
          double y =
              op.evaluate(xs.take_front(op->getNumOperands()), false).front();
          EXPECT_LE(range.lo, y) << op->getName().getStringRef().str();
          EXPECT_GE(range.hi, y) << op->getName().getStringRef().str();
          if (std::optional<RealRange> identity = op.getIdentityRange())
            if (identity->lo <= x && x <= identity->hi) {
              EXPECT_EQ(x, y);
            }
        });
}

// Functions of the vocabulary that come in two words, and atan.
template <typename E>
static E vocabulary(E x) {
  Two<E> s = sin(twoProd(x, like(x, 1.75)));
  Scaled<E> t = tanh(twoProd(x, x));
  return (s.hi + cos(x).hi) * atan(x) + finish(t) - cos(-s).hi;
}

TEST_F(Interpretations, VocabularyAgrees) {
  for (double x : points) {
    double host = vocabulary(Host<double>(x, false)).value;
    Quad quad = vocabulary(Host<Quad>(x, false)).value;
    EXPECT_NEAR(host, double(quad), 0x1p-45) << x;

    OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
    ImplicitLocOpBuilder b(module->getLoc(), &context);
    b.setInsertionPointToEnd(module->getBody());
    auto function =
        func::FuncOp::create(b, "f", b.getFunctionType({}, b.getF64Type()));
    b.setInsertionPointToStart(function.addEntryBlock());
    IRContext math{b, PrimitiveForm::Math};
    Value input = arith::ConstantOp::create(b, b.getF64FloatAttr(x));
    Value result = vocabulary(IRExpr(input, math)).getValue();
    auto end = func::ReturnOp::create(b, result);
    ASSERT_TRUE(succeeded(applyPatternsGreedily(
        function, FrozenRewritePatternSet(RewritePatternSet(&context)))));
    APFloat folded(0.0);
    ASSERT_TRUE(matchPattern(end.getOperand(0), m_ConstantFloat(&folded)));
    EXPECT_NEAR(folded.convertToDouble(), host, 0x1p-45) << x;
  }
}

TEST_F(Interpretations, VocabularyInWords) {
  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
  ImplicitLocOpBuilder b(module->getLoc(), &context);
  b.setInsertionPointToEnd(module->getBody());
  auto function = func::FuncOp::create(
      b, "f", b.getFunctionType(b.getF32Type(), b.getF32Type()));
  b.setInsertionPointToStart(function.addEntryBlock());
  IRContext prim{b, PrimitiveForm::Prim};
  vocabulary(IRExpr(function.getArgument(0), prim));
  std::multiset<std::string> seen;
  function.walk([&](PrimOp op) {
    seen.insert(stringifyPrimitive(op.getFunction()).str() + " of " +
                std::to_string(op.getInputs().size()));
  });
  std::multiset<std::string> expected{"sin of 2", "tanh of 2", "cos of 1",
                                      "atan of 1", "cos of 2"};
  EXPECT_EQ(seen, expected);
}

TEST_F(Interpretations, ParametersAreRoundedToTheComputeType) {
  // 1.5 * 0.1 with the slope in f32 and in f64.
  OpBuilder b(&context);
  OwningOpRef<ModuleOp> module = ModuleOp::create(b.getUnknownLoc());
  b.setInsertionPointToEnd(module->getBody());
  auto zero =
      arith::ConstantOp::create(b, b.getUnknownLoc(), b.getF64FloatAttr(0.0));
  OperationState state(b.getUnknownLoc(), "act.leaky_relu");
  state.addOperands(zero.getResult());
  state.addTypes(b.getF64Type());
  state.addAttribute("alpha", b.getF64FloatAttr(0.1));
  auto op = cast<ActivationOpInterface>(b.create(state));
  EXPECT_EQ(op.evaluate({-1.0}, false).front(), -0.1);
  EXPECT_EQ(op.evaluate({-1.0}, true).front(), -double(0.1f));
}
