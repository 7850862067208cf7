//===- ActGradOpClasses.td - gradients by the shape of an op -*- tablegen -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The op `<name>_grad` of an entry: the gradients with respect to its operands,
// given `dy`, that with respect to its result. Same types, parameters and
// lowering as the op itself; no entry says anything about it but derivatives.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_IR_ACTGRADOPCLASSES_TD
#define ACT_IR_ACTGRADOPCLASSES_TD

include "act/IR/ActOpClasses.td"

class Act_GradOp<Act_EntryBase e, list<Trait> traits,
                 string tilingShape = "{/*row=*/{}, /*parameters=*/{}}">
    : Act_Op<e.mnemonic # "_grad", traits # Act_Tiling<tilingShape>.traits # [
          DeclareOpInterfaceMethods<ArithFastMathInterface>,
          DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface,
                                    ["reifyResultShapes"]>,
          DeclareOpInterfaceMethods<ValueBoundsOpInterface,
                                    ["populateBoundsForShapedValueDim"]>]> {
  Act_EntryBase gradientOf = e;
  let summary = "gradient of `act." # e.mnemonic # "`";
  let hasVerifier = 1;

  code definitions = Act_Tiling<tilingShape>.definitions # [{
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

// At each point.
class Act_ElementwiseGradOp<Act_EntryBase e, list<Trait> traits,
                            string check = "">
    : Act_GradOp<e, traits # ElementwiseMappable.traits # [
          DeclareOpInterfaceMethods<VectorUnrollOpInterface,
                                    ["getShapeForUnroll"]>,
          DeclareOpInterfaceMethods<FormulaOpInterface>]> {
  let hasFolder = 1;

  code elementwiseDefinitions = definitions # [{
    ::std::optional<::llvm::SmallVector<int64_t, 4>>
    $cppClass::getShapeForUnroll() {
      return ::mlir::act::detail::getUnrollShape(*this);
    }
    ::llvm::LogicalResult $cppClass::verify() {
      }] # check # Act_Verification<e>.cpp # [{
      return ::mlir::success();
    }
  }];
}

// The second operand of a unary op that may be absent, in front of `dy`.
class Act_GradOptionalOperand<string name> : Act_OptionalOperand<name> {
  list<Trait> gradTraits = !if(exists, [SameOperandsAndResultType],
                               [AllTypesMatch<["x", "dy", "dx"]>]);
  string gradCheck = !if(exists,
      "if (!::llvm::all_equal((*this)->getOperandTypes())"
      # " || getX().getType() != getDx().getType()) return emitOpError("
      # "\"requires '" # name # "' and 'dy' to have the type of 'x'\");\n", "");
  string gradAssembly = !if(exists,
      "custom<OptionalThenLast>($" # name # ", $dy) ", "$dy ");
  // Of apply, whose last operand is dy.
  string gradArgument = !if(exists, ", operands.size() > 2 ? "
      # "::std::optional<E>(operands[1]) : ::std::nullopt", "");
  // Of forward on dual numbers.
  string gradDual = !if(exists, ", " # name # " ? ::std::optional(Dual<E>(*"
      # name # ")) : ::std::nullopt", "");
}

class Act_UnaryGradOp<Act_Entry e>
    : Act_ElementwiseGradOp<e,
          Act_GradOptionalOperand<e.optionalOperand>.gradTraits,
          Act_GradOptionalOperand<e.optionalOperand>.gradCheck
          # !if(!empty(e.derivativeFromResult), "",
                "if (getFrom() == GradientSource::Result) "
                # Act_ConstraintCheck<e.params, e.resultConstraints,
                      " to compute from the result">.cpp)> {
  bit hasResult = !not(!empty(e.derivativeFromResult));
  let arguments = !con((ins Act_FloatLike:$x),
      Act_OptionalOperand<e.optionalOperand>.arguments,
      (ins Act_FloatLike:$dy),
      !if(hasResult, (ins DefaultValuedAttr<Act_GradientSourceAttr,
              "::mlir::act::GradientSource::Operand">:$from), (ins)),
      Act_Params<e.params>.arguments, Act_Fastmath<>.arguments);
  let results = (outs Act_FloatLike:$dx);
  // The example of the op, without dy.
  string likeExample = !subst("%y = act." # e.mnemonic # " ",
      "%dx = act." # e.mnemonic # "_grad ", e.example);
  let assemblyFormat = "$x `,` "
      # Act_GradOptionalOperand<e.optionalOperand>.gradAssembly
      # !if(hasResult, "(`from` `` $from^)? ", "")
      # Act_Params<e.params>.assembly # Act_Fastmath<>.assembly
      # "attr-dict `:` type($dx)";
  let description = "\nThe derivative of `act." # e.mnemonic # "` at `x` times "
      # "`dy`, the gradient with respect to its result; all have one type. At "
      # "a kink it is the derivative of the branch that the formula takes."
      # !if(hasResult, " With `from<result>` the first operand is the result "
            # "of `act." # e.mnemonic # "` instead of its operand, so that the "
            # "operand need not be kept.", "")
      # Act_Params<e.params>.doc # "\n\nExample:\n\n```mlir\n"
      # !if(!empty(e.optionalOperand), !subst("%x", "%x, %dy", likeExample),
            !subst(" : ", ", %dy : ", likeExample))
      # !if(!and(hasResult, !empty(e.resultConstraints)), "\n"
            # !subst("%dx =", "%dx2 =", !subst("%x", "%y, %dy from<result>",
                     likeExample)), "")
      # "\n```\n";

