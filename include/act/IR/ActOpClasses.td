//===- ActOpClasses.td - one class per shape of activation -*- tablegen -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A class per shape (unary, gated, row-wise) owns operands, traits, assembly
// format and the splice of an entry's code into template methods.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_IR_ACTOPCLASSES_TD
#define ACT_IR_ACTOPCLASSES_TD

include "act/IR/ActBase.td"
include "act/IR/ActInterfaces.td"
include "mlir/Dialect/Arith/IR/ArithBase.td"
include "mlir/Dialect/Arith/IR/ArithOpsInterfaces.td"
include "mlir/Dialect/Linalg/IR/LinalgInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/VectorInterfaces.td"

//===----------------------------------------------------------------------===//
// Entries
//===----------------------------------------------------------------------===//

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
  // An independent oracle, never generated from the code: Python-like, in
  // + - * /, exp, expm1, log1p, tanh, erf, erfc, sin, atan, sqrt, min, max,
  // abs, where, well conditioned in double.
  string reference;
  // One line of MLIR, parsed and run by tests.
  string example;
  Act_Range range = Act_AllReals;

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
  // Points x0 != 0 where the value crosses zero: no relative error bound can
  // hold near them.
  list<string> zeros = [];
  list<Act_Property> properties = [];
  // Where f(x) = x, bit for bit.
  Act_Range identityOn = ?;
  // The entry F with f(x) = x * F(x) at default parameters; those of F are
  // parameters of f by the same names. Canonicalization makes one of the two.
  // By name, so that the table has no order.
  string selfGate = "";
  // C++ run by the canonicalizer on the op itself; `return success()` if it
  // changed the op in place.
  code simplify = "";
}

// Two operands g and v: gate(g) * v.
class Act_GatedEntry<string name, Act_Entry theGate> : Act_EntryBase<name> {
  Act_Entry gate = theGate;
  let params = theGate.params;
  // Whether the value is gate(g) * v and nothing besides. Canonicalization then
  // makes one op of that product, and of those with entries that the gate is at
  // its default parameters.
  bit isProduct = true;
  list<Act_Entry> plainGates = [];
}

// Along one dimension of a tensor or vector.
class Act_RowEntry<string name> : Act_EntryBase<name> {
  // C++ that returns the value for a row `x`, over the vocabulary of
  // act/Formula/RowExpr.h.
  code forward;
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

class Act_Op<string mnemonic, list<Trait> traits = []>
    : Op<Act_Dialect, mnemonic, traits # [Pure]>;

// The flags, and how they are written.
class Act_Fastmath {
  dag arguments =
      (ins DefaultValuedAttr<Arith_FastMathAttr,
                             "::mlir::arith::FastMathFlags::none">:$fastmath);
  string assembly = "(`fastmath` `` $fastmath^)? ";
}

class Act_EntryOp<Act_EntryBase e, list<Trait> traits>
    : Act_Op<e.mnemonic, traits # [
          DeclareOpInterfaceMethods<ArithFastMathInterface>,
          DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface,
                                    ["reifyResultShapes"]>]> {
  Act_EntryBase entry = e;
  let summary = e.summary;
  let description = e.documentation;
  let hasVerifier = 1;

  // What every op derived from an entry defines.
  code definitions = [{
    ::llvm::LogicalResult $cppClass::reifyResultShapes(
        ::mlir::OpBuilder &b, ::mlir::ReifiedRankedShapedTypeDims &dims) {
      return ::mlir::act::detail::reifyLikeFirstOperand(*this, b, dims);
    }
  }];
}

// Elementwise ops: scalars, vectors and tensors of one type throughout.
class Act_ElementwiseOp<Act_EntryBase e, list<Trait> traits>
    : Act_EntryOp<e, traits # ElementwiseMappable.traits # [
          DeclareOpInterfaceMethods<VectorUnrollOpInterface>,
          DeclareOpInterfaceMethods<ActivationOpInterface,
                                    ["getValueRange", "getIdentityRange"]>]> {
  let results = (outs Act_FloatLike:$result);
  let hasFolder = 1;

  code elementwiseDefinitions = [{
    ::mlir::OpFoldResult $cppClass::fold(FoldAdaptor adaptor) {
      return ::mlir::act::detail::foldActivation(*this, adaptor.getOperands());
    }
    ::llvm::LogicalResult $cppClass::verify() {
      }] # Act_Params<e.params>.check # [{
      return ::mlir::success();
    }
    ::mlir::act::RealRange $cppClass::getValueRange() {
      [[maybe_unused]] constexpr double inf =
          ::std::numeric_limits<double>::infinity();
      using ::std::max, ::std::min;
      }] # Act_Params<e.params>.bindRange # [{
      return {double(}] # e.range.lo # "), double(" # e.range.hi # [{)};
    }
  }];
}

