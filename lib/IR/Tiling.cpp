//===- Tiling.cpp - cutting ops on tensors into tiles ---------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The methods of TilingInterface, for all shapes of ops. Loops go over the
// dimensions of x but that of rows.
//
//===----------------------------------------------------------------------===//

#include "act/IR/Act.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Utils/StructuredOpsUtils.h"

using namespace mlir;
using namespace mlir::act;
using act::detail::Offsets;
using act::detail::OffsetsOfOperands;
using act::detail::TilingShape;

/// The type the loops go over, null for what does not tile.
static RankedTensorType getTiledType(Operation *op) {
  auto type = dyn_cast<RankedTensorType>(op->getOperand(0).getType());
  return type && !type.getEncoding() ? type : RankedTensorType();
}

static size_t getNumLoops(Operation *op, TilingShape shape) {
  RankedTensorType type = getTiledType(op);
  return type ? type.getRank() - shape.row.has_value() : 0;
}

//===----------------------------------------------------------------------===//
// Dimensions and loops
//===----------------------------------------------------------------------===//

/// In place of a loop, for the dimension that has none.
constexpr int64_t kRow = -1;

/// The loop of each dimension of x.
static SmallVector<int64_t> getLoops(RankedTensorType type, TilingShape shape) {
  SmallVector<int64_t> loops;
  int64_t next = 0;
  for (int64_t dim = 0; dim != type.getRank(); ++dim)
    loops.push_back(shape.row == dim ? kRow : next++);
  return loops;
}

/// The loop of each dimension of an operand; none where each tile takes it as
/// it is.
static SmallVector<int64_t> getLoops(OpOperand &operand, TilingShape shape) {
  auto type = dyn_cast<RankedTensorType>(operand.get().getType());
  if (!type)
    return {};
  if (!shape.parameters || operand.getOperandNumber() == 0)
    return getLoops(type, shape);
  if (act::detail::isOneNumber(type))
    return {};
  return {*shape.parameters};
}

/// Whether a tile takes all of a dimension, for certain.
static bool isWhole(Value tensor, int64_t dim, OpFoldResult offset,
                    OpFoldResult size) {
  auto type = cast<RankedTensorType>(tensor.getType());
  if (!isZeroInteger(offset))
    return false;
  if (!type.isDynamicDim(dim))
    return isConstantIntValue(size, type.getDimSize(dim));
  if (getConstantIntValue(size))
    return false;
  FailureOr<bool> areEqual =
      ValueBoundsConstraintSet::areEqual({size}, {tensor, dim});
  return succeeded(areEqual) && *areEqual;
}

//===----------------------------------------------------------------------===//
// From loops
//===----------------------------------------------------------------------===//

SmallVector<utils::IteratorType>
act::detail::getTilingLoops(Operation *op, TilingShape shape) {
  return SmallVector<utils::IteratorType>(getNumLoops(op, shape),
                                          utils::IteratorType::parallel);
}

SmallVector<Range>
act::detail::getTilingDomain(Operation *op, TilingShape shape, OpBuilder &b) {
  RankedTensorType type = getTiledType(op);
  if (!type)
    return {};
  SmallVector<Range> ranges;
  Value x = op->getOperand(0);
  for (auto [dim, loop] : llvm::enumerate(getLoops(type, shape)))
    if (loop != kRow)
      ranges.push_back({b.getIndexAttr(0),
                        tensor::getMixedSize(b, op->getLoc(), x, dim),
                        b.getIndexAttr(1)});
  return ranges;
}

