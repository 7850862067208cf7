//===- ActEntries.td - what an entry says, by its shape -*- tablegen -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_IR_ACTENTRIES_TD
#define ACT_IR_ACTENTRIES_TD

include "act/IR/ActBase.td"

class Act_EntryBase<string name> {
  string mnemonic = name;
  string cppName = Act_Camel<name>.ret;
  // One line: what it is, without its name.
  string summary;
  // LaTeX.
  string formula;
  // Where the formula comes from: paper, framework.
  string source;
  // Names other systems use.
  list<string> aliases = [];
  list<Act_Param> params = [];
  list<Act_Constraint> constraints = [];
  // An independent oracle, never generated from the code: Python-like, in
  // + - * /, exp, expm1, log1p, tanh, erf, erfc, sin, cos, atan, sqrt, min,
  // max, abs, where, well conditioned in double.
  string reference;
  // One line of MLIR, parsed and run by tests.
  string example;
  Act_Range range = Act_AllReals;
  // Points x0 != 0 where the value crosses zero: no relative error bound can
  // hold near them. Expressions in the parameters, or `everywhere` it does.
  list<string> zeros = [];
  // The same of the derivative.
  list<string> gradZeros = [];
  // An oracle of the derivative, where that is defined to be another one than
  // the reference has.
  string derivativeReference = "";
  list<Act_Property> properties = [];

  string documentation = "\n$$" # formula # "$$\n\nSource: " # source # "."
      # !if(!empty(aliases), "",
            " Also known as " # !interleave(aliases, ", ") # ".")
      # Act_Params<params>.doc
      # "\n\nExample:\n\n```mlir\n" # example # "\n```\n";
}

// One operand, elementwise. This is table 1.
class Act_Entry<string name> : Act_EntryBase<name> {
  // The definition: C++ that returns the value at `x`, over the vocabulary of
  // act/Formula/Expr.h, in a form that neither cancels nor overflows.
  code forward;
  // C++ that returns the derivative at `x`, a Slope<E>
  // (act/Formula/Gradient.h), where that of `forward` on dual numbers cancels,
  // overflows or takes another branch at a kink; a test says which.
  code derivative = "";
  // C++ that returns the derivative as a function of the result `y`, where it
  // is one, and an independent oracle of it. What parameters must satisfy then
  // besides.
  code derivativeFromResult = "";
  string resultReference = "";
  list<Act_Constraint> resultConstraints = [];
  // Where f(x) = x, bit for bit.
  Act_Range identityOn = ?;
  // A second operand that may be absent, bound to a std::optional<E>. The
  // reference sees `optionalDefault`, an expression, where it is.
  string optionalOperand = "";
  string optionalDefault = "";
  // The entry F with f(x) = x * F(x) at default parameters; those of F are
  // parameters of f by the same names. Canonicalization makes one of the two.
  // By name, so that the table has no order.
  string selfGate = "";
  // C++ run by the canonicalizer on the op itself; `return success()` if it
  // changed the op in place.
  code simplify = "";
}

// Two operands g and v: gate(g) * transform(v).
class Act_GatedEntryBase<string name> : Act_EntryBase<name> {
  // C++ that returns the gate at `x`, as in Act_Entry.
  code forward;
  // C++ that returns what the gate is multiplied by, an E.
  code transform = "return v;";
  // The derivatives of both, as in Act_Entry.
  code derivative = "";
  code transformDerivative = "";
  // The reference of the gate at `x` is `reference`; that of the factor at `v`:
  string transformReference = "v";
  // Entries G for which canonicalization makes this op of G(g) * v; none where
  // the value is anything but that product.
  list<Act_Entry> gates = [];
}

// The gate is an entry: nothing is left to define.
class Act_GatedEntry<string name, Act_Entry theGate>
    : Act_GatedEntryBase<name> {
  Act_Entry gate = theGate;
  let params = theGate.params;
  // Other entries that are this gate at default parameters.
  list<Act_Entry> plainGates = [];
  let gates = [theGate] # plainGates;
  let constraints = theGate.constraints;
  let forward = theGate.forward;
  let derivative = theGate.derivative;
  let gradZeros = theGate.gradZeros;
  let reference = theGate.reference;
}

// A parameter that is an operand: a number, or a number for each index of one
// dimension of x. The name is bound to an E.
class Act_TensorParam<string paramName, string doc, bit oneNumber,
                      bit onePerIndex> {
  string name = paramName;
  string description = doc;
  bit mayBeNumber = oneNumber;
  bit mayBePerIndex = onePerIndex;
}

// One operand and parameters that are operands, elementwise.
class Act_BroadcastEntry<string name> : Act_EntryBase<name> {
  list<Act_TensorParam> tensorParams;
  // The dimension that parameters vary along where none is given; empty: one
  // has to be given.
  string defaultDim = "";
  // As in Act_Entry; parameters are bound to their names.
  code forward;
  // C++ that returns the derivatives with respect to x and to each parameter, a
  // list of Slope<E>.
  code derivatives;
  code simplify = "";
}

// A further operand of a row-wise op, of the shape of x and of its element type
// or, as a mask, i1. The name is bound to a RowExpr.
class Act_RowOperand<string operandName, string doc, bit asMask = 0> {
  string name = operandName;
  string description = doc;
  bit isMask = asMask;
}

// The size of a result along `dim`: factor * n + constant, where n is that of
// x. The constant is C++ on the op.
class Act_RowSize<int theFactor, string theConstant> {
  int factor = theFactor;
  string constant = theConstant;
  bit isSame = !and(!eq(theFactor, 1), !eq(theConstant, "0"));
}
def SameSize : Act_RowSize<1, "0">;
def OneNumber : Act_RowSize<0, "1">;
def TwiceTheSize : Act_RowSize<2, "0">;

// Along one dimension of a tensor or vector.
class Act_RowEntry<string name> : Act_EntryBase<name> {
  list<Act_RowOperand> rowOperands = [];
  Act_RowSize size = SameSize;
  // C++ on the op: what the size of x along `dim` must be a multiple of.
  string multipleOf = "1";
  // C++ that returns the value for a row `x`, over the vocabulary of
  // act/Formula/RowExpr.h.
  code forward;
  // C++ that returns the gradient with respect to the row, for that with respect
  // to the result, `dy`: from the result `y`, or else from `x`. An independent
  // oracle of it.
  code gradient;
  bit gradientFromResult = 1;
  string gradientReference;
}

#endif // ACT_IR_ACTENTRIES_TD
