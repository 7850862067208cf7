//===- InitAll.h - registration for all tools -------------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_INITALL_H
#define ACT_INITALL_H

#include "act/Conversion/Passes.h"
#include "act/IR/Act.h"
#include "act/Pipelines/Pipelines.h"
#include "act/TransformOps/ActTransformOps.h"
#include "act/Transforms/Passes.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"

namespace mlir::act {

/// The act dialect and its transform ops beside all upstream dialects and
/// extensions.
inline void registerAllDialects(DialectRegistry &registry) {
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  registry.insert<ActDialect>();
  registerTransformDialectExtension(registry);
}

/// Passes and pipelines of act.
inline void registerAllPasses() {
  registerActTransformsPasses();
  registerActConversionPasses();
  registerPipelines();
}

} // namespace mlir::act

#endif // ACT_INITALL_H
