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
#include "mlir/Interfaces/FunctionInterfaces.h"

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
    Operation *left = nullptr;
    module.walk<WalkOrder::PreOrder>([&](Operation *op) {
      // LLVM's translation takes OpenMP too.
      if (op == module || isa<LLVM::LLVMDialect>(op->getDialect()) ||
          op->getName().getDialectNamespace() == "omp")
        return WalkResult::advance();
      // A cast stands beside an op that is the reason for it.
      bool isCast = isa<UnrealizedConversionCastOp>(op);
      if (!left || !isCast)
        left = op;
      return isCast ? WalkResult::advance() : WalkResult::interrupt();
    });
    if (!left)
      return;
    InFlightDiagnostic error = mlir::emitError(left->getLoc());
    if (isa<ModuleOp>(left))
      error << "functions in a nested module are not lowered";
    else
      error << "'" << left->getName() << "' op has no lowering here";
    // Functions stay where the LLVM dialect has no form of a type.
    if (auto func = dyn_cast<FunctionOpInterface>(left))
      error << " for type " << func.getFunctionType();
    signalPassFailure();
  }
};
} // namespace
