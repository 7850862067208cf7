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

include "act/IR/ActEntries.td"
include "act/IR/ActInterfaces.td"
include "act/IR/ActTiling.td"
include "mlir/Dialect/Arith/IR/ArithBase.td"
include "mlir/Dialect/Arith/IR/ArithOpsInterfaces.td"
include "mlir/Dialect/Linalg/IR/LinalgInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/ValueBoundsOpInterface.td"
include "mlir/Interfaces/VectorInterfaces.td"

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

// JSON of strings.
class Act_Json<string text> {
  string json = "\"" # !subst("\n", "\\n",
      !subst("\"", "\\\"", !subst("\\", "\\\\", text))) # "\"";
}
class Act_JsonList<list<string> texts> {
  string json = "[" # !interleave(!foreach(t, texts, Act_Json<t>.json), ", ")
      # "]";
}
class Act_JsonParam<Act_Param p> {
  string json = "{" # !interleave([
      "\"name\": " # Act_Json<p.name>.json,
      "\"kind\": " # Act_Json<p.kind>.json,
      "\"default\": " # Act_Json<p.defaultValue>.json,
      "\"requirement\": " # Act_Json<p.requirement>.json,
      "\"description\": " # Act_Json<p.description>.json,
      "\"cases\": " # Act_JsonList<p.cases>.json], ", ") # "}";
}
// What the table says about an op, for listings and documentation.
class Act_JsonEntry<Act_EntryBase e, string shape, list<string> operands> {
  string json = "{" # !interleave([
      "\"name\": " # Act_Json<e.mnemonic>.json,
      "\"shape\": " # Act_Json<shape>.json,
      "\"summary\": " # Act_Json<e.summary>.json,
      "\"formula\": " # Act_Json<e.formula>.json,
      "\"source\": " # Act_Json<e.source>.json,
      "\"operands\": " # Act_JsonList<operands>.json,
      "\"parameters\": [" # !interleave(
          !foreach(p, e.params, Act_JsonParam<p>.json), ", ") # "]",
      "\"constraints\": "
          # Act_JsonList<!foreach(c, e.constraints, c.words)>.json,
      "\"aliases\": " # Act_JsonList<e.aliases>.json,
      "\"range\": " # Act_JsonList<[e.range.lo, e.range.hi]>.json,
      "\"zeros\": " # Act_JsonList<e.zeros>.json,
      "\"derivative\": " # Act_Json<e.derivativeReference>.json,
      "\"properties\": "
          # Act_JsonList<!foreach(p, e.properties, p.summary)>.json,
      "\"example\": " # Act_Json<e.example>.json], ",\n") # "}";
}

class Act_EntryOp<Act_EntryBase e, string shape, list<string> operandNames,
                  list<Trait> traits,
                  string tilingShape = "{/*row=*/{}, /*parameters=*/{}}">
    : Act_Op<e.mnemonic, traits # Act_Tiling<tilingShape>.traits # [
          DeclareOpInterfaceMethods<EntryOpInterface>,
          DeclareOpInterfaceMethods<ArithFastMathInterface>,
          DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface,
                                    ["reifyResultShapes"]>,
          DeclareOpInterfaceMethods<ValueBoundsOpInterface,
                                    ["populateBoundsForShapedValueDim"]>]> {
  Act_EntryBase entry = e;
  let summary = e.summary;
  let description = e.documentation;
  let hasVerifier = 1;

  // What every op derived from an entry defines.
  code entryDefinition = [{
    ::llvm::StringRef $cppClass::getEntryAsJson() {
      return R"act(}] # Act_JsonEntry<e, shape, operandNames>.json # [{)act";
    }
  }] # Act_Tiling<tilingShape>.definitions;
  // What those define whose results are like x.
  code definitions = entryDefinition # [{
    ::llvm::LogicalResult $cppClass::reifyResultShapes(
        ::mlir::OpBuilder &b, ::mlir::ReifiedRankedShapedTypeDims &dims) {
      return ::mlir::act::detail::reifyLikeFirstOperand(*this, b, dims);
    }
    void $cppClass::populateBoundsForShapedValueDim(::mlir::Value value,
        int64_t dim, ::mlir::ValueBoundsConstraintSet &constraints) {
      ::mlir::act::detail::boundRow(*this, {}, value, dim, constraints);
    }
  }];
}

