//===- Elements.h - single numbers in memory --------------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_TOOLS_ACTRUN_ELEMENTS_H
#define ACT_TOOLS_ACTRUN_ELEMENTS_H

#include "act/Support/Npy.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/raw_ostream.h"

namespace mlir::act {

/// The element type of a buffer, or a scalar's own.
Type getElementType(Type type);

/// Bytes that an element takes.
size_t getWidth(Type element);

/// NumPy's name of an element type. It has none for bf16, which goes as two raw
/// bytes.
std::string getDtype(Type element);

/// Whether data of NumPy's `dtype` can be read as `element`.
bool acceptsDtype(Type element, StringRef dtype);

double toDouble(Type element, const char *bytes);
void fromDouble(Type element, double value, char *bytes);

/// Prints type, shape, checksum and the first values, or all of them.
void printArray(llvm::raw_ostream &os, StringRef label, Type type,
                const NpyArray &array, bool all);

} // namespace mlir::act

#endif // ACT_TOOLS_ACTRUN_ELEMENTS_H
