//===- LowerPrimitives.cpp - act-lower-primitives -------------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Primitives/TargetPrimitives.h"
#include "act/Transforms/Options.h"
#include "act/Transforms/Passes.h"
#include "act/Transforms/Remarks.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::act {
#define GEN_PASS_DEF_ACTLOWERPRIMITIVES
#include "act/Transforms/Passes.h.inc"
} // namespace mlir::act

using namespace mlir;
using namespace mlir::act;

namespace {
struct LowerPrimitivesPass
    : act::impl::ActLowerPrimitivesBase<LowerPrimitivesPass> {
  using ActLowerPrimitivesBase::ActLowerPrimitivesBase;

  LogicalResult initialize(MLIRContext *context) override {
    FailureOr<bool> chosen = isFast(accuracy, [&]() -> InFlightDiagnostic {
      return emitError(UnknownLoc::get(context)) << "act-lower-primitives: ";
    });
    if (failed(chosen))
      return failure();
    fast = *chosen;
    llvm::Expected<CpuPrimitives> resolved =
        createCpuPrimitives(cpu, vectorBits);
    if (!resolved)
      return emitError(UnknownLoc::get(context))
             << llvm::toString(resolved.takeError());
    target = std::move(*resolved);
    return success();
  }

  void runOnOperation() override {
    remarkOnPrimitives(getOperation(), target.cpu, accuracy);
    RewritePatternSet patterns(&getContext());
    populateLowerPrimitivesPatterns(patterns, target.primitives, fast);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }

private:
  // Shared by the copies of the pass that run on several threads.
  CpuPrimitives target;
  bool fast = false;
};
} // namespace
