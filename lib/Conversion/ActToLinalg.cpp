//===- ActToLinalg.cpp - convert-act-to-linalg ---===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Conversion/Passes.h"
#include "act/IR/Act.h"
#include "act/Transforms/Patterns.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::act {
#define GEN_PASS_DEF_CONVERTACTTOLINALG
#include "act/Conversion/Passes.h.inc"
} // namespace mlir::act

using namespace mlir;
using namespace mlir::act;

namespace {
struct ToLinalgPattern : OpInterfaceRewritePattern<FormulaOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(FormulaOpInterface op,
                                PatternRewriter &rewriter) const override {
    if (!OpTrait::hasElementwiseMappableTraits(op) ||
        !isa<RankedTensorType>(op->getResult(0).getType()))
      return failure();
    Location loc = op.getLoc();
    SmallVector<OpFoldResult> sizes =
        tensor::getMixedSizes(rewriter, loc, op->getOperand(0));
    SmallVector<Type> elements;
    SmallVector<Value> destinations;
    for (Type type : op->getResultTypes()) {
      elements.push_back(getElementTypeOrSelf(type));
      destinations.push_back(
          tensor::EmptyOp::create(rewriter, loc, sizes, elements.back(),
                                  cast<RankedTensorType>(type).getEncoding()));
    }
    AffineMap identity = rewriter.getMultiDimIdentityMap(sizes.size());
    SmallVector<AffineMap> maps(op->getNumOperands() + op->getNumResults(),
                                identity);
    SmallVector<utils::IteratorType> iterators(sizes.size(),
                                               utils::IteratorType::parallel);
    auto generic = linalg::GenericOp::create(
        rewriter, loc, op->getResultTypes(), op->getOperands(), destinations,
        maps, iterators, [&](OpBuilder &b, Location loc, ValueRange arguments) {
          OperationState state(loc, op->getName());
          state.addOperands(arguments.take_front(op->getNumOperands()));
          state.addTypes(elements);
          state.addAttributes(op->getAttrs());
          Operation *scalar = b.create(state);
          linalg::YieldOp::create(b, loc, scalar->getResults());
        });
    rewriter.replaceOp(op, generic.getResults());
    return success();
  }
};

struct ConvertActToLinalgPass
    : act::impl::ConvertActToLinalgBase<ConvertActToLinalgPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateActToLinalgPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace

void act::populateActToLinalgPatterns(RewritePatternSet &patterns) {
  patterns.add<ToLinalgPattern>(patterns.getContext());
}