  let extraClassDeclaration = [{
    template <typename E>
    ::mlir::act::Scaled<E> forward(E x}]
        # Act_OptionalOperand<e.optionalOperand>.parameter # [{) {
      }] # Act_Params<e.params>.bindFormula # e.forward # [{
    }
    /// The derivative at x.
    template <typename E>
    ::mlir::act::Slope<E> derivative(E x}]
        # Act_OptionalOperand<e.optionalOperand>.parameter # [{) {
      }] # !if(!empty(e.derivative),
               "return forward(variable(x)"
                   # Act_GradOptionalOperand<e.optionalOperand>.gradDual # ");",
               Act_Params<e.params>.bindFormula # e.derivative) # [{
    }
  }] # !if(hasResult, [{
    /// The derivative where the result is y.
    template <typename E>
    ::mlir::act::Slope<E> derivativeFromResult(E y) {
      [[maybe_unused]] const E &x = y;
      }] # Act_Params<e.params>.bindFormula # e.derivativeFromResult # [{
    }
  }], "") # [{
    template <typename E>
    E apply(::llvm::ArrayRef<E> operands) {
  }] # !if(hasResult, [{
      if (getFrom() == GradientSource::Result)
        return times(derivativeFromResult(operands[0]), operands.back());
  }], "") # [{
      return times(derivative(operands[0]}]
          # Act_GradOptionalOperand<e.optionalOperand>.gradArgument # [{),
                   operands.back());
    }
  }];
  let extraClassDefinition = elementwiseDefinitions # [{
    ::mlir::OpFoldResult $cppClass::fold(FoldAdaptor adaptor) {
      return ::mlir::act::detail::foldFormula(*this, adaptor.getOperands());
    }
  }];
}