// C++ that returns a range, with the parameters bound to their names.
class Act_RangeCode<list<Act_Param> params, Act_Range range> {
  string cpp = [{
      [[maybe_unused]] constexpr double inf =
          ::std::numeric_limits<double>::infinity();
      using ::std::max, ::std::min, ::std::sqrt;
      [[maybe_unused]] auto where = [](bool c, double a, double b) {
        return c ? a : b;
      };
      { // Parameters may hide functions.
      }] # Act_Params<params>.bindRange
      # "return ::mlir::act::RealRange{double(" # range.lo # "), double("
      # range.hi # ")};\n}";
}

// A block of C++ that verifies what parameters must satisfy together, for a
// purpose.
class Act_ConstraintCheck<list<Act_Param> params,
                          list<Act_Constraint> constraints,
                          string purpose = ""> {
  string cpp = "{\n[[maybe_unused]] constexpr double inf = "
      # "::std::numeric_limits<double>::infinity();\n"
      # Act_Params<params>.bindRange
      # !interleave(!foreach(c, constraints,
            "if (!(" # c.condition # "))\n return emitOpError("
            # "\"requires " # c.words # purpose # "\");\n"), "")
      # "}\n";
}

// C++ that verifies parameters, one by one and together.
class Act_Verification<Act_EntryBase e> {
  string cpp = Act_Params<e.params>.check
      # !if(!empty(e.constraints), "",
            Act_ConstraintCheck<e.params, e.constraints>.cpp);
}

// Elementwise ops: scalars, vectors and tensors of one type throughout.
class Act_ElementwiseOp<Act_EntryBase e, string shape,
                        list<string> operandNames, list<Trait> traits,
                        string check = "">
    : Act_EntryOp<e, shape, operandNames, traits # ElementwiseMappable.traits # [
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
      }] # check # Act_Verification<e>.cpp # [{
      return ::mlir::success();
    }
    ::mlir::act::RealRange $cppClass::getValueRange() {
      }] # Act_RangeCode<e.params, e.range>.cpp # [{
    }
  }];
}

// The optional second operand of a unary op.
class Act_OptionalOperand<string name> {
  bit exists = !not(!empty(name));
  dag arguments = !if(exists, !dag(ins, [Optional<Act_FloatLike>], [name]),
                      (ins));
  string assembly = !if(exists, "(`,` $" # name # "^)? ", "");
  list<Trait> traits = !if(exists, [SameOperandsAndResultType],
                           [AllTypesMatch<["x", "result"]>]);
  string parameter = !if(exists, ", ::std::optional<E> " # name, "");
  // The trait above takes compatible types for equal.
  string check = !if(exists, "if (!::llvm::all_equal((*this)->getOperandTypes())"
      # " || getX().getType() != getType()) return emitOpError(\"requires '"
      # name # "' to have the type of 'x'\");\n", "");
  string argument = !if(exists, ", operands.size() > 1 ? "
      # "::std::optional<E>(operands[1]) : ::std::nullopt", "");
}

class Act_UnaryOp<Act_Entry e>
    : Act_ElementwiseOp<e, "elementwise",
          ["x"] # !if(!empty(e.optionalOperand), [], [e.optionalOperand]),
          Act_OptionalOperand<e.optionalOperand>.traits,
          Act_OptionalOperand<e.optionalOperand>.check> {
  let arguments = !con((ins Act_FloatLike:$x),
                       Act_OptionalOperand<e.optionalOperand>.arguments,
                       Act_Params<e.params>.arguments,
                       Act_Fastmath<>.arguments);
  let assemblyFormat = "$x "
      # Act_OptionalOperand<e.optionalOperand>.assembly
      # Act_Params<e.params>.assembly
      # Act_Fastmath<>.assembly # "attr-dict `:` type($result)";
  let hasCanonicalizeMethod = !not(!empty(e.simplify));

  let extraClassDeclaration = [{
    /// The definition of the function.
    template <typename E>
    ::mlir::act::Scaled<E> forward(E x}]
        # Act_OptionalOperand<e.optionalOperand>.parameter # [{) {
      }] # Act_Params<e.params>.bindFormula # e.forward # [{
    }
    template <typename E>
    E apply(::llvm::ArrayRef<E> operands) {
      return finish(forward(operands[0]}]
          # Act_OptionalOperand<e.optionalOperand>.argument # [{));
    }
    ::mlir::act::FunctionProperties getFunctionProperties() {
      return }] # Act_PropertySet<e.properties>.cpp # [{;
    }
  }] # !if(!empty(e.selfGate), "", [{
    /// This op is the product of that one and its operand.
    using SelfGate = }] # !cast<Act_Entry>(e.selfGate).cppName # "Op;\n");
  let extraClassDefinition = definitions # elementwiseDefinitions # [{
    ::std::optional<::mlir::act::RealRange> $cppClass::getIdentityRange() {
      }] # !if(!initialized(e.identityOn),
               Act_RangeCode<e.params, e.identityOn>.cpp,
               "return ::std::nullopt;") # [{
    }
  }] # !if(!empty(e.simplify), "", [{
    ::llvm::LogicalResult $cppClass::canonicalize(
        $cppClass op, ::mlir::PatternRewriter &rewriter) {
      }] # e.simplify # [{
    }
  }]);
}

