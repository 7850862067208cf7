//===- ScheduleThreads.h - loops over threads -------------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_LIB_TRANSFORMS_SCHEDULETHREADS_H
#define ACT_LIB_TRANSFORMS_SCHEDULETHREADS_H

#include "mlir/IR/Builders.h"

namespace mlir::act {

/// Elements from which on a loop is worth several threads: waking them takes as
/// long as a copy of about so many.
constexpr int64_t kElementsForThreads = 32 * 1024;

/// Whether a loop over `sizes` is worth several threads: an i1.
Value createPaysThreads(OpBuilder &b, Location loc,
                        ArrayRef<OpFoldResult> sizes);

/// A loop whose steps do not depend on each other: each of `threads` threads,
/// or of as many as OpenMP has where that is 0, takes one stretch of it. Calls
/// `body` to fill a step, which gets where it stands, and `finish` for what
/// every thread does at its end.
void createParallelLoop(OpBuilder &b, Location loc, unsigned threads,
                        Value from, Value to, Value step,
                        function_ref<void(Value at)> body,
                        function_ref<void()> finish);

} // namespace mlir::act

#endif // ACT_LIB_TRANSFORMS_SCHEDULETHREADS_H
