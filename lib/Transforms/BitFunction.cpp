//===- BitFunction.cpp - functions of the bits of a 16-bit float ----------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BitFunction.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mlir::act;

static constexpr uint16_t kSign = 0x8000;

//===----------------------------------------------------------------------===//
// From IR to pieces
//===----------------------------------------------------------------------===//

namespace {
/// A value on one piece: a number, and how it comes from the argument's bits
/// where it is not the same on the whole piece.
struct Number {
  APFloat value;
  std::optional<BitTransform> transform;
};

/// Evaluates a computation on one piece, represented by its first pattern.
class Evaluator {
public:
  Evaluator(Value argument, uint16_t first, uint16_t last)
      : argument(argument), first(first), isSingle(first == last) {}

  std::optional<Number> getNumber(Value value);
  std::optional<bool> getBool(Value value);

private:
  std::optional<Number> compute(Operation *op);
  std::optional<Number> computeArithmetic(Operation *op);
  std::optional<bool> computeBool(Operation *op);

  Value argument;
  uint16_t first;
  bool isSingle;
  DenseMap<Value, std::optional<Number>> numbers;
  DenseMap<Value, std::optional<bool>> bools;
};
} // namespace

static std::optional<APFloat> getFloatConstant(Value value) {
  APFloat constant(0.0f);
  if (matchPattern(value, m_ConstantFloat(&constant)))
    return constant;
  return std::nullopt;
}

std::optional<Number> Evaluator::getNumber(Value value) {
  auto [it, isNew] = numbers.try_emplace(value);
  if (!isNew)
    return it->second;
  std::optional<Number> result;
  if (std::optional<APFloat> constant = getFloatConstant(value))
    result = Number{*constant, std::nullopt};
  else if (Operation *op = value.getDefiningOp())
    result = compute(op);
  // At one point everything is a constant.
  if (result && isSingle)
    result->transform.reset();
  return numbers[value] = result;
}

std::optional<bool> Evaluator::getBool(Value value) {
  auto [it, isNew] = bools.try_emplace(value);
  if (!isNew)
    return it->second;
  std::optional<bool> result;
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)))
    result = !constant.isZero();
  else if (Operation *op = value.getDefiningOp())
    result = computeBool(op);
  return bools[value] = result;
}

std::optional<Number> Evaluator::compute(Operation *op) {
  if (auto extension = dyn_cast<arith::ExtFOp>(op)) {
    if (extension.getIn() != argument)
      return std::nullopt;
    auto type = cast<FloatType>(getElementTypeOrSelf(argument));
    APFloat value(type.getFloatSemantics(), APInt(16, first));
    bool losesInfo;
    value.convert(APFloat::IEEEsingle(), APFloat::rmNearestTiesToEven,
                  &losesInfo);
    return Number{value, BitTransform()};
  }
  if (auto select = dyn_cast<arith::SelectOp>(op)) {
    std::optional<bool> condition = getBool(select.getCondition());
    if (!condition)
      return std::nullopt;
    return getNumber(*condition ? select.getTrueValue()
                                : select.getFalseValue());
  }
  if (isa<arith::NegFOp, math::AbsFOp>(op)) {
    std::optional<Number> x = getNumber(op->getOperand(0));
    if (!x)
      return std::nullopt;
    bool isNegation = isa<arith::NegFOp>(op);
    if (isNegation)
      x->value.changeSign();
    else
      x->value.clearSign();
    if (x->transform && isNegation)
      x->transform->flip ^= kSign;
    else if (x->transform)
      x->transform = BitTransform{0x7fff, 0};
    return x;
  }
  return computeArithmetic(op);
}

