//===- Matmul.h - what the passes on matmuls share --------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_LIB_TRANSFORMS_MATMUL_H
#define ACT_LIB_TRANSFORMS_MATMUL_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/TypeUtilities.h"

namespace mlir::act {

/// Whether `op` is a contraction that sums products of floats, with casts at
/// most.
inline bool sumsProducts(linalg::LinalgOp op) {
  return linalg::isaContractionOpInterface(op) &&
         llvm::all_of(op.getBlock()->without_terminator(),
                      llvm::IsaPred<arith::MulFOp, arith::AddFOp, arith::ExtFOp,
                                    arith::TruncFOp>);
}

/// The function of act-c/Matmul.h for matrices of these element types; empty if
/// there is none.
inline StringRef getLibraryFunction(Type a, Type b, Type c) {
  if (a != b)
    return {};
  if (a.isF32() && c.isF32())
    return "act_matmul_f32";
  if (a.isBF16() && c.isBF16())
    return "act_matmul_bf16";
  if (a.isBF16() && c.isF32())
    return "act_matmul_bf16_f32";
  return {};
}

inline StringRef getLibraryFunction(linalg::LinalgOp op) {
  return getLibraryFunction(getElementTypeOrSelf(op->getOperand(0)),
                            getElementTypeOrSelf(op->getOperand(1)),
                            getElementTypeOrSelf(op->getOperand(2)));
}

/// Whether act-matmul-to-library takes `op`, once it is on buffers.
inline bool isForLibrary(linalg::LinalgOp op) {
  if (!sumsProducts(op) || getLibraryFunction(op).empty())
    return false;
  FailureOr<linalg::ContractionDimensions> dims =
      linalg::inferContractionDims(op);
  return succeeded(dims) && !dims->m.empty() && !dims->n.empty() &&
         dims->k.size() == 1;
}

} // namespace mlir::act

#endif // ACT_LIB_TRANSFORMS_MATMUL_H
