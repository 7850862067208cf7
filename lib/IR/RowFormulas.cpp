//===- RowFormulas.cpp - the vocabulary of row-wise formulas --------------===//
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

static constexpr double infinity = std::numeric_limits<double>::infinity();

static IRExpr makeExpr(Value value, IRContext &context) {
  return IRExpr(value, context);
}

namespace mlir::act {

RowExpr like(RowExpr x, double c) { return x.getContext().number(c); }

RowExpr operator-(RowExpr x) {
  return map([](IRExpr x) { return -x; }, x);
}

RowExpr where(RowExpr mask, RowExpr x, double otherwise) {
  return x.getContext()
      .compute(
          {mask, x}, 1,
          [otherwise](IRContext &context, ValueRange xs) {
            IRExpr x = makeExpr(xs[1], context);
            return SmallVector<Value>{
                where(IRExpr::Bool(xs[0], context), x, otherwise).getValue()};
          })
      .front();
}

RowWords twoSum(RowExpr x, RowExpr y) {
  SmallVector<RowExpr> words =
      x.getContext().compute({x, y}, 2, [](IRContext &context, ValueRange xs) {
        IRExpr x = makeExpr(xs[0], context), y = makeExpr(xs[1], context);
        Two<IRExpr> sum = twoSum(x, y);
        // Beside an infinity there is no low word.
        IRExpr low = where(abs(sum.hi) < infinity, *sum.lo, 0.0);
        return SmallVector<Value>{sum.hi.getValue(), low.getValue()};
      });
  return {words[0], words[1]};
}

//===----------------------------------------------------------------------===//
// Sums of exponentials
//===----------------------------------------------------------------------===//

RowSumOfExp sumOfExp(RowWords x, RowExpr temperature,
                     std::optional<RowExpr> mask) {
  // NaN is seen in the sum.
  RowExpr value = mask ? where(*mask, x.hi, -infinity) : x.hi;
  return {x, temperature, mask, x.hi.getContext().largestNumber(value)};
}

/// e^((x - shift) / t), which is what the sum is of: one word, as an error in
/// the last place of a distance d costs d in the last place of e^d.
static RowExpr getTerms(RowSumOfExp s, RowExpr shift) {
  double t = s.temperature.getNumber();
  auto term = [t](IRExpr x, std::optional<IRExpr> lo, IRExpr shift) {
    return finish(exp(below({x, lo}, shift, t)));
  };
  RowExpr terms =
      s.x.lo
          ? map(term, s.x.hi, *s.x.lo, shift)
          : map([term](IRExpr x,
                       IRExpr shift) { return term(x, std::nullopt, shift); },
                s.x.hi, shift);
  return s.mask ? where(*s.mask, terms, 0.0) : terms;
}

RowExpr softmax(RowSumOfExp s) {
  auto [terms, sum] = s.shift.getContext().keepAndSum(getTerms(s, s.shift));
  RowExpr inverse =
      map([](IRExpr sum, IRExpr shift) { return narrow(1.0 / sum, shift); },
          sum, s.shift);
  // No more than 1: neither is any term more than the sum, nor its product with
  // what the inverse is rounded to.
  return map([](IRExpr term, IRExpr inverse) { return term * inverse; }, terms,
             inverse);
}

RowExpr logSoftmax(RowSumOfExp s) {
  double t = s.temperature.getNumber();
  RowExpr sum = s.shift.getContext().sum(getTerms(s, s.shift));
  RowExpr log =
      map([](IRExpr sum, IRExpr shift) { return logOfSum(sum, shift); }, sum,
          s.shift);
  return map(
      [t](IRExpr x, IRExpr shift, IRExpr log) {
        return below({x, std::nullopt}, shift, t).hi - log;
      },
      s.x.hi, s.shift, log);
}

RowExpr log(RowSumOfExp s) {
  double t = s.temperature.getNumber();
  // With an infinite maximum the sum itself is the limit, and shows NaN.
  RowExpr shift =
      map([](IRExpr x) { return where(abs(x) < infinity, x, 0.0); }, s.shift);
  RowExpr sum = s.shift.getContext().sum(getTerms(s, shift));
  return map(
      [t](IRExpr shift, IRExpr sum) {
        IRExpr zero = like(shift, 0.0);
        return below({shift, std::nullopt}, zero, t).hi + logOfSum(sum, shift);
      },
      shift, sum);
}

//===----------------------------------------------------------------------===//
// Maxima
//===----------------------------------------------------------------------===//

RowFirstMax firstMax(RowExpr x) {
  RowContext &context = x.getContext();
  RowExpr position = context.getPosition();
  constexpr int64_t last = std::numeric_limits<int64_t>::max();
  if (context.isTensor()) {
    Builder &b = context.getBuilder();
    TypedAttr neutral[] = {b.getFloatAttr(context.getComputeType(), -infinity),
                           b.getIndexAttr(last)};
    SmallVector<RowExpr> first = context.reduce(
        {x, position}, neutral,
        [](OpBuilder &b, Location loc, ValueRange before, ValueRange partial) {
          auto merge =
              MergeOp::create(b, loc, MergeKind::FirstMax, before[0], before[1],
                              partial[0], partial[1], llvm::APFloat(1.0));
          return llvm::to_vector(ValueRange(merge.getResults()));
        });
    return {first[0], first[1]};
  }
  RowExpr value = context.maximum(x);
  RowExpr candidates =
      context
          .compute({x, value, position}, 1,
                   [](IRContext &context, ValueRange xs) {
                     ImplicitLocOpBuilder &b = context.builder;
                     Value isMax = arith::CmpFOp::create(
                         b, arith::CmpFPredicate::OEQ, xs[0], xs[1]);
                     auto type = cast<VectorType>(xs[2].getType());
                     Value none = arith::ConstantOp::create(
                         b, DenseElementsAttr::get(
                                type, Attribute(b.getIndexAttr(last))));
                     return SmallVector<Value>{
                         arith::SelectOp::create(b, isMax, xs[2], none)};
                   })
          .front();
  return {value, context.minimum(candidates)};
}

RowExpr oneHot(RowFirstMax m) {
  RowContext &context = m.value.getContext();
  return context
      .compute({context.getPosition(), m.position, m.value}, 1,
               [](IRContext &context, ValueRange xs) {
                 Value isFirst = arith::CmpIOp::create(
                     context.builder, arith::CmpIPredicate::eq, xs[0], xs[1]);
                 IRExpr value = makeExpr(xs[2], context);
                 IRExpr hot = where(IRExpr::Bool(isFirst, context),
                                    like(value, 1.0), like(value, 0.0));
                 return SmallVector<Value>{orNaN(value, hot).getValue()};
               })
      .front();
}

//===----------------------------------------------------------------------===//
// Thresholds
//===----------------------------------------------------------------------===//

RowExpr belowMax(RowExpr x) {
  return map(
      [](IRExpr x, IRExpr largest) {
        return (widen(x) - widen(largest)) + widen(largest - largest);
      },
      x, x.getContext().maximum(x));
}

RowExpr threshold(RowExpr z,
                  std::function<std::pair<IRExpr, IRExpr>(IRExpr)> f) {
  RowContext &context = z.getContext();
  // Vectors once, in front of the loop.
  context.build(z);
  return context.ascend(-1.0, [&](RowExpr t) {
    SmallVector<RowExpr> terms =
        context.compute({z, t}, 2, [f](IRContext &context, ValueRange xs) {
          IRExpr w = makeExpr(xs[0], context) - makeExpr(xs[1], context);
          auto [value, slope] = f(w);
          return SmallVector<Value>{where(w > 0.0, value, 0.0).getValue(),
                                    where(w > 0.0, slope, 0.0).getValue()};
        });
    auto [value, slope] = context.sums(terms[0], terms[1]);
    return map([](IRExpr t, IRExpr value,
                  IRExpr slope) { return t + (value - 1.0) / slope; },
               t, value, slope);
  });
}

RowExpr concat(RowExpr x, RowExpr y) { return x.getContext().concat(x, y); }
RowExpr groupMax(RowExpr x, int64_t groups) {
  return x.getContext().groupMax(x, groups);
}

} // namespace mlir::act
