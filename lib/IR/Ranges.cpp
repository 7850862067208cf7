//===- Ranges.cpp - which values a value may have -------------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/IR/Act.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::act;

SmallVector<double> act::detail::getCuts(RealRange range) {
  SmallVector<double> cuts;
  auto cut = [&](double c) {
    if (range.lo < c && c < range.hi)
      cuts.push_back(c);
  };
  // Apart from infinity, which is a point of its own, the largest numbers.
  constexpr double largest = std::numeric_limits<double>::max();
  cut(0.0);
  for (double magnitude = 0x1p-8; magnitude <= 0x1p10; magnitude *= 2) {
    cut(magnitude);
    cut(-magnitude);
  }
  for (double magnitude : {0x1p-40, 0x1p-20, 3.0, 6.0, 12.0, 0x1p20, largest}) {
    cut(magnitude);
    cut(-magnitude);
  }
  double width = range.hi - range.lo;
  for (int i = 1; std::isfinite(width) && width > 0 && i < 16; ++i)
    cut(range.lo + width * i / 16);
  cuts.push_back(range.lo);
  cuts.push_back(range.hi);
  llvm::sort(cuts);
  return cuts;
}

/// Rounds the ends outward to numbers of a type, and moves them by `units` in
/// the last place.
static RealRange roundOutward(RealRange range, FloatType type, unsigned units) {
  auto round = [&](double end, bool down) {
    bool losesInfo;
    APFloat value(end);
    value.convert(type.getFloatSemantics(),
                  down ? APFloat::rmTowardNegative : APFloat::rmTowardPositive,
                  &losesInfo);
    for (unsigned i = 0; i < units; ++i)
      value.next(down);
    value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                  &losesInfo);
    return value.convertToDouble();
  };
  return {round(range.lo, true), round(range.hi, false)};
}

namespace {
/// Follows producers to a bounded depth, and to a bounded number of them.
class RangeAnalysis {
public:
  RealRange getRange(Value value, unsigned depth);

private:
  RealRange getRangeOfActivation(ActivationOpInterface op, unsigned depth);

  unsigned steps = 32;
};
} // namespace

RealRange RangeAnalysis::getRangeOfActivation(ActivationOpInterface op,
                                              unsigned depth) {
  auto type = cast<FloatType>(getElementTypeOrSelf(op->getResult(0)));
  RealRange declared = roundOutward(op.getValueRange(), type, 0);
  SmallVector<RealRange> operands;
  for (Value operand : op->getOperands())
    operands.push_back(getRange(operand, depth));
  if (llvm::all_of(operands,
                   [](RealRange range) { return range.contains(RealRange()); }))
    return declared;
  // Compiled code errs by so many units in the last place, and by that much
  // where the value crosses zero.
  constexpr unsigned units = 4;
  double room = computesInSingle(type) ? 0x1p-20 : 0x1p-49;
  RealRange computed = roundOutward(op.getValueRangeOn(operands), type, units);
  if (std::isfinite(computed.lo))
    computed.lo -= room * std::max(1.0, std::fabs(computed.lo));
  if (std::isfinite(computed.hi))
    computed.hi += room * std::max(1.0, std::fabs(computed.hi));
  RealRange both = declared.intersect(computed);
  return both.lo <= both.hi ? both : declared;
}

RealRange RangeAnalysis::getRange(Value value, unsigned depth) {
  APFloat number(0.0);
  if (matchPattern(value, m_ConstantFloat(&number)) && !number.isNaN()) {
    bool losesInfo;
    number.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                   &losesInfo);
    double c = number.convertToDouble();
    return {c, c};
  }
  Operation *op = value.getDefiningOp();
  auto type = dyn_cast<FloatType>(getElementTypeOrSelf(value));
  if (!op || !type || depth == 0 || steps == 0)
    return {};
  --steps;
  auto operand = [&](unsigned i) {
    return getRange(op->getOperand(i), depth - 1);
  };
  return TypeSwitch<Operation *, RealRange>(op)
      .Case([&](ActivationOpInterface activation) {
        return getRangeOfActivation(activation, depth - 1);
      })
      .Case([&](arith::NegFOp) {
        RealRange x = operand(0);
        return RealRange{x.hi == 0 ? -0.0 : -x.hi, -x.lo};
      })
      .Case([&](math::AbsFOp) {
        RealRange x = operand(0);
        double least = std::max({x.lo, -x.hi, 0.0});
        return RealRange{std::fabs(least), std::max(-x.lo, x.hi)};
      })
      .Case([&](arith::MaximumFOp) {
        RealRange a = operand(0), b = operand(1);
        return RealRange{RealRange::isBelow(a.lo, b.lo) ? b.lo : a.lo,
                         std::max(a.hi, b.hi)};
      })
      .Case([&](arith::MinimumFOp) {
        RealRange a = operand(0), b = operand(1);
        return RealRange{RealRange::isBelow(a.lo, b.lo) ? a.lo : b.lo,
                         std::min(a.hi, b.hi)};
      })
      .Case([&](arith::SelectOp) { return operand(1).hull(operand(2)); })
      .Case([&](arith::ExtFOp) { return operand(0); })
      .Case([&](arith::TruncFOp) { return roundOutward(operand(0), type, 0); })
      .Default([](Operation *) { return RealRange(); });
}

RealRange act::getRangeOf(Value value, unsigned depth) {
  return RangeAnalysis().getRange(value, depth);
}
