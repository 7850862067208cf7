//===- Passes.td - conversions from the act dialect -*- tablegen -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_CONVERSION_PASSES_TD
#define ACT_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertActToLinalg : Pass<"convert-act-to-linalg"> {
  let summary = "Convert elementwise activations on tensors to linalg";
  let description = [{
    Every elementwise `act` op on tensors becomes a `linalg.generic` with the
    same op on scalars in its body. Its destination is a new `tensor.empty`, not
    an operand, so that bufferization need not copy.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

#endif // ACT_CONVERSION_PASSES_TD
