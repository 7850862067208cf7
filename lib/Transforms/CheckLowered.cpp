//===- CheckLowered.cpp - act-check-lowered -------------------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Transforms/Passes.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"

namespace mlir::act {
#define GEN_PASS_DEF_ACTCHECKLOWERED
#include "act/Transforms/Passes.h.inc"
} // namespace mlir::act

using namespace mlir;
using namespace mlir::act;

namespace {
struct ActCheckLoweredPass
    : act::impl::ActCheckLoweredBase<ActCheckLoweredPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    WalkResult result =
        module.walk<WalkOrder::PreOrder>([&](Operation *op) -> WalkResult {
          if (op == module || isa<LLVM::LLVMDialect>(op->getDialect()))
            return WalkResult::advance();
          InFlightDiagnostic error = mlir::emitError(op->getLoc());
          if (isa<ModuleOp>(op))
            error << "functions in a nested module are not lowered";
          else
            error << "'" << op->getName() << "' op has no lowering here";
          return WalkResult::interrupt();
        });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};
} // namespace
