//===- Npz.h - archives of NumPy arrays -------------------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_TOOLS_ACTRUN_NPZ_H
#define ACT_TOOLS_ACTRUN_NPZ_H

#include "act/Support/Npy.h"

namespace mlir::act {

/// An array and where it comes from, as FILE or FILE.npz:NAME.
struct NamedArray {
  std::string name;
  NpyArray array;
};

/// Whether `path` is FILE.npz or FILE.npz:NAME.
bool isNpz(llvm::StringRef path);

/// Reads the array NAME of FILE.npz:NAME, or all of FILE.npz in the order in
/// which they were saved. Fails with one line that names the file.
llvm::Expected<llvm::SmallVector<NamedArray>> readNpz(llvm::StringRef path);

} // namespace mlir::act

#endif // ACT_TOOLS_ACTRUN_NPZ_H
