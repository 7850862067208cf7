//===- ScheduleExecute.cpp - the loops over vectors -----------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScheduleReduce.h"
#include "act/Transforms/Schedule.h"

#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace mlir::act;

namespace {

/// Writes the loops of one plan. `ivs` holds, at any time, where each dimension
/// stands.
class Executor {
public:
  Executor(RewriterBase &b, linalg::LinalgOp op, const SchedulePlan &plan)
      : b(b), loc(op.getLoc()), op(op), plan(plan),
        maps(op.getIndexingMapsArray()), ivs(op.getNumLoops()) {
    for (Range range : op.createLoopRanges(b, loc))
      sizes.push_back(range.size);
    isContraction = linalg::isaContractionOpInterface(op);
  }

  void run() { runOuter(0); }

private:
  /// What one step computes with: where its row is, which of its lanes count
  /// (null for all), and the value of each output so far (null where the body
  /// does not read it).
  struct Step {
    SmallVector<Value> ivs;
    Value mask;
    SmallVector<Value> outputs;
  };
  using LoopBody = function_ref<SmallVector<Value>(ValueRange carried)>;
  using VectorBody =
      function_ref<SmallVector<Value>(Value mask, ValueRange carried)>;

  // Loops.
  void runOuter(unsigned level);
  void runAcross();
  void runAlong();
  SmallVector<Value> loop(unsigned dim, Value from, Value to, Value step,
                          ValueRange carried, LoopBody body);
  SmallVector<Value> reductionLoops(unsigned level, ValueRange carried,
                                    LoopBody body);
  SmallVector<Value> vectorLoops(ValueRange carried, VectorBody body);

  // Accesses and computation.
  SmallVector<Value> getIndices(OpOperand &operand, const Step &step);
  Value read(OpOperand &operand, const Step &step);
  Value readWithGaps(Value buffer, ValueRange indices, Value zero,
                     const Step &step);
  Value fromMemory(Value vector, OpOperand &operand);
  void write(OpOperand &operand, Value value, const Step &step);
  SmallVector<Value> withKept(const Step &step, ValueRange reduced);
  SmallVector<Value> storeKept(const Step &step, ArrayRef<Value> values);
  SmallVector<Value> compute(const Step &step);
  Value accumulate(Operation &inner, const IRMapping &map, Value mask);
  Value computeFma(Operation &inner, const IRMapping &map);
  Value broadcast(Value scalar);

  Value index(int64_t value) {
    return arith::ConstantIndexOp::create(b, loc, value);
  }
  Value getSize(unsigned dim) {
    return getValueOrCreateConstantIndexOp(b, loc, sizes[dim]);
  }
  VectorType getVectorType(Type element) {
    return VectorType::get({plan.lanes}, element, {plan.isScalable});
  }

  RewriterBase &b;
  Location loc;
  linalg::LinalgOp op;
  const SchedulePlan &plan;
  SmallVector<AffineMap> maps;
  SmallVector<OpFoldResult> sizes;
  SmallVector<Value> ivs;
  /// Rows of the register block in the loop being written.
  int64_t rows = 1;
  /// Whether a multiplication and the accumulation of its result may be fused.
  bool isContraction;
};

} // namespace

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

/// A loop along `dim`, or just its body where it runs exactly once.
SmallVector<Value> Executor::loop(unsigned dim, Value from, Value to,
                                  Value step, ValueRange carried,
                                  LoopBody body) {
  std::optional<int64_t> first = getConstantIntValue(from);
  std::optional<int64_t> last = getConstantIntValue(to);
  std::optional<int64_t> by = getConstantIntValue(step);
  if (first && last && *first >= *last)
    return llvm::to_vector(carried);
  if (first && last && by && *last - *first <= *by) {
    ivs[dim] = from;
    return body(carried);
  }
  auto forOp = scf::ForOp::create(b, loc, from, to, step, carried);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(forOp.getBody());
  ivs[dim] = forOp.getInductionVar();
  SmallVector<Value> results = body(forOp.getRegionIterArgs());
  if (!carried.empty())
    scf::YieldOp::create(b, loc, results);
  return llvm::to_vector(ValueRange(forOp.getResults()));
}

