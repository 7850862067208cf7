//===- Interval.h - formulas on intervals -----------------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every value that a formula may take, and every value that it takes on the
// host in double, lies in the interval that the formula gives. NaN does not
// count: an interval says nothing about it.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_FORMULA_INTERVAL_H
#define ACT_FORMULA_INTERVAL_H

#include "act/Formula/Host.h"

#include <algorithm>
#include <limits>

namespace mlir::act {

/// A closed interval of values. The lower end tells zeros apart: from +0 on,
/// there is no -0 in it.
struct RealRange {
  double lo = -std::numeric_limits<double>::infinity();
  double hi = std::numeric_limits<double>::infinity();

  /// Whether `a` is below `b` as a lower end.
  static bool isBelow(double a, double b) {
    return a < b || (a == b && std::signbit(a) && !std::signbit(b));
  }
  bool contains(RealRange other) const {
    return !isBelow(other.lo, lo) && other.hi <= hi;
  }
  RealRange intersect(RealRange other) const {
    return {isBelow(lo, other.lo) ? other.lo : lo, std::min(hi, other.hi)};
  }
  RealRange hull(RealRange other) const {
    return {isBelow(lo, other.lo) ? lo : other.lo, std::max(hi, other.hi)};
  }
};

/// A closed interval of reals and infinities, rounded outward.
struct Interval : ExprOps<Interval> {
  /// True, false, or either.
  struct Bool {
    bool mayHold, mayFail;

    friend Bool operator&(Bool a, Bool b) {
      return {a.mayHold && b.mayHold, a.mayFail || b.mayFail};
    }
    friend Bool operator|(Bool a, Bool b) {
      return {a.mayHold || b.mayHold, a.mayFail && b.mayFail};
    }
  };

  double lo, hi;
  /// Constants and parameters are rounded to f32 (else to f64).
  bool single;
  /// NaN is possible where no operand is NaN: comparisons may fail.
  bool mayBeNaN = false;

  Interval(double lo, double hi, bool single)
      : lo(lo), hi(hi), single(single) {}
  explicit Interval(double value, bool single)
      : Interval(value, value, single) {}

  friend Interval operator+(Interval a, Interval b) {
    constexpr double inf = std::numeric_limits<double>::infinity();
    bool indefinite =
        (a.lo == -inf && b.hi == inf) || (a.hi == inf && b.lo == -inf);
    auto sum = [](double x, double y, double whereNaN, double towards) {
      double s = x + y;
      if (std::isnan(s))
        return whereNaN;
      // The rounding error (Knuth), if it is a number at all.
      double t = s - x;
      return (x - (s - t)) + (y - t) == 0 ? s : outward(s, x, y, towards);
    };
    return a.joined(b, sum(a.lo, b.lo, -inf, -inf), sum(a.hi, b.hi, inf, inf),
                    indefinite);
  }
  friend Interval operator-(Interval a) { return a.with(-a.hi, -a.lo); }
  friend Interval operator-(Interval a, Interval b) { return a + -b; }
  friend Interval operator*(Interval a, Interval b) {
    bool indefinite =
        (a.hasZero() && b.hasInfinity()) || (b.hasZero() && a.hasInfinity());
    return a.corners(b, indefinite, [](double x, double y) {
      double product = x * y;
      bool exact =
          x == 0 || y == 0 ||
          (std::fabs(product) > 0x1p-900 && std::fma(x, y, -product) == 0);
      return std::pair(product, exact);
    });
  }
  friend Interval operator/(Interval a, Interval b) {
    bool indefinite =
        (a.hasZero() && b.hasZero()) || (a.hasInfinity() && b.hasInfinity());
    // The sign of a zero is not known.
    if (b.hasZero())
      return a.joined(b, -HUGE_VAL, HUGE_VAL, indefinite);
    return a.corners(b, indefinite, [](double x, double y) {
      double quotient = x / y;
      bool exact = x == 0 ||
                   (std::fabs(x) > 0x1p-900 && std::fabs(quotient) > 0x1p-900 &&
                    std::fma(quotient, y, -x) == 0);
      return std::pair(quotient, exact);
    });
  }

