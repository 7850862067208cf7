//===- LegalizeFloats.cpp - 16-bit floats without library calls -----------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Transforms/Passes.h"
#include "act/Transforms/Schedule.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/DialectConversion.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

namespace mlir::act {
#define GEN_PASS_DEF_ACTLEGALIZEFLOATS
#include "act/Transforms/Passes.h.inc"
} // namespace mlir::act

using namespace mlir;
using namespace mlir::act;

static Type cloneWith(Type type, Type element) {
  if (auto shaped = dyn_cast<ShapedType>(type))
    return shaped.clone(element);
  return element;
}

static Value getConstant(OpBuilder &b, Location loc, Type type,
                         TypedAttr value) {
  if (auto shaped = dyn_cast<ShapedType>(type))
    value = DenseElementsAttr::get(shaped, ArrayRef<Attribute>(value));
  return arith::ConstantOp::create(b, loc, value);
}

namespace {
/// f64 → f16 or bf16 as f64 → f32 rounded to odd → 16 bits. f32 has more than
/// two bits more than either, so the second rounding sees on which side of a
/// tie the f64 lies, and the result is that of a single rounding.
struct NarrowThroughOdd : OpRewritePattern<arith::TruncFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::TruncFOp op,
                                PatternRewriter &rewriter) const override {
    Type wideType = op.getIn().getType(), narrowType = op.getType();
    if (!isa<Float64Type>(getElementTypeOrSelf(wideType)) ||
        !isa<Float16Type, BFloat16Type>(getElementTypeOrSelf(narrowType)) ||
        op.getRoundingmode())
      return failure();
    Location loc = op.getLoc();
    Type f32 = cloneWith(wideType, rewriter.getF32Type());
    Type i32 = cloneWith(wideType, rewriter.getI32Type());
    Value wide = op.getIn();
    Value nearest = arith::TruncFOp::create(rewriter, loc, f32, wide);
    Value back = arith::ExtFOp::create(rewriter, loc, wideType, nearest);
    Value bits = arith::BitcastOp::create(rewriter, loc, i32, nearest);
    Value one = getConstant(rewriter, loc, i32, rewriter.getI32IntegerAttr(1));
    Value zero = getConstant(rewriter, loc, i32, rewriter.getI32IntegerAttr(0));

    // Rounded to odd: exact values stay, the others take the neighbour with an
    // odd significand. From an even one that is one step towards the f64, which
    // is up in the bit pattern if the f64 is larger in magnitude. Infinity,
    // an even pattern, steps down only.
    Value isInexact = arith::CmpFOp::create(
        rewriter, loc, arith::CmpFPredicate::ONE, back, wide);
    Value isEven = arith::CmpIOp::create(
        rewriter, loc, arith::CmpIPredicate::eq,
        arith::AndIOp::create(rewriter, loc, bits, one), zero);
    Value isBelow = arith::CmpFOp::create(
        rewriter, loc, arith::CmpFPredicate::OLT, back, wide);
    Value isNegative = arith::CmpIOp::create(
        rewriter, loc, arith::CmpIPredicate::slt, bits, zero);
    Value goesDown = arith::CmpIOp::create(
        rewriter, loc, arith::CmpIPredicate::eq, isBelow, isNegative);
    Value down = arith::SubIOp::create(rewriter, loc, bits, one);
    Value up = arith::AddIOp::create(rewriter, loc, bits, one);
    Value odd = arith::SelectOp::create(rewriter, loc, goesDown, down, up);
    Value moves = arith::AndIOp::create(rewriter, loc, isInexact, isEven);
    Value rounded = arith::SelectOp::create(rewriter, loc, moves, odd, bits);
    Value single = arith::BitcastOp::create(rewriter, loc, f32, rounded);
    rewriter.replaceOpWithNewOp<arith::TruncFOp>(op, narrowType, single);
    return success();
  }
};
} // namespace

void mlir::act::populateNarrowTruncFPatterns(RewritePatternSet &patterns) {
  patterns.add<NarrowThroughOdd>(patterns.getContext());
}

namespace {
struct ActLegalizeFloatsPass
    : act::impl::ActLegalizeFloatsBase<ActLegalizeFloatsPass> {
  void runOnOperation() override {
    MLIRContext *context = &getContext();
    RewritePatternSet narrowing(context);
    populateNarrowTruncFPatterns(narrowing);
    walkAndApplyPatterns(getOperation(), std::move(narrowing));

    Type bf16 = BFloat16Type::get(context), f32 = Float32Type::get(context);
    TypeConverter converter;
    arith::populateEmulateUnsupportedFloatsConversions(converter, {bf16}, f32);
    ConversionTarget target(*context);
    arith::populateEmulateUnsupportedFloatsLegality(target, converter);
    RewritePatternSet emulation(context);
    arith::populateEmulateUnsupportedFloatsPatterns(emulation, converter);
    if (failed(applyPartialConversion(getOperation(), target,
                                      std::move(emulation))))
      return signalPassFailure();

    // The emulation and others put flags on conversions. They mean nothing
    // there, and the conversion to LLVM leaves them behind as arith attributes.
    getOperation()->walk([](Operation *op) {
      if (isa<arith::ExtFOp, arith::TruncFOp>(op))
        op->removeAttr("fastmath");
    });
  }
};
} // namespace
