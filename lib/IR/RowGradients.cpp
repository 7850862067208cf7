//===- RowGradients.cpp - the vocabulary of gradients of rows -------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowWords.h"
#include "act/Formula/RowExpr.h"
#include "act/IR/Act.h"

using namespace mlir;
using namespace mlir::act;

namespace mlir::act {

RowExpr softmaxGradient(RowExpr y, RowExpr dy, RowExpr temperature,
                        bool skipsZeros) {
  double t = temperature.getNumber();
  auto kept = [skipsZeros](IRExpr y, IRExpr value) {
    return skipsZeros ? where(y == 0.0, 0.0, value) : value;
  };
  RowExpr sum = y.getContext().sum(
      map([kept](IRExpr y, IRExpr dy) { return kept(y, y * dy); }, y, dy));
  return map(
      [kept, t](IRExpr y, IRExpr dy, IRExpr sum) {
        IRExpr slope = dy - narrow(sum, y);
        return kept(y, y * (t == 1.0 ? slope : slope / t));
      },
      y, dy, sum);
}

RowExpr logSoftmaxGradient(RowExpr y, RowExpr dy, RowExpr temperature) {
  double t = temperature.getNumber();
  RowExpr sum = y.getContext().sum(dy);
  return map(
      [t](IRExpr y, IRExpr dy, IRExpr sum) {
        IRExpr dx = dy - finish(exp(y)) * narrow(sum, y);
        return t == 1.0 ? dx : dx / t;
      },
      y, dy, sum);
}

RowExpr sparseGradient(RowExpr y, RowExpr dy, std::function<IRExpr(IRExpr)> f) {
  auto weight = [f](IRExpr y) { return where(y > 0.0, f(y), 0.0); };
  RowExpr weights = map([weight](IRExpr y) { return widen(weight(y)); }, y);
  RowExpr terms = map(
      [weight](IRExpr y, IRExpr dy) {
        return widen(where(y > 0.0, weight(y) * dy, 0.0));
      },
      y, dy);
  auto [sum, total] = y.getContext().sums(terms, weights);
  RowExpr mean =
      map([](IRExpr sum, IRExpr total) { return sum / total; }, sum, total);
  return map(
      [weight](IRExpr y, IRExpr dy, IRExpr mean) {
        return where(y > 0.0, weight(y) * (dy - narrow(mean, y)), 0.0);
      },
      y, dy, mean);
}

RowExpr groupMaxGradient(RowExpr x, Value dy, int64_t groups) {
  return x.getContext().groupMaxGradient(dy, groups);
}

RowExpr part(RowExpr x, Value dy, int64_t index) {
  return x.getContext().getPart(dy, index);
}

} // namespace mlir::act
