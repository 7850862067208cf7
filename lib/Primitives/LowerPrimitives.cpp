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
  LowerPrimOp(MLIRContext *context, const TargetPrimitives &target)
      : OpRewritePattern(context), target(target) {}

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
    bool wantLo = !op.getLo().use_empty();
    switch (op.getFunction()) {
    case Primitive::Exp:
      return target.exp(b, x, lo, wantLo);
    case Primitive::Exp2:
      return {target.exp2Scaled(b, x), Value(), Value()};
    case Primitive::Rcp:
      return target.rcp(b, x);
    case Primitive::Expm1:
      return target.expm1(b, x, lo);
    case Primitive::Log:
      return target.log(b, x, lo);
    case Primitive::Log1p:
      return target.log1p(b, x, lo);
    case Primitive::Tanh:
      return target.tanh(b, x, lo, wantLo);
    case Primitive::Erf:
      return target.erf(b, x, lo);
    case Primitive::Sigmoid:
      return target.sigmoid(b, x, lo);
    case Primitive::NormalCdf:
      return target.normalCdf(b, x, lo);
    case Primitive::Sin:
      return target.sin(b, x, lo, wantLo);
    case Primitive::Cos:
      return target.cos(b, x, lo, wantLo);
    case Primitive::Atan:
      return target.atan(b, x, lo);
    case Primitive::Scale:
      return {target.scale(b, x, lo), Value(), Value()};
    }
    llvm_unreachable("a primitive without code");
  }

  const TargetPrimitives &target;
};

/// A unary math op, by a function that emits its value.
template <typename OpTy>
struct LowerMathOp : OpRewritePattern<OpTy> {
  using Emit = Value (*)(const TargetPrimitives &, ImplicitLocOpBuilder &,
                         Value);

  LowerMathOp(MLIRContext *context, const TargetPrimitives &target, Emit emit)
      : OpRewritePattern<OpTy>(context), target(target), emit(emit) {}

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
    Value y = emit(target, b, x);
    if (type != computeType)
      y = arith::TruncFOp::create(b, type, y);
    rewriter.replaceOp(op, y);
    return success();
  }

private:
  const TargetPrimitives &target;
  Emit emit;
};

/// The one-word value of a primitive that needs no scaling.
template <PrimitiveResult (TargetPrimitives::*primitive)(ImplicitLocOpBuilder &,
                                                         Value, Value) const>
Value emitWord(const TargetPrimitives &target, ImplicitLocOpBuilder &b,
               Value x) {
  return (target.*primitive)(b, x, Value()).hi;
}
template <PrimitiveResult (TargetPrimitives::*primitive)(
    ImplicitLocOpBuilder &, Value, Value, bool) const>
Value emitWord(const TargetPrimitives &target, ImplicitLocOpBuilder &b,
               Value x) {
  return (target.*primitive)(b, x, Value(), /*wantLo=*/false).hi;
}

template <Value (TargetPrimitives::*function)(ImplicitLocOpBuilder &, Value)
              const>
Value emitScaled(const TargetPrimitives &target, ImplicitLocOpBuilder &b,
                 Value x) {
  return (target.*function)(b, x);
}
} // namespace

void act::populateLowerPrimitivesPatterns(RewritePatternSet &patterns,
                                          const TargetPrimitives &target) {
  using T = TargetPrimitives;
  MLIRContext *context = patterns.getContext();
  patterns.add<LowerPrimOp>(context, target);
  patterns.add<LowerMathOp<math::ExpM1Op>>(context, target,
                                           emitWord<&T::expm1>);
  patterns.add<LowerMathOp<math::LogOp>>(context, target, emitWord<&T::log>);
  patterns.add<LowerMathOp<math::Log1pOp>>(context, target,
                                           emitWord<&T::log1p>);
  patterns.add<LowerMathOp<math::TanhOp>>(context, target, emitWord<&T::tanh>);
  patterns.add<LowerMathOp<math::SinOp>>(context, target, emitWord<&T::sin>);
  patterns.add<LowerMathOp<math::CosOp>>(context, target, emitWord<&T::cos>);
  patterns.add<LowerMathOp<math::AtanOp>>(context, target, emitWord<&T::atan>);
  patterns.add<LowerMathOp<math::ErfOp>>(context, target, emitWord<&T::erf>);
  patterns.add<LowerMathOp<math::ExpOp>>(context, target,
                                         emitScaled<&T::expScaled>);
  patterns.add<LowerMathOp<math::Exp2Op>>(context, target,
                                          emitScaled<&T::exp2Scaled>);
  patterns.add<LowerMathOp<math::ErfcOp>>(context, target,
                                          emitScaled<&T::erfc>);
}
