//===- ConvertHalves.cpp - f32 and bf16 by what the CPU has ---------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Support/Target.h"
#include "act/Transforms/Passes.h"
#include "act/Transforms/Patterns.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

namespace mlir::act {
#define GEN_PASS_DEF_ACTCONVERTHALVES
#include "act/Transforms/Passes.h.inc"
} // namespace mlir::act

using namespace mlir;
using namespace mlir::act;

/// Elements of f32 in a 512-bit register.
static constexpr int64_t kLanes = 16;

/// A vector that fills pairs of registers, which is what the code below is for;
/// none for others.
static VectorType getWholePairs(Type type) {
  auto vector = dyn_cast<VectorType>(type);
  if (!vector || vector.isScalable() || vector.getRank() == 0 ||
      vector.getNumElements() % (2 * kLanes) != 0)
    return {};
  return vector;
}

static Value buildSplat(ImplicitLocOpBuilder &b, VectorType type,
                        int64_t value) {
  return arith::ConstantOp::create(
      b, DenseElementsAttr::get(
             type, b.getIntegerAttr(type.getElementType(), value)));
}

static Value slice(ImplicitLocOpBuilder &b, Value flat, int64_t from,
                   int64_t size) {
  return vector::ExtractStridedSliceOp::create(b, flat, from, size, 1);
}

/// Puts vectors of the same type one after another.
static Value concatenate(ImplicitLocOpBuilder &b, ArrayRef<Value> parts) {
  auto part = cast<VectorType>(parts.front().getType());
  int64_t size = part.getNumElements();
  if (parts.size() == 1)
    return parts.front();
  auto type = VectorType::get(size * static_cast<int64_t>(parts.size()),
                              part.getElementType());
  Value all = arith::ConstantOp::create(b, b.getZeroAttr(type));
  for (auto [i, value] : llvm::enumerate(parts))
    all = vector::InsertStridedSliceOp::create(
        b, value, all, static_cast<int64_t>(i) * size, 1);
  return all;
}

/// The upper halves of two registers of integers as one register.
static Value packUpperHalves(ImplicitLocOpBuilder &b, Value low, Value high) {
  auto halves = VectorType::get(2 * kLanes, b.getI16Type());
  SmallVector<int64_t> odd;
  for (int64_t lane = 0; lane < 2 * kLanes; ++lane)
    odd.push_back(2 * lane + 1);
  return vector::ShuffleOp::create(b, vector::BitCastOp::create(b, halves, low),
                                   vector::BitCastOp::create(b, halves, high),
                                   odd);
}

/// Rounds a flat vector of f32 to the nearest bf16, ties to even, by integers,
/// as the bits of it: half of the last place less one plus the last bit carries
/// where the rest is more than that. NaN becomes a quiet one.
static Value roundByIntegers(ImplicitLocOpBuilder &b, Value flat) {
  auto type = cast<VectorType>(flat.getType());
  VectorType words = type.clone(b.getI32Type());
  Value bits = arith::BitcastOp::create(b, words, flat);
  Value last = arith::AndIOp::create(
      b, arith::ShRUIOp::create(b, bits, buildSplat(b, words, 16)),
      buildSplat(b, words, 1));
  Value rounded = arith::AddIOp::create(
      b, bits, arith::AddIOp::create(b, last, buildSplat(b, words, 0x7fff)));
  SmallVector<Value> parts;
  for (int64_t i = 0, e = type.getNumElements(); i < e; i += 2 * kLanes)
    parts.push_back(packUpperHalves(b, slice(b, rounded, i, kLanes),
                                    slice(b, rounded, i + kLanes, kLanes)));
  Value isNaN = arith::CmpFOp::create(b, arith::CmpFPredicate::UNO, flat, flat);
  Value result = concatenate(b, parts);
  return arith::SelectOp::create(
      b, isNaN, buildSplat(b, cast<VectorType>(result.getType()), 0x7fc0),
      result);
}

