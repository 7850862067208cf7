//===- Passes.h - passes on the act dialect ---------------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_TRANSFORMS_PASSES_H
#define ACT_TRANSFORMS_PASSES_H

#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

namespace mlir::act {

#define GEN_PASS_DECL
#include "act/Transforms/Passes.h.inc"

/// act-where with passes as they are, which need not be registered.
std::unique_ptr<Pass> createActWhere(ArrayRef<StringRef> ops,
                                     const OpPassManager &passes);

#define GEN_PASS_REGISTRATION
#include "act/Transforms/Passes.h.inc"

} // namespace mlir::act

#endif // ACT_TRANSFORMS_PASSES_H
