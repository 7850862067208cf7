//===- FoldTransposes.cpp - contractions read operands as they lie --------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Transforms/Passes.h"
#include "act/Transforms/Patterns.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::act {
#define GEN_PASS_DEF_ACTFOLDTRANSPOSES
#include "act/Transforms/Passes.h.inc"
} // namespace mlir::act

using namespace mlir;
using namespace mlir::act;

/// Where an element of the result of `op` comes from, if it only moves elements
/// of its one operand: from dimensions of the result to those of the operand.
static std::optional<AffineMap> getSourceMap(linalg::LinalgOp op) {
  if (!op.hasPureTensorSemantics() || op.getNumDpsInputs() != 1 ||
      op.getNumDpsInits() != 1 ||
      op.getNumParallelLoops() != op.getNumLoops() || isa<linalg::FillOp>(op))
    return std::nullopt;
  Block *body = op.getBlock();
  auto yield = cast<linalg::YieldOp>(body->getTerminator());
  if (yield->getOperand(0) != body->getArgument(0))
    return std::nullopt;
  AffineMap source = op.getMatchingIndexingMap(op.getDpsInputOperand(0));
  AffineMap result = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  if (!result.isPermutation() || !source.isProjectedPermutation())
    return std::nullopt;
  return source.compose(inversePermutation(result));
}

namespace {
struct FoldTranspose : OpInterfaceRewritePattern<linalg::LinalgOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(linalg::LinalgOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics() || !linalg::isaContractionOpInterface(op))
      return failure();
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    SmallVector<Value> operands = llvm::to_vector(op->getOperands());
    bool folded = false;
    for (OpOperand *input : op.getDpsInputOperands()) {
      auto mover = input->get().getDefiningOp<linalg::LinalgOp>();
      std::optional<AffineMap> source;
      if (!mover || !(source = getSourceMap(mover)))
        continue;
      unsigned index = input->getOperandNumber();
      SmallVector<AffineMap> candidate = maps;
      candidate[index] = source->compose(maps[index]);
      // The loops have their sizes from the operands that are left.
      if (!inversePermutation(concatAffineMaps(candidate, op->getContext())) ||
          failed(linalg::inferContractionDims(candidate)))
        continue;
      maps = candidate;
      operands[index] = mover.getDpsInputOperand(0)->get();
      folded = true;
    }
    if (!folded)
      return failure();
    unsigned numInputs = op.getNumDpsInputs();
    auto generic =
        linalg::GenericOp::create(rewriter, op.getLoc(), op->getResultTypes(),
                                  ArrayRef(operands).take_front(numInputs),
                                  ArrayRef(operands).drop_front(numInputs),
                                  maps, op.getIteratorTypesArray());
    rewriter.cloneRegionBefore(*op.getBlock()->getParent(), generic.getRegion(),
                               generic.getRegion().end());
    rewriter.replaceOp(op, generic);
    return success();
  }
};

struct ActFoldTransposesPass
    : act::impl::ActFoldTransposesBase<ActFoldTransposesPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateFoldTransposePatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace

void mlir::act::populateFoldTransposePatterns(RewritePatternSet &patterns) {
  patterns.add<FoldTranspose>(patterns.getContext());
}
