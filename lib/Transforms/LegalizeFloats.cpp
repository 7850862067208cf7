//===- LegalizeFloats.cpp - 16-bit floats without library calls -----------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Transforms/Passes.h"
#include "act/Transforms/Patterns.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"
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

static Value getConstant(ImplicitLocOpBuilder &b, Type type, int64_t value) {
  TypedAttr attr = b.getIntegerAttr(getElementTypeOrSelf(type), value);
  if (auto shaped = dyn_cast<ShapedType>(type))
    attr = DenseElementsAttr::get(shaped, ArrayRef<Attribute>(attr));
  return arith::ConstantOp::create(b, attr);
}

static bool isHalf(Type type) {
  return isa<Float16Type, BFloat16Type>(getElementTypeOrSelf(type));
}

/// Rounds to odd what `nearest` is rounded to nearest from: exact values stay,
/// the others take the neighbour with an odd significand. From an even one that
/// is one step towards the exact value, which is up in the bit pattern if that
/// is larger in magnitude. Infinity, an even pattern, steps down only.
static Value roundToOdd(ImplicitLocOpBuilder &b, Value nearest, Value isInexact,
                        Value isBelow) {
  Type type = nearest.getType();
  unsigned width = getElementTypeOrSelf(type).getIntOrFloatBitWidth();
  Type integer = cloneWith(type, b.getIntegerType(width));
  Value bits = arith::BitcastOp::create(b, integer, nearest);
  Value one = getConstant(b, integer, 1), zero = getConstant(b, integer, 0);
  Value isEven = arith::CmpIOp::create(
      b, arith::CmpIPredicate::eq, arith::AndIOp::create(b, bits, one), zero);
  Value isNegative =
      arith::CmpIOp::create(b, arith::CmpIPredicate::slt, bits, zero);
  Value goesDown =
      arith::CmpIOp::create(b, arith::CmpIPredicate::eq, isBelow, isNegative);
  Value odd =
      arith::SelectOp::create(b, goesDown, arith::SubIOp::create(b, bits, one),
                              arith::AddIOp::create(b, bits, one));
  Value moves = arith::AndIOp::create(b, isInexact, isEven);
  Value rounded = arith::SelectOp::create(b, moves, odd, bits);
  return arith::BitcastOp::create(b, type, rounded);
}

namespace {
/// f64 → 16 bits or less as f64 → f32 rounded to odd → the type. f32 has more
/// than two bits more than these, so the second rounding sees on which side of
/// a tie the f64 lies, and the result is that of a single rounding.
struct NarrowThroughOdd : OpRewritePattern<arith::TruncFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::TruncFOp op,
                                PatternRewriter &rewriter) const override {
    Type wideType = op.getIn().getType(), narrowType = op.getType();
    if (!isa<Float64Type>(getElementTypeOrSelf(wideType)) ||
        getElementTypeOrSelf(narrowType).getIntOrFloatBitWidth() > 16 ||
        op.getRoundingmode())
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value wide = op.getIn();
    Value nearest =
        arith::TruncFOp::create(b, cloneWith(wideType, b.getF32Type()), wide);
    Value back = arith::ExtFOp::create(b, wideType, nearest);
    Value odd = roundToOdd(
        b, nearest,
        arith::CmpFOp::create(b, arith::CmpFPredicate::ONE, back, wide),
        arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, back, wide));
    rewriter.replaceOpWithNewOp<arith::TruncFOp>(op, narrowType, odd);
    return success();
  }
};

/// Ops on 16 bits whose result is that of f32, rounded: rounding to an integer
/// is exact, and a square root in more than twice the bits is never so close to
/// a tie that a second rounding goes wrong.
template <typename Op>
struct ThroughSingle : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    Type type = op.getType();
    if (!isHalf(type))
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Type f32 = cloneWith(type, b.getF32Type());
    Value wide = arith::ExtFOp::create(b, f32, op.getOperand());
    wide = Op::create(b, f32, wide, op.getFastmath());
    rewriter.replaceOpWithNewOp<arith::TruncFOp>(op, type, wide);
    return success();
  }
};

