//===- MatmulInfo.h - what the passes on matmuls share ----------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_LIB_TRANSFORMS_MATMULINFO_H
#define ACT_LIB_TRANSFORMS_MATMULINFO_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace mlir::act {

/// The loops of a product of matrices with these maps, if each loop is one of
/// its batch, rows, columns and one sum, and there are some of the last three.
FailureOr<linalg::ContractionDimensions>
inferMatmulDims(ArrayRef<AffineMap> maps);

/// The type in which `op` sums, if its body adds the product of its two
/// operands to the sum: operands and the sum before may be extended for that,
/// and the new sum rounded. None for any other op.
Type getSumType(linalg::LinalgOp op);

/// A `linalg.generic` with the loops of `original` that adds the products of
/// `inputs`, read by `maps`, to `init` in the type `sumType`: narrower operands
/// are extended, and each sum is rounded to the element type of `init`.
linalg::GenericOp buildMatmul(OpBuilder &b, linalg::LinalgOp original,
                              Type sumType, ValueRange inputs, Value init,
                              ArrayRef<AffineMap> maps);

/// The function of act-c/Matmul.h for matrices of these element types; empty if
/// there is none.
StringRef getLibraryFunction(Type a, Type b, Type c);

/// The function of act-c/Matmul.h that computes `op`; empty if there is none.
StringRef getLibraryFunction(linalg::LinalgOp op);

} // namespace mlir::act

#endif // ACT_LIB_TRANSFORMS_MATMULINFO_H
