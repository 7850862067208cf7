//===- ScheduleGaps.cpp - vectors of elements with gaps -------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScheduleGaps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::act;

Value mlir::act::readWithGaps(OpBuilder &b, Location loc,
                              const SchedulePlan &plan, Value buffer,
                              ValueRange indices, Value zero, Value mask) {
  constexpr int64_t kMaxGap = 4;
  auto type = cast<MemRefType>(buffer.getType());
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(type.getStridesAndOffset(strides, offset)) ||
      ShapedType::isDynamic(strides.back()) || strides.back() < 2 ||
      strides.back() > kMaxGap)
    return {};

  // The same memory as one dimension without gaps.
  int64_t stride = strides.back();
  auto metadata = memref::ExtractStridedMetadataOp::create(b, loc, buffer);
  Value at = metadata.getOffset();
  for (auto [index, by] : llvm::zip_equal(indices, metadata.getStrides()))
    at = arith::AddIOp::create(b, loc, at,
                               arith::MulIOp::create(b, loc, index, by));
  auto flatType = MemRefType::get(
      {ShapedType::kDynamic}, type.getElementType(),
      StridedLayoutAttr::get(b.getContext(), ShapedType::kDynamic, {1}),
      type.getMemorySpace());
  // The last element has no gap behind it, and memory may end there.
  int64_t span = plan.lanes * stride;
  Value last = arith::ConstantIndexOp::create(b, loc, span - stride + 1);
  auto flat = memref::ReinterpretCastOp::create(
      b, loc, flatType, metadata.getBaseBuffer(), OpFoldResult(at),
      ArrayRef<OpFoldResult>{last}, ArrayRef<OpFoldResult>{b.getIndexAttr(1)});
  if (mask) {
    auto create = mask.getDefiningOp<vector::CreateMaskOp>();
    last = arith::SubIOp::create(
        b, loc,
        arith::MulIOp::create(b, loc, create.getOperands().front(),
                              arith::ConstantIndexOp::create(b, loc, stride)),
        arith::ConstantIndexOp::create(b, loc, stride - 1));
  }
  Value read = vector::CreateMaskOp::create(
      b, loc, VectorType::get({span}, b.getI1Type()), last);
  Value all = vector::TransferReadOp::create(
      b, loc, VectorType::get({span}, type.getElementType()), flat,
      ValueRange(arith::ConstantIndexOp::create(b, loc, 0)),
      AffineMapAttr::get(b.getMultiDimIdentityMap(1)), zero, read,
      b.getBoolArrayAttr({true}));
  SmallVector<int64_t> picked;
  for (int64_t lane = 0; lane < plan.lanes; ++lane)
    picked.push_back(lane * stride);
  return vector::ShuffleOp::create(b, loc, all, all, picked);
}