/// A fused multiply-add of 16 bits: the product is exact in f64, the sum is
/// rounded to odd there, and so the narrowing is the only rounding that counts.
struct FmaThroughOdd : OpRewritePattern<math::FmaOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(math::FmaOp op,
                                PatternRewriter &rewriter) const override {
    Type type = op.getType();
    if (!isHalf(type))
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Type f64 = cloneWith(type, b.getF64Type());
    Value addend = arith::ExtFOp::create(b, f64, op.getC());
    Value product =
        arith::MulFOp::create(b, arith::ExtFOp::create(b, f64, op.getA()),
                              arith::ExtFOp::create(b, f64, op.getB()));
    Value sum = arith::AddFOp::create(b, product, addend);
    // What the sum leaves out, exactly (Knuth's TwoSum); NaN beside infinities.
    Value part = arith::SubFOp::create(b, sum, product);
    Value rest = arith::SubFOp::create(b, sum, part);
    Value error =
        arith::AddFOp::create(b, arith::SubFOp::create(b, product, rest),
                              arith::SubFOp::create(b, addend, part));
    Value zero = arith::ConstantOp::create(b, b.getZeroAttr(f64));
    Value odd = roundToOdd(
        b, sum,
        arith::CmpFOp::create(b, arith::CmpFPredicate::ONE, error, zero),
        arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, error, zero));
    rewriter.replaceOpWithNewOp<arith::TruncFOp>(op, type, odd);
    return success();
  }
};

/// Classes of numbers by comparisons: upstream lowers some of these ops not at
/// all and others not on vectors of several dimensions.
template <typename Op>
struct ClassByComparison : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    using Predicate = arith::CmpFPredicate;
    Value x = op.getOperand();
    Type type = x.getType();
    auto element = cast<FloatType>(getElementTypeOrSelf(type));
    const llvm::fltSemantics &format = element.getFloatSemantics();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    auto compare = [&](Predicate predicate, const APFloat &value) -> Value {
      TypedAttr attr = b.getFloatAttr(element, value);
      if (auto shaped = dyn_cast<ShapedType>(type))
        attr = DenseElementsAttr::get(shaped, ArrayRef<Attribute>(attr));
      return arith::CmpFOp::create(b, predicate, math::AbsFOp::create(b, x),
                                   arith::ConstantOp::create(b, attr));
    };
    Value result;
    if (isa<math::IsNaNOp>(op))
      result = arith::CmpFOp::create(b, Predicate::UNO, x, x);
    else if (isa<math::IsInfOp>(op))
      result = compare(Predicate::OEQ, APFloat::getInf(format));
    else
      result = compare(Predicate::OLT, APFloat::getInf(format));
    if (isa<math::IsNormalOp>(op))
      result = arith::AndIOp::create(
          b, result,
          compare(Predicate::OGE, APFloat::getSmallestNormalized(format)));
    rewriter.replaceOp(op, result);
    return success();
  }
};
} // namespace

void mlir::act::populateNarrowTruncFPatterns(RewritePatternSet &patterns) {
  patterns.add<NarrowThroughOdd>(patterns.getContext());
}

void mlir::act::populateWidenMathPatterns(RewritePatternSet &patterns) {
  patterns.add<
      ClassByComparison<math::IsFiniteOp>, ClassByComparison<math::IsInfOp>,
      ClassByComparison<math::IsNaNOp>, ClassByComparison<math::IsNormalOp>,
      FmaThroughOdd, ThroughSingle<math::CeilOp>, ThroughSingle<math::FloorOp>,
      ThroughSingle<math::RoundEvenOp>, ThroughSingle<math::SqrtOp>,
      ThroughSingle<math::TruncOp>>(patterns.getContext());
}

namespace {
struct ActLegalizeFloatsPass
    : act::impl::ActLegalizeFloatsBase<ActLegalizeFloatsPass> {
  void runOnOperation() override {
    MLIRContext *context = &getContext();
    RewritePatternSet widening(context), narrowing(context);
    populateWidenMathPatterns(widening);
    walkAndApplyPatterns(getOperation(), std::move(widening));
    populateNarrowTruncFPatterns(narrowing);
    walkAndApplyPatterns(getOperation(), std::move(narrowing));

    Type f32 = Float32Type::get(context);
    TypeConverter converter;
    arith::populateEmulateUnsupportedFloatsConversions(
        converter,
        {BFloat16Type::get(context), Float8E5M2Type::get(context),
         Float8E4M3Type::get(context), Float8E4M3FNType::get(context),
         Float8E3M4Type::get(context)},
        f32);
    ConversionTarget target(*context);
    arith::populateEmulateUnsupportedFloatsLegality(target, converter);
    RewritePatternSet emulation(context);
    arith::populateEmulateUnsupportedFloatsPatterns(emulation, converter);
    if (failed(applyPartialConversion(getOperation(), target,
                                      std::move(emulation))))
      return signalPassFailure();

    RewritePatternSet small(context);
    populateSmallFloatPatterns(small);
    walkAndApplyPatterns(getOperation(), std::move(small));

    // The emulation and others put flags on conversions. They mean nothing
    // there, and the conversion to LLVM leaves them behind as arith attributes.
    getOperation()->walk([](Operation *op) {
      if (isa<arith::ExtFOp, arith::TruncFOp>(op))
        op->removeAttr("fastmath");
    });
  }
};
} // namespace
