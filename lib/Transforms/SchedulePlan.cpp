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
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"
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
/// intermediate values fill the registers, and the machine finds the rest of the
/// parallelism in the steps that follow.
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

/// The ops that combine two partial results, each for some of the outputs, if
/// the body reduces every output by an op with a neutral element.
static SmallVector<Operation *> getCombiners(linalg::LinalgOp op) {
  SmallVector<Operation *> combiners;
  auto yield = cast<linalg::YieldOp>(op.getBlock()->getTerminator());
  ValueRange values = yield.getValues();
  ArrayRef<BlockArgument> args = op.getRegionOutputArgs();
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

// That of the widest type in the computation, and never more than that of
// a 32-bit type, because narrower ones are computed in f32.
int64_t mlir::act::getLanesPerVector(linalg::LinalgOp op, unsigned vectorBits) {
  unsigned widest = 32;
  auto see = [&](Type type) {
    widest =
        std::max(widest, type.isIndex() ? 64 : type.getIntOrFloatBitWidth());
  };
  for (Type type : op.getBlock()->getArgumentTypes())
    see(type);
  for (Operation &inner : *op.getBlock())
    llvm::for_each(inner.getResultTypes(), see);
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
static std::optional<unsigned>
chooseVectorDim(linalg::LinalgOp op, ArrayRef<AffineMap> maps, bool canReduce) {
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
      isSupported &= access != Access::Unsupported &&
                     (!isOutput || isParallel == (access != Access::Constant));
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
  SmallVector<Operation *> combiners = getCombiners(op);
  std::optional<unsigned> vectorDim =
      chooseVectorDim(op, maps, /*canReduce=*/!combiners.empty());
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
    return isa<ActivationOpInterface, PrimOp>(inner);
  });
  int64_t vectors = isHeavy ? kHeavyVectorsInFlight : kVectorsInFlight;
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

  plan.lanes = vectors * getLanesPerVector(op, options.vectorBits);
  int64_t size = sizes[plan.vectorDim];
  if (!ShapedType::isDynamic(size) && size < plan.lanes)
    plan.lanes = llvm::PowerOf2Ceil(std::max<int64_t>(size, 1));
  else if (options.scalableBits != 0 && !plan.reducesVector() &&
           hasUnitStrides(op, plan.vectorDim)) {
    plan.lanes = vectors * getLanesPerVector(op, options.scalableBits);
    plan.isScalable = true;
  }
  planStreams(op, maps, options, plan);
  planThreads(op, options, plan);
  return plan;
}
