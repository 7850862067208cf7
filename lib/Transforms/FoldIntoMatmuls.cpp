//===- FoldIntoMatmuls.cpp - contractions take operands as they are -------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MatmulInfo.h"
#include "act/Transforms/Passes.h"
#include "act/Transforms/Patterns.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/MemRef/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::act {
#define GEN_PASS_DEF_ACTFOLDINTOMATMULS
#include "act/Transforms/Passes.h.inc"
} // namespace mlir::act

using namespace mlir;
using namespace mlir::act;

/// Whether the body of `op`, which has one operand and one result on tensors,
/// is an op of a kind on the element, or nothing but the element if `Op` is
/// void.
template <typename Op>
static bool onlyApplies(linalg::LinalgOp op) {
  if (!op.hasPureTensorSemantics() || op.getNumDpsInputs() != 1 ||
      op.getNumDpsInits() != 1 || isa<linalg::FillOp>(op) ||
      op.getNumParallelLoops() != op.getNumLoops())
    return false;
  Block *body = op.getBlock();
  Value value = body->getTerminator()->getOperand(0);
  if constexpr (!std::is_void_v<Op>) {
    auto applied = value.getDefiningOp<Op>();
    if (!applied || applied->getBlock() != body)
      return false;
    value = applied->getOperand(0);
  }
  return value == body->getArgument(0);
}

/// From dimensions of the result of `op`, each of which is a loop of its own,
/// to those of its operand.
static std::optional<AffineMap> getSourceMap(linalg::LinalgOp op) {
  AffineMap source = op.getMatchingIndexingMap(op.getDpsInputOperand(0));
  AffineMap result = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  if (!result.isPermutation() || !source.isProjectedPermutation())
    return std::nullopt;
  return source.compose(inversePermutation(result));
}

namespace {
/// A transposed, broadcast or extended operand is read as it is.
struct FoldOperands : OpInterfaceRewritePattern<linalg::LinalgOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(linalg::LinalgOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics() || getLibraryFunction(op).empty())
      return failure();
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    SmallVector<Value> inputs = op.getDpsInputs();
    bool folded = false;
    for (auto [index, input] : llvm::enumerate(inputs)) {
      auto producer = input.getDefiningOp<linalg::LinalgOp>();
      if (!producer || !(onlyApplies<void>(producer) ||
                         onlyApplies<arith::ExtFOp>(producer)))
        continue;
      std::optional<AffineMap> source = getSourceMap(producer);
      if (!source)
        continue;
      SmallVector<AffineMap> candidate = maps;
      candidate[index] = source->compose(maps[index]);
      // The loops have their sizes from the operands that are left.
      if (!inversePermutation(concatAffineMaps(candidate, op->getContext())) ||
          failed(inferMatmulDims(candidate)))
        continue;
      maps = candidate;
      input = producer.getDpsInputOperand(0)->get();
      folded = true;
    }
    if (!folded)
      return failure();
    // Not at the price of a product that the library does not have.
    Type sum = getElementTypeOrSelf(op.getDpsInits().front());
    if (getLibraryFunction(getElementTypeOrSelf(inputs[0]),
                           getElementTypeOrSelf(inputs[1]), sum)
            .empty())
      return failure();
    rewriter.replaceOp(op, buildMatmul(rewriter, op, getSumType(op), inputs,
                                       op.getDpsInits().front(), maps));
    return success();
  }
};

/// A product that is only rounded is stored rounded.
struct FoldTruncation : OpInterfaceRewritePattern<linalg::LinalgOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(linalg::LinalgOp op,
                                PatternRewriter &rewriter) const override {
    if (!onlyApplies<arith::TruncFOp>(op))
      return failure();
    auto matmul =
        op.getDpsInputOperand(0)->get().getDefiningOp<linalg::LinalgOp>();
    if (!matmul || !matmul->hasOneUse() ||
        matmul->getBlock() != op->getBlock() ||
        getLibraryFunction(matmul).empty() ||
        !llvm::all_of(op.getIndexingMapsArray(),
                      [](AffineMap map) { return map.isIdentity(); }))
      return failure();
    Type narrow = getElementTypeOrSelf(op->getResult(0));
    auto fill = matmul.getDpsInits().front().getDefiningOp<linalg::FillOp>();
    if (getLibraryFunction(narrow, narrow, narrow).empty() || !fill ||
        !matchPattern(fill.getInputs().front(), m_PosZeroFloat()) ||
        llvm::any_of(matmul.getDpsInputs(), [&](Value input) {
          return getElementTypeOrSelf(input) != narrow;
        }))
      return failure();
    Location loc = matmul.getLoc();
    Value empty = tensor::EmptyOp::create(
        rewriter, loc,
        tensor::getMixedSizes(rewriter, loc, fill.getOutputs().front()),
        narrow);
    Value zero =
        arith::ConstantOp::create(rewriter, loc, rewriter.getZeroAttr(narrow));
    Value init =
        linalg::FillOp::create(rewriter, loc, zero, empty).getResult(0);
    rewriter.replaceOp(op, buildMatmul(rewriter, matmul, getSumType(matmul),
                                       matmul.getDpsInputs(), init,
                                       matmul.getIndexingMapsArray()));
    return success();
  }
};

struct ActFoldIntoMatmulsPass
    : act::impl::ActFoldIntoMatmulsBase<ActFoldIntoMatmulsPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateFoldIntoMatmulPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace

void mlir::act::populateFoldIntoMatmulPatterns(RewritePatternSet &patterns) {
  patterns.add<FoldOperands, FoldTruncation>(patterns.getContext());
  // What asks for the size of a product is no use of it.
  memref::populateResolveRankedShapedTypeResultDimsPatterns(patterns);
}