/// Operations on two numbers where the result is NaN, one of them, or the same
/// on the whole piece.
std::optional<Number> Evaluator::computeArithmetic(Operation *op) {
  if (!isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::MaximumFOp,
           arith::MinimumFOp, arith::MaxNumFOp, arith::MinNumFOp>(op))
    return std::nullopt;
  std::optional<Number> a = getNumber(op->getOperand(0));
  std::optional<Number> b = getNumber(op->getOperand(1));
  if (!a || !b)
    return std::nullopt;
  APFloat result = a->value;
  constexpr APFloat::roundingMode mode = APFloat::rmNearestTiesToEven;
  if (isa<arith::AddFOp>(op))
    result.add(b->value, mode);
  else if (isa<arith::SubFOp>(op))
    result.subtract(b->value, mode);
  else if (isa<arith::MulFOp>(op))
    result.multiply(b->value, mode);
  else if (isa<arith::MaximumFOp>(op))
    result = maximum(a->value, b->value);
  else if (isa<arith::MinimumFOp>(op))
    result = minimum(a->value, b->value);
  else if (isa<arith::MaxNumFOp>(op))
    result = maxnum(a->value, b->value);
  else
    result = minnum(a->value, b->value);
  if (result.isNaN() || isSingle)
    return Number{result, std::nullopt};
  // A new constant may lie within a piece, where literal ones do not.
  if (!a->transform && !b->transform) {
    if (!result.bitwiseIsEqual(a->value) && !result.bitwiseIsEqual(b->value))
      return std::nullopt;
    return Number{result, std::nullopt};
  }
  // No constant that is compared with lies within a piece.
  if (isa<arith::MaximumFOp, arith::MinimumFOp, arith::MaxNumFOp,
          arith::MinNumFOp>(op))
    return result.bitwiseIsEqual(a->value) ? a : b;
  if (isa<arith::AddFOp, arith::SubFOp>(op) && !b->transform &&
      b->value.isZero())
    return a;
  if (isa<arith::AddFOp>(op) && !a->transform && a->value.isZero())
    return b;
  if (isa<arith::MulFOp>(op) && !b->transform && b->value.isExactlyValue(1.0))
    return a;
  if (isa<arith::MulFOp>(op) && !a->transform && a->value.isExactlyValue(1.0))
    return b;
  return std::nullopt;
}

std::optional<bool> Evaluator::computeBool(Operation *op) {
  if (auto compare = dyn_cast<arith::CmpFOp>(op)) {
    std::optional<Number> lhs = getNumber(compare.getLhs());
    std::optional<Number> rhs = getNumber(compare.getRhs());
    if (!lhs || !rhs)
      return std::nullopt;
    return arith::applyCmpPredicate(compare.getPredicate(), lhs->value,
                                    rhs->value);
  }
  if (auto select = dyn_cast<arith::SelectOp>(op)) {
    std::optional<bool> condition = getBool(select.getCondition());
    if (!condition)
      return std::nullopt;
    return getBool(*condition ? select.getTrueValue() : select.getFalseValue());
  }
  if (!isa<arith::AndIOp, arith::OrIOp, arith::XOrIOp>(op))
    return std::nullopt;
  std::optional<bool> a = getBool(op->getOperand(0));
  std::optional<bool> b = getBool(op->getOperand(1));
  if (!a || !b)
    return std::nullopt;
  return isa<arith::AndIOp>(op)  ? *a && *b
         : isa<arith::OrIOp>(op) ? *a || *b
                                 : *a != *b;
}

/// Collects the 16-bit floats and the constants that `value` is computed with;
/// false where more is computed than pieces can say.
static bool collectLeaves(Value value, SetVector<Value> &arguments,
                          SmallVectorImpl<APFloat> &constants) {
  constexpr unsigned kMostOps = 64;
  SmallVector<Value> worklist{value};
  DenseSet<Value> seen;
  while (!worklist.empty()) {
    Value next = worklist.pop_back_val();
    if (!seen.insert(next).second)
      continue;
    if (std::optional<APFloat> constant = getFloatConstant(next)) {
      if (&constant->getSemantics() != &APFloat::IEEEsingle())
        return false;
      constants.push_back(*constant);
      continue;
    }
    Operation *op = next.getDefiningOp();
    if (!op || seen.size() > kMostOps ||
        !isa<arith::AddFOp, arith::AndIOp, arith::CmpFOp, arith::ConstantOp,
             arith::ExtFOp, arith::MaximumFOp, arith::MaxNumFOp,
             arith::MinimumFOp, arith::MinNumFOp, arith::MulFOp, arith::NegFOp,
             arith::OrIOp, arith::SelectOp, arith::SubFOp, arith::XOrIOp,
             math::AbsFOp>(op))
      return false;
    auto extension = dyn_cast<arith::ExtFOp>(op);
    if (!extension) {
      llvm::append_range(worklist, op->getOperands());
      continue;
    }
    Type source = getElementTypeOrSelf(extension.getIn());
    if (!isa<Float16Type, BFloat16Type>(source) ||
        !getElementTypeOrSelf(extension.getType()).isF32())
      return false;
    arguments.insert(extension.getIn());
  }
  return true;
}

