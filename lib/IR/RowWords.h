//===- RowWords.h - exponentials of distances -------------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What sums of exponentials are made of, on numbers of the compute type; sums
// are in f64.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_LIB_IR_ROWWORDS_H
#define ACT_LIB_IR_ROWWORDS_H

#include "act/Formula/IRExpr.h"

namespace mlir::act {

/// x in f64.
IRExpr widen(IRExpr x);
/// x, an f64, in the type of `type`.
IRExpr narrow(IRExpr x, IRExpr type);

/// (a - b) / t in two words; the high one is NaN for equal infinities, and the
/// low one means nothing where the high one is not finite.
Two<IRExpr> distance(Two<IRExpr> a, IRExpr b, double t);
/// Likewise, but the difference is rounded to one word where `a` has only one.
Two<IRExpr> below(Two<IRExpr> a, IRExpr b, double t);
/// e^((a - b) / t); 1 for equal operands, infinities included.
IRExpr expOfDistance(Two<IRExpr> a, IRExpr b, double t);

/// log(x) of an f64, in the type of `type`.
IRExpr logOfSum(IRExpr x, IRExpr type);

} // namespace mlir::act

#endif // ACT_LIB_IR_ROWWORDS_H