void Executor::runOuter(unsigned level) {
  if (level == plan.outerDims.size()) {
    if (plan.reducesVector())
      runAlong();
    else
      runAcross();
    return;
  }
  unsigned dim = plan.outerDims[level];
  auto inner = [&](ValueRange) -> SmallVector<Value> {
    runOuter(level + 1);
    return {};
  };
  Value zero = index(0), size = getSize(dim);
  if (plan.rows == 1 || level + 1 != plan.outerDims.size()) {
    loop(dim, zero, size, index(1), {}, inner);
    return;
  }
  Value rest = b.createOrFold<arith::RemUIOp>(loc, size, index(plan.rows));
  Value whole = b.createOrFold<arith::SubIOp>(loc, size, rest);
  rows = plan.rows;
  loop(dim, zero, whole, index(plan.rows), {}, inner);
  rows = 1;
  loop(dim, whole, size, index(1), {}, inner);
}

SmallVector<Value> Executor::reductionLoops(unsigned level, ValueRange carried,
                                            LoopBody body) {
  if (level == plan.reductionDims.size())
    return body(carried);
  unsigned dim = plan.reductionDims[level];
  return loop(
      dim, index(0), getSize(dim), index(1), carried,
      [&](ValueRange inner) { return reductionLoops(level + 1, inner, body); });
}

/// The loop over whole vectors and the masked step for the rest.
SmallVector<Value> Executor::vectorLoops(ValueRange carried, VectorBody body) {
  unsigned dim = plan.vectorDim;
  Value size = getSize(dim), lanes = index(plan.lanes);
  if (plan.isScalable)
    lanes = arith::MulIOp::create(b, loc, vector::VectorScaleOp::create(b, loc),
                                  lanes);
  Value rest = b.createOrFold<arith::RemUIOp>(loc, size, lanes);
  Value whole = b.createOrFold<arith::SubIOp>(loc, size, rest);
  SmallVector<Value> results =
      loop(dim, index(0), whole, lanes, carried,
           [&](ValueRange inner) { return body(Value(), inner); });

  std::optional<int64_t> staticRest = getConstantIntValue(rest);
  if (staticRest == 0)
    return results;
  auto last = [&]() {
    ivs[dim] = whole;
    Value mask = vector::CreateMaskOp::create(
        b, loc, getVectorType(b.getI1Type()), rest);
    return body(mask, results);
  };
  if (staticRest)
    return last();
  Value isThere =
      arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, rest, index(0));
  auto ifOp = scf::IfOp::create(b, loc, TypeRange(carried), isThere,
                                /*withElseRegion=*/!carried.empty());
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(ifOp.thenBlock());
  SmallVector<Value> updated = last();
  if (!carried.empty()) {
    scf::YieldOp::create(b, loc, updated);
    b.setInsertionPointToStart(ifOp.elseBlock());
    scf::YieldOp::create(b, loc, results);
  }
  return llvm::to_vector(ValueRange(ifOp.getResults()));
}

/// The vector dimension is parallel: each vector of the result stays in
/// a register while the reductions, if any, run.
void Executor::runAcross() {
  vectorLoops({}, [&](Value mask, ValueRange) -> SmallVector<Value> {
    SmallVector<Step> steps(rows);
    SmallVector<Value> carried;
    for (auto [row, step] : llvm::enumerate(steps)) {
      step.ivs = ivs;
      step.mask = mask;
      if (row != 0)
        step.ivs[plan.outerDims.back()] = arith::AddIOp::create(
            b, loc, ivs[plan.outerDims.back()], index(row));
      if (plan.reductionDims.empty())
        step.outputs = withKept(step, {});
      for (auto [output, isKept] :
           llvm::zip_equal(op.getDpsInitsMutable(), plan.isKept))
        if (!plan.reductionDims.empty() && !isKept)
          carried.push_back(read(output, step));
    }
    SmallVector<Value> results =
        reductionLoops(0, carried, [&](ValueRange inner) {
          SmallVector<Value> values;
          for (Step step : steps) {
            for (unsigned dim : plan.reductionDims)
              step.ivs[dim] = ivs[dim];
            if (!plan.reductionDims.empty()) {
              unsigned count = llvm::count(plan.isKept, false);
              step.outputs = withKept(step, inner.take_front(count));
              inner = inner.drop_front(count);
            }
            llvm::append_range(values, storeKept(step, compute(step)));
          }
          return values;
        });
    ArrayRef<Value> remaining = results;
    for (const Step &step : steps)
      for (auto [output, isKept] :
           llvm::zip_equal(op.getDpsInitsMutable(), plan.isKept))
        if (!isKept) {
          write(output, remaining.front(), step);
          remaining = remaining.drop_front();
        }
    return {};
  });
}

