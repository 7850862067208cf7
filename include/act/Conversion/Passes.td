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

def ActMatmulToLibrary : Pass<"act-matmul-to-library", "::mlir::ModuleOp"> {
  let summary = "Lower products of matrices in memory to calls of a library";
  let description = [{
    Every `linalg` contraction on buffers that is a product of matrices, or of a
    batch of them (`linalg.matmul`, `linalg.batch_matmul`, a `linalg.generic` of
    that form), in f32, bf16, or bf16 with an f32 result, becomes calls of the
    functions that `act-c/Matmul.h` declares. A transposed operand, be it by its
    indexing map or by its strides, is passed as such. A `linalg.fill` with zeros
    before goes away: the function overwrites.

    Other types, and matrices without a unit stride, are left as they are.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::func::FuncDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect"];
}

#endif // ACT_CONVERSION_PASSES_TD
