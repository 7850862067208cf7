//===- ReshapeDestinations.cpp - results straight into their buffers ------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Transforms/Passes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"

namespace mlir::act {
#define GEN_PASS_DEF_ACTRESHAPEDESTINATIONS
#include "act/Transforms/Passes.h.inc"
} // namespace mlir::act

using namespace mlir;
using namespace mlir::act;

/// The empty tensor that `value` was computed into.
static tensor::EmptyOp findEmpty(Value value) {
  while (auto producer = value.getDefiningOp<DestinationStyleOpInterface>())
    value = producer.getTiedOpOperand(cast<OpResult>(value))->get();
  return value.getDefiningOp<tensor::EmptyOp>();
}

/// Reshapes the buffer instead of the result.
static LogicalResult
reshapeDestination(RewriterBase &rewriter,
                   bufferization::MaterializeInDestinationOp op,
                   const DominanceInfo &dominance) {
  auto collapse = op.getSource().getDefiningOp<tensor::CollapseShapeOp>();
  auto type = dyn_cast<MemRefType>(op.getDest().getType());
  if (!collapse || !type)
    return failure();
  tensor::EmptyOp empty = findEmpty(collapse.getSrc());
  if (!empty || !dominance.dominates(op.getDest(), empty))
    return failure();
  FailureOr<MemRefType> expanded = memref::ExpandShapeOp::computeExpandedType(
      type, collapse.getSrcType().getShape(),
      collapse.getReassociationIndices());
  if (failed(expanded))
    return failure();
  rewriter.setInsertionPoint(empty);
  Value buffer = memref::ExpandShapeOp::create(
      rewriter, op.getLoc(), *expanded, op.getDest(),
      collapse.getReassociationIndices(), empty.getMixedSizes());
  rewriter.modifyOpInPlace(op, [&] {
    op.getSourceMutable().assign(collapse.getSrc());
    op.getDestMutable().assign(buffer);
  });
  if (collapse->use_empty())
    rewriter.eraseOp(collapse);
  return success();
}

namespace {
struct ActReshapeDestinationsPass
    : act::impl::ActReshapeDestinationsBase<ActReshapeDestinationsPass> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    auto &dominance = getAnalysis<DominanceInfo>();
    getOperation()->walk([&](bufferization::MaterializeInDestinationOp op) {
      while (succeeded(reshapeDestination(rewriter, op, dominance)))
        ;
    });
  }
};
} // namespace