/// The same by vcvtne2ps2bf16, which is right for all but NaNs, whose payload
/// it keeps, and subnormal numbers, which it takes for zero. Where there is one
/// of these, integers do it.
static Value roundByInstruction(ImplicitLocOpBuilder &b, Value flat) {
  auto type = cast<VectorType>(flat.getType());
  int64_t size = type.getNumElements();
  auto mask = VectorType::get(kLanes, b.getI1Type());
  // Both kinds of NaN, subnormal numbers.
  Value classes = arith::ConstantOp::create(b, b.getI32IntegerAttr(0xa1));
  Value special;
  for (int64_t i = 0; i < size; i += kLanes) {
    Value inPart =
        LLVM::CallIntrinsicOp::create(
            b, mask, b.getStringAttr("llvm.x86.avx512.fpclass.ps.512"),
            ValueRange{slice(b, flat, i, kLanes), classes})
            .getResult(0);
    special = special ? arith::OrIOp::create(b, special, inPart) : inPart;
  }
  Value lanes = vector::ExtractOp::create(
      b,
      vector::BitCastOp::create(b, VectorType::get(1, b.getIntegerType(kLanes)),
                                special),
      0);
  Value none = arith::ConstantOp::create(
      b, b.getIntegerAttr(b.getIntegerType(kLanes), 0));
  Value isSpecial =
      arith::CmpIOp::create(b, arith::CmpIPredicate::ne, lanes, none);
  isSpecial = LLVM::ExpectOp::create(
      b, isSpecial, arith::ConstantOp::create(b, b.getBoolAttr(false)));

  auto pair = VectorType::get(2 * kLanes, b.getBF16Type());
  VectorType bits = type.clone(b.getI16Type());
  auto choice = scf::IfOp::create(b, TypeRange(bits), isSpecial,
                                  /*addThenBlock=*/true, /*addElseBlock=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(choice.thenBlock());
  scf::YieldOp::create(b, roundByIntegers(b, flat));
  b.setInsertionPointToStart(choice.elseBlock());
  SmallVector<Value> parts;
  for (int64_t i = 0; i < size; i += 2 * kLanes) {
    Value low = slice(b, flat, i, kLanes);
    Value high = slice(b, flat, i + kLanes, kLanes);
    Value both =
        LLVM::CallIntrinsicOp::create(
            b, pair, b.getStringAttr("llvm.x86.avx512bf16.cvtne2ps2bf16.512"),
            ValueRange{high, low})
            .getResult(0);
    parts.push_back(
        arith::BitcastOp::create(b, pair.clone(b.getI16Type()), both));
  }
  scf::YieldOp::create(b, concatenate(b, parts));
  return choice.getResult(0);
}

namespace {
/// bf16 to f32 by a permutation of its halves and those of zero, which is
/// exact for NaNs too.
struct ExtendBF16 : OpRewritePattern<arith::ExtFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::ExtFOp op,
                                PatternRewriter &rewriter) const override {
    VectorType type = getWholePairs(op.getType());
    if (!type || !type.getElementType().isF32() ||
        !getElementTypeOrSelf(op.getIn()).isBF16())
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    int64_t size = type.getNumElements();
    Value flat =
        arith::BitcastOp::create(b, type.clone(b.getI16Type()), op.getIn());
    if (type.getRank() != 1)
      flat = vector::ShapeCastOp::create(
          b, VectorType::get(size, b.getI16Type()), flat);
    Value zero = buildSplat(b, VectorType::get(2 * kLanes, b.getI16Type()), 0);
    SmallVector<Value> parts;
    for (int64_t i = 0; i < size; i += kLanes) {
      Value pair = slice(b, flat, i / (2 * kLanes) * 2 * kLanes, 2 * kLanes);
      SmallVector<int64_t> picked;
      for (int64_t lane = 0; lane < kLanes; ++lane)
        picked.append({0, 2 * kLanes + i % (2 * kLanes) + lane});
      parts.push_back(vector::BitCastOp::create(
          b, VectorType::get(kLanes, b.getF32Type()),
          vector::ShuffleOp::create(b, zero, pair, picked)));
    }
    Value result = concatenate(b, parts);
    if (type.getRank() != 1)
      result = vector::ShapeCastOp::create(b, type, result);
    rewriter.replaceOp(op, result);
    return success();
  }
};

struct RoundToBF16 : OpRewritePattern<arith::TruncFOp> {
  RoundToBF16(MLIRContext *context, bool hasInstruction)
      : OpRewritePattern(context), hasInstruction(hasInstruction) {}

  LogicalResult matchAndRewrite(arith::TruncFOp op,
                                PatternRewriter &rewriter) const override {
    VectorType type = getWholePairs(op.getType());
    if (!type || !type.getElementType().isBF16() ||
        !getElementTypeOrSelf(op.getIn()).isF32() || op.getRoundingmode())
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value flat = op.getIn();
    if (type.getRank() != 1)
      flat = vector::ShapeCastOp::create(
          b, VectorType::get(type.getNumElements(), b.getF32Type()), flat);
    Value bits =
        hasInstruction ? roundByInstruction(b, flat) : roundByIntegers(b, flat);
    if (type.getRank() != 1)
      bits = vector::ShapeCastOp::create(b, type.clone(b.getI16Type()), bits);
    rewriter.replaceOpWithNewOp<arith::BitcastOp>(op, type, bits);
    return success();
  }

private:
  bool hasInstruction;
};

struct ActConvertHalvesPass
    : act::impl::ActConvertHalvesBase<ActConvertHalvesPass> {
  using ActConvertHalvesBase::ActConvertHalvesBase;

  LogicalResult initialize(MLIRContext *context) override {
    FailureOr<CpuTarget> resolved = resolveCpu(context, cpu, vectorBits);
    if (failed(resolved))
      return failure();
    target = *resolved;
    return success();
  }

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateConvertHalvesPatterns(patterns, target);
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }

private:
  CpuTarget target;
};
} // namespace

void mlir::act::populateConvertHalvesPatterns(RewritePatternSet &patterns,
                                              const CpuTarget &target) {
  if (!target.hasAvx512 || target.vectorBits < 512)
    return;
  patterns.add<RoundToBF16>(patterns.getContext(), target.hasAvx512BF16);
  if (target.permutesFast)
    patterns.add<ExtendBF16>(patterns.getContext());
}
