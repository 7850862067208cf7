//===- ActBase.td - dialect, types and the pieces of a table entry -*- tablegen -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What an entry of table 1 is made of: parameters, ranges, properties. Nothing
// in this file names an activation.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_IR_ACTBASE_TD
#define ACT_IR_ACTBASE_TD

include "act/IR/ActEnums.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/OpBase.td"

//===----------------------------------------------------------------------===//
// Dialect
//===----------------------------------------------------------------------===//

def Act_Dialect : Dialect {
  let name = "act";
  let cppNamespace = "::mlir::act";
  let summary = "Activation functions and gated linear units of neural networks";
  let description = [{
    Every operation is generated from one entry of a table (`ActOps.td`,
    `ActGatedOps.td`, `ActRowOps.td`). An entry holds the definition of the
    function; verifier, folder, expansion, documentation and tests are derived
    from it.

    Element types are f16, bf16, f32 and f64. The 16-bit types compute in f32 and
    round once. Parameters and constants are rounded to the compute type.
  }];
  let hasCanonicalizer = 1;
  let hasConstantMaterializer = 1;
  let useDefaultAttributePrinterParser = 1;
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
    "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect",
    "::mlir::vector::VectorDialect"
  ];
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

def Act_Element : AnyTypeOf<[F16, BF16, F32, F64],
                            "f16, bf16, f32 or f64">;

// Unlike the predefined FloatLike, this admits neither unranked tensors nor f8
// and f80.
def Act_FloatLike : AnyTypeOf<
    [Act_Element, VectorOfAnyRankOf<[Act_Element]>,
     RankedTensorOf<[Act_Element]>],
    "f16, bf16, f32 or f64, or a vector or ranked tensor of one of them">;

// Row-wise operations need at least one dimension, of a size that can be
// counted at compile time in vectors.
def Act_RowLike : AnyTypeOf<
    [FixedVectorOfNonZeroRankOf<[Act_Element]>,
     RankedTensorOf<[Act_Element]>],
    "a fixed vector or ranked tensor of f16, bf16, f32 or f64">;

// Beside a row-wise operand: which of its elements count.
def Act_MaskLike : AnyTypeOf<
    [FixedVectorOfNonZeroRankOf<[I1]>, RankedTensorOf<[I1]>],
    "a fixed vector or ranked tensor of i1">;

// The compute types primitives are defined for.
def Act_ComputeLike : AnyTypeOf<
    [F32, F64, VectorOfAnyRankOf<[F32, F64]>], "f32, f64 or a vector of them">;

// What stands beside a value in a partial result of a row.
def Act_WeightLike : AnyTypeOf<
    [F64, Index, VectorOfAnyRankOf<[F64, Index]>],
    "f64, index or a vector of them">;

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

