//===- SchedulePlan.cpp - what becomes of each dimension ------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScheduleStreams.h"
#include "ScheduleThreads.h"
#include "act/IR/Act.h"
#include "act/Transforms/Schedule.h"

#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::act;

/// Vectors in flight where nothing else limits them: enough to cover the
/// latency of a fused multiply-add on two ports.
static constexpr int64_t kVectorsInFlight = 4;
/// Vectors in flight where the body computes an activation: their constants and
/// intermediate values fill the registers, and the machine finds the rest of
/// the parallelism in the steps that follow.
static constexpr int64_t kHeavyVectorsInFlight = 2;
/// Vectors side by side in a register block.
static constexpr int64_t kVectorsPerRow = 2;

/// The factor of dimension `dim` in `expr`; none where it is not linear in it.
static std::optional<int64_t> getFactor(AffineExpr expr, unsigned dim,
                                        unsigned numDims) {
  if (!expr.isFunctionOfDim(dim))
    return 0;
  AffineExpr var = getAffineDimExpr(dim, expr.getContext());
  AffineExpr step = simplifyAffineExpr(expr.replace(var, var + 1) - expr,
                                       numDims, /*numSymbols=*/0);
  if (auto constant = dyn_cast<AffineConstantExpr>(step))
    return constant.getValue();
  return std::nullopt;
}

namespace {
/// How an operand is walked as one dimension advances.
enum class Access { Constant, Contiguous, Strided, Unsupported };
} // namespace

static Access classifyAccess(AffineMap map, unsigned dim) {
  Access access = Access::Constant;
  for (auto [position, expr] : llvm::enumerate(map.getResults())) {
    std::optional<int64_t> factor = getFactor(expr, dim, map.getNumDims());
    if (factor == 0)
      continue;
    if (factor != 1 || access != Access::Constant)
      return Access::Unsupported;
    access = position + 1 == map.getNumResults() ? Access::Contiguous
                                                 : Access::Strided;
  }
  return access;
}

/// Whether `op`, of a linalg body, means the same lane by lane on vectors, also
/// for lanes whose value nobody asked for.
static bool isVectorizable(Operation *op) {
  if (isa<linalg::IndexOp, linalg::YieldOp, arith::ConstantOp>(op))
    return true;
  if (op->getNumRegions() != 0 || !isPure(op) ||
      !OpTrait::hasElementwiseMappableTraits(op))
    return false;
  return llvm::all_of(op->getResultTypes(), VectorType::isValidElementType);
}

/// Whether elements of `type` lie in a buffer as they do in a vector, where
/// LLVM packs bits: i1 takes a byte in the one and a bit in the other. Reading
/// such bytes is another matter.
static bool isWholeBytes(Type type) {
  auto integer = dyn_cast<IntegerType>(type);
  return !integer ||
         (integer.getWidth() >= 8 && llvm::isPowerOf2_32(integer.getWidth()));
}

/// Why `op` cannot be put on vectors, whatever its loops; empty if it can.
static std::string whyNotVectorizable(linalg::LinalgOp op) {
  if (!op.hasPureBufferSemantics() || op.getNumLoops() == 0 ||
      op.getNumDpsInits() == 0)
    return "it has no loops that write a buffer";
  for (OpOperand &operand : op->getOpOperands()) {
    Type element = getElementTypeOrSelf(operand.get());
    bool isReadOnly = op.isDpsInput(&operand);
    if ((isa<MemRefType>(operand.get().getType()) && !isWholeBytes(element) &&
         !(isReadOnly && element.isInteger(1))) ||
        !VectorType::isValidElementType(element) || isa<ShapedType>(element))
      return llvm::formatv("elements of {0} do not lie in a buffer as they do "
                           "in a vector",
                           element);
  }
  for (Operation &inner : *op.getBlock())
    if (!isVectorizable(&inner))
      return llvm::formatv("'{0}' does not work lane by lane",
                           inner.getName().getStringRef());
  return "";
}

SmallVector<TypedAttr> mlir::act::getNeutralElements(Operation *combiner) {
  if (auto merge = dyn_cast<MergeOpInterface>(combiner))
    return merge.getNeutralElements();
  if (isa<arith::MaxNumFOp, arith::MinNumFOp>(combiner)) {
    double infinity = std::numeric_limits<double>::infinity();
    return {
        FloatAttr::get(combiner->getResult(0).getType(),
                       isa<arith::MaxNumFOp>(combiner) ? -infinity : infinity)};
  }
  if (combiner->getNumOperands() == 2 && combiner->getNumResults() == 1)
    if (std::optional<TypedAttr> neutral = arith::getNeutralElement(combiner))
      return {*neutral};
  return {};
}