/// What the body reads of each output: `reduced`, of those that something is
/// reduced into, or what is stored where the step is. Null where it reads
/// nothing.
SmallVector<Value> Executor::withKept(const Step &step, ValueRange reduced) {
  SmallVector<Value> outputs;
  for (auto [output, isKept] :
       llvm::zip_equal(op.getDpsInitsMutable(), plan.isKept)) {
    if (!isKept && !reduced.empty()) {
      outputs.push_back(reduced.front());
      reduced = reduced.drop_front();
    } else {
      bool isRead = !op.getMatchingBlockArgument(&output).use_empty();
      outputs.push_back(isRead ? read(output, step) : Value());
    }
  }
  return outputs;
}

/// Writes what a step has made of outputs that are kept; returns the others.
SmallVector<Value> Executor::storeKept(const Step &step,
                                       ArrayRef<Value> values) {
  SmallVector<Value> reduced;
  for (auto [output, isKept, value] :
       llvm::zip_equal(op.getDpsInitsMutable(), plan.isKept, values)) {
    if (isKept)
      write(output, value, step);
    else
      reduced.push_back(value);
  }
  return reduced;
}

/// The vector dimension is reduced: every lane keeps a partial result, and they
/// are combined at the end.
void Executor::runAlong() {
  SmallVector<Value> carried;
  SmallVector<bool> isPartial;
  for (Operation *combiner : plan.combiners)
    for (TypedAttr neutral : getNeutralElements(combiner)) {
      isPartial.push_back(bool(getNarrowTerms(combiner)));
      VectorType type = getVectorType(neutral.getType());
      if (isPartial.back())
        type = VectorType::get({plan.partialLanes}, neutral.getType());
      carried.push_back(arith::ConstantOp::create(
          b, loc, DenseElementsAttr::get(type, ArrayRef<Attribute>(neutral))));
    }
  SmallVector<Value> partial =
      reductionLoops(0, carried, [&](ValueRange outer) {
        return vectorLoops(outer, [&](Value mask, ValueRange inner) {
          Step step{ivs, mask, {}};
          step.outputs = withKept(step, inner);
          SmallVector<Value> values = storeKept(step, compute(step));
          if (mask)
            for (auto [value, previous, partial] :
                 llvm::zip_equal(values, inner, isPartial))
              if (!partial)
                value = arith::SelectOp::create(b, loc, mask, value, previous);
          return values;
        });
      });
  ValueRange vectors = partial;
  SmallVector<OpOperand *> outputs;
  for (auto [output, isKept] :
       llvm::zip_equal(op.getDpsInitsMutable(), plan.isKept))
    if (!isKept)
      outputs.push_back(&output);
  ArrayRef<OpOperand *> remaining = outputs;
  for (Operation *combiner : plan.combiners) {
    unsigned count = combiner->getNumResults();
    SmallVector<Value> lanes =
        combineLanes(b, combiner, vectors.take_front(count));
    SmallVector<SmallVector<Value>> indices;
    SmallVector<Value> before;
    for (OpOperand *output : remaining.take_front(count)) {
      indices.push_back(getIndices(*output, Step{ivs, {}, {}}));
      before.push_back(
          memref::LoadOp::create(b, loc, output->get(), indices.back()));
    }
    SmallVector<Value> after = combine(b, combiner, before, lanes);
    for (auto [output, value, at] :
         llvm::zip_equal(remaining.take_front(count), after, indices))
      memref::StoreOp::create(b, loc, value, output->get(), at);
    vectors = vectors.drop_front(count);
    remaining = remaining.drop_front(count);
  }
}

//===----------------------------------------------------------------------===//
// Accesses and computation
//===----------------------------------------------------------------------===//

Value Executor::broadcast(Value scalar) {
  return vector::BroadcastOp::create(b, loc, getVectorType(scalar.getType()),
                                     scalar);
}

