//===- Optimize.h - LLVM's passes for our code ------------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_SUPPORT_OPTIMIZE_H
#define ACT_SUPPORT_OPTIMIZE_H

#include "llvm/Support/Error.h"

namespace llvm {
class Module;
class TargetMachine;
} // namespace llvm

namespace mlir::act {

/// Optimizes `module` before code generation at -O`level`, 0 to 3.
///
/// The loops that act-to-llvm writes work on vectors, without repetition. From
/// level 2 on a module in which all loops are of that kind gets the few passes
/// that still find something in them, which leave the same loops as LLVM's own
/// pipeline in a fraction of the time. Any other module gets that pipeline.
llvm::Error optimizeModule(llvm::Module &module, llvm::TargetMachine &machine,
                           unsigned level);

} // namespace mlir::act

#endif // ACT_SUPPORT_OPTIMIZE_H
