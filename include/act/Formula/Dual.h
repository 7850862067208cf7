//===- Dual.h - formulas and their derivatives ------------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Dual numbers over any E: a value, and its derivative with respect to one
// operand. The value is that of the formula, bit for bit. Of several words, the
// first carries the whole derivative, and so does the one whose exponent is
// kept apart: the derivative is scaled like it. A comparison selects between
// derivatives, so that at a kink it is that of the branch the formula takes.
// Where that branch is a constant, the derivative is zero whatever it is
// multiplied by, infinities and NaN included.
//
// Derivatives of functions are written so that they neither cancel nor
// overflow: sigmoid' = s (1 - s) is exact in the tails, because 1 - s is a
// function of its own.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_FORMULA_DUAL_H
#define ACT_FORMULA_DUAL_H

#include "act/Formula/Forms.h"

#include <utility>

namespace mlir::act {

/// The derivative of a value. Absent is zero: constants cost nothing.
template <typename E>
class Tangent {
public:
  using Bool = decltype(std::declval<E>() < std::declval<E>());

  Tangent(std::nullopt_t = std::nullopt) {}
  Tangent(E slope) : slope(slope) {}

  explicit operator bool() const { return slope.has_value(); }
  /// As a number.
  E get() const {
    return flat ? where(*flat, like(*slope, 0.0), *slope) : *slope;
  }
  /// The number where it is not flat, and anything elsewhere.
  const E &getSlope() const { return *slope; }
  /// Where the value does not depend on the operand; nothing is nowhere.
  const std::optional<Bool> &getFlat() const { return flat; }

  Tangent operator-() const {
    return map([](E t) { return -t; });
  }
  friend Tangent operator+(Tangent a, Tangent b) {
    if (!a || !b)
      return a ? a : b;
    Tangent sum(a.get() + b.get());
    if (a.flat && b.flat)
      sum.flat = Bool(*a.flat & *b.flat);
    return sum;
  }
  friend Tangent operator*(Tangent a, E factor) {
    if (!a || isConstant(factor, 1.0))
      return a;
    return a.map([&](E t) { return isConstant(t, 1.0) ? factor : t * factor; });
  }
  friend Tangent operator/(Tangent a, E divisor) {
    return a.map([&](E t) { return t / divisor; });
  }
  friend Tangent scale(Tangent a, E n) {
    return a.map([&](E t) { return scale(t, n); });
  }
  friend Tangent where(Bool c, Tangent a, Tangent b) {
    if (!a && !b)
      return a;
    Tangent result(!a   ? *b.slope
                   : !b ? *a.slope
                        : where(c, *a.slope, *b.slope));
    std::optional<Bool> inA = a.flatWithin(c), inB = b.flatWithin(!c);
    result.flat = inA ? inA : inB;
    if (inA && inB)
      result.flat = Bool(*inA | *inB);
    return result;
  }

private:
  /// Where it is flat and `c` holds.
  std::optional<Bool> flatWithin(Bool c) const {
    if (!slope)
      return c;
    return flat ? std::optional(Bool(c & *flat)) : std::nullopt;
  }

  template <typename F>
  Tangent map(F f) const {
    if (!slope)
      return *this;
    Tangent result(f(*slope));
    result.flat = flat;
    return result;
  }

  std::optional<E> slope;
  std::optional<Bool> flat;
};

template <typename E>
struct Dual : ExprOps<Dual<E>> {
  using Tangent = act::Tangent<E>;

  E value;
  Tangent tangent;

  explicit Dual(E value, Tangent tangent = std::nullopt)
      : value(value), tangent(tangent) {}

  friend Dual operator+(Dual a, Dual b) {
    return Dual(a.value + b.value, a.tangent + b.tangent);
  }
  friend Dual operator-(Dual a) { return Dual(-a.value, -a.tangent); }
  friend Dual operator-(Dual a, Dual b) {
    return Dual(a.value - b.value, a.tangent + -b.tangent);
  }
  friend Dual operator*(Dual a, Dual b) {
    return Dual(a.value * b.value, productRule(a, b));
  }
  friend Dual operator/(Dual a, Dual b) {
    E quotient = a.value / b.value;
    Tangent top = a.tangent;
    if (b.tangent)
      top = top + b.tangent * -quotient;
    return Dual(quotient, top / b.value);
  }

  friend auto operator<(Dual a, Dual b) { return a.value < b.value; }
  friend auto operator<=(Dual a, Dual b) { return a.value <= b.value; }
  friend auto operator>(Dual a, Dual b) { return a.value > b.value; }
  friend auto operator>=(Dual a, Dual b) { return a.value >= b.value; }
  friend auto operator==(Dual a, Dual b) { return a.value == b.value; }
  template <typename Bool>
  friend Dual where(Bool c, Dual a, Dual b) {
    return Dual(where(c, a.value, b.value), where(c, a.tangent, b.tangent));
  }

