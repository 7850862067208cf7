//===- Matmul.h - matmuls by calls of a library -----------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_TRANSFORMS_MATMUL_H
#define ACT_TRANSFORMS_MATMUL_H

#include "mlir/Support/LLVM.h"

namespace mlir {
class RewriterBase;

namespace linalg {
class LinalgOp;
} // namespace linalg

namespace act {

/// Replaces a product of matrices in memory, or of a batch of them, by calls of
/// the functions of act-c/Matmul.h, at the rewriter's insertion point, which is
/// at `op`. Takes the fill that clears the result along. A matrix without a
/// unit stride is copied. Fails, and changes nothing, if `op` is no such
/// product, if there is no function for its types, or, with an error, if
/// something else in the module has the function's name.
LogicalResult lowerMatmulToLibrary(RewriterBase &rewriter, linalg::LinalgOp op);

} // namespace act
} // namespace mlir

#endif // ACT_TRANSFORMS_MATMUL_H
