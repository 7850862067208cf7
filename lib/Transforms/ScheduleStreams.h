//===- ScheduleStreams.h - stores past the caches ---------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A store of a whole cache line past the caches does not read it first. Written
// by the schedule: the question, at run time, whether an op is large enough,
// where its vectors then begin, and the stores.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_LIB_TRANSFORMS_SCHEDULESTREAMS_H
#define ACT_LIB_TRANSFORMS_SCHEDULESTREAMS_H

#include "act/Transforms/Schedule.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

namespace mlir::act {

/// Bytes of an element of a buffer, or of a scalar in memory.
int64_t getElementBytes(Value buffer);

/// Whether `op`, with loops of `sizes`, is large enough, and writes to other
/// memory than it reads: an i1.
Value createIsStreamed(OpBuilder &b, Location loc, linalg::LinalgOp op,
                       const SchedulePlan &plan, ArrayRef<OpFoldResult> sizes);

/// Where the vectors of one row begin.
struct StreamedRow {
  /// Elements in front of the first whole vector; 0 where nothing is streamed.
  Value head;
  /// For each output whether its vectors are streamed; null for never.
  SmallVector<Value> isStreamed;
};

/// Finds where a row begins of which each output has its first element at
/// `indices`.
StreamedRow createStreamedRow(OpBuilder &b, Location loc, linalg::LinalgOp op,
                              const SchedulePlan &plan, Value isStreamed,
                              ArrayRef<SmallVector<Value>> indices);

/// Stores a vector, whose place is aligned, past the caches.
void createStreamedStore(OpBuilder &b, Location loc, const SchedulePlan &plan,
                         Value vector, Value buffer, ValueRange indices);

/// Makes streamed stores visible before any later store.
void createStreamFence(OpBuilder &b, Location loc, Value isStreamed);

/// Whether `ifOp` is what that made.
bool isStreamFence(scf::IfOp ifOp);

} // namespace mlir::act

#endif // ACT_LIB_TRANSFORMS_SCHEDULESTREAMS_H
