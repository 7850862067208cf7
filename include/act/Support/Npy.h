//===- Npy.h - NumPy array files --------------------------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_SUPPORT_NPY_H
#define ACT_SUPPORT_NPY_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mlir::act {

/// The contents of a .npy file: little endian, in C order.
struct NpyArray {
  /// NumPy's name of the element type without byte order: f4, i8, b1, V2, …
  std::string dtype;
  llvm::SmallVector<int64_t> shape;
  std::vector<char> data;
};

/// Reads a file of format version 1, 2 or 3. Fails with one line that names the
/// file.
llvm::Expected<NpyArray> readNpy(llvm::StringRef path);

/// Writes format version 1. The file appears whole or not at all.
llvm::Error writeNpy(llvm::StringRef path, const NpyArray &array);

/// Fails with one line if no file can be created at `path`.
llvm::Error checkWritable(llvm::StringRef path);

} // namespace mlir::act

#endif // ACT_SUPPORT_NPY_H