std::optional<BitFunction> mlir::act::getBitFunction(Value value) {
  SetVector<Value> arguments;
  SmallVector<APFloat> constants;
  if (!collectLeaves(value, arguments, constants) || arguments.size() != 1)
    return std::nullopt;
  Value argument = arguments.front();
  auto type = cast<FloatType>(getElementTypeOrSelf(argument));
  HalfFormat format(type);

  // Where pieces begin: at zero, infinity, and both kinds of NaN, and on either
  // side of every constant, rounded towards zero if it lies between patterns.
  SmallVector<uint32_t> starts = {0, 1, format.infinity, format.infinity + 1u,
                                  format.quietNaN};
  bool losesInfo;
  for (APFloat &constant : constants) {
    if (constant.isNaN())
      continue;
    APFloat rounded = constant;
    rounded.convert(type.getFloatSemantics(), APFloat::rmTowardZero,
                    &losesInfo);
    uint32_t bits = rounded.bitcastToAPInt().getZExtValue() & ~kSign;
    starts.append({bits, bits + 1});
    // The pattern that the constant becomes as a result.
    rounded = constant;
    rounded.convert(type.getFloatSemantics(), APFloat::rmNearestTiesToEven,
                    &losesInfo);
    bits = rounded.bitcastToAPInt().getZExtValue() & ~kSign;
    starts.append({bits, bits + 1});
  }
  llvm::sort(starts);
  starts.erase(llvm::unique(starts), starts.end());

  SmallVector<BitPiece> pieces;
  bool isCondition = getElementTypeOrSelf(value).isInteger(1);
  for (uint32_t sign : {0u, 0x8000u})
    for (auto [i, start] : llvm::enumerate(starts)) {
      uint32_t end = i + 1 == starts.size() ? 0x8000 : starts[i + 1];
      BitPiece piece{static_cast<uint16_t>(start | sign),
                     static_cast<uint16_t>((end - 1) | sign), BitTransform()};
      Evaluator evaluator(argument, piece.first, piece.last);
      if (isCondition) {
        std::optional<bool> result = evaluator.getBool(value);
        if (!result)
          return std::nullopt;
        piece.value = BitTransform{0, *result};
      } else {
        std::optional<Number> result = evaluator.getNumber(value);
        if (!result)
          return std::nullopt;
        APFloat number = result->value;
        number.convert(type.getFloatSemantics(), APFloat::rmNearestTiesToEven,
                       &losesInfo);
        uint16_t bits = number.bitcastToAPInt().getZExtValue();
        piece.isNaN = number.isNaN();
        piece.value = piece.isNaN
                          ? BitTransform{0, format.quietNaN}
                          : result->transform.value_or(BitTransform{0, bits});
      }
      pieces.push_back(piece);
    }
  return BitFunction{argument, std::move(pieces)};
}

//===----------------------------------------------------------------------===//
// From pieces to IR
//===----------------------------------------------------------------------===//

namespace {
enum class MinMax { SMin, SMax, UMin, UMax };

/// Writes a function of bits.
class Writer {
public:
  Writer(ImplicitLocOpBuilder &b, Value bits, HalfFormat format)
      : b(b), bits(bits), format(format) {}

  Value writeFunction(ArrayRef<BitPiece> pieces);
  Value writeCondition(ArrayRef<BitPiece> pieces);
  Value writeQuiet(Value value);

private:
  /// A circular interval of patterns with one value.
  struct Run {
    uint16_t first, last;
    BitTransform value;
  };
  /// A value to begin with, minima and maxima with constants, what comes out of
  /// them on each piece, and where that is wrong.
  struct Plan {
    BitTransform base;
    SmallVector<std::pair<MinMax, uint16_t>, 4> steps;
    SmallVector<BitTransform> values;
    SmallVector<Run> runs;

    /// A selection takes three operations.
    size_t getCost() const {
      return (base.keep != 0 && base.keep != 0xffff) +
             (base.keep != 0 && base.flip != 0) + steps.size() +
             3 * runs.size();
    }
  };
  SmallVector<Run> getRuns(ArrayRef<BitPiece> pieces,
                           ArrayRef<BitTransform> current, bool withNaNs);
  Plan makePlan(ArrayRef<BitPiece> pieces, BitTransform base,
                ArrayRef<uint16_t> limits, bool withNaNs);

  Value constant(uint16_t value);
  Value transform(BitTransform how);
  Value isWithin(uint16_t first, uint16_t last);
  Value isNaN();
  Value compare(arith::CmpIPredicate predicate, Value value, uint16_t other) {
    return arith::CmpIOp::create(b, predicate, value, constant(other));
  }
  Value select(Value condition, Value yes, Value no) {
    return arith::SelectOp::create(b, condition, yes, no);
  }

  ImplicitLocOpBuilder &b;
  Value bits;
  HalfFormat format;
};
} // namespace

