//===- Jit.h - compiled functions, called from C++ --------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_SUPPORT_JIT_H
#define ACT_SUPPORT_JIT_H

#include "act/Support/Target.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <functional>

namespace llvm {
class Module;
} // namespace llvm

namespace mlir {
class ExecutionEngine;
} // namespace mlir

namespace mlir::act {

/// Machine code of a module in the LLVM dialect, in memory.
class Jit {
public:
  /// A function as it is called here: `arguments` points to the address of each
  /// argument of its C wrapper and, last, of its result if that is a scalar.
  using Function = void (*)(void **arguments);

  /// Optimizes and compiles `module` for this machine. It may call what the
  /// files `libraries` define. Large constants are not copied but taken out
  /// of `module`, whose context has to outlive the code.
  static llvm::Expected<std::unique_ptr<Jit>>
  create(ModuleOp module, const CpuTarget &target, unsigned optLevel = 3,
         llvm::ArrayRef<llvm::StringRef> libraries = {});
  ~Jit();

  /// Calls of `name` go to `address`. Before the first lookup.
  void define(llvm::StringRef name, void *address);

  /// Finds a public function that has a C wrapper.
  llvm::Expected<Function> lookup(llvm::StringRef name) const;

private:
  Jit() = default;

  std::unique_ptr<llvm::TargetMachine> optimizerMachine;
  std::function<llvm::Error(llvm::Module *)> optimize;
  std::unique_ptr<ExecutionEngine> engine;
};

} // namespace mlir::act

#endif // ACT_SUPPORT_JIT_H