/// Whether `op` combines `args`, what is there so far, with other values, and
/// is the only one to use them.
static bool combines(Operation *op, ArrayRef<BlockArgument> args) {
  unsigned count = getNeutralElements(op).size();
  if (count == 0 || args.size() != count || op->getNumOperands() != 2 * count)
    return false;
  for (auto [i, arg] : llvm::enumerate(args)) {
    // Of an op with one result, either operand may be the one.
    if (!arg.hasOneUse() || *arg.user_begin() != op ||
        (count > 1 && op->getOperand(i) != arg))
      return false;
  }
  return true;
}

/// For each output whether it has an element for every step of the reductions;
/// none where one has them for some reductions only.
static std::optional<SmallVector<bool>> getKeptOutputs(linalg::LinalgOp op) {
  SmallVector<unsigned> reductions;
  op.getReductionDims(reductions);
  SmallVector<bool> isKept;
  for (OpOperand &output : op.getDpsInitsMutable()) {
    AffineMap map = op.getMatchingIndexingMap(&output);
    size_t count = llvm::count_if(
        reductions, [&](unsigned dim) { return map.isFunctionOfDim(dim); });
    if (count != 0 && count != reductions.size())
      return std::nullopt;
    isKept.push_back(count != 0);
  }
  return isKept;
}

/// The ops that combine two partial results, each for some of the outputs, if
/// the body reduces every output that is not kept by an op with a neutral
/// element.
static SmallVector<Operation *> getCombiners(linalg::LinalgOp op,
                                             ArrayRef<bool> isKept) {
  SmallVector<Operation *> combiners;
  auto yield = cast<linalg::YieldOp>(op.getBlock()->getTerminator());
  SmallVector<Value> reduced;
  SmallVector<BlockArgument> reducedArgs;
  for (auto [kept, value, arg] :
       llvm::zip_equal(isKept, yield.getValues(), op.getRegionOutputArgs()))
    if (!kept) {
      reduced.push_back(value);
      reducedArgs.push_back(arg);
    }
  ValueRange values = reduced;
  ArrayRef<BlockArgument> args = reducedArgs;
  while (!values.empty()) {
    Operation *combiner = values.front().getDefiningOp();
    if (!combiner || combiner->getBlock() != op.getBlock())
      return {};
    unsigned count = combiner->getNumResults();
    if (count > values.size() ||
        !llvm::equal(combiner->getResults(), values.take_front(count)) ||
        !combines(combiner, args.take_front(count)))
      return {};
    combiners.push_back(combiner);
    values = values.drop_front(count);
    args = args.drop_front(count);
  }
  return combiners;
}

Value mlir::act::getNarrowTerms(Operation *combiner) {
  auto sum = dyn_cast<arith::AddFOp>(combiner);
  if (!sum || !sum->hasAttr(kPartialSumAttr) || !isa<FloatType>(sum.getType()))
    return {};
  auto wide = sum.getRhs().getDefiningOp<arith::ExtFOp>();
  return wide && wide->hasOneUse() && wide->getBlock() == sum->getBlock()
             ? wide.getIn()
             : Value();
}

// That of the widest type in the computation, and never more than that of
// a 32-bit type, because narrower ones are computed in f32. What `combiners`
// extend after adding does not count.
int64_t mlir::act::getLanesPerVector(linalg::LinalgOp op, unsigned vectorBits,
                                     ArrayRef<Operation *> combiners) {
  unsigned widest = 32;
  auto see = [&](Value value) {
    Type type = value.getType();
    widest =
        std::max(widest, type.isIndex() ? 64 : type.getIntOrFloatBitWidth());
  };
  SmallPtrSet<Value, 4> others;
  for (Operation *combiner : combiners)
    if (getNarrowTerms(combiner)) {
      others.insert(combiner->getResult(0));
      others.insert(combiner->getOperands().begin(),
                    combiner->getOperands().end());
    }
  auto seeAll = [&](ValueRange values) {
    for (Value value : values)
      if (!others.contains(value))
        see(value);
  };
  seeAll(op.getBlock()->getArguments());
  for (Operation &inner : *op.getBlock())
    seeAll(inner.getResults());
  return std::max<int64_t>(
      1, vectorBits / static_cast<int64_t>(llvm::PowerOf2Ceil(widest)));
}

