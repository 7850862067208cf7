//===- Options.cpp - options of passes and of transform ops ---------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Transforms/Options.h"

using namespace mlir;
using namespace mlir::act;

FailureOr<bool> act::isFast(StringRef accuracy,
                            function_ref<InFlightDiagnostic()> emitError) {
  if (accuracy != "precise" && accuracy != "fast")
    return emitError() << "accuracy=" << accuracy
                       << " is not one of precise, fast";
  return accuracy == "fast";
}

FailureOr<PrimitiveForm>
act::getPrimitiveForm(StringRef to, StringRef accuracy,
                      function_ref<InFlightDiagnostic()> emitError) {
  if (to != "prim" && to != "math")
    return emitError() << "to=" << to << " is not one of prim, math";
  FailureOr<bool> fast = isFast(accuracy, emitError);
  if (failed(fast))
    return failure();
  if (to == "math")
    return PrimitiveForm::Math;
  return *fast ? PrimitiveForm::FastPrim : PrimitiveForm::Prim;
}
