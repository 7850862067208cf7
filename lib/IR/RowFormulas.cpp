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

/// The low word of an argument to the exponential as a factor of it. A low word
/// is small against the high one, but divided by a tiny temperature it may be
/// anything; only where it does not settle everything does it count.
static RowExpr expOfLow(RowExpr low, double temperature) {
  return map(
      [temperature](IRExpr low) {
        constexpr double most = 32;
        IRExpr x = low / temperature;
        x = where(x > most, most, where(x < -most, -most, x));
        return widen(finish(exp(x)));
      },
      low);
}

RowSumOfExp sumOfExp(RowWords x, RowExpr temperature,
                     std::optional<RowExpr> mask) {
  RowContext &context = x.hi.getContext();
  double t = temperature.getNumber();
  // What an element adds, and where.
  RowExpr value = mask ? where(*mask, x.hi, -infinity) : x.hi;
  RowExpr one = map([](IRExpr x) { return like(widen(x), 1.0); }, x.hi);
  RowExpr weight = x.lo ? expOfLow(*x.lo, t) : one;
  if (mask)
    weight = where(*mask, weight, 0.0);
  Type wide = context.getBuilder().getF64Type();
  if (context.isTensor()) {
    Builder &b = context.getBuilder();
    TypedAttr neutral[] = {b.getFloatAttr(context.getComputeType(), -infinity),
                           b.getFloatAttr(wide, 0.0)};
    SmallVector<RowExpr> sum = context.reduce(
        {value, weight}, neutral,
        [&](OpBuilder &b, Location loc, ValueRange before, ValueRange partial) {
          auto merge = MergeOp::create(b, loc, MergeKind::LogSumExp, before[0],
                                       before[1], partial[0], partial[1],
                                       llvm::APFloat(t));
          return llvm::to_vector(ValueRange(merge.getResults()));
        });
    return {sum[0], sum[1], temperature};
  }
  RowExpr shift = context.maximum(value);
  RowExpr terms = map(
      [t](IRExpr x, IRExpr shift, IRExpr weight) {
        return weight * widen(expOfDistance({x, std::nullopt}, shift, t));
      },
      value, shift, weight);
  return {shift, context.sum(terms), temperature};
}

RowExpr expOver(RowWords x, RowSumOfExp s) {
  RowContext &context = x.hi.getContext();
  double t = s.temperature.getNumber();
  // 1 / scale in two words, once per row.
  SmallVector<RowExpr> inverse = context.compute(
      {s.shift, s.scale}, 2, [](IRContext &context, ValueRange xs) {
        IRExpr shift = makeExpr(xs[0], context);
        IRExpr scale = makeExpr(xs[1], context);
        Two<IRExpr> words = reciprocal(scale + widen(shift - shift), shift);
        return SmallVector<Value>{words.hi.getValue(), words.lo->getValue()};
      });
  auto term = [t](IRExpr hi, std::optional<IRExpr> lo, IRExpr shift,
                  IRExpr inverse, IRExpr inverseLow) {
    Scaled<IRExpr> e = exp(distance({hi, lo}, shift, t));
    e.hi = fma(e.hi, inverse, e.hi * inverseLow);
    IRExpr y = finish(e);
    // Not even by a rounding error is it larger than 1.
    return where(y > 1.0, 1.0, y);
  };
  if (!x.lo)
    return map(
        [term](IRExpr x, IRExpr shift, IRExpr inverse, IRExpr low) {
          return term(x, std::nullopt, shift, inverse, low);
        },
        x.hi, s.shift, inverse[0], inverse[1]);
  return map(term, x.hi, *x.lo, s.shift, inverse[0], inverse[1]);
}

RowExpr logOver(RowWords x, RowSumOfExp s) {
  RowContext &context = x.hi.getContext();
  double t = s.temperature.getNumber();
  SmallVector<RowExpr> logs = context.compute(
      {s.shift, s.scale}, 2, [](IRContext &context, ValueRange xs) {
        IRExpr shift = makeExpr(xs[0], context);
        IRExpr scale = makeExpr(xs[1], context);
        Two<IRExpr> words = logOfSum(scale + widen(shift - shift), shift);
        return SmallVector<Value>{words.hi.getValue(), words.lo->getValue()};
      });
  return map(
      [t](IRExpr x, IRExpr shift, IRExpr log, IRExpr logLow) {
        Two<IRExpr> d = distance({x, std::nullopt}, shift, t);
        Two<IRExpr> y = twoSum(d.hi, -log);
        IRExpr low = *y.lo + (*d.lo - logLow);
        IRExpr sum = y.hi + where(abs(d.hi) < infinity, low, 0.0);
        // Not even by a rounding error is it positive.
        return where(sum > 0.0, 0.0, sum);
      },
      x.hi, s.shift, logs[0], logs[1]);
}

RowExpr log(RowSumOfExp s) {
  double t = s.temperature.getNumber();
  return map(
      [t](IRExpr shift, IRExpr scale) {
        Two<IRExpr> log = logOfSum(scale, shift);
        Two<IRExpr> d = distance({shift, std::nullopt}, like(shift, 0.0), t);
        Two<IRExpr> y = twoSum(d.hi, log.hi);
        IRExpr low = *y.lo + (*d.lo + *log.lo);
        return y.hi + where(abs(shift) < infinity, low, 0.0);
      },
      s.shift, s.scale);
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