class Act_GatedGradOp<Act_GatedEntryBase e>
    : Act_ElementwiseGradOp<e,
          [AllTypesMatch<["gate", "value", "dy", "dgate", "dvalue"]>]> {
  let arguments = !con((ins Act_FloatLike:$gate, Act_FloatLike:$value,
                        Act_FloatLike:$dy),
                       Act_Params<e.params>.arguments, Act_Fastmath<>.arguments);
  let results = (outs Act_FloatLike:$dgate, Act_FloatLike:$dvalue);
  let assemblyFormat = "$gate `,` $value `,` $dy "
      # Act_Params<e.params>.assembly # Act_Fastmath<>.assembly
      # "attr-dict `:` type($dgate)";
  let description = "\nThe gradients with respect to the gate and the value of "
      # "`act." # e.mnemonic # "`, given `dy`, that with respect to its result; "
      # "all have one type, printed once. The gate is computed once for both."
      # Act_Params<e.params>.doc # "\n\nExample:\n\n```mlir\n%dg, %dv = act."
      # e.mnemonic # "_grad %g, %v, %dy : tensor<?xf32>\n```\n";

  let extraClassDeclaration = [{
    template <typename E>
    ::mlir::act::Scaled<E> forward(E x) {
      }] # Act_Params<e.params>.bindFormula # e.forward # [{
    }
    template <typename E>
    E transform(E v) {
      [[maybe_unused]] const E &x = v;
      }] # Act_Params<e.params>.bindFormula # e.transform # [{
    }
  }] # !if(!empty(e.derivative), "", [{
    template <typename E>
    ::mlir::act::Slope<E> derivative(E x) {
      }] # Act_Params<e.params>.bindFormula # e.derivative # [{
    }
  }]) # !if(!empty(e.transformDerivative), "", [{
    template <typename E>
    ::mlir::act::Slope<E> transformDerivative(E v) {
      [[maybe_unused]] const E &x = v;
      }] # Act_Params<e.params>.bindFormula # e.transformDerivative # [{
    }
  }]) # [{
    template <typename E>
    ::llvm::SmallVector<E, 2> apply(::llvm::ArrayRef<E> operands) {
  }] # !if(!empty(e.derivative), [{
      Slope<E> slope = forward(variable(operands[0]));
  }], [{
      Slope<E> slope = derivative(operands[0]);
      if (!slope.function)
        slope.function = forward(operands[0]);
  }]) # !if(!empty(e.transformDerivative), [{
      Dual<E> value = transform(variable(operands[1]));
      E v = value.value;
      Slope<E> vSlope = Scaled<Dual<E>>(value);
  }], [{
      E v = transform(operands[1]);
      Slope<E> vSlope = transformDerivative(operands[1]);
  }]) # [{
      return gatedGradient(slope, v, vSlope, operands[2]);
    }
  }];
  let extraClassDefinition = elementwiseDefinitions # [{
    ::llvm::LogicalResult $cppClass::fold(FoldAdaptor adaptor,
        ::llvm::SmallVectorImpl<::mlir::OpFoldResult> &results) {
      return ::mlir::act::detail::foldFormula(*this, adaptor.getOperands(),
                                              results);
    }
  }];
}

