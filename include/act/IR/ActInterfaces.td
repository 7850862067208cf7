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

def FormulaOpInterface : OpInterface<"FormulaOpInterface"> {
  let cppNamespace = "::mlir::act";
  let description = [{
    An op whose results at a point depend on its operands at that point: an
    activation, or the gradient of one. The op provides one template, `apply<E>`,
    its formula over a generic scalar (`act/Formula/Expr.h`), which returns an E
    or one for each result; the methods below are interpretations of it. Passes
    use this interface only and never name an op.
  }];
  let methods = [
    InterfaceMethod<[{
        Builds the formula as arith, math and `act.prim` ops on values of the
        compute type (scalars or vectors of f32 or f64, one per operand) and
        returns its values, one per result.
      }],
      "::llvm::SmallVector<::mlir::Value>", "buildFormula",
      (ins "::mlir::act::IRContext &":$context, "::mlir::ValueRange":$operands),
      "", [{
        ::llvm::SmallVector<::mlir::act::IRExpr> xs;
        for (::mlir::Value operand : operands)
          xs.emplace_back(operand, context);
        ::llvm::SmallVector<::mlir::Value> values;
        for (const ::mlir::act::IRExpr &value :
             ::mlir::act::valuesOf<::mlir::act::IRExpr>($_op, xs))
          values.push_back(value.getValue());
        return values;
      }]>,
    InterfaceMethod<[{
        Evaluates the formula on the host in double: fast, a few ULP of double.
        Parameters and constants are rounded to `single` precision if asked, as
        they are where the compute type is f32.
      }],
      "::llvm::SmallVector<double>", "evaluate",
      (ins "::llvm::ArrayRef<double>":$operands, "bool":$single), "", [{
        return ::mlir::act::evaluateOnHost<double>($_op, operands, single);
      }]>,
    InterfaceMethod<[{
        The values in 113 bits, the same on every host, for folding.
      }],
      "::llvm::SmallVector<::mlir::act::Quad>", "evaluateWide",
      (ins "::llvm::ArrayRef<double>":$operands, "bool":$single), "", [{
        return ::mlir::act::evaluateOnHost<::mlir::act::Quad>($_op, operands, single);
      }]>
  ];
}

def ActivationOpInterface
    : OpInterface<"ActivationOpInterface", [FormulaOpInterface]> {
  let cppNamespace = "::mlir::act";
  let description = [{
    An activation, one formula with one result.
  }];
  let methods = [
    InterfaceMethod<[{
        The second derivative with respect to operand `index`, on the host in
        double: that of the formula on dual numbers of dual numbers. Of a
        function that is not smooth it is that of the pieces.
      }],
      "double", "evaluateSecondDerivative",
      (ins "::llvm::ArrayRef<double>":$operands, "unsigned":$index,
           "bool":$single),
      "", [{
        return ::mlir::act::secondDerivative($_op, operands, index, single);
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
