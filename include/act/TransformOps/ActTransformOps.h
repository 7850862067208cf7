//===- ActTransformOps.h - transform ops of the act dialect -----*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_TRANSFORMOPS_ACTTRANSFORMOPS_H
#define ACT_TRANSFORMOPS_ACTTRANSFORMOPS_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Transform/Interfaces/TransformInterfaces.h"
#include "mlir/IR/OpImplementation.h"

#define GET_OP_CLASSES
#include "act/TransformOps/ActTransformOps.h.inc"

namespace mlir {
class DialectRegistry;

namespace act {

/// Adds the ops above to the transform dialect.
void registerTransformDialectExtension(DialectRegistry &registry);

} // namespace act
} // namespace mlir

#endif // ACT_TRANSFORMOPS_ACTTRANSFORMOPS_H
