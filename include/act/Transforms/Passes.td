//===- Passes.td - passes on the act dialect ---------------*- tablegen -*-===//
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
    Rewrites every op that implements `AggregatedOpInterface` (linalg.softmax
    too): on tensors into linalg and tensor ops, on vectors into vector ops, with
    arith, math and `act.prim` ops on their elements. Elementwise `act` ops
    stay.
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

def ActPrepareFunctions : Pass<"act-prepare-functions", "::mlir::ModuleOp"> {
  let summary = "Settle how functions are called before bufferization";
  let description = [{
    Gives every public function with a body a C wrapper (`_mlir_ciface_…`), but
    for functions that take or return vectors, for which C has no type. Keeps
    the tensors that a caller passes from being overwritten
    (`bufferization.writable = false` unless said otherwise), and marks buffers
    that the input frees itself, so that they are not freed twice.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect",
                           "::mlir::bufferization::BufferizationDialect"];
}

def ActFuse : Pass<"act-fuse"> {
  let summary = "Fuse elementwise linalg ops where nothing is computed twice";
  let description = [{
    Turns named elementwise linalg ops into `linalg.generic` and fuses an
    elementwise producer into its only consumer, unless the consumer reads an
    element of it more than once (a matmul, a broadcast along a row).
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def ActGroupRows : Pass<"act-group-rows"> {
  let summary = "Take linalg ops that share rows through them row by row";
  let description = [{
    A reduction and the ops behind it that use its result along the same rows
    (those of a softmax or of a normalization) each go through a whole tensor.
    Here they become the body of one loop over rows, each on one row: what the
    next one reads is still in the cache. What nobody else reads is
    allocated for one row. Elementwise ops in front whose results only they read
    come along.

    Where rows lie side by side (the reduced dimension is not the innermost)
    a step takes 64 of them. Contractions stay outside.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::bufferization::BufferizationDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::scf::SCFDialect",
    "::mlir::tensor::TensorDialect"];
}

def ActReuseOperands : Pass<"act-reuse-operands"> {
  let summary = "Let elementwise ops write into operands that they read last";
  let description = [{
    Where a linalg op would write into an empty tensor, it is given one of its
    inputs as a destination instead, if it reads every element of it where it
    writes, nobody else reads it, and its buffer is free to be overwritten: that
    of a linalg op which began with an empty tensor, or, for an intermediate
    result, of an argument with `bufferization.writable = true`. Bufferization
    then works in place.
  }];
}

def ActVectorize : Pass<"act-vectorize"> {
  let summary = "Turn linalg ops on buffers into loops over vectors";
  let description = [{
    For each linalg op on memrefs the innermost contiguous dimension becomes a
    loop over whole vectors and one masked step for the rest, the others plain
    loops. Elementwise work keeps four vectors in flight; a reduction along the
    vector dimension accumulates in as many and combines them at the end; a
    reduction across it (a matmul) keeps a block of the result in registers.
    The same vector code serves the loop and its rest, so that a lane's result
    does not depend on where in the buffer it lies. Any rank, size and stride
    is taken. An op whose body is not elementwise becomes scalar loops.

    With `scalable` vectors are as long as the machine has them (SVE): a loop
    steps by a multiple of `vscale`. A reduction along the vector dimension and
    an op that reads or writes elements apart from each other (a stride other
    than one, or unknown) keep to fixed vectors of `vector-bits`: lanes are
    merged by halving and picked by position, which takes a known number.

    A reduction along the vector dimension is reassociated (`arith.addf` too),
    as the order of a reduction in linalg is free, and in a contraction of f32
    or f64 a product that is accumulated becomes part of a `math.fma`.
  }];
  let options = [
    Option<"cpu", "cpu", "std::string", "\"native\"",
           "CPU to make code for: native, or any name that LLVM knows">,
    Option<"vectorBits", "vector-bits", "unsigned", "0",
           "vector width, 0 for the widest of the CPU">,
    Option<"scalable", "scalable", "bool", "false",
           "vectors as long as the machine has them">];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect"];
}

def ActLegalizeFloats : Pass<"act-legalize-floats"> {
  let summary = "Make 16-bit arithmetic exact and free of library calls";
  let description = [{
    bf16 arithmetic is carried out in f32 and rounded once per op; a narrowing
    of f64 to f16 or bf16 goes through an f32 rounded to odd, so that it is
    rounded once. (LLVM calls a library function for the latter, and
    an instruction that flushes subnormals, or another library function, for
    f32 to bf16: `arith-expand` with bf16 replaces that one.)

    Of the math ops on f16 and bf16, rounding to integers and sqrt are carried
    out in f32, and fma in f64 with a sum rounded to odd: the result is that of
    one rounding. isfinite, isinf, isnan and isnormal of any type become
    comparisons. Ops on the bits of a number (absf, copysign) stay.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::vector::VectorDialect"];
}

def ActForbidLibm : Pass<"act-forbid-libm"> {
  let summary = "Fail where an op would become a call of the math library";
  let description = [{
    What is left of the math dialect after `act-lower-primitives` must have an
    instruction. An op that has none is an error here, rather than a call with
    somebody else's accuracy and speed.
  }];
}

def ActHalvesAsBits : Pass<"act-halves-as-bits"> {
  let summary = "Move f16 and bf16 values of the LLVM dialect as integers";
  let description = [{
    Loads, stores, selects and shuffles of f16 and bf16 act on i16 instead, with
    casts where a value meets arithmetic or a function boundary. On a CPU
    without instructions for such floats LLVM takes vectors of them apart and
    passes each element through f32, by a library function where bf16 is
    concerned; vectors of integers stay whole.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def ActCheckLowered : Pass<"act-check-lowered", "::mlir::ModuleOp"> {
  let summary = "Fail where a module is not yet in the LLVM dialect";
  let description = [{
    Reports the first op that is not of the LLVM dialect: one that nothing
    lowers, or one in a nested module, which the passes on functions do not
    enter.
  }];
}

def ActAttachTarget : Pass<"act-attach-target", "::mlir::ModuleOp"> {
  let summary = "Write the CPU into a module and its LLVM functions";
  let description = [{
    Sets the triple and the data layout of the module, and of each LLVM function
    the CPU, its features, `prefer-vector-width`, `min-legal-vector-width`, and
    `no-builtins`, so that loops do not become calls of memset and the like.
  }];
  let options = [
    Option<"cpu", "cpu", "std::string", "\"native\"",
           "CPU to make code for: native, or any name that LLVM knows">,
    Option<"vectorBits", "vector-bits", "unsigned", "0",
           "vector width, 0 for the widest of the CPU">];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def ActLowerPrimitives : Pass<"act-lower-primitives"> {
  let summary = "Turn primitives into arithmetic for a target";
  let description = [{
    Rewrites `act.prim`, and the math ops exp, exp2, expm1, log, log1p, tanh,
    sin, cos, atan, erf and erfc, on scalars and vectors of f16, bf16, f32 and f64, into arith
    ops and math.fma: after it nothing is left for a math library. 16-bit values
    are computed in f32 and rounded once.

    `cpu` is `native` or a name known to LLVM, such as `sapphirerapids`; empty
    means code for any target with a fused multiply-add. All targets give the
    same bits but for subnormal results of gated products, which may differ in
    the last one.
    `accuracy` is `precise` (default) or `fast`, which may be less exact but is
    not yet different.
  }];
  let options = [
    Option<"cpu", "cpu", "std::string", /*default=*/"\"\"",
           "CPU to emit code for">,
    Option<"accuracy", "accuracy", "std::string", /*default=*/"\"precise\"",
           "precise | fast">,
    Option<"vectorBits", "vector-bits", "unsigned", "0",
           "vector width, 0 for the widest of the CPU">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::vector::VectorDialect"];
}

#endif // ACT_TRANSFORMS_PASSES_TD