// With respect to x at each point, and to each parameter summed up over the
// points that it is used at.
class Act_BroadcastGradOp<Act_BroadcastEntry e>
    : Act_Op<e.mnemonic # "_grad",
          [AllTypesMatch<["x", "dy", "dx"]>]
          # !foreach(p, e.tensorParams, AllTypesMatch<[p.name, "d" # p.name]>)
          # [DeclareOpInterfaceMethods<FormulaOpInterface>,
             DeclareOpInterfaceMethods<ArithFastMathInterface>,
             DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface,
                                       ["reifyResultShapes"]>,
             DeclareOpInterfaceMethods<AggregatedOpInterface,
                                       ["decomposeOperation"]>]> {
  Act_EntryBase gradientOf = e;
  let summary = "gradients of `act." # e.mnemonic # "`";
  let arguments = !con((ins Act_FloatLike:$x),
      !dag(ins, !foreach(p, e.tensorParams, Act_FloatLike),
           !foreach(p, e.tensorParams, p.name)),
      (ins Act_FloatLike:$dy),
      !if(!empty(e.defaultDim), (ins I64Attr:$dim),
          (ins DefaultValuedAttr<I64Attr, e.defaultDim>:$dim)),
      Act_Params<e.params>.arguments, Act_Fastmath<>.arguments);
  let results = !con((outs Act_FloatLike:$dx),
      !dag(outs, !foreach(p, e.tensorParams, Act_FloatLike),
           !foreach(p, e.tensorParams, "d" # p.name)));
  let assemblyFormat = "$x `,` " # Act_BroadcastCode<e.tensorParams>.names
      # " `,` $dy "
      # Act_Params<e.params>.assembly # Act_Fastmath<>.assembly
      # "attr-dict `:` type($x) `,` "
      # Act_BroadcastCode<e.tensorParams>.types;
  let description = "\nThe gradients with respect to the operands of `act."
      # e.mnemonic # "`, given `dy`, that with respect to its result: each of "
      # "the type of its operand. Those of parameters are sums, in f64, over "
      # "all elements that the parameter is used for.\n\nExample:\n\n```mlir\n"
      # "%dx, " # !interleave(!foreach(p, e.tensorParams, "%d" # p.name), ", ")
      # " = act." # e.mnemonic # "_grad %x, "
      # !interleave(!foreach(p, e.tensorParams, "%" # p.name), ", ")
      # ", %dy {dim = 1 : i64} : tensor<?x64xf32>, "
      # !interleave(!foreach(p, e.tensorParams,
            !if(p.mayBePerIndex, "tensor<64xf32>", "tensor<f32>")), ", ")
      # "\n```\n";
  let hasVerifier = 1;

  let extraClassDeclaration = [{
    /// What each operand adds to its gradient at one point.
    template <typename E>
    ::llvm::SmallVector<E, 2> apply(::llvm::ArrayRef<E> operands) {
      [[maybe_unused]] const E &x = operands[0];
      }] # Act_BroadcastCode<e.tensorParams>.bind # Act_Params<e.params>.bindFormula # [{
      auto derivatives = [&]() -> ::llvm::SmallVector<::mlir::act::Slope<E>, 4> {
        }] # e.derivatives # [{
      };
      ::llvm::SmallVector<E, 2> gradients;
      for (const ::mlir::act::Slope<E> &slope : derivatives())
        gradients.push_back(times(slope, operands.back()));
      return gradients;
    }
  }];
  let extraClassDefinition = [{
    ::llvm::LogicalResult $cppClass::verify() {
      if (::mlir::failed(::mlir::act::detail::verifyBroadcast(
              *this, getDim(), }] # Act_BroadcastCode<e.tensorParams>.modes # [{)))
        return ::mlir::failure();
      }] # Act_Verification<e>.cpp # [{
      return ::mlir::success();
    }
    ::llvm::LogicalResult $cppClass::reifyResultShapes(
        ::mlir::OpBuilder &b, ::mlir::ReifiedRankedShapedTypeDims &dims) {
      return ::mlir::act::detail::reifyLikeOperands(*this, b, dims);
    }
    ::llvm::FailureOr<::llvm::SmallVector<::mlir::Value>>
    $cppClass::decomposeOperation(::mlir::OpBuilder &b) {
      return ::mlir::act::detail::decomposeBroadcastGradient(*this, getDim(), b);
    }
  }];
}