// leaky_relu -> LeakyRelu
class Act_Camel<string name> {
  string ret = !substr(
      !foldl("__", !range(!size(name)), acc, i,
             !cond(!eq(acc, "__") : "_" # !toupper(!substr(name, i, 1)),
                   !eq(!substr(acc, !sub(!size(acc), 1), 1), "_")
                     : !substr(acc, 0, !sub(!size(acc), 1))
                       # !toupper(!substr(name, i, 1)),
                   true : acc # !substr(name, i, 1))),
      1);
}

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

// What a parameter must satisfy besides being finite: C++ on `v`, and in words.
class Act_Condition<string cpp, string inWords> {
  string condition = cpp;
  string words = inWords;
}
def AnyReal : Act_Condition<"true", "">;
def Positive : Act_Condition<"v > 0", "positive">;
def NonNegative : Act_Condition<"v >= 0", "non-negative">;
def NonZero : Act_Condition<"v != 0", "non-zero">;

// A parameter of an activation: an attribute of the op, and a name its formula
// may use.
class Act_Param<string paramName, Attr paramAttr, string doc,
                Act_Condition must = AnyReal> {
  string name = paramName;
  Attr attr = paramAttr;
  string description = doc;
  string kind;
  // Those of a choice.
  list<string> cases = [];
  string defaultValue = "";
  string requirement = must.words;
  string getter = "get" # Act_Camel<paramName>.ret # "()";
  // Makes the parameter a value `name` of the formula.
  string bindFormula;
  // Makes it a double `name` of a range.
  string bindRange = "";
  string check = "";
}

// A real number, rounded to the compute type before use. The name is bound to
// an `E`. Of the zeros only +0 is seen: their sign is no part of a parameter.
class Act_Real<string name, string default, string doc,
               Act_Condition must = AnyReal>
    : Act_Param<name, DefaultValuedAttr<F64Attr, default>, doc, must> {
  let kind = "real";
  let defaultValue = default;
  let bindFormula = "[[maybe_unused]] const E " # name
      # " = like(x, " # getter # ".convertToDouble() + 0.0);\n";
  let bindRange = "[[maybe_unused]] const double " # name
      # " = ::mlir::act::detail::inComputeType(*this, " # getter
      # ".convertToDouble());\n";
  let check = "if (::mlir::failed(::mlir::act::detail::verifyParameter("
      # "*this, \"" # name # "\", " # getter # ".convertToDouble(), "
      # "[](double v) { return " # must.condition
      # "; }, \"" # must.words # "\"))) return ::mlir::failure();\n";
}

// A real number that has to be given.
class Act_RequiredReal<string name, string doc, Act_Condition must = AnyReal>
    : Act_Real<name, "0.0", doc, must> {
  let attr = F64Attr;
  let kind = "required";
  let defaultValue = "";
}

// A real number that may be absent. The name is bound to a std::optional<E>.
class Act_OptionalReal<string name, string doc, Act_Condition must = AnyReal>
    : Act_Param<name, OptionalAttr<F64Attr>, doc, must> {
  let kind = "optional";
  let bindFormula = "[[maybe_unused]] ::std::optional<E> " # name # ";\n"
      # "if (auto v = " # getter # ") " # name
      # " = like(x, v->convertToDouble() + 0.0);\n";
  // Absent is infinite, in ranges as in references.
  let bindRange = "[[maybe_unused]] const double " # name # " = "
      # getter # " ? ::mlir::act::detail::inComputeType(*this, " # getter
      # "->convertToDouble()) : inf;\n";
  let check = "if (auto p = " # getter # ") if ("
      # "::mlir::failed(::mlir::act::detail::verifyParameter("
      # "*this, \"" # name # "\", p->convertToDouble(), "
      # "[](double v) { return " # must.condition
      # "; }, \"" # must.words # "\"))) return ::mlir::failure();\n";
}

// A whole number that has to be given.
class Act_RequiredInteger<string name, string doc, Act_Condition must = AnyReal>
    : Act_Param<name, I64Attr, doc, must> {
  let kind = "integer";
  let bindFormula = "[[maybe_unused]] const int64_t " # name # " = " # getter
      # ";\n";
  let check = "if (int64_t v = " # getter # "; !(" # must.condition
      # ")) return emitOpError(\"requires '" # name # "' to be " # must.words
      # "\");\n";
}

// A unit attribute. The name is bound to a bool.
class Act_Flag<string name, string doc> : Act_Param<name, UnitAttr, doc> {
  let kind = "flag";
  let bindFormula = "[[maybe_unused]] const bool " # name # " = " # getter
      # ";\n";
  let bindRange = bindFormula;
}

// An enum as an attribute, written `<case>`.
class Act_EnumAttr<EnumInfo info, string mnemonic>
    : EnumAttr<Act_Dialect, info, mnemonic> {
  let assemblyFormat = "`<` $value `>`";
}
def Act_GeluFormAttr : Act_EnumAttr<Act_GeluForm, "gelu_form">;
def Act_UnpackLayoutAttr : Act_EnumAttr<Act_UnpackLayout, "unpack_layout">;
def Act_GradientSourceAttr
    : Act_EnumAttr<Act_GradientSource, "gradient_source">;
def Act_MergeKindAttr : EnumAttr<Act_Dialect, Act_MergeKind, "merge_kind">;
def Act_PrimitiveAttr : EnumAttr<Act_Dialect, Act_Primitive, "primitive">;

// One of several forms, written `name<case>`. The name is bound to the enum.
class Act_Choice<string name, EnumAttr attrDef, string default, string doc>
    : Act_Param<name, DefaultValuedAttr<attrDef,
                          attrDef.enum.cppNamespace # "::"
                              # attrDef.enum.className # "::"
                              # Act_Camel<default>.ret>, doc> {
  let kind = "choice";
  let defaultValue = default;
  let cases = !foreach(c, attrDef.enum.enumerants, c.str);
  let bindFormula = "[[maybe_unused]] const auto " # name # " = " # getter
      # ";\n";
}

class Act_Params<list<Act_Param> params> {
  dag arguments = !dag(ins, !foreach(p, params, p.attr),
                       !foreach(p, params, p.name));
  string bindFormula = !interleave(!foreach(p, params, p.bindFormula), "");
  string bindRange = !interleave(!foreach(p, params, p.bindRange), "");
  string check = !interleave(!foreach(p, params, p.check), "");
  // Choices are written in front of the types; the rest is in the dictionary.
  string assembly = !interleave(
      !foreach(p, params,
               !if(!eq(p.kind, "choice"),
                   "(`" # p.name # "` `` $" # p.name # "^)? ", "")), "");
  string doc = !if(!empty(params), "",
      "\n\nParameters:\n\n" # !interleave(!foreach(p, params,
          "* `" # p.name # "`"
          # !cond(!or(!eq(p.kind, "required"), !eq(p.kind, "integer"))
                    : " (required)",
                  !empty(p.defaultValue) : " (absent by default)",
                  true : " (default " # p.defaultValue # ")")
          # ": " # p.description
          # !if(!empty(p.requirement), "", "; must be " # p.requirement)),
      "\n"));
}

// What parameters must satisfy together: C++ on their names, and in words.
class Act_Constraint<string cpp, string inWords> {
  string condition = cpp;
  string words = inWords;
}

//===----------------------------------------------------------------------===//
// Ranges and properties
//===----------------------------------------------------------------------===//

// A closed interval of reals. Bounds are numbers, `inf`, or expressions in the
// parameters that C++ and Python agree on: + - * /, comparisons, min, max,
// sqrt, where. A lower bound of 0 means that -0 does not occur.
class Act_Range<string lower, string upper> {
  string lo = lower;
  string hi = upper;
}
def Act_AllReals : Act_Range<"-inf", "inf">;

// Facts about a function that hold for every value of its parameters. They
// drive canonicalizations and the tables of the documentation; each is checked
// by a sweep. C++ knows them as FunctionProperties (ActEnums.td).
class Act_Property<string description> { string summary = description; }
def ZeroAtZero : Act_Property<"f(0) = 0">;
def Smooth : Act_Property<"infinitely differentiable">;
def Monotone : Act_Property<"non-decreasing">;
def Odd : Act_Property<"f(-x) = -f(x)">;
def Even : Act_Property<"f(-x) = f(x)">;
// (MLIR has a trait of the shorter name, which overlooks parameters.)
def Act_Idempotent : Act_Property<"f(f(x)) = f(x)">;
def NoLimit : Act_Property<"NaN at infinities, where it has no limit">;

class Act_PropertySet<list<Act_Property> properties> {
  string cpp = !interleave(
      ["::mlir::act::FunctionProperties::None"]
      # !foreach(p, properties,
                 "::mlir::act::FunctionProperties::"
                     # !subst("Act_", "", !cast<string>(p))), " | ");
}

#endif // ACT_IR_ACTBASE_TD
