//===- Remarks.h - what became of each op, on request -----------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Remarks for MLIR's remark engine. Without one on the context they cost
// a comparison.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_TRANSFORMS_REMARKS_H
#define ACT_TRANSFORMS_REMARKS_H

#include "act/Transforms/Schedule.h"

namespace mlir::act {

/// Category `act-vectorize`: how `op` is put on vectors (passed), or why not
/// (missed).
void remarkOnSchedule(linalg::LinalgOp op, const ScheduleOptions &options,
                      const std::optional<SchedulePlan> &plan,
                      StringRef reason);

/// Category `act-lower-primitives`: which primitives and math ops under `root`
/// are computed by code of ours, for each place in the source (analysis).
void remarkOnPrimitives(Operation *root, StringRef cpu, StringRef accuracy);

} // namespace mlir::act

#endif // ACT_TRANSFORMS_REMARKS_H
