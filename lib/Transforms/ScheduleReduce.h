//===- ScheduleReduce.h - combining partial results -------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_LIB_TRANSFORMS_SCHEDULEREDUCE_H
#define ACT_LIB_TRANSFORMS_SCHEDULEREDUCE_H

#include "mlir/IR/Builders.h"

namespace mlir::act {

/// Applies a combiner of a body to other operands, scalars or vectors.
SmallVector<Value> combine(OpBuilder &b, Operation *combiner, ValueRange lhs,
                           ValueRange rhs);

/// maxnumf and minnumf of `number`, which is not NaN (what begins with an
/// infinity never becomes it), and another value: one comparison does. Null for
/// other ops.
Value combineNumbers(OpBuilder &b, Operation *combiner, Value number,
                     Value other);

/// Combines all lanes of vectors that began with neutral elements, halving
/// them: the order is the same for every vector width's worth of lanes, and
/// rounding errors stay small.
SmallVector<Value> combineLanes(OpBuilder &b, Operation *combiner,
                                ValueRange vectors);

/// Adds terms, those that `mask` keeps if there is one, to a total of a wider
/// type and fewer lanes: pairwise until there are as few.
Value addTerms(OpBuilder &b, Location loc, Value terms, Value mask,
               Value total);

/// `a * b + accumulator` of the body of a contraction as one operation on the
/// values that `map` has for its operands; null for other ops. Whoever asks for
/// a contraction leaves its order and intermediate rounding open.
Value fuseProduct(OpBuilder &b, Operation &inner, const IRMapping &map);

} // namespace mlir::act

#endif // ACT_LIB_TRANSFORMS_SCHEDULEREDUCE_H