SmallVector<Value> Executor::getIndices(OpOperand &operand, const Step &step) {
  SmallVector<Value> indices;
  for (AffineExpr expr : maps[operand.getOperandNumber()].getResults())
    indices.push_back(affine::expandAffineExpr(b, loc, expr, step.ivs, {}));
  return indices;
}

/// The position of the vector dimension among the dimensions of an operand.
static std::optional<unsigned> getVectorPosition(AffineMap map, unsigned dim) {
  for (auto [position, expr] : llvm::enumerate(map.getResults()))
    if (expr.isFunctionOfDim(dim))
      return position;
  return std::nullopt;
}

Value Executor::read(OpOperand &operand, const Step &step) {
  auto type = dyn_cast<MemRefType>(operand.get().getType());
  if (!type)
    return broadcast(operand.get());
  AffineMap map = maps[operand.getOperandNumber()];
  SmallVector<Value> indices = getIndices(operand, step);
  std::optional<unsigned> position = getVectorPosition(map, plan.vectorDim);
  if (!position)
    return broadcast(memref::LoadOp::create(b, loc, operand.get(), indices));
  Value buffer = operand.get();
  if (type.getElementType().isInteger(1)) {
    // A byte in memory, a bit in a vector: read as bytes. Buffers of both are
    // the same below.
    type = cast<MemRefType>(type.clone(b.getI8Type()));
    buffer =
        UnrealizedConversionCastOp::create(b, loc, type, buffer).getResult(0);
  }
  // Lanes beyond the end read as zero rather than poison: what follows may
  // branch on them or look them up.
  Value zero =
      arith::ConstantOp::create(b, loc, b.getZeroAttr(type.getElementType()));
  if (*position + 1 == type.getRank())
    if (Value value = readWithGaps(buffer, indices, zero, step))
      return fromMemory(value, operand);
  AffineMap access =
      AffineMap::get(type.getRank(), 0, b.getAffineDimExpr(*position));
  Value value = vector::TransferReadOp::create(
      b, loc, getVectorType(type.getElementType()), buffer, indices,
      AffineMapAttr::get(access), zero, step.mask, b.getBoolArrayAttr({true}));
  return fromMemory(value, operand);
}

/// The elements of what was read as bytes.
Value Executor::fromMemory(Value vector, OpOperand &operand) {
  if (!getElementTypeOrSelf(operand.get()).isInteger(1))
    return vector;
  Value zero =
      arith::ConstantOp::create(b, loc, b.getZeroAttr(vector.getType()));
  return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, vector, zero);
}

/// Reads elements that are a small step apart, as half of an interleaved pair
/// is: one vector with the gaps, from which they are picked. Null for other
/// steps.
Value Executor::readWithGaps(Value buffer, ValueRange indices, Value zero,
                             const Step &step) {
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
  Value last = index(span - stride + 1);
  auto flat = memref::ReinterpretCastOp::create(
      b, loc, flatType, metadata.getBaseBuffer(), OpFoldResult(at),
      ArrayRef<OpFoldResult>{last}, ArrayRef<OpFoldResult>{b.getIndexAttr(1)});
  if (step.mask) {
    auto create = step.mask.getDefiningOp<vector::CreateMaskOp>();
    last = arith::SubIOp::create(
        b, loc,
        arith::MulIOp::create(b, loc, create.getOperands().front(),
                              index(stride)),
        index(stride - 1));
  }
  Value mask = vector::CreateMaskOp::create(
      b, loc, VectorType::get({span}, b.getI1Type()), last);
  Value all = vector::TransferReadOp::create(
      b, loc, VectorType::get({span}, type.getElementType()), flat,
      ValueRange(index(0)), AffineMapAttr::get(b.getMultiDimIdentityMap(1)),
      zero, mask, b.getBoolArrayAttr({true}));
  SmallVector<int64_t> picked;
  for (int64_t lane = 0; lane < plan.lanes; ++lane)
    picked.push_back(lane * stride);
  return vector::ShuffleOp::create(b, loc, all, all, picked);
}

