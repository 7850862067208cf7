//===- ScheduleStreams.cpp - stores past the caches -----------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScheduleStreams.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::act;

/// Rows of fewer steps are stored as usual: what lies between them is written
/// twice, by the end of one and the head of the next.
static constexpr int64_t kStepsInRow = 8;

static constexpr StringRef kFence = "llvm.x86.sse.sfence";

static Value createIndex(OpBuilder &b, Location loc, int64_t value) {
  return arith::ConstantIndexOp::create(b, loc, value);
}

static Value compare(OpBuilder &b, Location loc, arith::CmpIPredicate predicate,
                     Value lhs, Value rhs) {
  return b.createOrFold<arith::CmpIOp>(loc, predicate, lhs, rhs);
}

int64_t mlir::act::getElementBytes(Value buffer) {
  Type type = getElementTypeOrSelf(buffer);
  return type.isIndex() ? 8 : llvm::divideCeil(type.getIntOrFloatBitWidth(), 8);
}

/// The address of the element at `indices`.
static Value createAddress(OpBuilder &b, Location loc, Value buffer,
                           ValueRange indices) {
  auto type = cast<MemRefType>(buffer.getType());
  auto metadata = memref::ExtractStridedMetadataOp::create(b, loc, buffer);
  int64_t offset;
  SmallVector<int64_t> strides;
  bool isStatic = succeeded(type.getStridesAndOffset(strides, offset));
  auto getValue = [&](int64_t known, Value value) {
    return isStatic && ShapedType::isStatic(known) ? createIndex(b, loc, known)
                                                   : value;
  };
  Value at =
      getValue(isStatic ? offset : ShapedType::kDynamic, metadata.getOffset());
  for (auto [position, index] : llvm::enumerate(indices)) {
    Value stride = getValue(isStatic ? strides[position] : ShapedType::kDynamic,
                            metadata.getStrides()[position]);
    at = b.createOrFold<arith::AddIOp>(
        loc, at, b.createOrFold<arith::MulIOp>(loc, index, stride));
  }
  Value start = memref::ExtractAlignedPointerAsIndexOp::create(b, loc, buffer);
  return b.createOrFold<arith::AddIOp>(
      loc, start,
      b.createOrFold<arith::MulIOp>(
          loc, at, createIndex(b, loc, getElementBytes(buffer))));
}

/// The address of the first element.
static Value createAddress(OpBuilder &b, Location loc, Value buffer) {
  SmallVector<Value> first(cast<MemRefType>(buffer.getType()).getRank(),
                           createIndex(b, loc, 0));
  return createAddress(b, loc, buffer, first);
}

Value mlir::act::createIsStreamed(OpBuilder &b, Location loc,
                                  linalg::LinalgOp op, const SchedulePlan &plan,
                                  ArrayRef<OpFoldResult> sizes) {
  Value count = createIndex(b, loc, 1);
  for (OpFoldResult size : sizes)
    count = b.createOrFold<arith::MulIOp>(
        loc, count, getValueOrCreateConstantIndexOp(b, loc, size));
  int64_t bytes = 0;
  SmallVector<OpOperand *> inputs;
  for (OpOperand &operand : op->getOpOperands()) {
    // What is the same for many elements hardly counts.
    if (op.getMatchingIndexingMap(&operand).getNumResults() != sizes.size())
      continue;
    bytes += getElementBytes(operand.get());
    if (op.isDpsInput(&operand))
      inputs.push_back(&operand);
  }
  Value least = createIndex(
      b, loc, llvm::divideCeil(plan.streamBytes, std::max<int64_t>(bytes, 1)));
  Value result = compare(b, loc, arith::CmpIPredicate::uge, count, least);
  Value row = getValueOrCreateConstantIndexOp(b, loc, sizes[plan.vectorDim]);
  auto also = [&](Value condition) {
    result = b.createOrFold<arith::AndIOp>(loc, result, condition);
  };
  also(compare(b, loc, arith::CmpIPredicate::uge, row,
               createIndex(b, loc, kStepsInRow * plan.lanes)));
  // A line that was just read is in the caches, and writing to it there is
  // faster.
  Value first = op.getDpsInits()[plan.streams.front()];
  Value address = createAddress(b, loc, first);
  for (OpOperand *input : inputs)
    if (getElementBytes(input->get()) == getElementBytes(first))
      also(compare(b, loc, arith::CmpIPredicate::ne, address,
                   createAddress(b, loc, input->get())));
  return result;
}

StreamedRow mlir::act::createStreamedRow(OpBuilder &b, Location loc,
                                         linalg::LinalgOp op,
                                         const SchedulePlan &plan,
                                         Value isStreamed,
                                         ArrayRef<SmallVector<Value>> indices) {
  StreamedRow row;
  row.isStreamed.resize(op.getNumDpsInits());
  Value zero = createIndex(b, loc, 0);
  Value lowBits = createIndex(b, loc, kStreamAlignment - 1);
  for (unsigned output : plan.streams) {
    Value buffer = op.getDpsInits()[output];
    Value address = createAddress(b, loc, buffer, indices[output]);
    Value bytes = createIndex(b, loc, getElementBytes(buffer));
    if (!row.head) {
      Value gap = arith::AndIOp::create(
          b, loc, arith::SubIOp::create(b, loc, zero, address), lowBits);
      row.head = arith::SelectOp::create(
          b, loc, isStreamed, b.createOrFold<arith::DivUIOp>(loc, gap, bytes),
          zero);
    }
    Value start = arith::AddIOp::create(
        b, loc, address, b.createOrFold<arith::MulIOp>(loc, row.head, bytes));
    Value isAligned =
        compare(b, loc, arith::CmpIPredicate::eq,
                arith::AndIOp::create(b, loc, start, lowBits), zero);
    row.isStreamed[output] =
        arith::AndIOp::create(b, loc, isStreamed, isAligned);
  }
  return row;
}

void mlir::act::createStreamedStore(OpBuilder &b, Location loc,
                                    const SchedulePlan &plan, Value vector,
                                    Value buffer, ValueRange indices) {
  // In pieces of one register. A store of the whole vector would be of the same
  // type as the one that is not streamed, and LLVM makes one of the two, which
  // loses the hint.
  int64_t lanes =
      std::min(plan.lanes, plan.streamWidth / getElementBytes(buffer));
  SmallVector<Value> at = llvm::to_vector(indices);
  for (int64_t lane = 0; lane < plan.lanes; lane += lanes) {
    Value piece = vector::ExtractStridedSliceOp::create(
        b, loc, vector, ArrayRef<int64_t>{lane}, ArrayRef<int64_t>{lanes},
        ArrayRef<int64_t>{1});
    at.back() = arith::AddIOp::create(b, loc, indices.back(),
                                      createIndex(b, loc, lane));
    vector::StoreOp::create(b, loc, piece, buffer, at, /*nontemporal=*/true,
                            llvm::MaybeAlign(plan.streamWidth));
  }
}

void mlir::act::createStreamFence(OpBuilder &b, Location loc,
                                  Value isStreamed) {
  scf::IfOp::create(b, loc, isStreamed, [&](OpBuilder &b, Location loc) {
    LLVM::CallIntrinsicOp::create(b, loc, b.getStringAttr(kFence),
                                  ValueRange());
    scf::YieldOp::create(b, loc);
  });
}

bool mlir::act::isStreamFence(scf::IfOp ifOp) {
  auto call = dyn_cast<LLVM::CallIntrinsicOp>(ifOp.thenBlock()->front());
  return call && call.getIntrin() == kFence;
}
