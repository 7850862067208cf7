//===- Gradient.h - gradients of formulas -----------------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What gradient ops compute: the slope of an activation times the gradient of
// its result. A slope keeps its exponent apart until the product is made, so
// that one which underflows counts where the other factor is large.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_FORMULA_GRADIENT_H
#define ACT_FORMULA_GRADIENT_H

#include "act/Formula/Dual.h"
#include "act/Formula/Forms.h"
#include "act/Formula/Host.h"
#include "llvm/ADT/SmallVector.h"

namespace mlir::act {

/// A variable that derivatives are taken with respect to.
template <typename E>
Dual<E> variable(E x) {
  return Dual<E>(x, like(x, 1.0));
}

/// The value of a formula on dual numbers.
template <typename E>
Scaled<E> valueOf(const Scaled<Dual<E>> &y) {
  auto word = [](const std::optional<Dual<E>> &x) {
    return x ? std::optional<E>(x->value) : std::nullopt;
  };
  Scaled<E> value{y.hi.value, word(y.lo), word(y.exponent), word(y.factor)};
  value.unbounded = y.unbounded;
  value.isPositive = y.isPositive;
  return value;
}

/// The second derivative of the formula of `op` with respect to operand
/// `index`.
template <typename Op>
double secondDerivative(Op op, llvm::ArrayRef<double> operands, unsigned index,
                        bool single) {
  using First = Dual<Host<double>>;
  llvm::SmallVector<Dual<First>> xs;
  for (double x : operands) {
    Host<double> number(x, single);
    xs.push_back(xs.size() == index ? variable(variable(number))
                                    : Dual<First>(First(number)));
  }
  Tangent<First> slope = op.template apply<Dual<First>>(xs).tangent;
  if (!slope || !slope.get().tangent)
    return 0;
  return slope.get().tangent.get().value;
}

/// The derivative of a function at a point.
template <typename E>
struct Slope {
  using Bool = typename Tangent<E>::Bool;

  Scaled<E> value;
  /// Where it is zero whatever it is multiplied by; nothing is nowhere.
  std::optional<Bool> flat;
  /// It is everywhere.
  bool isZero = false;
  /// It is twice the value, which alone is sure to be finite.
  bool isTwice = false;
  /// The value of the function, where it is a by-product.
  std::optional<Scaled<E>> function;

  Slope(E value) : value(value) {}
  Slope(Two<E> value) : value(value) {}
  Slope(Scaled<E> value) : value(value) {}
  /// Of a formula on dual numbers.
  Slope(Scaled<Dual<E>> y) : value(y.hi.value), function(valueOf(y)) {
    Dual<E> product = y.factor ? factorTimes(*y.factor, y.hi) : y.hi;
    isZero = !product.tangent;
    if (isZero)
      return;
    value.hi = product.tangent.getSlope();
    flat = product.tangent.getFlat();
    if (y.exponent)
      value.exponent = y.exponent->value;
  }

  /// Of a function that is constant piece by piece.
  static Slope zero(E x) {
    Slope slope(x);
    slope.isZero = true;
    return slope;
  }

  static Slope twice(E half) {
    Slope slope(half);
    slope.isTwice = true;
    return slope;
  }

  /// The product of the value and a number, with what else there is to it.
  E complete(E product) const {
    if (isTwice)
      product = product + product;
    return flat ? where(*flat, 0.0, product) : product;
  }

  /// Known to be 1 where it is not flat.
  bool isOne() const {
    return !isZero && !isTwice && isConstant(value.hi, 1.0) && !value.lo &&
           !value.exponent && !value.factor;
  }
};

/// A slope that is zero where `c` holds, too.
template <typename E, typename Bool>
Slope<E> flatWhere(Bool c, Slope<E> slope) {
  slope.flat = slope.flat ? Bool(*slope.flat | c) : c;
  return slope;
}
template <typename E, typename Bool>
Slope<E> flatWhere(Bool c, E slope) {
  return flatWhere(c, Slope<E>(slope));
}

/// slope * dy, where neither alone may overflow or vanish if the product does
/// not. All of the exponent is applied last.
template <typename E>
E productOf(const Scaled<E> &slope, E dy) {
  if (slope.factor || !slope.exponent)
    return finish(gatedProduct(slope, dy));
  double power = termsOf(dy, 64, 512, 0);
  auto large = abs(dy) > std::ldexp(1.0, int(power));
  E smaller = where(large, dy * std::ldexp(1.0, -int(power)), dy);
  E more = where(large, like(dy, power), like(dy, 0.0));
  return scale(slope.hi * smaller, *slope.exponent + more);
}

/// The same of three factors: the one of t and dy that is larger goes first,
/// unless that overflows.
template <typename E>
E productOf(const Scaled<E> &slope, E t, E dy) {
  if (slope.factor)
    return productOf(
        Scaled<E>{*slope.factor * slope.hi, std::nullopt, slope.exponent}, t,
        dy);
  auto isLarger = abs(t) > abs(dy);
  E larger = where(isLarger, t, dy), smaller = where(isLarger, dy, t);
  std::optional<E> exponent = slope.exponent;
  if (exponent) {
    double power = termsOf(dy, 64, 512, 0);
    auto large = abs(larger) > std::ldexp(1.0, int(power));
    larger = where(large, larger * std::ldexp(1.0, -int(power)), larger);
    exponent = *exponent + where(large, like(dy, power), like(dy, 0.0));
  }
  E first = slope.hi * larger;
  auto overflows = abs(first) == std::numeric_limits<double>::infinity();
  E product = where(overflows, slope.hi * smaller, first) *
              where(overflows, larger, smaller);
  return exponent ? scale(product, *exponent) : product;
}

/// The slope times `dy`.
template <typename E>
E times(const Slope<E> &slope, E dy) {
  if (slope.isZero)
    return like(dy, 0.0);
  return slope.complete(slope.isOne() ? quiet(dy) : productOf(slope.value, dy));
}

/// The gradients of gate(g) * t(v) with respect to g and v. The value of the
/// gate comes with its slope.
template <typename E>
llvm::SmallVector<E, 2> gatedGradient(const Slope<E> &gateSlope, E t,
                                      const Slope<E> &tSlope, E dy) {
  E dv = times(tSlope, dy);
  if (!tSlope.isZero) {
    dv = finish(gatedProduct(*gateSlope.function, dv));
    if (tSlope.flat)
      dv = where(*tSlope.flat, 0.0, dv);
  }
  E dg = like(dy, 0.0);
  if (gateSlope.isOne())
    dg = gateSlope.complete(t * dy);
  else if (!gateSlope.isZero)
    dg = gateSlope.complete(productOf(gateSlope.value, t, dy));
  return {dg, dv};
}

} // namespace mlir::act

#endif // ACT_FORMULA_GRADIENT_H
