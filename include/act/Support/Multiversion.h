//===- Multiversion.h - one module for several CPUs -------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_SUPPORT_MULTIVERSION_H
#define ACT_SUPPORT_MULTIVERSION_H

#include "act/Support/Target.h"

#include "llvm/ADT/SmallVector.h"

namespace llvm {
class Module;
} // namespace llvm

namespace mlir::act {

/// The same functions, compiled for one CPU.
struct CpuVersion {
  CpuTarget target;
  std::unique_ptr<llvm::Module> module;
};

/// Looks up the CPUs of a comma-separated list, the widest first and of equally
/// wide ones the one with more instructions. More than one must be x86.
llvm::Expected<llvm::SmallVector<CpuTarget>>
resolveCpus(llvm::StringRef cpus, unsigned vectorBits = 0);

/// Puts versions for x86, all of one LLVM context and in order of preference,
/// into one module. Every public function keeps its name, which the dynamic
/// loader binds (as a GNU indirect function) to the first version whose
/// instructions the processor and the system have. If there is none, the
/// function writes a line and traps when it is called. Version `f.CPU` of a
/// function `f` is internal, and is held to the instructions that are asked
/// for. No undefined symbol comes in.
llvm::Expected<std::unique_ptr<llvm::Module>>
mergeVersions(llvm::SmallVector<CpuVersion> versions);

} // namespace mlir::act

#endif // ACT_SUPPORT_MULTIVERSION_H
