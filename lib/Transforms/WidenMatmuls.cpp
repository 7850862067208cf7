//===- WidenMatmuls.cpp - sums of 16-bit products in f32 ------------------===//
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
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::act {
#define GEN_PASS_DEF_ACTWIDENMATMULS
#include "act/Transforms/Passes.h.inc"
} // namespace mlir::act

using namespace mlir;
using namespace mlir::act;

/// What the sums start from, in f32.
static Value widenInit(OpBuilder &b, Location loc, Value init,
                       RankedTensorType type) {
  auto fill = init.getDefiningOp<linalg::FillOp>();
  if (!fill)
    return arith::ExtFOp::create(b, loc, type, init);
  Value empty =
      tensor::EmptyOp::create(b, loc, tensor::getMixedSizes(b, loc, init),
                              type.getElementType(), type.getEncoding());
  Value start = arith::ExtFOp::create(b, loc, type.getElementType(),
                                      fill.getInputs().front());
  return linalg::FillOp::create(b, loc, start, empty).getResult(0);
}

namespace {
struct WidenMatmul : OpInterfaceRewritePattern<linalg::LinalgOp> {
  WidenMatmul(MLIRContext *context, bool forLibrary)
      : OpInterfaceRewritePattern(context), forLibrary(forLibrary) {}

  LogicalResult matchAndRewrite(linalg::LinalgOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics() || !getSumType(op) ||
        (forLibrary && !getLibraryFunction(op).empty()))
      return failure();
    auto narrow = dyn_cast<RankedTensorType>(op->getResult(0).getType());
    if (!narrow || !isa<Float16Type, BFloat16Type>(narrow.getElementType()) ||
        llvm::any_of(op.getDpsInputs(), [&](Value input) {
          return getElementTypeOrSelf(input) != narrow.getElementType();
        }))
      return failure();
    Location loc = op.getLoc();
    auto wide = RankedTensorType::get(narrow.getShape(), rewriter.getF32Type(),
                                      narrow.getEncoding());
    Value init = widenInit(rewriter, loc, op.getDpsInits().front(), wide);
    auto generic =
        buildMatmul(rewriter, op, wide.getElementType(), op.getDpsInputs(),
                    init, op.getIndexingMapsArray());
    rewriter.replaceOpWithNewOp<arith::TruncFOp>(op, narrow,
                                                 generic.getResult(0));
    return success();
  }

  bool forLibrary;
};

struct ActWidenMatmulsPass
    : act::impl::ActWidenMatmulsBase<ActWidenMatmulsPass> {
  using ActWidenMatmulsBase::ActWidenMatmulsBase;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateWidenMatmulPatterns(patterns, forLibrary);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace

void mlir::act::populateWidenMatmulPatterns(RewritePatternSet &patterns,
                                            bool forLibrary) {
  patterns.add<WidenMatmul>(patterns.getContext(), forLibrary);
}