Value Writer::constant(uint16_t value) {
  TypedAttr attr =
      b.getIntegerAttr(b.getI16Type(), static_cast<int16_t>(value));
  if (auto shaped = dyn_cast<ShapedType>(bits.getType()))
    attr = DenseElementsAttr::get(shaped, ArrayRef<Attribute>(attr));
  return arith::ConstantOp::create(b, attr);
}

Value Writer::transform(BitTransform how) {
  if (how.isConstant())
    return constant(how.flip);
  Value value = bits;
  if (how.keep != 0xffff)
    value = arith::AndIOp::create(b, value, constant(how.keep));
  if (how.flip != 0)
    value = arith::XOrIOp::create(b, value, constant(how.flip));
  return value;
}

/// Whether the bits are in a circular interval, by one comparison and, if need
/// be, a subtraction. Signed comparisons are there on every target.
Value Writer::isWithin(uint16_t first, uint16_t last) {
  using Predicate = arith::CmpIPredicate;
  if (first == last)
    return compare(Predicate::eq, bits, first);
  if (first == 0x8000)
    return compare(Predicate::sle, bits, last);
  if (last == 0x7fff)
    return compare(Predicate::sge, bits, first);
  if (first == 0)
    return compare(Predicate::ule, bits, last);
  if (last == 0xffff)
    return compare(Predicate::uge, bits, first);
  Value moved = arith::SubIOp::create(b, bits, constant(first ^ kSign));
  return compare(Predicate::sle, moved,
                 static_cast<uint16_t>(last - first) ^ kSign);
}

Value Writer::isNaN() {
  Value magnitude = arith::AndIOp::create(b, bits, constant(0x7fff));
  return compare(arith::CmpIPredicate::sgt, magnitude, format.infinity);
}

Value Writer::writeQuiet(Value value) {
  return select(isNaN(), constant(format.quietNaN), value);
}

/// The value of `now` at the piece after an operation with a constant.
static BitTransform apply(MinMax op, uint16_t constant, BitTransform now,
                          const BitPiece &piece) {
  // No constant lies within a piece, so its first pattern decides.
  uint16_t x = now(piece.first);
  bool isSigned = op == MinMax::SMin || op == MinMax::SMax;
  bool isLess = isSigned
                    ? static_cast<int16_t>(x) < static_cast<int16_t>(constant)
                    : x < constant;
  bool isMin = op == MinMax::SMin || op == MinMax::UMin;
  if (x == constant && piece.first == piece.last)
    return now;
  return isLess == isMin ? now : BitTransform{0, constant};
}

/// Whether `now` is right at the piece.
static bool isRight(const BitPiece &piece, BitTransform now,
                    uint16_t quietNaN) {
  if (piece.isNaN) {
    uint16_t low = now(piece.first), high = now(piece.last);
    return (low & 0x7fff) >= quietNaN && (high & 0x7fff) >= quietNaN;
  }
  return now == piece.value || (piece.first == piece.last &&
                                now(piece.first) == piece.value(piece.first));
}

/// What is wrong about `current`, as intervals as long as possible; what is NaN
/// does not matter, if it is taken care of later.
SmallVector<Writer::Run> Writer::getRuns(ArrayRef<BitPiece> pieces,
                                         ArrayRef<BitTransform> current,
                                         bool withNaNs) {
  SmallVector<Run> runs;
  bool isOpen = false;
  auto isFree = [&](const BitPiece &piece) { return piece.isNaN && !withNaNs; };
  for (auto [piece, now] : llvm::zip_equal(pieces, current)) {
    if (isFree(piece)) {
      if (isOpen)
        runs.back().last = piece.last;
      continue;
    }
    bool continues =
        isOpen &&
        (runs.back().value == piece.value ||
         (piece.first == piece.last &&
          runs.back().value(piece.first) == piece.value(piece.first)));
    if (continues) {
      runs.back().last = piece.last;
      continue;
    }
    isOpen = !isRight(piece, now, format.quietNaN);
    if (isOpen)
      runs.push_back({piece.first, piece.last, piece.value});
  }
  // From the negative NaNs on to zero.
  if (runs.size() > 1 && runs.front().first == 0 &&
      runs.back().last == 0xffff && runs.front().value == runs.back().value) {
    runs.front().first = runs.back().first;
    runs.pop_back();
  }
  return runs;
}