FailureOr<TilingResult> act::detail::tile(Operation *op, TilingShape shape,
                                          OpBuilder &b, Offsets offsets,
                                          Offsets sizes) {
  if (!getTiledType(op))
    return failure();
  Location loc = op->getLoc();
  TilingResult result;
  SmallVector<Value> operands;
  for (OpOperand &operand : op->getOpOperands()) {
    Value value = operand.get();
    SmallVector<OpFoldResult> sliceOffsets, sliceSizes;
    for (auto [dim, loop] : llvm::enumerate(getLoops(operand, shape))) {
      bool isRow = loop == kRow;
      sliceOffsets.push_back(isRow ? b.getIndexAttr(0) : offsets[loop]);
      sliceSizes.push_back(isRow ? tensor::getMixedSize(b, loc, value, dim)
                                 : sizes[loop]);
    }
    if (!sliceOffsets.empty()) {
      SmallVector<OpFoldResult> strides(sliceOffsets.size(), b.getIndexAttr(1));
      auto slice = tensor::ExtractSliceOp::create(b, loc, value, sliceOffsets,
                                                  sliceSizes, strides);
      result.generatedSlices.push_back(slice);
      value = slice;
    }
    operands.push_back(value);
  }

  SmallVector<Type> types;
  if (failed(cast<InferTypeOpInterface>(op).inferReturnTypes(
          op->getContext(), loc, operands, op->getAttrDictionary(),
          op->getPropertiesStorage(), op->getRegions(), types)))
    return failure();
  Operation *tiled = mlir::clone(b, op, types, operands);
  result.tiledOps.push_back(tiled);
  result.tiledValues.assign(tiled->result_begin(), tiled->result_end());
  return result;
}

LogicalResult
act::detail::getResultTile(Operation *op, TilingShape shape, OpBuilder &b,
                           unsigned result, Offsets offsets, Offsets sizes,
                           SmallVectorImpl<OpFoldResult> &resultOffsets,
                           SmallVectorImpl<OpFoldResult> &resultSizes) {
  if (!getTiledType(op))
    return failure();
  resultOffsets.assign(offsets.begin(), offsets.end());
  resultSizes.assign(sizes.begin(), sizes.end());
  if (!shape.row)
    return success();
  auto type = cast<RankedTensorType>(op->getResult(result).getType());
  OpFoldResult size = b.getIndexAttr(type.getDimSize(*shape.row));
  if (type.isDynamicDim(*shape.row)) {
    ReifiedRankedShapedTypeDims dims;
    if (failed(reifyResultShapes(b, op, dims)))
      return failure();
    size = dims[result][*shape.row];
  }
  resultOffsets.insert(resultOffsets.begin() + *shape.row, b.getIndexAttr(0));
  resultSizes.insert(resultSizes.begin() + *shape.row, size);
  return success();
}

//===----------------------------------------------------------------------===//
// From results
//===----------------------------------------------------------------------===//

bool act::detail::fitsResultTile(Operation *op, TilingShape shape,
                                 unsigned result, Offsets offsets,
                                 Offsets sizes) {
  if (!getTiledType(op))
    return false;
  if (!shape.row)
    return true;
  // From the start on, as many as there are or as somebody says there are.
  auto type = cast<RankedTensorType>(op->getResult(result).getType());
  std::optional<int64_t> size = getConstantIntValue(sizes[*shape.row]);
  return isZeroInteger(offsets[*shape.row]) &&
         (!size || type.isDynamicDim(*shape.row) ||
          *size == type.getDimSize(*shape.row));
}

LogicalResult act::detail::getDomainOfResultTile(
    Operation *op, TilingShape shape, unsigned result, Offsets offsets,
    Offsets sizes, SmallVectorImpl<OpFoldResult> &loopOffsets,
    SmallVectorImpl<OpFoldResult> &loopSizes) {
  if (!fitsResultTile(op, shape, result, offsets, sizes))
    return failure();
  loopOffsets.assign(offsets.begin(), offsets.end());
  loopSizes.assign(sizes.begin(), sizes.end());
  if (shape.row) {
    loopOffsets.erase(loopOffsets.begin() + *shape.row);
    loopSizes.erase(loopSizes.begin() + *shape.row);
  }
  return success();
}

