//===- ActTransformOps.cpp - transform ops of the act dialect -------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/TransformOps/ActTransformOps.h"
#include "act/IR/Act.h"
#include "act/Primitives/TargetPrimitives.h"
#include "act/Transforms/Options.h"
#include "act/Transforms/Patterns.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Transform/IR/TransformDialect.h"

using namespace mlir;
using namespace mlir::act;

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

void ApplyDecomposePatternsOp::populatePatterns(RewritePatternSet &patterns) {
  populateDecomposePatterns(patterns);
}

static FailureOr<PrimitiveForm> getForm(ApplyExpandPatternsOp op) {
  return getPrimitiveForm(op.getTo(), op.getAccuracy(),
                          [&] { return op.emitOpError(); });
}

LogicalResult ApplyExpandPatternsOp::verify() { return getForm(*this); }

void ApplyExpandPatternsOp::populatePatterns(RewritePatternSet &patterns) {
  FailureOr<PrimitiveForm> form = getForm(*this);
  if (succeeded(form))
    populateExpandPatterns(patterns, *form, getRareBranch());
}

/// Primitives for the CPU, and whether one word is enough.
static FailureOr<std::pair<CpuPrimitives, bool>>
getTarget(ApplyLowerPrimitivesPatternsOp op) {
  FailureOr<bool> fast =
      isFast(op.getAccuracy(), [&] { return op.emitOpError(); });
  if (failed(fast))
    return failure();
  llvm::Expected<CpuPrimitives> target = createCpuPrimitives(op.getCpu());
  if (!target)
    return op.emitOpError() << llvm::toString(target.takeError());
  return std::pair(*target, *fast);
}

LogicalResult ApplyLowerPrimitivesPatternsOp::verify() {
  return getTarget(*this);
}

void ApplyLowerPrimitivesPatternsOp::populatePatterns(
    RewritePatternSet &patterns) {
  auto target = getTarget(*this);
  if (succeeded(target))
    populateLowerPrimitivesPatterns(patterns, target->first.primitives,
                                    target->second);
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

namespace {
class ActTransformDialectExtension
    : public transform::TransformDialectExtension<
          ActTransformDialectExtension> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(ActTransformDialectExtension)

  using Base::Base;

  void init() {
    // Which brings along what patterns make, but for intrinsics of targets.
    declareGeneratedDialect<ActDialect>();
    declareGeneratedDialect<LLVM::LLVMDialect>();
    registerTransformOps<
#define GET_OP_LIST
#include "act/TransformOps/ActTransformOps.cpp.inc"
        >();
  }
};
} // namespace

#define GET_OP_CLASSES
#include "act/TransformOps/ActTransformOps.cpp.inc"

void act::registerTransformDialectExtension(DialectRegistry &registry) {
  registry.addExtensions<ActTransformDialectExtension>();
}