/// Minima and maxima, as integers, are cheaper than selections: takes those
/// that leave less to select.
Writer::Plan Writer::makePlan(ArrayRef<BitPiece> pieces, BitTransform base,
                              ArrayRef<uint16_t> limits, bool withNaNs) {
  Plan plan{base, {}, SmallVector<BitTransform>(pieces.size(), base), {}};
  plan.runs = getRuns(pieces, plan.values, withNaNs);
  if (base.isConstant())
    return plan;
  while (!plan.runs.empty()) {
    Plan best = plan;
    for (MinMax op : {MinMax::SMax, MinMax::SMin, MinMax::UMin, MinMax::UMax})
      for (uint16_t limit : limits) {
        Plan next = plan;
        next.steps.push_back({op, limit});
        for (auto [piece, value] : llvm::zip_equal(pieces, next.values))
          value = apply(op, limit, value, piece);
        next.runs = getRuns(pieces, next.values, withNaNs);
        if (next.runs.size() < best.runs.size())
          best = next;
      }
    if (best.steps.size() == plan.steps.size())
      break;
    plan = best;
  }
  return plan;
}

Value Writer::writeFunction(ArrayRef<BitPiece> pieces) {
  // NaN for NaN comes last, in one step, so that nothing else need care.
  bool nanForNaN = llvm::all_of(pieces, [&](const BitPiece &piece) {
    return piece.isNaN == ((piece.first & 0x7fff) > format.infinity);
  });
  SmallVector<BitTransform> bases = {BitTransform()};
  SmallVector<uint16_t> limits;
  for (const BitPiece &piece : pieces) {
    if (piece.isNaN && nanForNaN)
      continue;
    if (!llvm::is_contained(bases, piece.value))
      bases.push_back(piece.value);
    if (piece.value.isConstant() &&
        !llvm::is_contained(limits, piece.value.flip))
      limits.push_back(piece.value.flip);
  }
  std::optional<Plan> plan;
  for (BitTransform base : bases) {
    Plan next = makePlan(pieces, base, limits, !nanForNaN);
    if (!plan || next.getCost() < plan->getCost())
      plan = next;
  }

  Value result = transform(plan->base);
  for (auto [op, limit] : plan->steps) {
    Value other = constant(limit);
    switch (op) {
    case MinMax::SMin:
      result = arith::MinSIOp::create(b, result, other);
      break;
    case MinMax::SMax:
      result = arith::MaxSIOp::create(b, result, other);
      break;
    case MinMax::UMin:
      result = arith::MinUIOp::create(b, result, other);
      break;
    case MinMax::UMax:
      result = arith::MaxUIOp::create(b, result, other);
      break;
    }
  }
  for (const Run &run : plan->runs)
    result =
        select(isWithin(run.first, run.last), transform(run.value), result);
  return nanForNaN ? writeQuiet(result) : result;
}

Value Writer::writeCondition(ArrayRef<BitPiece> pieces) {
  // The side that takes fewer intervals.
  SmallVector<BitTransform> no(pieces.size(), BitTransform{0, 0});
  SmallVector<BitTransform> yes(pieces.size(), BitTransform{0, 1});
  SmallVector<Run> where = getRuns(pieces, no, /*withNaNs=*/true);
  SmallVector<Run> except = getRuns(pieces, yes, /*withNaNs=*/true);
  bool isInverted = except.size() < where.size();
  Value result;
  for (const Run &run : isInverted ? except : where) {
    Value condition = isWithin(run.first, run.last);
    result = result ? arith::OrIOp::create(b, result, condition) : condition;
  }
  Type type = b.getI1Type();
  if (auto shaped = dyn_cast<ShapedType>(bits.getType()))
    type = shaped.clone(type);
  auto all = [&](bool value) -> Value {
    TypedAttr attr = b.getBoolAttr(value);
    if (auto shaped = dyn_cast<ShapedType>(type))
      attr = DenseElementsAttr::get(shaped, ArrayRef<Attribute>(attr));
    return arith::ConstantOp::create(b, attr);
  };
  if (!result)
    return all(isInverted);
  return isInverted ? arith::XOrIOp::create(b, result, all(true)) : result;
}

Value mlir::act::buildBitFunction(ImplicitLocOpBuilder &b, Value bits,
                                  ArrayRef<BitPiece> pieces,
                                  HalfFormat format) {
  return Writer(b, bits, format).writeFunction(pieces);
}

Value mlir::act::buildBitCondition(ImplicitLocOpBuilder &b, Value bits,
                                   ArrayRef<BitPiece> pieces,
                                   HalfFormat format) {
  return Writer(b, bits, format).writeCondition(pieces);
}

Value mlir::act::buildQuiet(ImplicitLocOpBuilder &b, Value bits,
                            HalfFormat format) {
  return Writer(b, bits, format).writeQuiet(bits);
}
