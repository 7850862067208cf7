//===- ScheduleExecute.cpp - the loops over vectors -----------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScheduleGaps.h"
#include "ScheduleReduce.h"
#include "ScheduleStreams.h"
#include "ScheduleThreads.h"

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

  void run() {
    if (!plan.streams.empty())
      isStreamed = createIsStreamed(b, loc, op, plan, sizes);
    if (plan.parallelDim)
      paysThreads = createPaysThreads(b, loc, sizes);
    runOuter(0);
    if (isStreamed)
      createStreamFence(b, loc, isStreamed);
  }

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
  void stepsInAnyOrder(unsigned dim, Value from, Value to, Value step,
                       function_ref<void()> body);
  SmallVector<Value> reductionLoops(unsigned level, ValueRange carried,
                                    LoopBody body);
  SmallVector<Value> vectorLoops(ValueRange carried, VectorBody body);
  void streamedLoops(VectorBody body);

  // Accesses and computation.
  SmallVector<Value> getIndices(OpOperand &operand, const Step &step);
  Value read(OpOperand &operand, const Step &step);
  Value fromMemory(Value vector, OpOperand &operand);
  void write(OpOperand &operand, Value value, const Step &step);
  SmallVector<Value> withKept(const Step &step, ValueRange reduced);
  SmallVector<Value> storeKept(const Step &step, ArrayRef<Value> values);
  SmallVector<Value> compute(const Step &step);
  Value accumulate(Operation &inner, const IRMapping &map, Value mask);
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
  /// Whether the op goes past the caches, and which outputs do so in the row
  /// being written; null for never.
  Value isStreamed;
  SmallVector<Value> isOutputStreamed;
  /// Whether the op is worth several threads.
  Value paysThreads;
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

/// A loop along `dim` whose steps do not depend on each other: over threads if
/// it is the one that the plan says.
void Executor::stepsInAnyOrder(unsigned dim, Value from, Value to, Value step,
                               function_ref<void()> body) {
  auto inOneThread = [&] {
    loop(dim, from, to, step, {}, [&](ValueRange) -> SmallVector<Value> {
      body();
      return {};
    });
  };
  if (plan.parallelDim != dim)
    return inOneThread();
  // The body twice, because a parallel region of one thread costs as much as
  // a thousand elements.
  auto ifOp = scf::IfOp::create(b, loc, paysThreads, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(ifOp.thenBlock());
  createParallelLoop(
      b, loc, plan.threads, from, to, step,
      [&](Value at) {
        ivs[dim] = at;
        body();
      },
      // Each thread orders its own stores.
      [&] {
        if (isStreamed)
          createStreamFence(b, loc, isStreamed);
      });
  b.setInsertionPointToStart(ifOp.elseBlock());
  inOneThread();
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
  auto inner = [&] { runOuter(level + 1); };
  Value zero = index(0), size = getSize(dim);
  if (plan.rows == 1 || level + 1 != plan.outerDims.size()) {
    stepsInAnyOrder(dim, zero, size, index(1), inner);
    return;
  }
  Value rest = b.createOrFold<arith::RemUIOp>(loc, size, index(plan.rows));
  Value whole = b.createOrFold<arith::SubIOp>(loc, size, rest);
  rows = plan.rows;
  stepsInAnyOrder(dim, zero, whole, index(plan.rows), inner);
  rows = 1;
  loop(dim, whole, size, index(1), {}, [&](ValueRange) -> SmallVector<Value> {
    inner();
    return {};
  });
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
  SmallVector<Value> results;
  if (carried.empty())
    stepsInAnyOrder(dim, index(0), whole, lanes, [&] { body(Value(), {}); });
  else
    results = loop(dim, index(0), whole, lanes, carried,
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

/// The same where outputs may go past the caches. Vectors then begin where the
/// first output is aligned, and what is in front of them is a masked step too:
/// one loop takes both of those.
void Executor::streamedLoops(VectorBody body) {
  unsigned dim = plan.vectorDim;
  Value size = getSize(dim), lanes = index(plan.lanes), zero = index(0);
  ivs[dim] = zero;
  SmallVector<SmallVector<Value>> starts;
  for (OpOperand &output : op.getDpsInitsMutable())
    starts.push_back(getIndices(output, Step{ivs, {}, {}}));
  StreamedRow row = createStreamedRow(b, loc, op, plan, isStreamed, starts);
  Value rest = arith::RemUIOp::create(
      b, loc, arith::SubIOp::create(b, loc, size, row.head), lanes);
  Value whole = arith::SubIOp::create(b, loc, size, rest);
  isOutputStreamed = row.isStreamed;
  stepsInAnyOrder(dim, row.head, whole, lanes, [&] { body(Value(), {}); });
  isOutputStreamed.clear();

  // From 0 and from `whole`, if there is a head; a streamed row is long enough
  // for that to be all.
  Value hasHead =
      arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, row.head, zero);
  Value first = arith::SelectOp::create(b, loc, hasHead, zero, whole);
  Value step = arith::SelectOp::create(b, loc, hasHead, whole, lanes);
  loop(dim, first, size, step, {}, [&](ValueRange inner) {
    Value isHead = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult,
                                         ivs[dim], whole);
    Value end = arith::SelectOp::create(b, loc, isHead, row.head, size);
    Value mask = vector::CreateMaskOp::create(
        b, loc, getVectorType(b.getI1Type()),
        ValueRange(arith::SubIOp::create(b, loc, end, ivs[dim])));
    return body(mask, inner);
  });
}

/// The vector dimension is parallel: each vector of the result stays in
/// a register while the reductions, if any, run.
void Executor::runAcross() {
  auto body = [&](Value mask, ValueRange) -> SmallVector<Value> {
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
  };
  if (isStreamed)
    streamedLoops(body);
  else
    vectorLoops({}, body);
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
    if (Value value =
            readWithGaps(b, loc, plan, buffer, indices, zero, step.mask))
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

void Executor::write(OpOperand &operand, Value value, const Step &step) {
  auto type = cast<MemRefType>(operand.get().getType());
  std::optional<unsigned> position =
      getVectorPosition(maps[operand.getOperandNumber()], plan.vectorDim);
  AffineMap access =
      AffineMap::get(type.getRank(), 0, b.getAffineDimExpr(*position));
  SmallVector<Value> indices = getIndices(operand, step);
  auto writeThere = [&](OpBuilder &b, Location loc) {
    vector::TransferWriteOp::create(b, loc, value, operand.get(), indices,
                                    AffineMapAttr::get(access), step.mask,
                                    b.getBoolArrayAttr({true}));
  };
  unsigned output = operand.getOperandNumber() - op.getNumDpsInputs();
  if (isOutputStreamed.empty() || !isOutputStreamed[output])
    return writeThere(b, loc);
  scf::IfOp::create(
      b, loc, isOutputStreamed[output],
      [&](OpBuilder &b, Location loc) {
        createStreamedStore(b, loc, plan, value, operand.get(), indices);
        scf::YieldOp::create(b, loc);
      },
      [&](OpBuilder &b, Location loc) {
        writeThere(b, loc);
        scf::YieldOp::create(b, loc);
      });
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
    Value replaced = isContraction ? fuseProduct(b, inner, map) : Value();
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