class Act_GatedOp<Act_GatedEntryBase e>
    : Act_ElementwiseOp<e, "gated", ["gate", "value"],
                        [AllTypesMatch<["gate", "value", "result"]>]> {
  let arguments = !con((ins Act_FloatLike:$gate, Act_FloatLike:$value),
                       Act_Params<e.params>.arguments, Act_Fastmath<>.arguments);
  let assemblyFormat = "$gate `,` $value " # Act_Params<e.params>.assembly
      # Act_Fastmath<>.assembly # "attr-dict `:` type($result)";

  let extraClassDeclaration = [{
    /// The definition of the gate.
    template <typename E>
    ::mlir::act::Scaled<E> forward(E x) {
      }] # Act_Params<e.params>.bindFormula # e.forward # [{
    }
    /// What it is multiplied by.
    template <typename E>
    E transform(E v) {
      [[maybe_unused]] const E &x = v;
      }] # Act_Params<e.params>.bindFormula # e.transform # [{
    }
    template <typename E>
    E apply(::llvm::ArrayRef<E> operands) {
      return finish(gatedProduct(forward(operands[0]), transform(operands[1])));
    }
  }] # !if(!empty(e.gates), "", [{
    /// This op is the product of one of those and its second operand.
    using Gates = ::mlir::act::detail::OpList<}]
      # !interleave(!foreach(g, e.gates, g.cppName # "Op"), ", ") # ">;\n");
  let extraClassDefinition = definitions # elementwiseDefinitions # [{
    ::std::optional<::mlir::act::RealRange> $cppClass::getIdentityRange() {
      return ::std::nullopt;
    }
  }];
}

