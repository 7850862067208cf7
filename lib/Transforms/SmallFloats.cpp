//===- SmallFloats.cpp - 8-bit floats by integers -------------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// LLVM has no 8-bit floats: their conversions are integer arithmetic on the
// bits of an f32, the same on every target.
//
//===----------------------------------------------------------------------===//

#include "act/Transforms/Patterns.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace mlir::act;

namespace {
/// What is known of a format with subnormal numbers and signed zeros.
struct SmallFormat {
  explicit SmallFormat(Type element)
      : semantics(cast<FloatType>(element).getFloatSemantics()),
        fraction(static_cast<int>(APFloat::semanticsPrecision(semantics)) - 1),
        leastExponent(APFloat::semanticsMinExponent(semantics)),
        afterLargest(bits(APFloat::getLargest(semantics)) + 1),
        quietNaN(bits(APFloat::getNaN(semantics))) {}

  static uint32_t bits(const APFloat &value) {
    return value.bitcastToAPInt().getZExtValue();
  }
  /// 2^23 times the spacing of subnormal numbers: an f32 that is added to
  /// numbers below the least normal one rounds them, and shows the result in
  /// its last bits.
  uint32_t getMagic() const {
    return static_cast<uint32_t>(127 + leastExponent - fraction + 23) << 23;
  }
  uint32_t getLeastNormal() const {
    return static_cast<uint32_t>(127 + leastExponent) << 23;
  }
  /// What the exponents of f32 are larger by, at the place of the format's.
  uint32_t getBias() const {
    return static_cast<uint32_t>(127 + leastExponent - 1) << fraction;
  }

  const llvm::fltSemantics &semantics;
  int fraction, leastExponent;
  /// The pattern of infinity, or of NaN where there is no infinity.
  uint32_t afterLargest, quietNaN;
};

/// Builds integer arithmetic on the shape of a type.
class Bits {
public:
  Bits(ImplicitLocOpBuilder &b, Type like) : b(b), like(like) {}

  Type type(Type element) {
    auto shaped = dyn_cast<ShapedType>(like);
    return shaped ? Type(shaped.clone(element)) : element;
  }
  Value constant(uint32_t value) {
    TypedAttr attr = b.getI32IntegerAttr(static_cast<int32_t>(value));
    if (auto shaped = dyn_cast<ShapedType>(type(b.getI32Type())))
      attr = DenseElementsAttr::get(shaped, ArrayRef<Attribute>(attr));
    return arith::ConstantOp::create(b, attr);
  }
  Value toFloat(Value bits) {
    return arith::BitcastOp::create(b, type(b.getF32Type()), bits);
  }
  Value fromFloat(Value value) {
    return arith::BitcastOp::create(b, type(b.getI32Type()), value);
  }
  template <typename Op>
  Value make(Value lhs, uint32_t rhs) {
    return Op::create(b, lhs, constant(rhs));
  }
  Value isLess(Value lhs, uint32_t rhs) {
    return arith::CmpIOp::create(b, arith::CmpIPredicate::slt, lhs,
                                 constant(rhs));
  }
  Value select(Value condition, Value yes, Value no) {
    return arith::SelectOp::create(b, condition, yes, no);
  }

private:
  ImplicitLocOpBuilder &b;
  Type like;
};
} // namespace

/// Formats of 8 bits with a sign, a zero of either sign, and NaN.
static bool isSmall(Type type) {
  return isa<Float8E5M2Type, Float8E4M3Type, Float8E4M3FNType, Float8E3M4Type>(
      getElementTypeOrSelf(type));
}

