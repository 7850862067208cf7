//===- ActInterfaces.td - what passes see of an activation -*- tablegen -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_IR_ACTINTERFACES_TD
#define ACT_IR_ACTINTERFACES_TD

include "mlir/IR/OpBase.td"

def ActivationOpInterface : OpInterface<"ActivationOpInterface"> {
  let cppNamespace = "::mlir::act";
  let description = [{
    An activation whose value at a point depends on its operands at that point.
    The op provides one template, `apply<E>`, its formula over a generic scalar
    (`act/Formula/Expr.h`); the methods below are interpretations of it. Passes
    use this interface only and never name an activation.
  }];
  let methods = [
    InterfaceMethod<[{
        Builds the formula as arith, math and `act.prim` ops on values of the
        compute type (scalars or vectors of f32 or f64, one per operand) and
        returns its value.
      }],
      "::mlir::Value", "buildFormula",
      (ins "::mlir::act::IRContext &":$context, "::mlir::ValueRange":$operands),
      "", [{
        ::llvm::SmallVector<::mlir::act::IRExpr> xs;
        for (::mlir::Value operand : operands)
          xs.emplace_back(operand, context);
        return $_op.template apply<::mlir::act::IRExpr>(xs).getValue();
      }]>,
    InterfaceMethod<[{
        Builds the derivative of the formula with respect to operand `index`,
        likewise.
      }],
      "::mlir::Value", "buildDerivative",
      (ins "::mlir::act::IRContext &":$context, "::mlir::ValueRange":$operands,
           "unsigned":$index),
      "", [{
        using ::mlir::act::IRExpr;
        ::llvm::SmallVector<IRExpr> xs;
        for (::mlir::Value operand : operands)
          xs.emplace_back(operand, context);
        ::std::optional<IRExpr> derivative =
            ::mlir::act::differentiate<IRExpr>($_op, xs, index);
        return (derivative ? *derivative : like(xs[0], 0.0)).getValue();
      }]>,
    InterfaceMethod<[{
        Evaluates the formula on the host in double: fast, a few ULP of double.
        Parameters and constants are rounded to `single` precision if asked, as
        they are where the compute type is f32.
      }],
      "double", "evaluate",
      (ins "::llvm::ArrayRef<double>":$operands, "bool":$single), "", [{
        return ::mlir::act::evaluateOnHost<double>($_op, operands, single);
      }]>,
    InterfaceMethod<[{
        The derivative of that with respect to operand `index`.
      }],
      "double", "evaluateDerivative",
      (ins "::llvm::ArrayRef<double>":$operands, "unsigned":$index,
           "bool":$single),
      "", [{
        using Host = ::mlir::act::Host<double>;
        ::llvm::SmallVector<Host> xs;
        for (double operand : operands)
          xs.emplace_back(operand, single);
        ::std::optional<Host> derivative =
            ::mlir::act::differentiate<Host>($_op, xs, index);
        return derivative ? derivative->value : 0.0;
      }]>,
    InterfaceMethod<[{
        The value in 113 bits, the same on every host, for folding.
      }],
      "::mlir::act::Quad", "evaluateWide",
      (ins "::llvm::ArrayRef<double>":$operands, "bool":$single), "", [{
        return ::mlir::act::evaluateOnHost<::mlir::act::Quad>($_op, operands, single);
      }]>,
    InterfaceMethod<[{
        A closed interval that contains every value of the function.
      }],
      "::mlir::act::RealRange", "getValueRange", (ins)>,
    InterfaceMethod<[{
        A closed interval that contains every value of the function for operands
        in the given ranges: the formula on intervals, within the range above.
        Zeros that are only computed may have either sign.
      }],
      "::mlir::act::RealRange", "getValueRangeOn",
      (ins "::llvm::ArrayRef<::mlir::act::RealRange>":$operands), "", [{
        return ::mlir::act::detail::evaluateRange($_op, operands);
      }]>,
    InterfaceMethod<[{
        Facts about the function of one operand that hold for all values of its
        parameters; none for other ops.
      }],
      "::mlir::act::FunctionProperties", "getFunctionProperties", (ins), "", [{
        return ::mlir::act::FunctionProperties::None;
      }]>,
    InterfaceMethod<[{
        A closed interval on which the function returns its first operand
        unchanged, bit for bit, if it has one.
      }],
      "::std::optional<::mlir::act::RealRange>", "getIdentityRange", (ins)>
  ];
}

def MergeOpInterface : OpInterface<"MergeOpInterface"> {
  let cppNamespace = "::mlir::act";
  let description = [{
    An elementwise op that combines two partial results of a reduction, each of
    n values, into one: its 2n operands are the values of the one and those of
    the other, its n results the values of both together. It is associative and
    commutative up to rounding.
  }];
  let methods = [
    InterfaceMethod<[{
        The n values that change nothing when combined with others.
      }],
      "::llvm::SmallVector<::mlir::TypedAttr>", "getNeutralElements", (ins)>
  ];
}

def EntryOpInterface : OpInterface<"EntryOpInterface"> {
  let cppNamespace = "::mlir::act";
  let description = [{
    An op that is an entry of table 1, and can say what the table says.
  }];
  let methods = [
    StaticInterfaceMethod<"The fields of the entry, as a JSON object.",
                          "::llvm::StringRef", "getEntryAsJson">
  ];
}

#endif // ACT_IR_ACTINTERFACES_TD