  friend Bool operator<(Interval a, Interval b) {
    return compared(a, b, a.lo < b.hi, a.hi < b.lo);
  }
  friend Bool operator<=(Interval a, Interval b) {
    return compared(a, b, a.lo <= b.hi, a.hi <= b.lo);
  }
  friend Bool operator>(Interval a, Interval b) { return b < a; }
  friend Bool operator>=(Interval a, Interval b) { return b <= a; }
  friend Bool operator==(Interval a, Interval b) {
    return compared(a, b, a.lo <= b.hi && b.lo <= a.hi,
                    a.lo == b.hi && b.lo == a.hi);
  }
  friend Bool isNumber(Interval a) { return Bool{true, a.mayBeNaN}; }
  friend Interval where(Bool c, Interval a, Interval b) {
    if (!c.mayFail)
      return a;
    if (!c.mayHold)
      return b;
    return a.joined(b, std::min(a.lo, b.lo), std::max(a.hi, b.hi));
  }

  friend Interval fma(Interval a, Interval b, Interval c) { return a * b + c; }
  friend Interval abs(Interval a) {
    if (a.lo >= 0)
      return a;
    return a.hi <= 0 ? -a : a.with(0, std::max(-a.lo, a.hi));
  }
  friend Interval copysign(Interval a, Interval b) {
    Interval magnitude = abs(a);
    magnitude.mayBeNaN |= b.mayBeNaN;
    if (b.lo > 0)
      return magnitude;
    return b.hi < 0 ? -magnitude : magnitude.with(-magnitude.hi, magnitude.hi);
  }
  friend Interval sqrt(Interval a) {
    Interval y = a.increasing([](auto x) { return sqrt(x); }, 0);
    return a.onDomain(0, y);
  }

  friend Interval like(Interval x, double c) {
    return Interval(x.single ? double(float(c)) : c, x.single);
  }
  friend Interval ratio(Interval x, double p, double q) {
    return Interval(p, false) / Interval(q, false);
  }
  friend Interval rounded(Interval x) {
    double ulp = x.single ? 0x1p-24 : 0x1p-53;
    double least = x.single ? 0x1p-150 : 0.0;
    return x.with(x.lo - (std::fabs(x.lo) * ulp + least),
                  x.hi + (std::fabs(x.hi) * ulp + least));
  }
  friend bool isConstant(Interval x, double c) {
    return x.lo == c && x.hi == c;
  }
  friend Two<Interval> exactly(Interval x, double hi, double lo) {
    return {Interval(hi, x.single) + Interval(lo, x.single), std::nullopt};
  }
  friend Two<Interval> twoProd(Interval a, Interval b) {
    return {a * b, std::nullopt};
  }
  friend Two<Interval> twoSum(Interval a, Interval b) {
    return {a + b, std::nullopt};
  }
  friend Two<Interval> fastTwoSum(Interval a, Interval b) {
    return {a + b, std::nullopt};
  }

