//===- RowExpr.h - row-wise formulas as IR -*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The vocabulary of row-wise formulas: + - * / exp elementwise between rows and
// between a row and a number per row, max(x) and sum(x) along the row;
// expOfQuotient(a, b), e^(a/b) with the quotient in two words.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_FORMULA_ROWEXPR_H
#define ACT_FORMULA_ROWEXPR_H

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::act {

class RowExpr;

/// Where rows lie, and how ops on them are built: linalg for tensors, vector
/// ops for vectors. Values are of the compute type in between.
class RowContext {
public:
  /// `operand` is a ranked tensor or fixed vector; rows run along `dim`.
  RowContext(OpBuilder &b, Location loc, Value operand, int64_t dim);

  /// The operand, in the compute type.
  RowExpr getRow();
  /// A result, rounded to the operand's type.
  Value finish(RowExpr e);

  using Body = llvm::function_ref<Value(OpBuilder &, Location, ValueRange)>;
  /// Builds `body` elementwise over operands that are rows or one number per
  /// row; a row of `elementType`, unless all operands are numbers.
  RowExpr elementwise(llvm::ArrayRef<RowExpr> operands, Type elementType,
                      Body body);
  /// Reduces rows by `OpTy`, with the identity `init`.
  template <typename OpTy>
  RowExpr reduce(const RowExpr &x, double init);
  /// Sums rows, in f64 if the compute type is f32.
  RowExpr sum(RowExpr x);
  /// A constant of the compute type.
  RowExpr number(double c);
  Type getComputeType() const { return computeType; }

private:
  bool isTensor() const;
  /// Extends or rounds to another element type.
  RowExpr convert(RowExpr e, Type element);

  ImplicitLocOpBuilder b;
  Value operand;
  int64_t dim;
  Type computeType;
};

/// A row, or one number per row, or one number.
class RowExpr {
public:
  enum class Kind { Row, PerRow, Number };

  RowExpr(Value value, Kind kind, RowContext &context)
      : value(value), kind(kind), context(&context) {}
  Value getValue() const { return value; }
  Kind getKind() const { return kind; }

  friend RowExpr operator+(RowExpr a, RowExpr b);
  friend RowExpr operator-(RowExpr a, RowExpr b);
  friend RowExpr operator*(RowExpr a, RowExpr b);
  friend RowExpr operator/(RowExpr a, RowExpr b);
  friend RowExpr exp(RowExpr a);
  friend RowExpr expOfQuotient(RowExpr a, RowExpr b);
  friend RowExpr max(RowExpr a);
  friend RowExpr sum(RowExpr a);
  friend RowExpr like(RowExpr x, double c);

private:
  template <typename OpTy>
  static RowExpr binary(RowExpr a, RowExpr b);

  Value value;
  Kind kind;
  RowContext *context;
};

} // namespace mlir::act

#endif // ACT_FORMULA_ROWEXPR_H
