//===- Quad.h - 113-bit numbers for folding -*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// IEEE quad on APFloat, with the elementary functions formulas need. Folding
// uses it so that a constant does not depend on the libm or the long double of
// the machine the compiler happens to run on. Functions err by less than
// `Quad::error`, relatively; they are not fast (microseconds).
//
//===----------------------------------------------------------------------===//

#ifndef ACT_FORMULA_QUAD_H
#define ACT_FORMULA_QUAD_H

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/APInt.h"

namespace mlir::act {

class Quad {
public:
  /// Bound on the relative error of a function below, and with room of a
  /// formula made of them: 2^-90.
  static constexpr double error = 0x1p-90;

  Quad(double value = 0.0);
  explicit Quad(llvm::APFloat value) : value(std::move(value)) {}
  explicit operator double() const;

  /// Rounds to nearest in `semantics`.
  llvm::APFloat roundTo(const llvm::fltSemantics &semantics) const;

  bool isNaN() const { return value.isNaN(); }
  bool isInfinity() const { return value.isInfinity(); }
  bool isNegative() const { return value.isNegative(); }

  /// Whether nothing has been rounded on the way to this value, so that a tie
  /// is a tie.
  bool isExact() const { return exact; }
  /// The same value, an approximation.
  Quad inexact() const {
    Quad result = *this;
    result.exact = false;
    return result;
  }

  Quad operator-() const {
    Quad result = *this;
    result.value.changeSign();
    return result;
  }
  friend Quad operator+(const Quad &a, const Quad &b) {
    return a.compute(&llvm::APFloat::add, b);
  }
  friend Quad operator-(const Quad &a, const Quad &b) {
    return a.compute(&llvm::APFloat::subtract, b);
  }
  friend Quad operator*(const Quad &a, const Quad &b) {
    return a.compute(&llvm::APFloat::multiply, b);
  }
  friend Quad operator/(const Quad &a, const Quad &b) {
    return a.compute(&llvm::APFloat::divide, b);
  }
  friend bool operator<(const Quad &a, const Quad &b) {
    return a.value < b.value;
  }
  friend bool operator<=(const Quad &a, const Quad &b) {
    return a.value <= b.value;
  }
  friend bool operator>(const Quad &a, const Quad &b) {
    return a.value > b.value;
  }
  friend bool operator>=(const Quad &a, const Quad &b) {
    return a.value >= b.value;
  }
  friend bool operator==(const Quad &a, const Quad &b) {
    return a.value == b.value;
  }

  /// Bits of the significand.
  static constexpr int digits = 113;
  /// The exponent of the leading bit of a number that is not 0.
  int exponent() const;
  /// Integers from 0 to 2^digits.
  llvm::APInt toInteger() const;
  /// Rounds a signed integer.
  static Quad fromInteger(const llvm::APInt &integer);

  friend Quad fabs(const Quad &x);
  friend Quad copysign(const Quad &x, const Quad &sign);
  friend Quad ldexp(const Quad &x, int n);

private:
  using Operation = llvm::APFloat::opStatus (llvm::APFloat::*)(
      const llvm::APFloat &, llvm::APFloat::roundingMode);
  Quad compute(Operation operation, const Quad &other) const {
    Quad result = *this;
    llvm::APFloat::opStatus status = (result.value.*operation)(
        other.value, llvm::APFloat::rmNearestTiesToEven);
    result.exact &= other.exact && !(status & llvm::APFloat::opInexact);
    return result;
  }

  llvm::APFloat value;
  bool exact = true;
};

Quad fabs(const Quad &x);
Quad copysign(const Quad &x, const Quad &sign);
Quad ldexp(const Quad &x, int n);
Quad fma(const Quad &a, const Quad &b, const Quad &c);
Quad sqrt(const Quad &x);
Quad exp(const Quad &x);
Quad expm1(const Quad &x);
Quad log(const Quad &x);
Quad log1p(const Quad &x);
Quad tanh(const Quad &x);
Quad erf(const Quad &x);
Quad erfc(const Quad &x);
Quad sin(const Quad &x);
Quad cos(const Quad &x);
Quad atan(const Quad &x);

} // namespace mlir::act

#endif // ACT_FORMULA_QUAD_H
