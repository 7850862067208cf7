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
#include <memory>
#include <string>

namespace llvm {
class MemoryBuffer;
} // namespace llvm

namespace mlir::act {

/// The contents of a .npy file: little endian, in C order.
struct NpyArray {
  /// NumPy's name of the element type without byte order: f4, i8, b1, V2, …
  std::string dtype;
  llvm::SmallVector<int64_t> shape;
  /// The elements; they are not copied with the array.
  llvm::ArrayRef<char> data;
  /// What keeps them, if they are not somebody else's.
  std::shared_ptr<const void> owner;
};

/// Reads a file of format version 1, 2 or 3, whose data stays where the system
/// has it. Fails with one line that names the file.
llvm::Expected<NpyArray> readNpy(llvm::StringRef path);

/// The array in the contents of such a file, which has this name in messages.
llvm::Expected<NpyArray> parseNpy(std::shared_ptr<llvm::MemoryBuffer> contents,
                                  llvm::StringRef path);

/// Writes format version 1. The file appears whole or not at all.
llvm::Error writeNpy(llvm::StringRef path, const NpyArray &array);

/// Fails with one line if no file can be created at `path`.
llvm::Error checkWritable(llvm::StringRef path);

} // namespace mlir::act

#endif // ACT_SUPPORT_NPY_H