  friend Dual fma(Dual a, Dual b, Dual c) {
    return Dual(fma(a.value, b.value, c.value), productRule(a, b) + c.tangent);
  }
  friend Dual abs(Dual a) {
    Tangent slope = a.tangent;
    if (slope)
      slope = where(a.value < 0.0, -slope, slope);
    return Dual(abs(a.value), slope);
  }
  friend Dual copysign(Dual a, Dual b) {
    Tangent slope = a.tangent;
    if (slope) {
      E one = like(a.value, 1.0);
      slope = slope * (copysign(one, a.value) * copysign(one, b.value));
    }
    return Dual(copysign(a.value, b.value), slope);
  }
  friend Dual sqrt(Dual a) {
    E root = sqrt(a.value);
    return Dual(root, a.tangent ? a.tangent / (root + root) : a.tangent);
  }

  friend Dual like(Dual x, double c) { return Dual(like(x.value, c)); }
  friend Dual ratio(Dual x, double p, double q) {
    return Dual(ratio(x.value, p, q));
  }
  friend Dual rounded(Dual x) { return Dual(rounded(x.value), x.tangent); }
  friend bool isConstant(Dual x, double c) {
    return !x.tangent && isConstant(x.value, c);
  }
  friend Two<Dual> exactly(Dual x, double hi, double lo) {
    return words(exactly(x.value, hi, lo), std::nullopt);
  }
  friend Two<Dual> twoProd(Dual a, Dual b) {
    return words(twoProd(a.value, b.value), productRule(a, b));
  }
  friend Two<Dual> twoSum(Dual a, Dual b) {
    return words(twoSum(a.value, b.value), a.tangent + b.tangent);
  }
  friend Two<Dual> fastTwoSum(Dual a, Dual b) {
    return words(fastTwoSum(a.value, b.value), a.tangent + b.tangent);
  }

  //===--------------------------------------------------------------------===//
  // Functions of one or two words
  //===--------------------------------------------------------------------===//

  friend Scaled<Dual> exp(Two<Dual> x) {
    Scaled<E> e = exp(values(x));
    return scaled(e, tangentOf(x) * e.hi);
  }
  friend Scaled<Dual> sigmoid(Two<Dual> x) {
    Scaled<E> s = sigmoid(values(x));
    Tangent slope = tangentOf(x);
    if (slope) {
      // 1 - s = sigmoid(-x).
      E e = finish(exp(-abs(x.hi.value)));
      E rest = where(x.hi.value < 0.0, like(e, 1.0), e) / (e + 1.0);
      slope = slope * (s.hi * rest);
    }
    return scaled(s, slope);
  }
  friend Scaled<Dual> normalCdf(Two<Dual> x) {
    Scaled<E> y = normalCdf(values(x));
    Tangent slope = tangentOf(x);
    if (slope) {
      // The density, with the exponent of the value taken off.
      Scaled<E> density = gaussian(values(x), 0.5);
      if (y.exponent)
        density.exponent =
            density.exponent ? *density.exponent - *y.exponent : -*y.exponent;
      slope = slope * (finish(density) * 0.3989422804014327);
    }
    return scaled(y, slope);
  }
  friend Two<Dual> expm1(Two<Dual> x) {
    Tangent slope = tangentOf(x);
    // Not expm1 + 1, which cancels.
    if (slope)
      slope = slope * finish(exp(values(x)));
    return words(expm1(values(x)), slope);
  }
  friend auto tanh(Two<Dual> x) { return words(tanh(values(x)), tanhSlope(x)); }
  friend auto tanh(Dual x) {
    return words(tanh(x.value), tanhSlope(Two<Dual>{x, std::nullopt}));
  }
  friend Two<Dual> sin(Two<Dual> x) {
    Tangent slope = tangentOf(x);
    if (slope)
      slope = slope * cos(values(x)).hi;
    return words(sin(values(x)), slope);
  }
  friend Two<Dual> cos(Two<Dual> x) {
    Tangent slope = tangentOf(x);
    if (slope)
      slope = slope * -sin(values(x)).hi;
    return words(cos(values(x)), slope);
  }
  friend Scaled<Dual> exp(Dual x) { return exp(Two<Dual>{x, std::nullopt}); }
  friend Scaled<Dual> sigmoid(Dual x) {
    return sigmoid(Two<Dual>{x, std::nullopt});
  }
  friend Scaled<Dual> normalCdf(Dual x) {
    return normalCdf(Two<Dual>{x, std::nullopt});
  }
  friend Two<Dual> expm1(Dual x) { return expm1(Two<Dual>{x, std::nullopt}); }
  friend Two<Dual> sin(Dual x) { return sin(Two<Dual>{x, std::nullopt}); }
  friend Two<Dual> cos(Dual x) { return cos(Two<Dual>{x, std::nullopt}); }

