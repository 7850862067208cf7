//===- Shapes.h - the sizes of a function's arguments -----------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_TOOLS_ACTRUN_SHAPES_H
#define ACT_TOOLS_ACTRUN_SHAPES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/Error.h"

namespace mlir::act {

/// The sizes of one argument, or of none that has any.
using Shape = SmallVector<int64_t>;

/// Chooses the sizes of every argument of `func`. `wanted` holds what the user
/// says about each argument; dimensions that nobody speaks of get a default.
/// Dimensions that ops are known to take to be equal are made equal, and it is
/// an error if they are asked to differ; the rest is left to checks in the
/// code.
llvm::Expected<SmallVector<Shape>>
chooseShapes(func::FuncOp func, ArrayRef<std::optional<Shape>> wanted);

/// Parses `4x64`; the empty shape is written `scalar`.
llvm::Expected<Shape> parseShape(StringRef text);

/// Prints `4x64`, or `scalar`.
std::string formatShape(ArrayRef<int64_t> shape);

} // namespace mlir::act

#endif // ACT_TOOLS_ACTRUN_SHAPES_H