void Executor::write(OpOperand &operand, Value value, const Step &step) {
  auto type = cast<MemRefType>(operand.get().getType());
  std::optional<unsigned> position =
      getVectorPosition(maps[operand.getOperandNumber()], plan.vectorDim);
  AffineMap access =
      AffineMap::get(type.getRank(), 0, b.getAffineDimExpr(*position));
  vector::TransferWriteOp::create(
      b, loc, value, operand.get(), getIndices(operand, step),
      AffineMapAttr::get(access), step.mask, b.getBoolArrayAttr({true}));
}

/// `a * b + accumulator` of a contraction as one operation. Whoever asks for
/// a contraction leaves its order and intermediate rounding open.
Value Executor::computeFma(Operation &inner, const IRMapping &map) {
  auto add = dyn_cast<arith::AddFOp>(inner);
  if (!isContraction || !add || !isa<Float32Type, Float64Type>(add.getType()))
    return {};
  auto product = add.getRhs().getDefiningOp<arith::MulFOp>();
  Value addend = add.getLhs();
  if (!product) {
    product = add.getLhs().getDefiningOp<arith::MulFOp>();
    addend = add.getRhs();
  }
  if (!product || product->getBlock() != op.getBlock() ||
      !product->hasOneUse() || !isa<BlockArgument>(addend))
    return {};
  return math::FmaOp::create(b, loc, map.lookup(product.getLhs()),
                             map.lookup(product.getRhs()), map.lookup(addend));
}

/// What a combiner along the vector dimension makes of a step where that takes
/// less than the op itself; null elsewhere.
Value Executor::accumulate(Operation &inner, const IRMapping &map, Value mask) {
  if (!llvm::is_contained(plan.combiners, &inner))
    return {};
  if (Value terms = getNarrowTerms(&inner)) {
    Value total = map.lookup(inner.getOperand(0));
    return addTerms(b, loc, map.lookup(terms), mask, total);
  }
  bool isFirst =
      llvm::is_contained(op.getRegionOutputArgs(), inner.getOperand(0));
  return combineNumbers(b, &inner, map.lookup(inner.getOperand(!isFirst)),
                        map.lookup(inner.getOperand(isFirst)));
}

/// The body of the op on vectors.
SmallVector<Value> Executor::compute(const Step &step) {
  IRMapping map;
  Block *body = op.getBlock();
  for (OpOperand *input : op.getDpsInputOperands()) {
    BlockArgument arg = op.getMatchingBlockArgument(input);
    if (!arg.use_empty())
      map.map(arg, read(*input, step));
  }
  for (auto [arg, value] :
       llvm::zip_equal(op.getRegionOutputArgs(), step.outputs))
    if (value)
      map.map(arg, value);

  auto lookup = [&](Value value) {
    if (!map.contains(value))
      map.map(value, broadcast(value));
    return map.lookup(value);
  };
  for (Operation &inner : body->without_terminator()) {
    if (auto indexOp = dyn_cast<linalg::IndexOp>(inner)) {
      Value value = broadcast(step.ivs[indexOp.getDim()]);
      if (indexOp.getDim() == plan.vectorDim)
        value = arith::AddIOp::create(
            b, loc, value,
            vector::StepOp::create(b, loc, getVectorType(b.getIndexType())));
      map.map(indexOp.getResult(), value);
      continue;
    }
    if (auto constant = dyn_cast<arith::ConstantOp>(inner)) {
      map.map(constant.getResult(),
              arith::ConstantOp::create(
                  b, loc,
                  DenseElementsAttr::get(
                      getVectorType(constant.getType()),
                      ArrayRef<Attribute>(constant.getValue()))));
      continue;
    }
    for (Value operand : inner.getOperands())
      lookup(operand);
    Value replaced = computeFma(inner, map);
    if (!replaced)
      replaced = accumulate(inner, map, step.mask);
    if (replaced) {
      map.map(inner.getResult(0), replaced);
      continue;
    }
    Operation *clone = b.clone(inner, map);
    for (Value result : clone->getResults())
      result.setType(getVectorType(result.getType()));
  }
  return llvm::map_to_vector(body->getTerminator()->getOperands(), lookup);
}

void mlir::act::executeSchedule(RewriterBase &rewriter, linalg::LinalgOp op,
                                const SchedulePlan &plan) {
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPoint(op);
  Executor(rewriter, op, plan).run();
}