// What ops on parameters that are operands share.
class Act_BroadcastCode<list<Act_TensorParam> params> {
  // Their names, bound to elements of `operands`.
  string bind = !interleave(!foreach(i, !range(!size(params)),
      "[[maybe_unused]] const E &" # params[i].name # " = operands["
      # !add(i, 1) # "];\n"), "");
  string modes = "{" # !interleave(!foreach(p, params,
      "{" # p.mayBeNumber # ", " # p.mayBePerIndex # "}"), ", ") # "}";
  string names = !interleave(!foreach(p, params, "$" # p.name), " `,` ");
  string types = !interleave(!foreach(p, params, "type($" # p.name # ")"),
                             " `,` ");
}

class Act_BroadcastOp<Act_BroadcastEntry e>
    : Act_EntryOp<e, "elementwise with parameters as operands",
                  ["x"] # !foreach(p, e.tensorParams, p.name), [
          AllTypesMatch<["x", "result"]>,
          DeclareOpInterfaceMethods<ActivationOpInterface,
                                    ["getValueRange", "getIdentityRange"]>,
          DeclareOpInterfaceMethods<AggregatedOpInterface,
                                    ["decomposeOperation"]>],
                  "{/*row=*/{}, /*parameters=*/getDim()}"> {
  let arguments = !con((ins Act_FloatLike:$x),
      !dag(ins, !foreach(p, e.tensorParams, Act_FloatLike),
           !foreach(p, e.tensorParams, p.name)),
      !if(!empty(e.defaultDim), (ins I64Attr:$dim),
          (ins DefaultValuedAttr<I64Attr, e.defaultDim>:$dim)),
      Act_Params<e.params>.arguments, Act_Fastmath<>.arguments);
  let results = (outs Act_FloatLike:$result);
  let assemblyFormat = "$x `,` " # Act_BroadcastCode<e.tensorParams>.names
      # " " # Act_Params<e.params>.assembly # Act_Fastmath<>.assembly
      # "attr-dict `:` type($x) `,` "
      # Act_BroadcastCode<e.tensorParams>.types;
  let description = e.documentation # "\n\nOperands:\n\n* `x`\n"
      # !interleave(!foreach(p, e.tensorParams, "* `" # p.name # "`: "
            # p.description # ", "
            # !cond(!not(p.mayBePerIndex) : "one number",
                    !not(p.mayBeNumber) : "one for each index of `dim`",
                    true : "one number, or one for each index of `dim`")),
            "\n")
      # "\n\nThey have the element type of `x`, and are scalars, or vectors or "
      # "tensors of rank 0 or 1 as `x` is.\n";
  let hasFolder = 1;
  let hasCanonicalizeMethod = !not(!empty(e.simplify));

  let extraClassDeclaration = [{
    template <typename E>
    E apply(::llvm::ArrayRef<E> operands) {
      [[maybe_unused]] const E &x = operands[0];
      }] # Act_BroadcastCode<e.tensorParams>.bind
         # Act_Params<e.params>.bindFormula # [{
      auto forward = [&]() -> ::mlir::act::Scaled<E> {
        }] # e.forward # [{
      };
      return finish(forward());
    }
  }];
  let extraClassDefinition = definitions # [{
    ::llvm::LogicalResult $cppClass::verify() {
      if (::mlir::failed(::mlir::act::detail::verifyBroadcast(
              *this, getDim(), }]
                  # Act_BroadcastCode<e.tensorParams>.modes # [{)))
        return ::mlir::failure();
      }] # Act_Verification<e>.cpp # [{
      return ::mlir::success();
    }
    ::mlir::OpFoldResult $cppClass::fold(FoldAdaptor adaptor) {
      return ::mlir::act::detail::foldActivation(*this, adaptor.getOperands());
    }
    ::mlir::act::RealRange $cppClass::getValueRange() {
      }] # Act_RangeCode<e.params, e.range>.cpp # [{
    }
    ::std::optional<::mlir::act::RealRange> $cppClass::getIdentityRange() {
      return ::std::nullopt;
    }
    ::llvm::FailureOr<::llvm::SmallVector<::mlir::Value>>
    $cppClass::decomposeOperation(::mlir::OpBuilder &b) {
      return ::mlir::act::detail::decomposeBroadcast(*this, getDim(), b);
    }
  }] # !if(!empty(e.simplify), "", [{
    ::llvm::LogicalResult $cppClass::canonicalize(
        $cppClass op, ::mlir::PatternRewriter &rewriter) {
      }] # e.simplify # [{
    }
  }]);
}