/// Whether every operand along `dim` is one element throughout or lies without
/// gaps, as scalable vectors are read and written.
static bool hasUnitStrides(linalg::LinalgOp op, unsigned dim) {
  return llvm::all_of(op->getOpOperands(), [&](OpOperand &operand) {
    Access access = classifyAccess(op.getMatchingIndexingMap(&operand), dim);
    auto type = dyn_cast<MemRefType>(operand.get().getType());
    return !type || access == Access::Constant ||
           (access == Access::Contiguous && type.isLastDimUnitStride());
  });
}

/// The dimension that costs least as the vector dimension: few strided
/// accesses, parallel rather than reduced, far inside.
static std::optional<unsigned> chooseVectorDim(linalg::LinalgOp op,
                                               ArrayRef<AffineMap> maps,
                                               bool canReduce,
                                               ArrayRef<bool> isKept) {
  SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
  std::optional<unsigned> best;
  unsigned bestCost = 0;
  for (unsigned dim = 0, e = op.getNumLoops(); dim != e; ++dim) {
    bool isParallel = linalg::isParallelIterator(iterators[dim]);
    if (!isParallel && !canReduce)
      continue;
    unsigned cost = isParallel ? 0 : 1;
    bool isSupported = true;
    for (auto [index, map] : llvm::enumerate(maps)) {
      Access access = classifyAccess(map, dim);
      bool isOutput = static_cast<int64_t>(index) >= op.getNumDpsInputs();
      isSupported &=
          access != Access::Unsupported &&
          (!isOutput || (isParallel || isKept[index - op.getNumDpsInputs()]) ==
                            (access != Access::Constant));
      cost += access == Access::Strided ? 2 : 0;
    }
    if (isSupported && (!best || cost <= bestCost)) {
      best = dim;
      bestCost = cost;
    }
  }
  return best;
}

/// Which outputs go past the caches where the op is large.
static void planStreams(linalg::LinalgOp op, ArrayRef<AffineMap> maps,
                        const ScheduleOptions &options, SchedulePlan &plan) {
  if (options.streamBytes == 0 || plan.isScalable || plan.reducesVector() ||
      !plan.reductionDims.empty())
    return;
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  int64_t bytes = 0;
  for (OpOperand &operand : op->getOpOperands())
    bytes += getElementBytes(operand.get());
  if (!ShapedType::isDynamicShape(sizes) &&
      llvm::product_of(sizes) * bytes < options.streamBytes)
    return;
  plan.streamBytes = options.streamBytes;
  plan.streamWidth =
      std::min<int64_t>(options.vectorBits / 8, kStreamAlignment);
  for (auto [index, output] : llvm::enumerate(op.getDpsInitsMutable())) {
    auto type = cast<MemRefType>(output.get().getType());
    int64_t step = plan.lanes * getElementBytes(output.get());
    bool isRead = !op.getMatchingBlockArgument(&output).use_empty() ||
                  llvm::is_contained(op.getDpsInputs(), output.get());
    if (!isRead && step % kStreamAlignment == 0 && type.isLastDimUnitStride() &&
        classifyAccess(maps[output.getOperandNumber()], plan.vectorDim) ==
            Access::Contiguous)
      plan.streams.push_back(index);
  }
}

/// Which dimension is split over threads where the op is large: the outermost
/// parallel one.
static void planThreads(linalg::LinalgOp op, const ScheduleOptions &options,
                        SchedulePlan &plan) {
  if (options.threads == 1)
    return;
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  if (!ShapedType::isDynamicShape(sizes) &&
      llvm::product_of(sizes) < kElementsForThreads)
    return;
  plan.threads = options.threads;
  for (unsigned dim : plan.outerDims) {
    if (sizes[dim] == 1)
      continue;
    plan.parallelDim = dim;
    return;
  }
  if (!plan.reducesVector())
    plan.parallelDim = plan.vectorDim;
}

/// The most steps along `dim`: a size that is known, or what a slice with
/// a remainder takes at most.
static std::optional<int64_t> getBound(linalg::LinalgOp op, unsigned dim) {
  int64_t size = op.getStaticLoopRanges()[dim];
  if (!ShapedType::isDynamic(size))
    return size;
  for (OpOperand &operand : op->getOpOperands()) {
    auto slice = operand.get().getDefiningOp<memref::SubViewOp>();
    std::optional<unsigned> place =
        op.getMatchingIndexingMap(&operand).getResultPosition(
            getAffineDimExpr(dim, op.getContext()));
    if (!slice || !place ||
        slice.getType().getRank() != slice.getSourceType().getRank())
      continue;
    auto size = dyn_cast<Value>(slice.getMixedSizes()[*place]);
    auto least = size ? size.getDefiningOp<affine::AffineMinOp>() : nullptr;
    if (!least)
      continue;
    for (AffineExpr expr : least.getMap().getResults())
      if (auto constant = dyn_cast<AffineConstantExpr>(expr))
        return constant.getValue();
  }
  return std::nullopt;
}

