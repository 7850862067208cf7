//===- TestDerivative.cpp - derivatives of formulas as IR -----------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/IR/Act.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;
using namespace mlir::act;

namespace {
struct DerivativePattern : OpInterfaceRewritePattern<ActivationOpInterface> {
  DerivativePattern(MLIRContext *context, unsigned index)
      : OpInterfaceRewritePattern(context), index(index) {}

  LogicalResult matchAndRewrite(ActivationOpInterface op,
                                PatternRewriter &rewriter) const override {
    Type type = op->getResult(0).getType();
    if (isa<TensorType>(type) || index >= op->getNumOperands())
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Type computeType = getComputeType(type);
    SmallVector<Value> operands(op->getOperands());
    if (type != computeType)
      for (Value &operand : operands)
        operand = arith::ExtFOp::create(b, computeType, operand);
    IRContext context{b, PrimitiveForm::Prim};
    Value value = op.buildDerivative(context, operands, index);
    if (type != computeType)
      value = arith::TruncFOp::create(b, type, value);
    rewriter.replaceOp(op, value);
    return success();
  }

private:
  unsigned index;
};

struct TestDerivativePass : PassWrapper<TestDerivativePass, OperationPass<>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(TestDerivativePass)

  TestDerivativePass() = default;
  TestDerivativePass(const TestDerivativePass &other) : PassWrapper(other) {}

  StringRef getArgument() const override { return "test-act-derivative"; }
  StringRef getDescription() const override {
    return "replace activations on scalars and vectors by their derivatives";
  }
  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<arith::ArithDialect, math::MathDialect>();
  }
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<DerivativePattern>(&getContext(), operand);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }

  Option<unsigned> operand{*this, "operand",
                           llvm::cl::desc("with respect to which operand"),
                           llvm::cl::init(0)};
};
} // namespace

namespace mlir::act::test {
void registerTestDerivativePass() { PassRegistration<TestDerivativePass>(); }
} // namespace mlir::act::test
