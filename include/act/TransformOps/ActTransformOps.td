//===- ActTransformOps.td - transform ops of the act dialect -*- tablegen -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The patterns of act/Transforms/Patterns.h, for transform.apply_patterns. Their
// attributes are the options of the passes of the same names.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_TRANSFORMOPS_ACTTRANSFORMOPS_TD
#define ACT_TRANSFORMOPS_ACTTRANSFORMOPS_TD

include "mlir/Dialect/Transform/IR/TransformDialect.td"
include "mlir/Dialect/Transform/Interfaces/TransformInterfaces.td"
include "mlir/IR/OpBase.td"

class Act_PatternsOp<string mnemonic>
    : Op<Transform_Dialect, "apply_patterns.act." # mnemonic,
         [DeclareOpInterfaceMethods<PatternDescriptorOpInterface>]> {
  let cppNamespace = "::mlir::act";
  let assemblyFormat = "attr-dict";
}

def Act_ApplyDecomposePatternsOp : Act_PatternsOp<"decompose"> {
  let summary = "breaks up row-wise ops, ops with parameters as operands, and "
                "unpack";
  let description = [{
    Patterns of `act-decompose`: every op that implements
    `AggregatedOpInterface` becomes what it consists of, on tensors linalg and
    tensor ops, on vectors vector ops. Elementwise `act` ops stay.

    Example:

    ```mlir
    transform.apply_patterns to %func {
      transform.apply_patterns.act.decompose
    } : !transform.any_op
    ```
  }];
}

def Act_ApplyExpandPatternsOp : Act_PatternsOp<"expand"> {
  let summary = "expands activations on scalars and vectors into primitives";
  let description = [{
    Patterns of `act-expand`: activations on scalars and vectors become their
    formulas in the compute type. Ops on tensors stay.

    * `to`: what primitives become, `prim` or `math`
    * `accuracy`: `precise`, or `fast` for primitives of one word
    * `rare_branch`: short formulas near 0, and a branch for what is far out

    Example:

    ```mlir
    transform.apply_patterns to %func {
      transform.apply_patterns.act.expand {accuracy = "fast"}
    } : !transform.any_op
    ```
  }];
  let arguments = (ins DefaultValuedAttr<StrAttr, "\"prim\"">:$to,
                       DefaultValuedAttr<StrAttr, "\"precise\"">:$accuracy,
                       UnitAttr:$rare_branch);
  let hasVerifier = 1;
}

def Act_ApplyLowerPrimitivesPatternsOp : Act_PatternsOp<"lower_primitives"> {
  let summary = "turns primitives into arithmetic for a target";
  let description = [{
    Patterns of `act-lower-primitives`: `act.prim` and the equal math ops on
    scalars and vectors become arith ops and math.fma.

    * `cpu`: `native`, a name known to LLVM, or empty for code that any target
      with a fused multiply-add can run
    * `accuracy`: `precise`, or `fast` for math ops of one word

    Example:

    ```mlir
    transform.apply_patterns to %func {
      transform.apply_patterns.act.lower_primitives {cpu = "sapphirerapids"}
    } : !transform.any_op
    ```
  }];
  let arguments = (ins DefaultValuedAttr<StrAttr, "\"\"">:$cpu,
                       DefaultValuedAttr<StrAttr, "\"precise\"">:$accuracy);
  let hasVerifier = 1;
}

#endif // ACT_TRANSFORMOPS_ACTTRANSFORMOPS_TD
