//===- LowerPrimitives.cpp - patterns from primitives to arith ------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "IRValue.h"
#include "act/IR/Act.h"
#include "act/Primitives/TargetPrimitives.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace mlir::act;

/// The type to compute in: f32 for f16, bf16 and f32, f64 for f64; null for
/// what is not for these patterns.
static Type getPrimitiveType(Type type) {
  if (isa<TensorType>(type))
    return {};
  Type element = getElementTypeOrSelf(type);
  if (element.isF16() || element.isBF16())
    return withElementType(type, Float32Type::get(type.getContext()));
  return element.isF32() || element.isF64() ? type : Type();
}

namespace {
struct LowerPrimOp : OpRewritePattern<PrimOp> {
  LowerPrimOp(MLIRContext *context,
              std::shared_ptr<const TargetPrimitives> target)
      : OpRewritePattern(context), target(std::move(target)) {}

  LogicalResult matchAndRewrite(PrimOp op,
                                PatternRewriter &rewriter) const override {
    Type type = op.getHi().getType();
    if (getPrimitiveType(type) != type)
      return rewriter.notifyMatchFailure(op, "f32 and f64 off tensors only");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    PrimitiveResult result = emit(b, op);
    Value zero;
    auto orZero = [&](Value part) {
      if (part)
        return part;
      if (!zero)
        zero = buildConstant(b, type,
                             FloatAttr::get(getElementTypeOrSelf(type), 0.0));
      return zero;
    };
    rewriter.replaceOp(op,
                       {result.hi, orZero(result.lo), orZero(result.exponent)});
    return success();
  }

private:
  PrimitiveResult emit(ImplicitLocOpBuilder &b, PrimOp op) const {
    Value x = op.getInputs().front();
    Value lo = op.getInputs().size() > 1 ? op.getInputs()[1] : Value();
    PrimitiveDemand demand{!op.getLo().use_empty(), op.isFast(), op.isTame()};
    switch (op.getFunction()) {
    case Primitive::Exp:
      return target->exp(b, x, lo, demand);
    case Primitive::ExpScaled:
      return {target->expScaled(b, x, demand), Value(), Value()};
    case Primitive::Exp2:
      return {target->exp2Scaled(b, x, demand), Value(), Value()};
    case Primitive::Rcp:
      return target->rcp(b, x);
    case Primitive::Expm1:
      return target->expm1(b, x, lo, demand);
    case Primitive::Log:
      return target->log(b, x, lo);
    case Primitive::Log1p:
      return target->log1p(b, x, lo);
    case Primitive::Tanh:
      return target->tanh(b, x, lo, demand);
    case Primitive::Erf:
      return target->erf(b, x, lo);
    case Primitive::Sigmoid:
      return target->sigmoid(b, x, lo, demand);
    case Primitive::NormalCdf:
      return target->normalCdf(b, x, lo, demand);
    case Primitive::Sin:
      return target->sin(b, x, lo, demand);
    case Primitive::Cos:
      return target->cos(b, x, lo, demand);
    case Primitive::Atan:
      return target->atan(b, x, lo, demand);
    case Primitive::Scale:
      return {target->scale(b, x, lo), Value(), Value()};
    }
    llvm_unreachable("a primitive without code");
  }

  std::shared_ptr<const TargetPrimitives> target;
};

/// A unary math op, by a function that emits its value.
template <typename OpTy>
struct LowerMathOp : OpRewritePattern<OpTy> {
  using Emit = Value (*)(const TargetPrimitives &, ImplicitLocOpBuilder &,
                         Value, PrimitiveDemand);

  LowerMathOp(MLIRContext *context,
              std::shared_ptr<const TargetPrimitives> target, bool fast,
              Emit emit)
      : OpRewritePattern<OpTy>(context), target(std::move(target)), fast(fast),
        emit(emit) {}

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    Type type = op.getType();
    Type computeType = getPrimitiveType(type);
    if (!computeType)
      return rewriter.notifyMatchFailure(op, "no primitive on this type");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value x = op.getOperand();
    if (type != computeType)
      x = arith::ExtFOp::create(b, computeType, x);
    // What is rounded to 16 bits does not show the error of fast code.
    PrimitiveDemand demand{/*wantLo=*/false, fast || type != computeType};
    Value y = emit(*target, b, x, demand);
    if (type != computeType)
      y = arith::TruncFOp::create(b, type, y);
    rewriter.replaceOp(op, y);
    return success();
  }

private:
  std::shared_ptr<const TargetPrimitives> target;
  bool fast;
  Emit emit;
};

/// The one-word value of a primitive that needs no scaling.
template <PrimitiveResult (TargetPrimitives::*primitive)(ImplicitLocOpBuilder &,
                                                         Value, Value) const>
Value emitWord(const TargetPrimitives &target, ImplicitLocOpBuilder &b, Value x,
               PrimitiveDemand) {
  return (target.*primitive)(b, x, Value()).hi;
}
template <PrimitiveResult (TargetPrimitives::*primitive)(
    ImplicitLocOpBuilder &, Value, Value, PrimitiveDemand) const>
Value emitWord(const TargetPrimitives &target, ImplicitLocOpBuilder &b, Value x,
               PrimitiveDemand demand) {
  return (target.*primitive)(b, x, Value(), demand).hi;
}

template <Value (TargetPrimitives::*function)(ImplicitLocOpBuilder &, Value,
                                              PrimitiveDemand) const>
Value emitScaled(const TargetPrimitives &target, ImplicitLocOpBuilder &b,
                 Value x, PrimitiveDemand demand) {
  return (target.*function)(b, x, demand);
}
} // namespace

void act::populateLowerPrimitivesPatterns(
    RewritePatternSet &patterns,
    const std::shared_ptr<const TargetPrimitives> &target, bool fast) {
  using T = TargetPrimitives;
  MLIRContext *context = patterns.getContext();
  patterns.add<LowerPrimOp>(context, target);
  patterns.add<LowerMathOp<math::ExpM1Op>>(context, target, fast,
                                           emitWord<&T::expm1>);
  patterns.add<LowerMathOp<math::LogOp>>(context, target, fast,
                                         emitWord<&T::log>);
  patterns.add<LowerMathOp<math::Log1pOp>>(context, target, fast,
                                           emitWord<&T::log1p>);
  patterns.add<LowerMathOp<math::TanhOp>>(context, target, fast,
                                          emitWord<&T::tanh>);
  patterns.add<LowerMathOp<math::SinOp>>(context, target, fast,
                                         emitWord<&T::sin>);
  patterns.add<LowerMathOp<math::CosOp>>(context, target, fast,
                                         emitWord<&T::cos>);
  patterns.add<LowerMathOp<math::AtanOp>>(context, target, fast,
                                          emitWord<&T::atan>);
  patterns.add<LowerMathOp<math::ErfOp>>(context, target, fast,
                                         emitWord<&T::erf>);
  patterns.add<LowerMathOp<math::ExpOp>>(context, target, fast,
                                         emitScaled<&T::expScaled>);
  patterns.add<LowerMathOp<math::Exp2Op>>(context, target, fast,
                                          emitScaled<&T::exp2Scaled>);
  patterns.add<LowerMathOp<math::ErfcOp>>(context, target, fast,
                                          emitScaled<&T::erfc>);
}
