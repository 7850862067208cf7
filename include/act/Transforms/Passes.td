//===- Passes.td - passes on the act dialect -*- tablegen -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_TRANSFORMS_PASSES_TD
#define ACT_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def ActDecompose : Pass<"act-decompose"> {
  let summary = "Break row-wise ops and unpack into reductions, slices and "
                "elementwise ops";
  let description = [{
    Rewrites every `act` op that implements `AggregatedOpInterface`: on tensors
    into linalg and tensor ops, on vectors into vector ops. Elementwise `act`
    ops stay.
  }];
}

def ActExpand : Pass<"act-expand"> {
  let summary = "Expand activations on scalars and vectors into primitives";
  let description = [{
    Builds the formula of every `ActivationOpInterface` on scalars and vectors
    (0-D and scalable ones too) in its compute type: 16-bit operands are extended
    to f32, and the result is rounded once. Ops on tensors stay.

    `to=prim` (default) leaves `act.prim` ops, with error compensation, to
    `act-lower-primitives`. `to=math` leaves math ops, one word each, for other
    compilers: accurate as far as those ops are.
  }];
  let options = [
    Option<"to", "to", "std::string", /*default=*/"\"prim\"",
           "what primitives become: prim | math">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect"];
}

def ActLowerPrimitives : Pass<"act-lower-primitives"> {
  let summary = "Turn primitives into arithmetic for a target";
  let description = [{
    Rewrites `act.prim`, and the math ops exp, exp2, expm1, log, log1p, tanh, erf
    and erfc, on scalars and vectors of f16, bf16, f32 and f64, into arith ops and
    math.fma: after it nothing is left for a math library. 16-bit values are
    computed in f32 and rounded once.

    `cpu` is a name known to LLVM, such as `sapphirerapids`; empty means code for
    any target with a fused multiply-add. All targets give the same bits.
    `accuracy` is `precise` (default) or `fast`, which may be less exact but is
    not yet different.
  }];
  let options = [
    Option<"cpu", "cpu", "std::string", /*default=*/"\"\"",
           "CPU to emit code for">,
    Option<"accuracy", "accuracy", "std::string", /*default=*/"\"precise\"",
           "precise | fast">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::vector::VectorDialect"];
}

#endif // ACT_TRANSFORMS_PASSES_TD