// Along a row.
class Act_RowGradOp<Act_RowEntry e>
    : Act_Op<e.mnemonic # "_grad",
          !if(e.size.isSame,
              [AllTypesMatch<[!if(e.gradientFromResult, "y", "x"), "dy",
                              "dx"]>]
                  # Act_Tiling<"{/*row=*/getDim(), /*parameters=*/{}}">.traits,
              [AllTypesMatch<["x", "dx"]>])
          # [DeclareOpInterfaceMethods<ArithFastMathInterface>,
             DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface,
                                       ["reifyResultShapes"]>,
             DeclareOpInterfaceMethods<ValueBoundsOpInterface,
                                       ["populateBoundsForShapedValueDim"]>,
             DeclareOpInterfaceMethods<AggregatedOpInterface,
                                       ["decomposeOperation"]>]> {
  Act_EntryBase gradientOf = e;
  string first = !if(e.gradientFromResult, "y", "x");
  let summary = "gradient of `act." # e.mnemonic # "`";
  let arguments = !con(!dag(ins, [Act_RowLike], [first]),
                       (ins Act_RowLike:$dy, I64Attr:$dim),
                       Act_Params<e.params>.arguments, Act_Fastmath<>.arguments);
  let results = (outs Act_RowLike:$dx);
  let assemblyFormat = "$" # first # " `,` $dy "
      # Act_Params<e.params>.assembly # Act_Fastmath<>.assembly
      # "attr-dict `:` type($" # first # ")"
      # !if(e.size.isSame, "", " `,` type($dy)");
  let description = "\nThe gradient with respect to `x` of `act." # e.mnemonic
      # "`, given `dy`, that with respect to its result. It is computed from "
      # !if(e.gradientFromResult, "the result `y`", "`x`") # "."
      # Act_Params<e.params>.doc # "\n\nExample:\n\n```mlir\n%dx = act."
      # e.mnemonic # "_grad %" # first # ", %dy {dim = 1 : i64"
      # !interleave(!foreach(p, e.params,
            !if(!eq(p.kind, "integer"), ", " # p.name # " = 25 : i64", "")), "")
      # "} : tensor<4x100xf32>"
      # !if(e.size.isSame, "", ", tensor<4x"
            # !cond(!eq(e.size.factor, 2) : "200",
                    !eq(e.size.constant, "1") : "1", true : "25") # "xf32>")
      # "\n```\n";
  let hasVerifier = 1;

  let extraClassDeclaration = [{
    /// The gradient of a row.
    ::mlir::act::RowExpr gradient(::mlir::act::RowContext &context);
  }];
  let extraClassDefinition = !if(e.size.isSame,
      Act_Tiling<"{/*row=*/getDim(), /*parameters=*/{}}">.definitions, "") # [{
    ::mlir::act::RowExpr $cppClass::gradient(::mlir::act::RowContext &context) {
      using E = ::mlir::act::RowExpr;
      const E x = context.getRow((*this)->getOperand(0));
      const auto dy = context.}]
          # !if(e.size.isSame, "getRow",
                !if(!eq(e.size.constant, "1"), "getPerRow", "getOther"))
          # [{((*this)->getOperand(1));
      [[maybe_unused]] const E &y = x;
      }] # Act_Params<e.params>.bindFormula # e.gradient # [{
    }
    ::llvm::LogicalResult $cppClass::verify() {
      if (::mlir::failed(::mlir::act::detail::verifyDim(*this, getDim())))
        return ::mlir::failure();
      }] # Act_Verification<e>.cpp
      # !if(e.size.isSame, "", "if (::mlir::failed(::mlir::act::detail::"
            # "verifyRowGradient(*this, " # Act_RowSizeCode<e.size>.cpp # ", " # e.multipleOf
            # "))) return ::mlir::failure();\n") # [{
      return ::mlir::success();
    }
    ::llvm::LogicalResult $cppClass::reifyResultShapes(
        ::mlir::OpBuilder &b, ::mlir::ReifiedRankedShapedTypeDims &dims) {
      return ::mlir::act::detail::reifyLikeFirstOperand(*this, b, dims);
    }
    void $cppClass::populateBoundsForShapedValueDim(::mlir::Value value,
        int64_t dim, ::mlir::ValueBoundsConstraintSet &constraints) {
      ::mlir::act::detail::boundRow(*this, {}, value, dim, constraints);
    }
    ::llvm::FailureOr<::llvm::SmallVector<::mlir::Value>>
    $cppClass::decomposeOperation(::mlir::OpBuilder &b) {
      ::mlir::act::RowContext context(b, getLoc(), (*this)->getOperand(0),
                                      getDim());
      return ::llvm::SmallVector<::mlir::Value>{
          context.finish(gradient(context))};
    }
  }];
}

#endif // ACT_IR_ACTGRADOPCLASSES_TD
