//===- OpWalk.h - every activation, whatever it is called -------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_UNITTESTS_FORMULA_OPWALK_H
#define ACT_UNITTESTS_FORMULA_OPWALK_H

#include "act/IR/Act.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "gtest/gtest.h"

namespace mlir::act {

/// Upstream folds no fused multiply-add.
struct FoldFma : OpRewritePattern<math::FmaOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(math::FmaOp op,
                                PatternRewriter &rewriter) const override {
    APFloat a(0.0), b(0.0), c(0.0);
    if (!matchPattern(op.getA(), m_ConstantFloat(&a)) ||
        !matchPattern(op.getB(), m_ConstantFloat(&b)) ||
        !matchPattern(op.getC(), m_ConstantFloat(&c)))
      return failure();
    a.fusedMultiplyAdd(b, c, APFloat::rmNearestTiesToEven);
    rewriter.replaceOpWithNewOp<arith::ConstantOp>(
        op, FloatAttr::get(op.getType(), a));
    return success();
  }
};

/// What a function without arguments returns, if folding finds it.
inline std::optional<double> foldToNumber(func::FuncOp function) {
  RewritePatternSet patterns(function.getContext());
  patterns.add<FoldFma>(patterns.getContext());
  APFloat value(0.0);
  if (failed(applyPatternsGreedily(function, std::move(patterns))) ||
      !matchPattern(function.front().getTerminator()->getOperand(0),
                    m_ConstantFloat(&value)))
    return std::nullopt;
  return value.convertToDouble();
}

/// A test of all registered ops that are activations.
class OpWalk : public testing::Test {
protected:
  OpWalk() {
    context.loadDialect<ActDialect, func::FuncDialect, math::MathDialect>();
  }

  /// Calls `test` for each activation on the arguments of a function, scalars
  /// of `type`: with default parameters, then with each real one changed, as
  /// far as that is allowed. Returns how many activations there were.
  unsigned
  forEachOp(Type type,
            llvm::function_ref<void(ActivationOpInterface, std::string)> test) {
    unsigned count = 0;
    // Not everything that is tried is allowed.
    ScopedDiagnosticHandler silent(&context,
                                   [](Diagnostic &) { return success(); });
    for (RegisteredOperationName name : context.getRegisteredOperations()) {
      if (!name.hasInterface<ActivationOpInterface>())
        continue;
      unsigned arity = name.hasTrait<OpTrait::OneOperand>() ? 1 : 2;
      std::string id = name.getStringRef().str();
      if (!tryOp(name, type, arity, {}, id, test))
        continue;
      ++count;
      for (StringAttr parameter : name.getAttributeNames())
        for (double value : {0.3, 2.5, -0.7}) {
          auto number = FloatAttr::get(Float64Type::get(&context), value);
          tryOp(name, type, arity, NamedAttribute(parameter, number),
                id + " " + parameter.str() + "=" + std::to_string(value), test);
        }
    }
    return count;
  }

  MLIRContext context;

private:
  bool
  tryOp(RegisteredOperationName name, Type type, unsigned arity,
        std::optional<NamedAttribute> attribute, const std::string &id,
        llvm::function_ref<void(ActivationOpInterface, std::string)> test) {
    OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
    ImplicitLocOpBuilder b(module->getLoc(), &context);
    b.setInsertionPointToEnd(module->getBody());
    SmallVector<Type> types(arity, type);
    auto function =
        func::FuncOp::create(b, "f", b.getFunctionType(types, type));
    b.setInsertionPointToStart(function.addEntryBlock());
    OperationState state(b.getLoc(), name);
    state.addOperands(function.getArguments());
    state.addTypes(type);
    Operation *op = b.create(state);
    if (attribute) {
      // Parameters only: numbers have other types in other attributes.
      std::optional<Attribute> old =
          op->getInherentAttr(attribute->getName().getValue());
      if (!old || (*old && !isa<FloatAttr>(*old)))
        return false;
      NamedAttrList attributes(b.getDictionaryAttr(*attribute));
      if (failed(name.verifyInherentAttrs(
              attributes, [&] { return mlir::emitError(b.getLoc()); })))
        return false;
      op->setInherentAttr(attribute->getName(), attribute->getValue());
    }
    func::ReturnOp::create(b, op->getResults());
    if (failed(verify(*module)))
      return false;
    test(cast<ActivationOpInterface>(op), id);
    return true;
  }
};

} // namespace mlir::act

#endif // ACT_UNITTESTS_FORMULA_OPWALK_H
