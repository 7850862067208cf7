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

namespace mlir::act {

/// Whether `op` is a contraction that sums products of floats, with casts at
/// most.
inline bool sumsProducts(linalg::LinalgOp op) {
  return linalg::isaContractionOpInterface(op) &&
         llvm::all_of(op.getBlock()->without_terminator(),
                      llvm::IsaPred<arith::MulFOp, arith::AddFOp, arith::ExtFOp,
                                    arith::TruncFOp>);
}

} // namespace mlir::act

#endif // ACT_LIB_TRANSFORMS_MATMUL_H
