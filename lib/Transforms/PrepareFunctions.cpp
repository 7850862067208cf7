//===- PrepareFunctions.cpp - how functions are called --------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Transforms/Passes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"

namespace mlir::act {
#define GEN_PASS_DEF_ACTPREPAREFUNCTIONS
#include "act/Transforms/Passes.h.inc"
} // namespace mlir::act

using namespace mlir;
using namespace mlir::act;

namespace {
struct ActPrepareFunctionsPass
    : act::impl::ActPrepareFunctionsBase<ActPrepareFunctionsPass> {
  void runOnOperation() override {
    OpBuilder builder(&getContext());
    StringRef writable = bufferization::BufferizationDialect::kWritableAttrName;
    for (auto func : getOperation().getOps<func::FuncOp>()) {
      if (func.isDeclaration() || !func.isPublic())
        continue;
      // Vectors are passed in registers; C has no type for them.
      FunctionType type = func.getFunctionType();
      if (llvm::none_of(type.getInputs(), llvm::IsaPred<VectorType>) &&
          llvm::none_of(type.getResults(), llvm::IsaPred<VectorType>))
        func->setAttr(LLVM::LLVMDialect::getEmitCWrapperAttrName(),
                      builder.getUnitAttr());
      for (auto [index, type] : llvm::enumerate(func.getArgumentTypes()))
        if (isa<TensorType>(type) && !func.getArgAttr(index, writable))
          func.setArgAttr(index, writable, builder.getBoolAttr(false));
    }

    StringRef manual = bufferization::BufferizationDialect::kManualDeallocation;
    getOperation().walk([&](memref::DeallocOp dealloc) {
      dealloc->setAttr(manual, builder.getUnitAttr());
      if (auto alloc = dealloc.getMemref().getDefiningOp<memref::AllocOp>())
        alloc->setAttr(manual, builder.getUnitAttr());
    });
  }
};
} // namespace
