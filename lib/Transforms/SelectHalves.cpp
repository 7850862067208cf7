//===- SelectHalves.cpp - selections among 16-bit floats stay 16-bit ------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BitFunction.h"
#include "act/Transforms/Passes.h"
#include "act/Transforms/Patterns.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

namespace mlir::act {
#define GEN_PASS_DEF_ACTSELECTHALVES
#include "act/Transforms/Passes.h.inc"
} // namespace mlir::act

using namespace mlir;
using namespace mlir::act;

static Type getBitsType(Type type) {
  Type bits = IntegerType::get(type.getContext(), 16);
  if (auto shaped = dyn_cast<ShapedType>(type))
    return shaped.clone(bits);
  return bits;
}

namespace {
/// Rebuilds what is rounded to `type` from values of that type. Goes through
/// a computation twice: to find out whether it can, and to do it.
class Narrower {
public:
  Narrower(ImplicitLocOpBuilder &b, Type type)
      : b(b), type(type), bitsType(getBitsType(type)),
        format(cast<FloatType>(getElementTypeOrSelf(type))) {}

  bool canNarrow(Value wide, unsigned depth = 0);
  /// The bits of `wide` in the narrow type, but for NaNs that stay signaling.
  Value narrow(Value wide);
  /// Whether the last value built may be such a NaN.
  bool mayBeSignaling = false;

private:
  /// The operand of an extension from `type`.
  Value getExtended(Value wide);
  std::optional<BitFunction> getFunction(Value wide);
  Value getBits(Value value) {
    return arith::BitcastOp::create(b, bitsType, value);
  }

  ImplicitLocOpBuilder &b;
  Type type, bitsType;
  HalfFormat format;
};
} // namespace

Value Narrower::getExtended(Value wide) {
  auto extension = wide.getDefiningOp<arith::ExtFOp>();
  return extension && extension.getIn().getType() == type ? extension.getIn()
                                                          : Value();
}

std::optional<BitFunction> Narrower::getFunction(Value wide) {
  std::optional<BitFunction> function = getBitFunction(wide);
  if (function && function->argument.getType() != type)
    return std::nullopt;
  return function;
}

bool Narrower::canNarrow(Value wide, unsigned depth) {
  // Arms that selections share are rebuilt for each.
  constexpr unsigned kDeepest = 8;
  APFloat number(0.0f);
  if (getExtended(wide) || matchPattern(wide, m_ConstantFloat(&number)) ||
      getFunction(wide))
    return true;
  auto select = wide.getDefiningOp<arith::SelectOp>();
  return select && depth < kDeepest &&
         canNarrow(select.getTrueValue(), depth + 1) &&
         canNarrow(select.getFalseValue(), depth + 1);
}

Value Narrower::narrow(Value wide) {
  if (Value extended = getExtended(wide)) {
    mayBeSignaling = true;
    return getBits(extended);
  }
  APFloat number(0.0f);
  if (matchPattern(wide, m_ConstantFloat(&number))) {
    bool losesInfo;
    number.convert(
        cast<FloatType>(getElementTypeOrSelf(type)).getFloatSemantics(),
        APFloat::rmNearestTiesToEven, &losesInfo);
    TypedAttr attr = b.getIntegerAttr(b.getI16Type(), number.bitcastToAPInt());
    if (auto shaped = dyn_cast<ShapedType>(bitsType))
      attr = DenseElementsAttr::get(shaped, ArrayRef<Attribute>(attr));
    return arith::ConstantOp::create(b, attr);
  }
  if (std::optional<BitFunction> function = getFunction(wide))
    return buildBitFunction(b, getBits(function->argument), function->pieces,
                            format);
  auto select = wide.getDefiningOp<arith::SelectOp>();
  Value condition = select.getCondition();
  if (std::optional<BitFunction> function = getFunction(condition))
    condition = buildBitCondition(b, getBits(function->argument),
                                  function->pieces, format);
  Value yes = narrow(select.getTrueValue());
  Value no = narrow(select.getFalseValue());
  return arith::SelectOp::create(b, condition, yes, no);
}

namespace {
struct SelectHalves : OpRewritePattern<arith::TruncFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::TruncFOp op,
                                PatternRewriter &rewriter) const override {
    Type type = op.getType();
    if (!isa<Float16Type, BFloat16Type>(getElementTypeOrSelf(type)) ||
        !getElementTypeOrSelf(op.getIn()).isF32() || op.getRoundingmode())
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Narrower narrower(b, type);
    if (!narrower.canNarrow(op.getIn()))
      return failure();
    Value bits = narrower.narrow(op.getIn());
    if (narrower.mayBeSignaling)
      bits = buildQuiet(
          b, bits, HalfFormat(cast<FloatType>(getElementTypeOrSelf(type))));
    rewriter.replaceOpWithNewOp<arith::BitcastOp>(op, type, bits);
    return success();
  }
};

/// What is either rounded or a 16-bit number is selected after the rounding:
/// twice as many lanes at once.
struct SelectAfterRounding : OpRewritePattern<arith::TruncFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::TruncFOp op,
                                PatternRewriter &rewriter) const override {
    Type type = op.getType();
    auto select = op.getIn().getDefiningOp<arith::SelectOp>();
    if (!isa<Float16Type, BFloat16Type>(getElementTypeOrSelf(type)) ||
        !select || op.getRoundingmode())
      return failure();
    std::optional<BitFunction> function = getBitFunction(select.getCondition());
    if (!function || function->argument.getType() != type)
      return failure();
    // The arm that is the argument itself, of which no NaN may be selected.
    auto isArgument = [&](Value arm, bool when) {
      auto extension = arm.getDefiningOp<arith::ExtFOp>();
      HalfFormat format(cast<FloatType>(getElementTypeOrSelf(type)));
      return extension && extension.getIn() == function->argument &&
             llvm::none_of(function->pieces, [&](const BitPiece &piece) {
               return (piece.first & 0x7fff) > format.infinity &&
                      (piece.value.flip != 0) == when;
             });
    };
    bool isYes = isArgument(select.getTrueValue(), true);
    if (!isYes && !isArgument(select.getFalseValue(), false))
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    HalfFormat format(cast<FloatType>(getElementTypeOrSelf(type)));
    Type bitsType = getBitsType(type);
    Value argument = arith::BitcastOp::create(b, bitsType, function->argument);
    Value rounded = arith::BitcastOp::create(
        b, bitsType,
        arith::TruncFOp::create(
            b, type, isYes ? select.getFalseValue() : select.getTrueValue()));
    Value condition = buildBitCondition(b, argument, function->pieces, format);
    Value result = arith::SelectOp::create(
        b, condition, isYes ? argument : rounded, isYes ? rounded : argument);
    rewriter.replaceOpWithNewOp<arith::BitcastOp>(op, type, result);
    return success();
  }
};

struct ActSelectHalvesPass
    : act::impl::ActSelectHalvesBase<ActSelectHalvesPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateSelectHalvesPatterns(patterns);
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};
} // namespace

void mlir::act::populateSelectHalvesPatterns(RewritePatternSet &patterns) {
  patterns.add<SelectHalves>(patterns.getContext(), /*benefit=*/2);
  patterns.add<SelectAfterRounding>(patterns.getContext());
}
