//===- IRExpr.h - formulas as IR -*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_FORMULA_IREXPR_H
#define ACT_FORMULA_IREXPR_H

#include "act/Formula/Expr.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::act {

enum class Primitive : uint32_t;

/// What the functions of table 2 become.
enum class PrimitiveForm {
  /// `act.prim` ops, in two words where the formula asks for them.
  Prim,
  /// `act.prim` ops of one word with the attribute `fast`, for results that are
  /// rounded to 16 bits or need not be exact. Arguments may have two words: an
  /// exponential amplifies their errors.
  FastPrim,
  /// math ops: one word. What other compilers understand.
  Math,
};

/// Where and how the ops of a formula are built. They carry no fast-math flags:
/// a promise about operands and result (nnan, ninf) does not hold in between,
/// and reassoc, contract or arcp would undo error compensation.
struct IRContext {
  ImplicitLocOpBuilder &builder;
  PrimitiveForm form;
  /// If set, primitives are `tame`: each adds a value here that is 0 in lanes
  /// where the formula holds.
  SmallVectorImpl<Value> *flags = nullptr;
};

/// A value of the compute type: f32 or f64, scalar or vector.
class IRExpr : public ExprOps<IRExpr> {
public:
  /// Its i1 counterpart.
  class Bool {
  public:
    Bool(Value value, IRContext &context) : value(value), context(&context) {}
    friend Bool operator&(Bool a, Bool b);
    friend Bool operator|(Bool a, Bool b);
    friend Bool operator!(Bool a);
    friend IRExpr where(Bool c, IRExpr a, IRExpr b);

  private:
    Value value;
    IRContext *context;
  };

  IRExpr(Value value, IRContext &context) : value(value), context(&context) {}
  Value getValue() const { return value; }
  IRContext &getContext() const { return *context; }

  friend IRExpr operator+(IRExpr a, IRExpr b);
  friend IRExpr operator-(IRExpr a, IRExpr b);
  friend IRExpr operator*(IRExpr a, IRExpr b);
  friend IRExpr operator/(IRExpr a, IRExpr b);
  friend IRExpr operator-(IRExpr a);
  friend Bool operator<(IRExpr a, IRExpr b);
  friend Bool operator<=(IRExpr a, IRExpr b);
  friend Bool operator>(IRExpr a, IRExpr b);
  friend Bool operator>=(IRExpr a, IRExpr b);
  friend Bool operator==(IRExpr a, IRExpr b);
  friend IRExpr where(Bool c, IRExpr a, IRExpr b);

  friend IRExpr fma(IRExpr a, IRExpr b, IRExpr c);
  friend IRExpr abs(IRExpr a);
  friend IRExpr sqrt(IRExpr a);
  friend IRExpr copysign(IRExpr a, IRExpr b);

  friend IRExpr like(IRExpr x, double c);
  friend IRExpr ratio(IRExpr x, double p, double q) { return like(x, p / q); }
  friend IRExpr rounded(IRExpr x) { return x; }
  friend bool isConstant(IRExpr x, double c);
  friend Two<IRExpr> exactly(IRExpr x, double hi, double lo);
  friend Two<IRExpr> twoProd(IRExpr a, IRExpr b);
  friend Two<IRExpr> twoSum(IRExpr a, IRExpr b);
  friend Two<IRExpr> fastTwoSum(IRExpr a, IRExpr b);

  friend Scaled<IRExpr> exp(Two<IRExpr> x);
  friend Scaled<IRExpr> sigmoid(Two<IRExpr> x);
  friend Scaled<IRExpr> normalCdf(Two<IRExpr> x);
  friend Two<IRExpr> expm1(Two<IRExpr> x);
  friend Two<IRExpr> tanh(Two<IRExpr> x);
  friend Two<IRExpr> sin(Two<IRExpr> x);
  friend Two<IRExpr> cos(Two<IRExpr> x);
  friend Scaled<IRExpr> exp(IRExpr x);
  friend Scaled<IRExpr> sigmoid(IRExpr x);
  friend Scaled<IRExpr> normalCdf(IRExpr x);
  friend Two<IRExpr> expm1(IRExpr x);
  friend Two<IRExpr> tanh(IRExpr x);
  friend Two<IRExpr> sin(IRExpr x);
  friend Two<IRExpr> cos(IRExpr x);
  friend IRExpr exp2(IRExpr x);
  friend IRExpr log(IRExpr x);
  friend IRExpr log1p(IRExpr x);
  friend IRExpr erf(IRExpr x);
  friend IRExpr atan(IRExpr x);
  friend IRExpr scale(IRExpr x, IRExpr n);
  friend double safeExponent(IRExpr x);

private:
  template <typename OpTy>
  IRExpr make(ValueRange operands) const;
  Bool compare(arith::CmpFPredicate predicate, IRExpr other) const;
  bool inWords() const { return context->form != PrimitiveForm::Math; }
  bool isFast() const { return context->form == PrimitiveForm::FastPrim; }
  /// Builds an `act.prim`; the words are those it returns.
  Scaled<IRExpr> primitive(Primitive function, Two<IRExpr> x) const;
  /// A function with a second word and no exponent: `function`, or `OpTy`.
  template <typename OpTy>
  static Two<IRExpr> twoWords(Primitive function, Two<IRExpr> x);

  Value value;
  IRContext *context;
};

// Declared at namespace scope too, so that formulas find them when their
// argument is not yet a complete expression.
IRExpr like(IRExpr x, double c);
IRExpr ratio(IRExpr x, double p, double q);
Two<IRExpr> fastTwoSum(IRExpr a, IRExpr b);

} // namespace mlir::act

#endif // ACT_FORMULA_IREXPR_H