// What the operands of a row-wise op beside x add to its class.
class Act_RowOperands<list<Act_RowOperand> operands> {
  list<Act_RowOperand> masks = !filter(o, operands, o.isMask);
  dag arguments = !dag(ins, !foreach(o, operands,
                          !if(o.isMask, Act_MaskLike, Act_RowLike)),
                       !foreach(o, operands, o.name));
  list<string> likeX = !foreach(o, !filter(o, operands, !not(o.isMask)),
                                o.name);
  string assembly = !interleave(!foreach(o, operands, "`,` $" # o.name # " "),
                                "");
  string types = !interleave(
      !foreach(o, masks, " `,` type($" # o.name # ")"), "");
  string bind = !interleave(!foreach(o, operands,
      "const E " # o.name # " = context.getRow(get"
      # Act_Camel<o.name>.ret # "());\n"), "");
  string check = !interleave(!foreach(o, masks,
      "if (::mlir::failed(::mlir::act::detail::verifyMask(*this, \"" # o.name
      # "\", get" # Act_Camel<o.name>.ret
      # "().getType()))) return ::mlir::failure();\n"), "");
  string doc = !if(!empty(operands), "",
      "\n\nOperands:\n\n* `x`\n" # !interleave(!foreach(o, operands,
          "* `" # o.name # "`: " # o.description), "\n"));
}

// C++ for a RowSize.
class Act_RowSizeCode<Act_RowSize size> {
  string cpp = "{/*dim=*/static_cast<int64_t>(getDim()), /*factor=*/"
      # size.factor # ", /*constant=*/static_cast<int64_t>(" # size.constant
      # ")}";
}

class Act_RowOp<Act_RowEntry e>
    : Act_EntryOp<e, "row-wise", ["x"] # !foreach(o, e.rowOperands, o.name),
                  [DeclareOpInterfaceMethods<AggregatedOpInterface,
                                    ["decomposeOperation"]>]
          # !if(e.size.isSame,
                [AllTypesMatch<["x", "result"]
                               # Act_RowOperands<e.rowOperands>.likeX>],
                [DeclareOpInterfaceMethods<InferTypeOpInterface>]),
                  "{/*row=*/getDim(), /*parameters=*/{}}"> {
  let arguments = !con((ins Act_RowLike:$x),
                       Act_RowOperands<e.rowOperands>.arguments,
                       (ins I64Attr:$dim), Act_Params<e.params>.arguments,
                       Act_Fastmath<>.arguments);
  let results = (outs Act_RowLike:$result);
  let assemblyFormat = "$x " # Act_RowOperands<e.rowOperands>.assembly
      # Act_Params<e.params>.assembly # Act_Fastmath<>.assembly
      # "attr-dict `:` type($x)" # Act_RowOperands<e.rowOperands>.types
      # !if(e.size.isSame, "", " `->` type($result)");
  let description = e.documentation # Act_RowOperands<e.rowOperands>.doc;

  string size = Act_RowSizeCode<e.size>.cpp;

  let extraClassDeclaration = [{
    /// The definition of the function on a row.
    ::mlir::act::RowExpr forward(::mlir::act::RowContext &context);
  }] # !if(e.size.isSame, "", [{
    /// Verification compares the types, and says what is expected.
    static bool isCompatibleReturnTypes(::mlir::TypeRange, ::mlir::TypeRange) {
      return true;
    }
  }]);
  let extraClassDefinition = entryDefinition # [{
    ::mlir::act::RowExpr $cppClass::forward(::mlir::act::RowContext &context) {
      using E = ::mlir::act::RowExpr;
      const E x = context.getRow(getX());
      }] # Act_RowOperands<e.rowOperands>.bind
         # Act_Params<e.params>.bindFormula # e.forward # [{
    }
    ::llvm::LogicalResult $cppClass::verify() {
      if (::mlir::failed(::mlir::act::detail::verifyDim(*this, getDim())))
        return ::mlir::failure();
      }] # Act_RowOperands<e.rowOperands>.check # Act_Verification<e>.cpp # [{
      return ::mlir::act::detail::verifyRow(*this, }] # size # ", "
          # e.multipleOf # [{);
    }
    ::llvm::LogicalResult $cppClass::reifyResultShapes(
        ::mlir::OpBuilder &b, ::mlir::ReifiedRankedShapedTypeDims &dims) {
      return ::mlir::act::detail::reifyRow(*this, }] # size # [{, b, dims);
    }
    void $cppClass::populateBoundsForShapedValueDim(::mlir::Value value,
        int64_t dim, ::mlir::ValueBoundsConstraintSet &constraints) {
      ::mlir::act::detail::boundRow(*this, ::mlir::act::detail::RowSize}]
          # size # [{, value, dim, constraints);
    }
    ::llvm::FailureOr<::llvm::SmallVector<::mlir::Value>>
    $cppClass::decomposeOperation(::mlir::OpBuilder &b) {
      ::mlir::act::RowContext context(b, getLoc(), getX(), getDim());
      return ::llvm::SmallVector<::mlir::Value>{
          context.finish(forward(context))};
    }
  }] # !if(e.size.isSame, "", [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(
        ::mlir::MLIRContext *, ::std::optional<::mlir::Location>,
        ::mlir::ValueRange operands, ::mlir::DictionaryAttr attributes,
        ::mlir::OpaqueProperties properties, ::mlir::RegionRange regions,
        ::llvm::SmallVectorImpl<::mlir::Type> &results) {
      Adaptor adaptor(operands, attributes, properties, regions);
      auto getDim = [&] { return adaptor.getDim(); };
      }] # !interleave(!foreach(p, e.params, "[[maybe_unused]] auto get"
              # Act_Camel<p.name>.ret # " = [&] { return adaptor.get"
              # Act_Camel<p.name>.ret # "(); };\n"), "") # [{
      results.push_back(::mlir::act::detail::inferRowType(
          adaptor.getX().getType(), }] # size # [{));
      return ::mlir::success();
    }
  }]);
}

#endif // ACT_IR_ACTOPCLASSES_TD
