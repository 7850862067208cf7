//===- Expand.cpp - act-expand ---===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/IR/Act.h"
#include "act/Transforms/Options.h"
#include "act/Transforms/Passes.h"
#include "act/Transforms/Patterns.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::act {
#define GEN_PASS_DEF_ACTEXPAND
#include "act/Transforms/Passes.h.inc"
} // namespace mlir::act

using namespace mlir;
using namespace mlir::act;

namespace {
struct ExpandPattern : OpInterfaceRewritePattern<FormulaOpInterface> {
  ExpandPattern(MLIRContext *context, PrimitiveForm form, bool rareBranch)
      : OpInterfaceRewritePattern(context), form(form),
        rareBranch(rareBranch && form != PrimitiveForm::Math) {}

  LogicalResult matchAndRewrite(FormulaOpInterface op,
                                PatternRewriter &rewriter) const override {
    Type type = op->getResult(0).getType();
    if (isa<TensorType>(type))
      return rewriter.notifyMatchFailure(op, "tensors are for linalg");
    if (!llvm::all_equal(op->getOperandTypes()))
      return rewriter.notifyMatchFailure(op, "decomposition broadcasts");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Type computeType = getComputeType(type);
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(type == computeType ? operand
                                             : Value(arith::ExtFOp::create(
                                                   b, computeType, operand)));
    // What is rounded to 16 bits does not show the error of fast primitives.
    bool isFast = type != computeType ||
                  (form == PrimitiveForm::FastPrim && !op->hasAttr("precise"));
    PrimitiveForm ownForm = form == PrimitiveForm::Math ? form
                            : isFast ? PrimitiveForm::FastPrim
                                     : PrimitiveForm::Prim;
    IRContext context{b, ownForm};
    // (Masks of scalable vectors cannot be taken together.)
    auto vector = dyn_cast<VectorType>(type);
    bool mayBranch = rareBranch && !(vector && vector.isScalable());
    SmallVector<Value> values = mayBranch
                                    ? buildWithBranch(context, op, operands)
                                    : op.buildFormula(context, operands);
    if (type != computeType)
      for (Value &value : values)
        value = arith::TruncFOp::create(b, type, value);
    rewriter.replaceOp(op, values);
    return success();
  }

private:
  /// The formula for arguments near 0, and where they are not the whole one.
  static SmallVector<Value> buildWithBranch(IRContext &context,
                                            FormulaOpInterface op,
                                            ValueRange operands) {
    ImplicitLocOpBuilder &b = context.builder;
    SmallVector<Value> flags;
    IRContext tame{b, context.form, &flags};
    SmallVector<Value> near = op.buildFormula(tame, operands);
    Value holds;
    for (Value flag : flags) {
      Value zero = arith::ConstantOp::create(b, b.getZeroAttr(flag.getType()));
      Value isZero =
          arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, flag, zero);
      holds = holds ? arith::AndIOp::create(b, holds, isZero) : isZero;
    }
    // No primitive has a short form.
    if (!holds)
      return near;

    Value everywhere = holds;
    if (auto type = dyn_cast<VectorType>(holds.getType())) {
      if (type.getRank() != 1)
        everywhere = vector::ShapeCastOp::create(
            b, VectorType::get(type.getNumElements(), b.getI1Type()), holds);
      everywhere = vector::ReductionOp::create(b, vector::CombiningKind::AND,
                                               everywhere);
    }
    auto ifOp = scf::IfOp::create(b, ValueRange(near).getTypes(), everywhere,
                                  /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(ifOp.thenBlock());
    scf::YieldOp::create(b, near);
    b.setInsertionPointToStart(ifOp.elseBlock());
    SmallVector<Value> far = op.buildFormula(context, operands);
    for (auto [value, nearValue] : llvm::zip_equal(far, near))
      value = arith::SelectOp::create(b, holds, nearValue, value);
    scf::YieldOp::create(b, far);
    return ifOp.getResults();
  }

  PrimitiveForm form;
  bool rareBranch;
};

struct ExpandMergePattern : OpRewritePattern<MergeOp> {
  ExpandMergePattern(MLIRContext *context, PrimitiveForm form)
      : OpRewritePattern(context), form(form) {}

  LogicalResult matchAndRewrite(MergeOp op,
                                PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    IRContext context{b, form};
    rewriter.replaceOp(op, op.buildFormula(context));
    return success();
  }

private:
  PrimitiveForm form;
};

/// For other compilers: primitives that are there already, as math ops of one
/// word.
struct PrimToMathPattern : OpRewritePattern<PrimOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PrimOp op,
                                PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    IRContext context{b, PrimitiveForm::Math};
    IRExpr x(op.getInputs().front(), context);
    IRExpr zero = like(x, 0.0);
    rewriter.replaceOp(op, {evaluate(op, x, context).getValue(),
                            zero.getValue(), zero.getValue()});
    return success();
  }

private:
  static IRExpr evaluate(PrimOp op, IRExpr x, IRContext &context) {
    switch (op.getFunction()) {
    case Primitive::Exp:
    case Primitive::ExpScaled:
      return finish(exp(x));
    case Primitive::Exp2:
      return exp2(x);
    case Primitive::Expm1:
      return expm1(x).hi;
    case Primitive::Log:
      return log(x);
    case Primitive::Log1p:
      return log1p(x);
    case Primitive::Tanh:
      return tanh(x).hi;
    case Primitive::Erf:
      return erf(x);
    case Primitive::Sigmoid:
      return finish(sigmoid(x));
    case Primitive::NormalCdf:
      return finish(normalCdf(x));
    case Primitive::Rcp:
      return 1.0 / x;
    case Primitive::Sin:
      return sin(x).hi;
    case Primitive::Cos:
      return cos(x).hi;
    case Primitive::Atan:
      return atan(x);
    case Primitive::Scale:
      return scale(x, IRExpr(op.getInputs().back(), context));
    }
    llvm_unreachable("a primitive without a math op");
  }
};

struct ExpandPass : act::impl::ActExpandBase<ExpandPass> {
  using ActExpandBase::ActExpandBase;

  LogicalResult initialize(MLIRContext *context) override {
    FailureOr<PrimitiveForm> chosen =
        getPrimitiveForm(to, accuracy, [&]() -> InFlightDiagnostic {
          return emitError(UnknownLoc::get(context)) << "act-expand: ";
        });
    if (failed(chosen))
      return failure();
    form = *chosen;
    return success();
  }

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateExpandPatterns(patterns, form, rareBranch);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }

private:
  PrimitiveForm form = PrimitiveForm::Prim;
};
} // namespace

void act::populateExpandPatterns(RewritePatternSet &patterns,
                                 PrimitiveForm form, bool rareBranch) {
  patterns.add<ExpandPattern>(patterns.getContext(), form, rareBranch);
  patterns.add<ExpandMergePattern>(patterns.getContext(), form);
  if (form == PrimitiveForm::Math)
    patterns.add<PrimToMathPattern>(patterns.getContext());
}
