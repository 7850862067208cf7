//===- ScheduleGaps.h - vectors of elements with gaps -----------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_LIB_TRANSFORMS_SCHEDULEGAPS_H
#define ACT_LIB_TRANSFORMS_SCHEDULEGAPS_H

#include "act/Transforms/Schedule.h"

namespace mlir::act {

/// Reads elements that are a small step apart, as half of an interleaved pair
/// is: one vector with the gaps, from which they are picked. Null for other
/// steps. Only lanes of `mask` are read, unless that is null; the others are
/// `zero`.
Value readWithGaps(OpBuilder &b, Location loc, const SchedulePlan &plan,
                   Value buffer, ValueRange indices, Value zero, Value mask);

} // namespace mlir::act

#endif // ACT_LIB_TRANSFORMS_SCHEDULEGAPS_H