  friend Scaled<Interval> exp(Interval x) {
    return x.increasing([](auto x) { return exp(x); }, 0);
  }
  friend Scaled<Interval> sigmoid(Interval x) {
    return x.increasing([](auto x) { return sigmoid(x); }, 0, 1);
  }
  friend Scaled<Interval> normalCdf(Interval x) {
    return x.increasing([](auto x) { return normalCdf(x); }, 0, 1);
  }
  friend Two<Interval> expm1(Interval x) {
    return {x.increasing([](auto x) { return expm1(x); }, -1), std::nullopt};
  }
  friend Interval log(Interval x) {
    return x.onDomain(0, x.increasing([](auto x) { return log(x); }));
  }
  friend Interval log1p(Interval x) {
    return x.onDomain(-1, x.increasing([](auto x) { return log1p(x); }));
  }
  friend auto tanh(Interval x) {
    // As many words as on the host.
    return inWordsOf(tanh(Host<double>(0.0, false)),
                     x.increasing([](auto x) { return tanh(x); }, -1, 1));
  }
  friend Interval erf(Interval x) {
    return x.increasing([](auto x) { return erf(x); }, -1, 1);
  }
  friend Interval atan(Interval x) {
    return x.increasing(
        [](auto x) { return Host<double>(std::atan(x.value), x.single); },
        -0x1.921fb54442d19p+0, 0x1.921fb54442d19p+0);
  }
  friend Two<Interval> sin(Interval x) {
    constexpr double halfPi = 1.5707963267948966;
    return {x.periodic([](double x) { return std::sin(x); }, halfPi),
            std::nullopt};
  }
  friend Two<Interval> cos(Interval x) {
    return {x.periodic([](double x) { return std::cos(x); }, 0.0),
            std::nullopt};
  }
  friend Scaled<Interval> exp(Two<Interval> x) { return exp(x.hi); }
  friend Scaled<Interval> sigmoid(Two<Interval> x) { return sigmoid(x.hi); }
  friend Scaled<Interval> normalCdf(Two<Interval> x) { return normalCdf(x.hi); }
  friend Two<Interval> expm1(Two<Interval> x) { return expm1(x.hi); }
  friend auto tanh(Two<Interval> x) { return tanh(x.hi); }
  friend Two<Interval> sin(Two<Interval> x) { return sin(x.hi); }
  friend Two<Interval> cos(Two<Interval> x) { return cos(x.hi); }

  friend Interval scale(Interval x, Interval n) {
    auto power = [](double n) {
      return std::ldexp(1.0, int(std::clamp(n, -5000.0, 5000.0)));
    };
    return x * x.with(power(n.lo), power(n.hi));
  }
  // Unused: exponents are not kept apart.
  friend double safeExponent(Interval) { return 0; }

private:
  /// The same kind of interval with other ends.
  Interval with(double lo, double hi) const {
    Interval result = *this;
    result.lo = lo;
    result.hi = hi;
    return result;
  }
  Interval joined(Interval other, double lo, double hi,
                  bool indefinite = false) const {
    Interval result = with(lo, hi);
    result.mayBeNaN |= other.mayBeNaN || indefinite;
    return result;
  }
  static Bool compared(Interval a, Interval b, bool possible, bool certain) {
    return {possible, !certain || a.mayBeNaN || b.mayBeNaN};
  }

  bool hasZero() const { return lo <= 0 && hi >= 0; }
  bool hasInfinity() const { return std::isinf(lo) || std::isinf(hi); }

  /// What lies beyond a rounded result of x and y. Infinities do not round.
  static double outward(double result, double x, double y, double towards) {
    if (std::isinf(x) || std::isinf(y))
      return result;
    return std::nextafter(result, towards);
  }

  /// The hull of `f` at the corners, an operation that is monotone in each
  /// operand. Corners that are NaN are limits of others.
  template <typename F>
  Interval corners(Interval other, bool indefinite, F f) const {
    double least = HUGE_VAL, most = -HUGE_VAL;
    for (double x : {lo, hi})
      for (double y : {other.lo, other.hi}) {
        auto [value, exact] = f(x, y);
        if (std::isnan(value))
          continue;
        least =
            std::min(least, exact ? value : outward(value, x, y, -HUGE_VAL));
        most = std::max(most, exact ? value : outward(value, x, y, HUGE_VAL));
      }
    if (least > most)
      return joined(other, -HUGE_VAL, HUGE_VAL, true);
    return joined(other, least, most, indefinite);
  }

  static double oneWord(Host<double> x) { return x.value; }
  static double oneWord(Two<Host<double>> x) { return x.hi.value; }
  static double oneWord(Scaled<Host<double>> x) { return finish(x).value; }
  static Interval inWordsOf(Host<double>, Interval x) { return x; }
  static Two<Interval> inWordsOf(Two<Host<double>>, Interval x) {
    return {x, std::nullopt};
  }