namespace {
/// f32 to 8 bits: to nearest, ties to even. What is too large becomes infinity,
/// or NaN where there is none.
struct NarrowToSmall : OpRewritePattern<arith::TruncFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::TruncFOp op,
                                PatternRewriter &rewriter) const override {
    if (!isSmall(op.getType()) || op.getRoundingmode() ||
        getElementTypeOrSelf(op.getIn()).getIntOrFloatBitWidth() > 32)
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    SmallFormat format(getElementTypeOrSelf(op.getType()));
    Bits i(b, op.getType());
    Value wide = op.getIn();
    if (!getElementTypeOrSelf(wide).isF32())
      wide = arith::ExtFOp::create(b, i.type(b.getF32Type()), wide);

    Value bits = i.fromFloat(wide);
    Value magnitude = i.make<arith::AndIOp>(bits, 0x7fffffff);
    // Half of the last place less one, and the last bit, carry into the rest.
    unsigned shift = 23 - format.fraction;
    Value last =
        i.make<arith::AndIOp>(i.make<arith::ShRUIOp>(magnitude, shift), 1);
    Value normal = arith::AddIOp::create(
        b, i.make<arith::AddIOp>(magnitude, (1u << (shift - 1)) - 1), last);
    normal = i.make<arith::SubIOp>(i.make<arith::ShRUIOp>(normal, shift),
                                   format.getBias());
    normal = i.make<arith::MinSIOp>(normal, format.afterLargest);

    Value moved = i.fromFloat(arith::AddFOp::create(
        b, i.toFloat(magnitude), i.toFloat(i.constant(format.getMagic()))));
    Value subnormal = i.make<arith::SubIOp>(moved, format.getMagic());
    Value result = i.select(i.isLess(magnitude, format.getLeastNormal()),
                            subnormal, normal);
    if (format.afterLargest != format.quietNaN)
      result = i.select(i.isLess(magnitude, 0x7f800001), result,
                        i.constant(format.quietNaN));
    Value sign = i.make<arith::AndIOp>(i.make<arith::ShRUIOp>(bits, 24), 0x80);
    result = arith::TruncIOp::create(b, i.type(b.getI8Type()),
                                     arith::OrIOp::create(b, result, sign));
    rewriter.replaceOpWithNewOp<arith::BitcastOp>(op, op.getType(), result);
    return success();
  }
};

/// 8 bits to f32, which is exact, and from there to the type asked for.
struct WidenSmall : OpRewritePattern<arith::ExtFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::ExtFOp op,
                                PatternRewriter &rewriter) const override {
    if (!isSmall(op.getIn().getType()))
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    SmallFormat format(getElementTypeOrSelf(op.getIn()));
    Bits i(b, op.getType());
    Value bits = arith::ExtUIOp::create(
        b, i.type(b.getI32Type()),
        arith::BitcastOp::create(b, i.type(b.getI8Type()), op.getIn()));
    Value magnitude = i.make<arith::AndIOp>(bits, 0x7f);
    Value normal = i.make<arith::ShLIOp>(
        i.make<arith::AddIOp>(magnitude, format.getBias()),
        23 - format.fraction);
    Value subnormal = i.fromFloat(arith::SubFOp::create(
        b, i.toFloat(i.make<arith::AddIOp>(magnitude, format.getMagic())),
        i.toFloat(i.constant(format.getMagic()))));
    Value result =
        i.select(i.isLess(magnitude, 1u << format.fraction), subnormal, normal);
    Value special = i.constant(0x7fc00000);
    if (format.afterLargest != format.quietNaN)
      special = i.select(i.isLess(magnitude, format.afterLargest + 1),
                         i.constant(0x7f800000), special);
    result =
        i.select(i.isLess(magnitude, format.afterLargest), result, special);
    Value sign = i.make<arith::ShLIOp>(i.make<arith::AndIOp>(bits, 0x80), 24);
    Value wide = i.toFloat(arith::OrIOp::create(b, result, sign));
    unsigned width = getElementTypeOrSelf(op.getType()).getIntOrFloatBitWidth();
    if (width > 32)
      wide = arith::ExtFOp::create(b, op.getType(), wide);
    else if (width < 32)
      wide = arith::TruncFOp::create(b, op.getType(), wide);
    rewriter.replaceOp(op, wide);
    return success();
  }
};
} // namespace

void mlir::act::populateSmallFloatPatterns(RewritePatternSet &patterns) {
  patterns.add<NarrowToSmall, WidenSmall>(patterns.getContext());
}
