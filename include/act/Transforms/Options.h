//===- Options.h - options of passes and of transform ops -------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_TRANSFORMS_OPTIONS_H
#define ACT_TRANSFORMS_OPTIONS_H

#include "act/Formula/IRExpr.h"
#include "mlir/IR/Diagnostics.h"

namespace mlir::act {

/// Whether `accuracy`, precise or fast, is the latter.
FailureOr<bool> isFast(StringRef accuracy,
                       function_ref<InFlightDiagnostic()> emitError);

/// What `act-expand` makes of primitives for `to`, prim or math, and such an
/// accuracy.
FailureOr<PrimitiveForm>
getPrimitiveForm(StringRef to, StringRef accuracy,
                 function_ref<InFlightDiagnostic()> emitError);

} // namespace mlir::act

#endif // ACT_TRANSFORMS_OPTIONS_H
