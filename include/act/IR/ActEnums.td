//===- ActEnums.td - enumerations of the act dialect -*- tablegen -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Apart from the ops, so that generating the enums does not emit those of
// included dialects again.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_IR_ACTENUMS_TD
#define ACT_IR_ACTENUMS_TD

include "mlir/IR/EnumAttr.td"

class Act_EnumCase<string name, int value, string cpp>
    : I32EnumCase<cpp, value, name>;

class Act_Enum<string name, string summary, list<I32EnumCase> cases>
    : I32Enum<name, summary, cases> {
  let cppNamespace = "::mlir::act";
}

def Act_GeluForm : Act_Enum<"GeluForm", "how gelu is computed", [
    Act_EnumCase<"none", 0, "None">,
    Act_EnumCase<"tanh", 1, "Tanh">,
    Act_EnumCase<"sigmoid", 2, "Sigmoid">]>;

def Act_UnpackLayout
    : Act_Enum<"UnpackLayout", "where gate and value lie in a packed tensor", [
    Act_EnumCase<"gate_first", 0, "GateFirst">,
    Act_EnumCase<"value_first", 1, "ValueFirst">,
    Act_EnumCase<"interleaved", 2, "Interleaved">,
    Act_EnumCase<"block_interleaved", 3, "BlockInterleaved">]>;

def Act_GradientSource
    : Act_Enum<"GradientSource", "what a gradient is computed from", [
    Act_EnumCase<"operand", 0, "Operand">,
    Act_EnumCase<"result", 1, "Result">]>;

def Act_MergeKind
    : Act_Enum<"MergeKind", "what partial results of a row stand for", [
    Act_EnumCase<"log_sum_exp", 0, "LogSumExp">,
    Act_EnumCase<"first_max", 1, "FirstMax">]>;

def Act_Primitive
    : Act_Enum<"Primitive", "a function that targets implement", [
    Act_EnumCase<"exp", 0, "Exp">,
    Act_EnumCase<"expm1", 1, "Expm1">,
    Act_EnumCase<"log", 2, "Log">,
    Act_EnumCase<"log1p", 3, "Log1p">,
    Act_EnumCase<"tanh", 4, "Tanh">,
    Act_EnumCase<"erf", 5, "Erf">,
    Act_EnumCase<"sigmoid", 6, "Sigmoid">,
    Act_EnumCase<"normal_cdf", 7, "NormalCdf">,
    Act_EnumCase<"scale", 8, "Scale">,
    Act_EnumCase<"exp2", 9, "Exp2">,
    Act_EnumCase<"rcp", 10, "Rcp">,
    Act_EnumCase<"sin", 11, "Sin">,
    Act_EnumCase<"cos", 12, "Cos">,
    Act_EnumCase<"atan", 13, "Atan">,
    Act_EnumCase<"exp_scaled", 14, "ExpScaled">]>;

// The properties of ActBase.td, by their names there.
def Act_FunctionProperties
    : I32BitEnum<"FunctionProperties", "facts about a function", [
    I32BitEnumCaseNone<"None">,
    I32BitEnumCaseBit<"ZeroAtZero", 0>,
    I32BitEnumCaseBit<"Smooth", 1>,
    I32BitEnumCaseBit<"Monotone", 2>,
    I32BitEnumCaseBit<"Odd", 3>,
    I32BitEnumCaseBit<"Even", 4>,
    I32BitEnumCaseBit<"Idempotent", 5>,
    I32BitEnumCaseBit<"NoLimit", 6>]> {
  let cppNamespace = "::mlir::act";
}

#endif // ACT_IR_ACTENUMS_TD
