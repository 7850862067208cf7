//===- Entry.h - the function to call ---------------------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_TOOLS_ACTRUN_ENTRY_H
#define ACT_TOOLS_ACTRUN_ENTRY_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"

namespace mlir::act {

/// Finds the public function `name`, or, if that is empty, the only public
/// function or `main`.
llvm::Expected<func::FuncOp> findEntry(ModuleOp module, StringRef name);

/// Removes what `entry` does not need, so that it is not compiled. Fails if
/// something that it needs is not there.
llvm::Error removeOthers(ModuleOp module, func::FuncOp entry);

/// Returns the function to call in place of `entry`, of the same name, which
/// has a tensor for each vector of fixed size among arguments and results: C
/// has no type for vectors. `entry` itself if there is none.
func::FuncOp passVectorsInMemory(func::FuncOp entry);

} // namespace mlir::act

#endif // ACT_TOOLS_ACTRUN_ENTRY_H