  /// Widens a value of a library function, which errs by some units in the last
  /// place, but not at zero and where a limit is an integer.
  static double widened(double value, double x, double direction) {
    if (x == 0 ||
        (std::isinf(x) && (std::isinf(value) || value == std::trunc(value))))
      return value;
    // An overflow, which may still be a number.
    if (std::isinf(value))
      return value == direction ? value : std::nextafter(value, direction);
    double room = std::max(std::fabs(value) * 0x1p-40,
                           std::numeric_limits<double>::denorm_min());
    return value + std::copysign(room, direction);
  }

  /// A non-decreasing function of the host with values in [least, most].
  template <typename F>
  Interval increasing(F f, double least = -HUGE_VAL,
                      double most = HUGE_VAL) const {
    double below = oneWord(f(Host<double>(lo, single)));
    double above = oneWord(f(Host<double>(hi, single)));
    below = std::isnan(below) ? least : widened(below, lo, -HUGE_VAL);
    above = std::isnan(above) ? most : widened(above, hi, HUGE_VAL);
    return with(std::clamp(below, least, most), std::clamp(above, least, most));
  }
  /// `y` is the value of a function that is not defined below `bound`.
  Interval onDomain(double bound, Interval y) const {
    y.mayBeNaN |= lo < bound;
    return y;
  }
  /// A sine or cosine, 1 at `top` and -1 half a period from there.
  template <typename F>
  Interval periodic(F f, double top) const {
    constexpr double pi = 3.141592653589793;
    Interval all = with(-1, 1);
    all.mayBeNaN |= hasInfinity();
    if (hasInfinity() ||
        (lo != hi && (hi - lo > 6 || std::max(-lo, hi) > 0x1p20)))
      return all;
    // A little more than the interval, so that rounding hides no extremum.
    auto reaches = [&](double extremum) {
      return lo != hi && std::floor((lo - 1e-6 - extremum) / (2 * pi)) !=
                             std::floor((hi + 1e-6 - extremum) / (2 * pi));
    };
    double first = f(lo), second = f(hi);
    double below = widened(std::min(first, second), 1.0, -HUGE_VAL);
    double above = widened(std::max(first, second), 1.0, HUGE_VAL);
    return with(reaches(top + pi) ? -1 : std::max(below, -1.0),
                reaches(top) ? 1 : std::min(above, 1.0));
  }
};

namespace detail {
/// Points at which the first operand is cut, so that what depends on it more
/// than once is not taken for independent.
llvm::SmallVector<double> getCuts(RealRange range);
} // namespace detail

/// An interval that contains every value of the formula of `op` for operands in
/// the given ranges: computed on pieces of the first, or at its ends if the
/// function of one operand is `monotone`.
template <typename Op>
RealRange evaluateOnRanges(Op op, llvm::ArrayRef<RealRange> operands,
                           bool single, bool monotone) {
  llvm::SmallVector<double> cuts{operands[0].lo, operands[0].hi};
  if (!monotone)
    cuts = detail::getCuts(operands[0]);
  llvm::SmallVector<Interval> xs;
  for (RealRange range : operands)
    xs.emplace_back(range.lo, range.hi, single);
  RealRange result{HUGE_VAL, -HUGE_VAL};
  auto add = [&](double lo, double hi) {
    xs[0] = Interval(lo, hi, single);
    Interval y = op.template apply<Interval>(xs);
    // Nothing is known about the sign of zero.
    result = result.hull({y.lo == 0 ? -0.0 : y.lo, y.hi == 0 ? 0.0 : y.hi});
  };
  add(cuts.front(), cuts.front());
  add(cuts.back(), cuts.back());
  for (size_t i = 1; !monotone && i < cuts.size(); ++i)
    add(cuts[i - 1], cuts[i]);
  return result;
}

} // namespace mlir::act

#endif // ACT_FORMULA_INTERVAL_H
