//===- Rows.h - linalg ops that share rows ----------------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_TRANSFORMS_ROWS_H
#define ACT_TRANSFORMS_ROWS_H

namespace mlir {
class Operation;
} // namespace mlir

namespace mlir::act {

/// Puts linalg ops on tensors under `root` that work on the same rows, one
/// after the other, into a loop over rows: see the pass `act-group-rows`.
void groupRows(Operation *root);

} // namespace mlir::act

#endif // ACT_TRANSFORMS_ROWS_H
