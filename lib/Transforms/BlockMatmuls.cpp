//===- BlockMatmuls.cpp - matmuls and what follows them, in blocks --------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MatmulInfo.h"
#include "act/Transforms/Passes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"
#include "mlir/Dialect/MemRef/Transforms/Transforms.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/TileUsingInterface.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/Interfaces/ValueBoundsOpInterface.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::act {
#define GEN_PASS_DEF_ACTBLOCKMATMULS
#include "act/Transforms/Passes.h.inc"
} // namespace mlir::act

using namespace mlir;
using namespace mlir::act;

//===----------------------------------------------------------------------===//
// What follows a matmul row by row
//===----------------------------------------------------------------------===//

/// Whether `slice` takes the first `rows` dimensions whole.
static bool keepsRows(tensor::ExtractSliceOp slice, unsigned rows) {
  if (slice.getType().getRank() != slice.getSourceType().getRank())
    return false;
  for (unsigned dim : llvm::seq(rows)) {
    if (!isConstantIntValue(slice.getMixedOffsets()[dim], 0) ||
        !isConstantIntValue(slice.getMixedStrides()[dim], 1))
      return false;
    FailureOr<bool> isWhole = ValueBoundsConstraintSet::areEqual(
        {slice.getResult(), dim}, {slice.getSource(), dim});
    if (failed(isWhole) || !*isWhole)
      return false;
  }
  return true;
}

namespace {
/// A matmul and the ops after it that work on the rows of its result, each on
/// rows of its own.
class Group {
public:
  /// The largest group of `matmul` that leaves one result to others.
  explicit Group(linalg::LinalgOp matmul)
      : matmul(matmul),
        numRowDims(cast<ShapedType>(matmul->getResult(0).getType()).getRank() -
                   1) {
    SmallVector<Operation *> followers = collect();
    for (Operation *last : llvm::reverse(followers)) {
      if (!isa<linalg::LinalgOp>(last) || last->getNumResults() != 1)
        continue;
      if (isClosed(last)) {
        root = cast<linalg::LinalgOp>(last);
        return;
      }
    }
  }

  /// The op that leaves its result, none if nothing follows.
  linalg::LinalgOp getRoot() const { return root; }
  bool contains(Operation *op) const { return members.contains(op); }
  unsigned getNumRowDims() const { return numRowDims; }

private:
  /// Whether `op` computes each row of its results from the same rows of what
  /// it reads of the group.
  bool followsRows(linalg::LinalgOp op) const {
    if (!op.hasPureTensorSemantics() || linalg::isaContractionOpInterface(op))
      return false;
    SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
    for (unsigned dim : llvm::seq(numRowDims)) {
      std::optional<AffineExpr> loop;
      for (OpOperand &operand : op->getOpOperands()) {
        bool isResult = op.isDpsInit(&operand);
        if (!isResult && !members.contains(operand.get().getDefiningOp()))
          continue;
        AffineMap map = op.getMatchingIndexingMap(&operand);
        if (map.getNumResults() <= dim)
          return false;
        AffineExpr expr = map.getResult(dim);
        auto position = dyn_cast<AffineDimExpr>(expr);
        if (!position || (loop && *loop != expr) ||
            !linalg::isParallelIterator(iterators[position.getPosition()]))
          return false;
        loop = expr;
      }
    }
    return true;
  }

  /// All ops behind the matmul that follow its rows.
  SmallVector<Operation *> collect() {
    SmallVector<Operation *> followers;
    members.insert(matmul);
    for (Operation *op = matmul->getNextNode(); op; op = op->getNextNode()) {
      if (llvm::none_of(op->getOperands(), [&](Value operand) {
            return members.contains(operand.getDefiningOp());
          }))
        continue;
      auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
      auto slice = dyn_cast<tensor::ExtractSliceOp>(op);
      if ((linalgOp && followsRows(linalgOp)) ||
          (slice && keepsRows(slice, numRowDims))) {
        members.insert(op);
        followers.push_back(op);
      }
    }
    return followers;
  }

