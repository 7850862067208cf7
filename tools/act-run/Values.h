//===- Values.h - arguments and results in memory ---------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_TOOLS_ACTRUN_VALUES_H
#define ACT_TOOLS_ACTRUN_VALUES_H

#include "act/Support/Npy.h"

#include "mlir/IR/BuiltinTypes.h"

#include <memory>
#include <random>

namespace mlir::act {

/// Fails for a type that values on this side of the call cannot have.
llvm::Error checkType(Type type);

/// Fails for a buffer that does not fit into this machine's memory.
llvm::Error checkSize(Type type, ArrayRef<int64_t> shape);

/// An argument of a call: a scalar, or a buffer as the compiled code wants it.
class Argument {
public:
  /// `isReadOnly`: the function does not write into it.
  Argument(Type type, ArrayRef<int64_t> shape, bool isReadOnly);

  /// Fails if the element type differs. One that is only read is not copied.
  llvm::Error fill(const NpyArray &array);
  void fillRandom(std::mt19937_64 &generator);

  /// The address to hand to the compiled function.
  void *getAddress() {
    return isBuffer ? static_cast<void *>(&descriptorAddress) : elements;
  }
  bool owns(const void *address) const;
  NpyArray getArray() const;
  Type getType() const { return type; }

private:
  void allocate();
  void setElements(char *first, size_t bytes);

  Type type;
  bool isBuffer, isReadOnly;
  SmallVector<int64_t> shape, strides;
  int64_t offset = 0;
  /// Memory, of which `elements` is the first address of a cache line.
  std::shared_ptr<const void> owner;
  char *begin = nullptr, *end = nullptr, *elements = nullptr;
  /// Two pointers, offset, sizes, strides.
  SmallVector<int64_t> descriptor;
  void *descriptorAddress = nullptr;
};

/// Room for the results of a call, laid out as the C wrapper lays them out.
class Results {
public:
  explicit Results(ArrayRef<Type> types);

  /// Set where the C wrapper takes the room's address as its first argument;
  /// otherwise the calling convention has it last.
  bool isFirstArgument() const { return isStruct; }
  void *getAddress() {
    return isStruct ? static_cast<void *>(&roomAddress) : room.data();
  }

  /// Contents of result `index`.
  NpyArray getArray(unsigned index) const;
  /// Frees the buffers that the call returned and `arguments` do not own.
  void release(ArrayRef<std::unique_ptr<Argument>> arguments);

private:
  SmallVector<Type> types;
  SmallVector<size_t> offsets;
  bool isStruct;
  std::vector<char> room;
  void *roomAddress;
};

} // namespace mlir::act

#endif // ACT_TOOLS_ACTRUN_VALUES_H
