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

/// More than any activation takes.
constexpr unsigned mostOperands = 5;

/// Creates an activation on as many of `operands` as it takes, with numbers for
/// attributes that have to be given; null where it cannot be.
inline Operation *createActivation(OpBuilder &b, Location loc,
                                   RegisteredOperationName name,
                                   ValueRange operands) {
  MLIRContext *context = b.getContext();
  // Not everything that is tried is allowed.
  ScopedDiagnosticHandler silent(context,
                                 [](Diagnostic &) { return success(); });
  Type type = operands.front().getType();
  for (size_t arity = 1; arity <= operands.size(); ++arity) {
    for (bool withAttributes : {false, true}) {
      OperationState state(loc, name);
      state.addOperands(operands.take_front(arity));
      state.addTypes(type);
      for (StringAttr attribute : name.getAttributeNames())
        for (Attribute value : {Attribute(b.getF64FloatAttr(0.5)),
                                Attribute(b.getI64IntegerAttr(0))}) {
          NamedAttrList attributes(
              b.getDictionaryAttr(NamedAttribute(attribute, value)));
          if (!withAttributes ||
              failed(name.verifyInherentAttrs(
                  attributes, [&] { return mlir::emitError(loc); })))
            continue;
          state.addAttribute(attribute, value);
          break;
        }
      Operation *op = b.create(state);
      if (succeeded(verify(op)))
        return op;
      op->erase();
    }
  }
  return nullptr;
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
    for (RegisteredOperationName name : context.getRegisteredOperations()) {
      if (!name.hasInterface<ActivationOpInterface>())
        continue;
      std::string id = name.getStringRef().str();
      if (!tryOp(name, type, {}, id, test)) {
        ADD_FAILURE() << id << " cannot be made";
        continue;
      }
      ++count;
      for (StringAttr parameter : name.getAttributeNames())
        for (double value : {0.3, 2.5, -0.7}) {
          auto number = FloatAttr::get(Float64Type::get(&context), value);
          tryOp(name, type, NamedAttribute(parameter, number),
                id + " " + parameter.str() + "=" + std::to_string(value), test);
        }
    }
    return count;
  }

  /// Likewise, with the op's gradient, which is not part of the function.
  unsigned
  forEachGradient(Type type,
                  llvm::function_ref<void(ActivationOpInterface,
                                          FormulaOpInterface, std::string)>
                      test) {
    return forEachOp(type, [&](ActivationOpInterface op, std::string id) {
      OpBuilder b(op);
      OperationState state(op.getLoc(),
                           op->getName().getStringRef().str() + "_grad");
      state.addOperands(op->getOperands());
      state.addOperands(op->getOperand(0));
      state.addAttributes(op->getAttrs());
      // With respect to x, or to as many as there are operands.
      ScopedDiagnosticHandler silent(&context,
                                     [](Diagnostic &) { return success(); });
      for (unsigned results : {1u, op->getNumOperands()}) {
        state.types.assign(results, type);
        Operation *gradient = b.create(state);
        if (succeeded(verify(gradient))) {
          test(op, cast<FormulaOpInterface>(gradient), id);
          gradient->erase();
          return;
        }
        gradient->erase();
      }
      ADD_FAILURE() << id << " has no gradient";
    });
  }

  MLIRContext context;

private:
  bool
  tryOp(RegisteredOperationName name, Type type,
        std::optional<NamedAttribute> attribute, const std::string &id,
        llvm::function_ref<void(ActivationOpInterface, std::string)> test) {
    OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
    ImplicitLocOpBuilder b(module->getLoc(), &context);
    b.setInsertionPointToEnd(module->getBody());
    SmallVector<Type> types(mostOperands, type);
    auto function =
        func::FuncOp::create(b, "f", b.getFunctionType(types, type));
    b.setInsertionPointToStart(function.addEntryBlock());
    Operation *op =
        createActivation(b, b.getLoc(), name, function.getArguments());
    if (!op)
      return false;
    if (attribute) {
      // Parameters only: numbers have other types in other attributes.
      std::optional<Attribute> old =
          op->getInherentAttr(attribute->getName().getValue());
      if (!old || (*old && !isa<FloatAttr>(*old)))
        return false;
      ScopedDiagnosticHandler silent(&context,
                                     [](Diagnostic &) { return success(); });
      NamedAttrList attributes(b.getDictionaryAttr(*attribute));
      if (failed(name.verifyInherentAttrs(
              attributes, [&] { return mlir::emitError(b.getLoc()); })))
        return false;
      op->setInherentAttr(attribute->getName(), attribute->getValue());
    }
    func::ReturnOp::create(b, op->getResults());
    {
      ScopedDiagnosticHandler silent(&context,
                                     [](Diagnostic &) { return success(); });
      if (failed(verify(*module)))
        return false;
    }
    test(cast<ActivationOpInterface>(op), id);
    return true;
  }
};

} // namespace mlir::act

#endif // ACT_UNITTESTS_FORMULA_OPWALK_H
