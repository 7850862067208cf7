//===- Fuse.cpp - fusion without recomputation ----------------------------===//
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
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/CastInterfaces.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::act {
#define GEN_PASS_DEF_ACTFUSE
#include "act/Transforms/Passes.h.inc"
} // namespace mlir::act

using namespace mlir;
using namespace mlir::act;

namespace {
/// Fusion works on `linalg.generic`. Contractions keep their names: they are
/// not elementwise. A fill keeps its own, by which upstream folds it.
struct GeneralizeElementwise : OpInterfaceRewritePattern<linalg::LinalgOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(linalg::LinalgOp op,
                                PatternRewriter &rewriter) const override {
    if (isa<linalg::GenericOp, linalg::FillOp>(op) ||
        !op.hasPureTensorSemantics() ||
        op.getNumParallelLoops() != op.getNumLoops())
      return failure();
    return linalg::generalizeNamedOp(rewriter, op);
  }
};
} // namespace

/// Whether `op` only changes the type of its operand, which costs less than
/// to store the result and load it again.
static bool isCast(linalg::GenericOp op) {
  return llvm::all_of(op.getBlock()->without_terminator(),
                      llvm::IsaPred<CastOpInterface>);
}

/// A producer is fused into a consumer that reads each of its elements once, if
/// that is the only one or there is nothing to compute.
static bool shouldFuse(OpOperand *operand) {
  auto producer = operand->get().getDefiningOp<linalg::GenericOp>();
  auto consumer = dyn_cast<linalg::LinalgOp>(operand->getOwner());
  return producer && consumer && (producer->hasOneUse() || isCast(producer)) &&
         consumer.getMatchingIndexingMap(operand).isPermutation();
}

void mlir::act::populateFusePatterns(RewritePatternSet &patterns) {
  patterns.add<GeneralizeElementwise>(patterns.getContext());
  linalg::populateElementwiseOpsFusionPatterns(patterns, shouldFuse);
  linalg::GenericOp::getCanonicalizationPatterns(patterns,
                                                 patterns.getContext());
}

namespace {
struct ActFusePass : act::impl::ActFuseBase<ActFusePass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateFusePatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