class Act_UnaryOp<Act_Entry e>
    : Act_ElementwiseOp<e, [AllTypesMatch<["x", "result"]>]> {
  let arguments = !con((ins Act_FloatLike:$x), Act_Params<e.params>.arguments,
                       Act_Fastmath<>.arguments);
  let assemblyFormat = "$x " # Act_Params<e.params>.assembly
      # Act_Fastmath<>.assembly # "attr-dict `:` type($result)";
  let hasCanonicalizeMethod = !not(!empty(e.simplify));

  let extraClassDeclaration = [{
    /// The definition of the function.
    template <typename E>
    ::mlir::act::Scaled<E> forward(E x) {
      }] # Act_Params<e.params>.bindFormula # e.forward # [{
    }
    template <typename E>
    E apply(::llvm::ArrayRef<E> operands) {
      return finish(forward(operands[0]));
    }
    ::mlir::act::FunctionProperties getFunctionProperties() {
      return }] # Act_PropertySet<e.properties>.cpp # [{;
    }
  }] # !if(!empty(e.selfGate), "", [{
    /// This op is the product of that one and its operand.
    using SelfGate = }] # !cast<Act_Entry>(e.selfGate).cppName # "Op;\n");
  let extraClassDefinition = definitions # elementwiseDefinitions # [{
    ::std::optional<::mlir::act::RealRange> $cppClass::getIdentityRange() {
      }] # !if(!initialized(e.identityOn), [{
      [[maybe_unused]] constexpr double inf =
          ::std::numeric_limits<double>::infinity();
      using ::std::max, ::std::min;
      }] # Act_Params<e.params>.bindRange
         # "return ::mlir::act::RealRange{" # e.identityOn.lo # ", "
         # e.identityOn.hi # "};",
      "return ::std::nullopt;") # [{
    }
  }] # !if(!empty(e.simplify), "", [{
    ::llvm::LogicalResult $cppClass::canonicalize(
        $cppClass op, ::mlir::PatternRewriter &rewriter) {
      }] # e.simplify # [{
    }
  }]);
}

class Act_GatedOp<Act_GatedEntry e>
    : Act_ElementwiseOp<e, [AllTypesMatch<["gate", "value", "result"]>]> {
  let arguments = !con((ins Act_FloatLike:$gate, Act_FloatLike:$value),
                       Act_Params<e.params>.arguments, Act_Fastmath<>.arguments);
  let assemblyFormat = "$gate `,` $value " # Act_Params<e.params>.assembly
      # Act_Fastmath<>.assembly # "attr-dict `:` type($result)";

  let extraClassDeclaration = [{
    /// The definition of the gate.
    template <typename E>
    ::mlir::act::Scaled<E> forward(E x) {
      }] # Act_Params<e.params>.bindFormula # e.gate.forward # [{
    }
    template <typename E>
    E apply(::llvm::ArrayRef<E> operands) {
      return finish(gatedProduct(forward(operands[0]), operands[1]));
    }
  }] # !if(e.isProduct, [{
    /// This op is the product of one of those and its second operand.
    using Gates = ::mlir::act::detail::OpList<}]
      # !interleave(!foreach(g, [e.gate] # e.plainGates, g.cppName # "Op"),
                    ", ") # ">;\n", "");
  let extraClassDefinition = definitions # elementwiseDefinitions # [{
    ::std::optional<::mlir::act::RealRange> $cppClass::getIdentityRange() {
      return ::std::nullopt;
    }
  }];
}

class Act_RowOp<Act_RowEntry e>
    : Act_EntryOp<e, [AllTypesMatch<["x", "result"]>,
                      DeclareOpInterfaceMethods<AggregatedOpInterface,
                                    ["decomposeOperation"]>]> {
  let arguments = !con((ins Act_RowLike:$x, I64Attr:$dim),
                       Act_Params<e.params>.arguments, Act_Fastmath<>.arguments);
  let results = (outs Act_RowLike:$result);
  let assemblyFormat = "$x " # Act_Params<e.params>.assembly
      # Act_Fastmath<>.assembly # "attr-dict `:` type($result)";

  let extraClassDeclaration = [{
    /// The definition of the function on a row.
    template <typename E>
    E forward(E x) {
      }] # Act_Params<e.params>.bindFormula # e.forward # [{
    }
  }];
  let extraClassDefinition = definitions # [{
    ::llvm::LogicalResult $cppClass::verify() {
      if (::mlir::failed(::mlir::act::detail::verifyDim(*this, getDim())))
        return ::mlir::failure();
      }] # Act_Params<e.params>.check # [{
      return ::mlir::success();
    }
    ::llvm::FailureOr<::llvm::SmallVector<::mlir::Value>>
    $cppClass::decomposeOperation(::mlir::OpBuilder &b) {
      ::mlir::act::RowContext context(b, getLoc(), getX(), getDim());
      return ::llvm::SmallVector<::mlir::Value>{
          context.finish(forward(context.getRow()))};
    }
  }];
}

#endif // ACT_IR_ACTOPCLASSES_TD