  /// Restricts the group to what `last` needs, if nobody else reads that.
  bool isClosed(Operation *last) {
    llvm::SetVector<Operation *> needed;
    needed.insert(last);
    for (size_t i = 0; i < needed.size(); ++i)
      for (Value operand : needed[i]->getOperands())
        if (members.contains(operand.getDefiningOp()))
          needed.insert(operand.getDefiningOp());
    for (Operation *op : needed)
      if (op != last && llvm::any_of(op->getUsers(), [&](Operation *user) {
            return !needed.contains(user);
          }))
        return false;
    if (!needed.contains(matmul))
      return false;
    members = SmallPtrSet<Operation *, 8>(needed.begin(), needed.end());
    addOthers(needed.getArrayRef());
    return true;
  }

  /// Adds matmuls whose results only the group reads, along its rows.
  void addOthers(ArrayRef<Operation *> readers) {
    for (Operation *reader : readers) {
      auto op = dyn_cast<linalg::LinalgOp>(reader);
      if (!op || op == matmul)
        continue;
      AffineMap rows = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
      for (OpOperand *input : op.getDpsInputOperands()) {
        auto other = input->get().getDefiningOp<linalg::LinalgOp>();
        if (!other || !other->hasOneUse() || !other.hasPureTensorSemantics() ||
            !linalg::isaContractionOpInterface(other))
          continue;
        AffineMap map = op.getMatchingIndexingMap(input);
        if (map.getNumResults() == numRowDims + 1 &&
            map.getResults().take_front(numRowDims) ==
                rows.getResults().take_front(numRowDims))
          members.insert(other);
      }
    }
  }