  //===--------------------------------------------------------------------===//
  // Functions of one word
  //===--------------------------------------------------------------------===//

  friend Dual log(Dual x) { return Dual(log(x.value), x.tangent / x.value); }
  friend Dual log1p(Dual x) {
    return Dual(log1p(x.value),
                x.tangent ? x.tangent / (x.value + 1.0) : x.tangent);
  }
  friend Dual erf(Dual x) {
    Tangent slope = x.tangent;
    if (slope)
      slope = slope * (finish(gaussian({x.value, std::nullopt}, 1.0)) *
                       1.1283791670955126);
    return Dual(erf(x.value), slope);
  }
  friend Dual atan(Dual x) {
    Tangent slope = x.tangent;
    if (slope) {
      // 1 / (1 + x^2), by its reciprocal where the square may overflow.
      E a = abs(x.value);
      auto large = a > 1.0;
      E r = where(large, 1.0 / a, a);
      E fraction = 1.0 / fma(r, r, like(r, 1.0));
      slope = slope * where(large, r * r * fraction, fraction);
    }
    return Dual(atan(x.value), slope);
  }
  friend Dual scale(Dual x, Dual n) {
    return Dual(scale(x.value, n.value), scale(x.tangent, n.value));
  }
  friend double safeExponent(Dual x) { return safeExponent(x.value); }
  friend Dual quiet(Dual x) { return Dual(quiet(x.value), x.tangent); }

  /// The product of a factor and the rest of a value, which may vanish faster
  /// than the factor grows: then so does its derivative.
  friend Dual factorTimes(Dual factor, Dual rest) {
    Dual limit = factor;
    if (rest.tangent)
      limit.value = where(rest.tangent.get() == 0.0, like(factor.value, 0.0),
                          factor.value);
    return Dual(factor.value * rest.value,
                factor.tangent * rest.value + rest.tangent * limit.value);
  }

  friend Dual timesFactor(Dual rest, Dual factor) {
    return factorTimes(factor, rest);
  }

private:
  using Word = std::optional<E>;

  static Tangent productRule(Dual a, Dual b) {
    return a.tangent * b.value + b.tangent * a.value;
  }

  static Two<E> values(Two<Dual> x) {
    return {x.hi.value, x.lo ? Word(x.lo->value) : std::nullopt};
  }
  static Tangent tangentOf(Two<Dual> x) {
    return x.lo ? x.hi.tangent + x.lo->tangent : x.hi.tangent;
  }
  static std::optional<Dual> constant(Word word) {
    return word ? std::optional(Dual(*word)) : std::nullopt;
  }
  static Dual words(E x, Tangent tangent) { return Dual(x, tangent); }
  static Two<Dual> words(Two<E> x, Tangent tangent) {
    return {Dual(x.hi, tangent), constant(x.lo)};
  }
  static Scaled<Dual> scaled(Scaled<E> x, Tangent tangent) {
    return {Dual(x.hi, tangent), constant(x.lo), constant(x.exponent),
            constant(x.factor)};
  }

  /// x times a power of two.
  static Two<E> twice(Two<E> x, double power) {
    return {x.hi * power, x.lo ? Word(*x.lo * power) : std::nullopt};
  }
  /// e^(-c x^2) for c = 1 or a power of two, the square in two words: the
  /// exponential amplifies its error.
  static Scaled<E> gaussian(Two<E> x, double c) {
    // Beyond, it is 0 in every format, and squares might overflow.
    auto far = abs(x.hi) >= 64.0;
    Two<E> inside = where(far, Two<E>{like(x.hi, 0.0), std::nullopt}, x);
    Scaled<E> e = exp(twice(inside * inside, -c));
    e.hi = where(far, 0.0, e.hi);
    return e;
  }
  /// 4e / (1 + e)^2 in e = e^-2|x|.
  static Tangent tanhSlope(Two<Dual> x) {
    Tangent slope = tangentOf(x);
    if (!slope)
      return slope;
    E e = finish(exp(twice(abs(values(x)), -2.0)));
    E s = 2.0 / (e + 1.0);
    return slope * (e * s * s);
  }
};

} // namespace mlir::act

#endif // ACT_FORMULA_DUAL_H