FailureOr<TilingResult>
act::detail::tileForResult(Operation *op, TilingShape shape, OpBuilder &b,
                           unsigned result, Offsets offsets, Offsets sizes) {
  SmallVector<OpFoldResult> loopOffsets, loopSizes;
  if (failed(getDomainOfResultTile(op, shape, result, offsets, sizes,
                                   loopOffsets, loopSizes)))
    return failure();
  FailureOr<TilingResult> tiled = tile(op, shape, b, loopOffsets, loopSizes);
  if (failed(tiled))
    return failure();
  Value value = tiled->tiledValues[result];
  // Nobody may have proven that the row is whole, or the types say less.
  if (shape.row && !isWhole(op->getResult(result), *shape.row,
                            offsets[*shape.row], sizes[*shape.row])) {
    SmallVector<OpFoldResult> zeros(sizes.size(), b.getIndexAttr(0));
    SmallVector<OpFoldResult> ones(sizes.size(), b.getIndexAttr(1));
    value = tensor::ExtractSliceOp::create(b, op->getLoc(), value, zeros, sizes,
                                           ones);
  }
  tiled->tiledValues.assign({value});
  return tiled;
}

//===----------------------------------------------------------------------===//
// From operands
//===----------------------------------------------------------------------===//

/// The offsets and sizes that tiles of operands have for the loops; null where
/// they have none. Fails where two differ, and for parts of rows.
static LogicalResult matchLoops(Operation *op, TilingShape shape,
                                ArrayRef<unsigned> operands,
                                OffsetsOfOperands offsets,
                                OffsetsOfOperands sizes,
                                SmallVectorImpl<OpFoldResult> &loopOffsets,
                                SmallVectorImpl<OpFoldResult> &loopSizes) {
  if (!getTiledType(op))
    return failure();
  loopOffsets.assign(getNumLoops(op, shape), OpFoldResult());
  loopSizes = loopOffsets;
  for (auto [number, tileOffsets, tileSizes] :
       llvm::zip_equal(operands, offsets, sizes)) {
    OpOperand &operand = op->getOpOperand(number);
    SmallVector<int64_t> loops = getLoops(operand, shape);
    // What every tile takes as it is.
    if (loops.size() != tileOffsets.size())
      return failure();
    for (auto [dim, loop] : llvm::enumerate(loops)) {
      OpFoldResult offset = tileOffsets[dim], size = tileSizes[dim];
      if (loop == kRow) {
        if (!isWhole(operand.get(), dim, offset, size))
          return failure();
        continue;
      }
      if (loopSizes[loop] &&
          (!isEqualConstantIntOrValue(loopOffsets[loop], offset) ||
           !isEqualConstantIntOrValue(loopSizes[loop], size)))
        return failure();
      loopOffsets[loop] = offset;
      loopSizes[loop] = size;
    }
  }
  return success();
}

bool act::detail::fitsOperandTiles(Operation *op, TilingShape shape,
                                   ArrayRef<unsigned> operands,
                                   OffsetsOfOperands offsets,
                                   OffsetsOfOperands sizes) {
  SmallVector<OpFoldResult> loopOffsets, loopSizes;
  return succeeded(
      matchLoops(op, shape, operands, offsets, sizes, loopOffsets, loopSizes));
}

LogicalResult act::detail::getDomainOfOperandTiles(
    Operation *op, TilingShape shape, OpBuilder &b, ArrayRef<unsigned> operands,
    OffsetsOfOperands offsets, OffsetsOfOperands sizes,
    SmallVectorImpl<OpFoldResult> &loopOffsets,
    SmallVectorImpl<OpFoldResult> &loopSizes) {
  if (failed(matchLoops(op, shape, operands, offsets, sizes, loopOffsets,
                        loopSizes)))
    return failure();
  for (auto [dim, loop] : llvm::enumerate(getLoops(getTiledType(op), shape))) {
    if (loop == kRow || loopSizes[loop])
      continue;
    loopOffsets[loop] = b.getIndexAttr(0);
    loopSizes[loop] =
        tensor::getMixedSize(b, op->getLoc(), op->getOperand(0), dim);
  }
  return success();
}

FailureOr<TilingResult> act::detail::tileForOperands(
    Operation *op, TilingShape shape, OpBuilder &b, ArrayRef<unsigned> operands,
    OffsetsOfOperands offsets, OffsetsOfOperands sizes) {
  SmallVector<OpFoldResult> loopOffsets, loopSizes;
  if (failed(getDomainOfOperandTiles(op, shape, b, operands, offsets, sizes,
                                     loopOffsets, loopSizes)))
    return failure();
  return tile(op, shape, b, loopOffsets, loopSizes);
}