  linalg::LinalgOp matmul;
  unsigned numRowDims;
  SmallPtrSet<Operation *, 8> members;
  linalg::LinalgOp root;
};

/// A slice of rows of a slice of columns is a slice of columns of one of rows,
/// which a producer of the rows can be fused into.
struct RowsFirst : OpRewritePattern<tensor::ExtractSliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::ExtractSliceOp rows,
                                PatternRewriter &rewriter) const override {
    auto columns = rows.getSource().getDefiningOp<tensor::ExtractSliceOp>();
    int64_t rank = rows.getSourceType().getRank();
    // What this leaves outside takes all rows, and is not turned again.
    if (!columns || rows.getType().getRank() != rank ||
        columns.getSourceType().getRank() != rank ||
        !keepsRows(columns, rank - 1) || keepsRows(rows, rank - 1))
      return failure();
    SmallVector<OpFoldResult> offsets = rows.getMixedOffsets();
    SmallVector<OpFoldResult> sizes = rows.getMixedSizes();
    SmallVector<OpFoldResult> strides = rows.getMixedStrides();
    if (!isConstantIntValue(offsets.back(), 0) ||
        !isConstantIntValue(strides.back(), 1) ||
        rows.getType().getDimSize(rank - 1) !=
            columns.getType().getDimSize(rank - 1) ||
        rows.getType().isDynamicDim(rank - 1))
      return failure();
    SmallVector<OpFoldResult> whole = sizes;
    whole.back() = tensor::getMixedSize(rewriter, rows.getLoc(),
                                        columns.getSource(), rank - 1);
    Value first = tensor::ExtractSliceOp::create(
        rewriter, rows.getLoc(), columns.getSource(), offsets, whole, strides);
    SmallVector<OpFoldResult> starts(rank, rewriter.getIndexAttr(0));
    starts.back() = columns.getMixedOffsets().back();
    SmallVector<OpFoldResult> steps(rank, rewriter.getIndexAttr(1));
    steps.back() = columns.getMixedStrides().back();
    rewriter.replaceOpWithNewOp<tensor::ExtractSliceOp>(
        rows, rows.getType(), first, starts, sizes, steps);
    return success();
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

/// Rows of a block: as asked for, or as many as fit into the cache, if that is
/// not so few that the matmul loses more than the rest gains. 0 for no blocks.
static int64_t chooseRows(linalg::LinalgOp matmul,
                          const ActBlockMatmulsOptions &options) {
  if (options.rows != 0)
    return options.rows;
  auto type = cast<RankedTensorType>(matmul->getResult(0).getType());
  int64_t columns = type.getShape().back();
  if (ShapedType::isDynamic(columns) || columns == 0)
    return 0;
  int64_t bytes = columns * llvm::divideCeil(type.getElementTypeBitWidth(), 8);
  int64_t rows = llvm::alignDown(options.cacheBytes / bytes, 32);
  // A matmul goes through its second operand, of `depth` rows, once for each
  // block.
  int64_t depth = 1;
  for (auto [size, iterator] : llvm::zip_equal(matmul.getStaticLoopRanges(),
                                               matmul.getIteratorTypesArray()))
    if (!linalg::isParallelIterator(iterator))
      depth = ShapedType::isDynamic(size) ? ShapedType::kDynamic : size;
  if (ShapedType::isDynamic(depth) || rows < options.rowsPerDepth * depth)
    return 0;
  return rows;
}

/// Takes the ops that follow a matmul into one loop with it, over blocks of
/// rows, and over each of a batch.
static LogicalResult blockRows(RewriterBase &rewriter, linalg::LinalgOp matmul,
                               const ActBlockMatmulsOptions &options) {
  Group group(matmul);
  linalg::LinalgOp root = group.getRoot();
  if (!root)
    return failure();
  int64_t rows = chooseRows(matmul, options);
  unsigned numRowDims = group.getNumRowDims();
  auto type = cast<RankedTensorType>(root->getResult(0).getType());
  int64_t size = type.getDimSize(numRowDims - 1);
  bool isWhole = rows == 0 || (!ShapedType::isDynamic(size) && size <= rows);
  if (isWhole && numRowDims == 1)
    return failure();

  AffineMap map = root.getMatchingIndexingMap(root.getDpsInitOperand(0));
  SmallVector<OpFoldResult> sizes(root.getNumLoops(), rewriter.getIndexAttr(0));
  for (unsigned dim : llvm::seq(numRowDims)) {
    bool isBatch = dim + 1 != numRowDims;
    sizes[map.getDimPosition(dim)] = rewriter.getIndexAttr(isBatch   ? 1
                                                           : isWhole ? 0
                                                                     : rows);
  }
  scf::SCFTileAndFuseOptions tiling;
  tiling.tilingOptions.setTileSizes(sizes);
  RewritePatternSet cleanup(rewriter.getContext());
  cleanup.add<RowsFirst>(rewriter.getContext());
  tiling.cleanupPatterns = std::move(cleanup);
  tiling.setFusionControlFn(
      [&](tensor::ExtractSliceOp, OpResult producer,
          bool) -> std::optional<scf::SCFTileAndFuseOptions::ControlFnResult> {
        if (group.contains(producer.getOwner()) ||
            isa<linalg::FillOp>(producer.getOwner()))
          return scf::SCFTileAndFuseOptions::ControlFnResult{};
        return std::nullopt;
      });
  rewriter.setInsertionPoint(root);
  FailureOr<scf::SCFTileAndFuseResult> tiled =
      scf::tileConsumerAndFuseProducersUsingSCF(
          rewriter, cast<TilingInterface>(root.getOperation()), tiling);
  if (failed(tiled))
    return failure();
  for (OpResult result : root->getResults())
    rewriter.replaceAllUsesWith(result, tiled->replacements.lookup(result));
  return success();
}

/// Splits the loops of a matmul into tiles by upstream's tiling.
static void tileLoops(RewriterBase &rewriter, linalg::LinalgOp matmul,
                      ArrayRef<int64_t> tile) {
  FailureOr<linalg::ContractionDimensions> dims =
      linalg::inferContractionDims(matmul);
  if (failed(dims))
    return;
  SmallVector<int64_t> ranges = matmul.getStaticLoopRanges();
  SmallVector<OpFoldResult> sizes(matmul.getNumLoops(),
                                  rewriter.getIndexAttr(0));
  bool splits = false;
  auto split = [&](ArrayRef<unsigned> loops, int64_t size) {
    if (loops.empty() || size == 0 ||
        (!ShapedType::isDynamic(ranges[loops.back()]) &&
         ranges[loops.back()] <= size))
      return;
    sizes[loops.back()] = rewriter.getIndexAttr(size);
    splits = true;
  };
  split(dims->m, tile[0]);
  split(dims->n, tile[1]);
  split(dims->k, tile[2]);
  if (!splits)
    return;
  for (unsigned loop : dims->batch)
    sizes[loop] = rewriter.getIndexAttr(1);
  scf::SCFTilingOptions tiling;
  tiling.setTileSizes(sizes);
  // Columns outermost: their part of B is used for all rows.
  SmallVector<int64_t> order;
  for (ArrayRef<unsigned> loops :
       {ArrayRef<unsigned>(dims->batch), ArrayRef<unsigned>(dims->n),
        ArrayRef<unsigned>(dims->k), ArrayRef<unsigned>(dims->m)})
    llvm::append_range(order, loops);
  tiling.setInterchange(order);
  rewriter.setInsertionPoint(matmul);
  FailureOr<scf::SCFTilingResult> tiled = scf::tileUsingSCF(
      rewriter, cast<TilingInterface>(matmul.getOperation()), tiling);
  if (succeeded(tiled))
    rewriter.replaceOp(matmul, tiled->replacements);
}

static SmallVector<linalg::LinalgOp> collectMatmuls(Operation *root) {
  SmallVector<linalg::LinalgOp> matmuls;
  root->walk([&](linalg::LinalgOp op) {
    if (op.hasPureTensorSemantics() && op->getNumResults() == 1 &&
        cast<ShapedType>(op->getResult(0).getType()).getRank() > 1 &&
        linalg::isaContractionOpInterface(op) &&
        // Upstream does not tile what has no elements.
        !llvm::is_contained(op.getStaticLoopRanges(), 0))
      matmuls.push_back(op);
  });
  return matmuls;
}

namespace {
struct ActBlockMatmulsPass
    : act::impl::ActBlockMatmulsBase<ActBlockMatmulsPass> {
  using ActBlockMatmulsBase::ActBlockMatmulsBase;

  LogicalResult initialize(MLIRContext *context) override {
    if (!tile.empty() && tile.size() != 3)
      return emitError(UnknownLoc::get(context),
                       "act-block-matmuls: 'tile' takes three sizes");
    return success();
  }

  void runOnOperation() override {
    if (collectMatmuls(getOperation()).empty())
      return;
    // What asks for the size of a result keeps it alive.
    RewritePatternSet patterns(&getContext());
    memref::populateResolveRankedShapedTypeResultDimsPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
    ActBlockMatmulsOptions options;
    options.rows = rows;
    options.cacheBytes = cacheBytes;
    options.rowsPerDepth = rowsPerDepth;
    IRRewriter rewriter(&getContext());
    for (linalg::LinalgOp matmul : collectMatmuls(getOperation()))
      if (!matmul->use_empty())
        (void)blockRows(rewriter, matmul, options);
    if (tile.empty())
      return;
    for (linalg::LinalgOp matmul : collectMatmuls(getOperation()))
      if (!matmul->use_empty() &&
          !(forLibrary && !getLibraryFunction(matmul).empty()))
        tileLoops(rewriter, matmul, tile);
  }
};
} // namespace
