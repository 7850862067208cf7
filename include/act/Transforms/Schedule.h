//===- Schedule.h - linalg ops on buffers to loops over vectors -*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The schedule of the CPU pipeline, in two steps: a plan, which looks at a
// linalg op and decides what becomes of each dimension, and its execution,
// which writes the loops. Neither knows what the body computes.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_TRANSFORMS_SCHEDULE_H
#define ACT_TRANSFORMS_SCHEDULE_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace mlir {
class RewriterBase;
} // namespace mlir

namespace mlir::act {

/// Where stores past the caches begin: at a whole cache line.
constexpr int64_t kStreamAlignment = 64;

/// What the schedule needs to know about the machine.
struct ScheduleOptions {
  unsigned vectorBits = 256;
  unsigned vectorRegisters = 16;
  /// Where not 0, vectors may be scalable, of a multiple of that width.
  unsigned scalableBits = 0;
  /// Elementwise ops that read and write at least so many bytes write past the
  /// caches; none does where 0.
  int64_t streamBytes = 0;
  /// Threads that share a loop worth it, 0 for as many as OpenMP has.
  unsigned threads = 1;
};

/// What becomes of each dimension of one linalg op.
struct SchedulePlan {
  /// The dimension that is cut into vectors.
  unsigned vectorDim = 0;
  /// Elements per step along it, a power of two.
  int64_t lanes = 1;
  /// Whether a step takes that many elements times the run-time `vscale`.
  bool isScalable = false;
  /// Other parallel dimensions, outermost first.
  SmallVector<unsigned> outerDims;
  /// Other reduction dimensions, outermost first.
  SmallVector<unsigned> reductionDims;
  /// Number of steps of the last outer dimension taken at once, so that
  /// a vector loaded for one serves the others as well.
  int64_t rows = 1;
  /// Set when `vectorDim` itself is reduced: what combines two partial
  /// results, each for as many outputs as it has results, in order.
  SmallVector<Operation *> combiners;
  /// The outputs, by number, that are written past the caches where the op, at
  /// run time, reads and writes at least `streamBytes`; the vectors of the
  /// first are aligned then.
  SmallVector<unsigned> streams;
  int64_t streamBytes = 0;
  /// Bytes of one store past the caches.
  int64_t streamWidth = 0;
  /// The dimension that is split over threads, if any, and among how many.
  std::optional<unsigned> parallelDim;
  unsigned threads = 1;
  /// For each output, whether it has an element for every step of the
  /// reductions. It is written as they go, and nothing is reduced into it.
  SmallVector<bool> isKept;
  /// Lanes of a sum whose terms are added first (`kPartialSumAttr`).
  int64_t partialLanes = 1;

  bool reducesVector() const { return !combiners.empty(); }
};

/// The terms that `combiner` adds up in a wider type where it may add some of
/// them before (`kPartialSumAttr`); null elsewhere.
Value getNarrowTerms(Operation *combiner);

/// What changes nothing when `combiner` combines it with a partial result, one
/// value for each result; none if it has no such values. That of maxnumf and
/// minnumf is an infinity, not NaN: of nothing but NaN they make that.
SmallVector<TypedAttr> getNeutralElements(Operation *combiner);

/// Makes a plan for `op`, which works on buffers; none where its body or its
/// accesses cannot be put on vectors, and then `reason`, if given, says why.
std::optional<SchedulePlan> planSchedule(linalg::LinalgOp op,
                                         const ScheduleOptions &options,
                                         std::string *reason = nullptr);

/// The number of elements of one vector register in the loops of `op`, with
/// registers of that width.
int64_t getLanesPerVector(linalg::LinalgOp op, unsigned vectorBits,
                          ArrayRef<Operation *> combiners = {});

/// Writes the loops of `plan` in front of `op`. `op` stays.
void executeSchedule(RewriterBase &rewriter, linalg::LinalgOp op,
                     const SchedulePlan &plan);

/// Replaces every linalg op on buffers under `root`, and every copy between
/// buffers, by loops: over vectors where possible, over elements elsewhere.
LogicalResult vectorizeLinalgOps(Operation *root,
                                 const ScheduleOptions &options);

/// Undoes stores past the caches under `root` in loops that compute much, for
/// a machine with registers of `vectorBits`: usual stores overlap with
/// computation, and these do not. Counts primitives, not activations: those
/// have to be expanded.
void dropCostlyStreams(Operation *root, unsigned vectorBits);

} // namespace mlir::act

#endif // ACT_TRANSFORMS_SCHEDULE_H
