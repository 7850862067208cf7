//===- AttachTarget.cpp - the CPU written into a module -------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Support/Target.h"
#include "act/Transforms/Passes.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"

namespace mlir::act {
#define GEN_PASS_DEF_ACTATTACHTARGET
#include "act/Transforms/Passes.h.inc"
} // namespace mlir::act

using namespace mlir;
using namespace mlir::act;

namespace {
struct ActAttachTargetPass
    : act::impl::ActAttachTargetBase<ActAttachTargetPass> {
  using ActAttachTargetBase::ActAttachTargetBase;

  LogicalResult initialize(MLIRContext *context) override {
    target = resolveCpu(context, cpu, vectorBits);
    return target;
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    Builder builder(&getContext());
    module->setAttr(LLVM::LLVMDialect::getTargetTripleAttrName(),
                    builder.getStringAttr(target->triple));
    module->setAttr(LLVM::LLVMDialect::getDataLayoutAttrName(),
                    builder.getStringAttr(target->dataLayout));

    SmallVector<StringRef> features;
    StringRef(target->features).split(features, ',', -1, /*KeepEmpty=*/false);
    // Without the widths some CPUs get 512-bit vectors split in two, and others
    // narrower ones joined. Without `no-builtins` a loop that fills or copies
    // would become a call.
    std::string width = std::to_string(target->vectorBits);
    ArrayAttr passthrough = builder.getArrayAttr(
        {builder.getStrArrayAttr({"prefer-vector-width", width}),
         builder.getStrArrayAttr({"min-legal-vector-width", width}),
         builder.getStringAttr("no-builtins")});
    for (auto func : module.getOps<LLVM::LLVMFuncOp>()) {
      if (func.isDeclaration())
        continue;
      func.setTargetCpu(target->cpu);
      if (!features.empty())
        func.setTargetFeaturesAttr(
            LLVM::TargetFeaturesAttr::get(&getContext(), features));
      func.setPassthroughAttr(passthrough);
    }
  }

private:
  FailureOr<CpuTarget> target = failure();
};
} // namespace