std::optional<SchedulePlan>
mlir::act::planSchedule(linalg::LinalgOp op, const ScheduleOptions &options,
                        std::string *reason) {
  auto fail = [&](std::string why) {
    if (reason)
      *reason = std::move(why);
    return std::nullopt;
  };
  if (std::string why = whyNotVectorizable(op); !why.empty())
    return fail(std::move(why));
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
  if (llvm::any_of(maps, [](AffineMap map) { return map.getNumSymbols(); }))
    return fail("its accesses depend on symbols");

  SchedulePlan plan;
  std::optional<SmallVector<bool>> isKept = getKeptOutputs(op);
  if (!isKept)
    return fail("an output has elements for some of the reductions only");
  plan.isKept = std::move(*isKept);
  SmallVector<Operation *> combiners = getCombiners(op, plan.isKept);
  std::optional<unsigned> vectorDim =
      chooseVectorDim(op, maps, /*canReduce=*/!combiners.empty(), plan.isKept);
  if (!vectorDim)
    return fail("along no dimension elements lie next to each other or at one "
                "stride, with results that are all written or all combined");
  plan.vectorDim = *vectorDim;
  if (!linalg::isParallelIterator(iterators[plan.vectorDim]))
    plan.combiners = combiners;
  for (unsigned dim = 0, e = op.getNumLoops(); dim != e; ++dim) {
    if (dim == plan.vectorDim)
      continue;
    if (linalg::isParallelIterator(iterators[dim]))
      plan.outerDims.push_back(dim);
    else
      plan.reductionDims.push_back(dim);
  }

  // A register block pays where an input is the same for all of its rows.
  bool isHeavy = llvm::any_of(*op.getBlock(), [](Operation &inner) {
    auto activation = dyn_cast<ActivationOpInterface>(inner);
    return isa<PrimOp>(inner) ||
           (isa<FormulaOpInterface>(inner) && inner.getNumOperands() > 1) ||
           (activation && bitEnumContainsAny(activation.getFunctionProperties(),
                                             FunctionProperties::Smooth));
  });
  // Terms that are added before their sum is extended: the more of them, the
  // fewer extensions.
  bool isPartialSum = llvm::any_of(plan.combiners, getNarrowTerms);
  int64_t vectors =
      isHeavy && !isPartialSum ? kHeavyVectorsInFlight : kVectorsInFlight;
  if (!plan.reducesVector() && !plan.reductionDims.empty() &&
      !plan.outerDims.empty()) {
    unsigned rowDim = plan.outerDims.back();
    bool isReused = llvm::any_of(
        ArrayRef(maps).take_front(op.getNumDpsInputs()), [&](AffineMap map) {
          return classifyAccess(map, plan.vectorDim) != Access::Constant &&
                 classifyAccess(map, rowDim) == Access::Constant;
        });
    if (isReused && sizes[rowDim] != 1) {
      plan.rows = options.vectorRegisters >= 32 ? 8 : 4;
      if (!ShapedType::isDynamic(sizes[rowDim]))
        plan.rows = std::min(plan.rows, sizes[rowDim]);
      vectors = kVectorsPerRow;
    }
  }

  plan.partialLanes = getLanesPerVector(op, options.vectorBits, plan.combiners);
  plan.lanes = vectors * plan.partialLanes;
  std::optional<int64_t> bound = getBound(op, plan.vectorDim);
  if (bound && *bound < plan.lanes)
    plan.lanes = llvm::PowerOf2Ceil(std::max<int64_t>(*bound, 1));
  else if (options.scalableBits != 0 && !plan.reducesVector() &&
           hasUnitStrides(op, plan.vectorDim)) {
    plan.lanes = vectors * getLanesPerVector(op, options.scalableBits);
    plan.isScalable = true;
  }
  plan.partialLanes = std::min(plan.partialLanes, plan.lanes);
  planStreams(op, maps, options, plan);
  planThreads(op, options, plan);
  return plan;
}
