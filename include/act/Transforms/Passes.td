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

    `accuracy=fast` is content with primitives of one word, good to 64 ULP in all
    (128 for gated ops), but for ops with the unit attribute `precise`. Results
    of 16 bits are always computed that way: they do not show the difference.

    With `rare-branch` an `scf.if` around the whole formula runs only where a lane
    has an argument so far from 0 that a shorter one does not hold.
  }];
  let options = [
    Option<"to", "to", "std::string", /*default=*/"\"prim\"",
           "what primitives become: prim | math">,
    Option<"accuracy", "accuracy", "std::string", /*default=*/"\"precise\"",
           "precise | fast">,
    Option<"rareBranch", "rare-branch", "bool", /*default=*/"false",
           "short formulas near 0, and a branch for what is far out">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect"];
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

def ActFoldIntoMatmuls : Pass<"act-fold-into-matmuls"> {
  let summary = "Let contractions read operands, and store results, as they are";
  let description = [{
    A `linalg` contraction on tensors whose operand is a transposed, a broadcast
    or an extended tensor reads the original, through another indexing map. One
    that starts from zeros and whose result is only rounded to the type of its
    operands stores that. Both as a `linalg.generic`, for a library that sums in
    f32 and rounds once; loops would round each term.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def ActBlockMatmuls : Pass<"act-block-matmuls"> {
  let summary = "Take matmuls, and what follows them row by row, in blocks";
  let description = [{
    Elementwise ops and reductions of rows behind a contraction on tensors,
    activations among them, that nobody else's result depends on, move into one
    loop with it, over blocks of rows of the result and over the elements of
    a batch: what the contraction leaves is still in the cache. A contraction is
    never computed twice.

    A block has `rows` rows. By default it has as many as fit into `cache-bytes`,
    unless these are fewer than `rows-per-depth` times the length of the sums:
    a matmul reads, and a library also packs, its second operand once for each
    block, which costs as much as so many rows gain.

    `tile` splits what is left of each contraction into loops over tiles, of
    that many rows, columns and terms, 0 for all.
  }];
  let options = [
    Option<"rows", "rows", "int64_t", /*default=*/"0",
           "rows of a block, 0 to choose">,
    Option<"cacheBytes", "cache-bytes", "int64_t", /*default=*/"1 << 20",
           "bytes of a block of the result">,
    Option<"rowsPerDepth", "rows-per-depth", "double", /*default=*/"0.5",
           "least number of rows of a block for each term of a sum">,
    ListOption<"tile", "tile", "int64_t", "rows, columns and terms of a tile">,
    Option<"forLibrary", "for-library", "bool", "false",
           "tile only what act-matmul-to-library does not take">];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::tensor::TensorDialect"];
}

def ActWidenMatmuls : Pass<"act-widen-matmuls"> {
  let summary = "Sum the products of a 16-bit contraction in f32";
  let description = [{
    A `linalg` contraction on tensors with an f16 or bf16 result, which would be
    rounded at every term, has an f32 result that is rounded once.
  }];
  let options = [Option<"forLibrary", "for-library", "bool", "false",
                        "leave what act-matmul-to-library takes: a library "
                        "rounds once in any case">];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def ActMatmulToLibrary : Pass<"act-matmul-to-library", "::mlir::ModuleOp"> {
  let summary = "Lower products of matrices in memory to calls of a library";
  let description = [{
    Every `linalg` contraction on buffers that is a product of matrices, or of a
    batch of them (`linalg.matmul`, `linalg.batch_matmul`, a `linalg.generic` of
    that form), in f32, bf16, or bf16 with an f32 result, becomes calls of the
    functions that `act-c/Matmul.h` declares. A transposed operand, be it by its
    indexing map or by its strides, is passed as such. A `linalg.fill` with zeros
    before goes away: the function overwrites.

    A matrix without a unit stride is copied. Other types are left as they are.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::func::FuncDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect"];
}

def ActGroupRows : Pass<"act-group-rows"> {
  let summary = "Take linalg ops that share rows through them row by row";
  let description = [{
    A reduction and the ops behind it that use its result along the same rows
    (those of a softmax or of a normalization) each go through a whole tensor.
    Here they become the body of one loop over rows, two at a time: what the
    next one reads is still in the cache. What nobody else reads is
    allocated for one step. Elementwise ops in front whose results only they read
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

def ActReshapeDestinations : Pass<"act-reshape-destinations"> {
  let summary = "Reshape a buffer rather than the result that goes into it";
  let description = [{
    Where a linalg op computes a result, from an empty tensor on, of which some
    dimensions are then collapsed and which a given buffer is to hold
    (`bufferization.materialize_in_destination`), the buffer is expanded
    instead, so that the op writes straight into it.
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

def ActVectorize : Pass<"act-vectorize"> {
  let summary = "Turn linalg ops on buffers into loops over vectors";
  let description = [{
    For each linalg op on memrefs the innermost contiguous dimension becomes a
    loop over whole vectors and one masked step for the rest, the others plain
    loops. Elementwise work keeps four vectors in flight, two where it
    computes a smooth function; a reduction along the vector dimension accumulates in as many and combines them at the end; a
    reduction across it (a matmul) keeps a block of the result in registers.
    The same vector code serves the loop and its rest, so that a lane's result
    does not depend on where in the buffer it lies. Any rank, size and stride
    is taken. An op whose body is not elementwise becomes scalar loops.

    With `scalable` vectors are as long as the machine has them (SVE): a loop
    steps by a multiple of `vscale`. A reduction along the vector dimension and
    an op that reads or writes elements apart from each other (a stride other
    than one, or unknown) keep to fixed vectors of `vector-bits`: lanes are
    merged by halving and picked by position, which takes a known number.

    Stores past the caches (x86): an elementwise op that reads and writes
    `stream-bytes` or more, decided at run time by the sizes of its operands,
    begins with a masked step up to where its result is aligned to 64 bytes, and
    stores whole vectors with a hint that they are not needed soon, which keeps
    the memory they go to from being read first; a fence ends the op. Work in
    place and results that are not aligned together with the first one are
    stored as usual. One loop serves both ways of storing.

    With `threads` other than 1, the outermost parallel loop of an op of 32768
    elements or more, decided at run time, is split over threads by OpenMP, each
    taking one stretch of whole steps; 0 is as many threads as OpenMP has. The
    result does not depend on how many there are.

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
           "vectors as long as the machine has them">,
    Option<"streamBytes", "stream-bytes", "int64_t", "-1",
           "bytes from which on an op stores past the caches, 0 for never, -1 "
           "for as many as the last-level cache of this machine has (cpu=native) "
           "or 32 MiB">,
    Option<"threads", "threads", "unsigned", "1",
           "threads for a loop worth it, 0 for as many as OpenMP has">];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::LLVM::LLVMDialect",
    "::mlir::math::MathDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect"];
}

def ActDropStreams : Pass<"act-drop-streams"> {
  let summary = "Store as usual where a loop computes much";
  let description = [{
    Stores past the caches save traffic but overlap with computation less well
    than others. Where a loop that `act-vectorize` wrote with such stores does
    more than ten vector operations for each cache line that it reads or writes,
    they become plain ones. To be run when activations have become arithmetic.
  }];
  let options = [
    Option<"cpu", "cpu", "std::string", "\"native\"",
           "CPU to make code for: native, or any name that LLVM knows">,
    Option<"vectorBits", "vector-bits", "unsigned", "0",
           "vector width, 0 for the widest of the CPU">];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
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

    Arithmetic on f8E5M2, f8E4M3, f8E4M3FN and f8E3M4 is carried out in f32 too,
    and conversions to and from them become integer arithmetic: to nearest, ties
    to even, and what is too large becomes infinity, or NaN in f8E4M3FN, which
    has no infinity. Who wants saturation takes a minimum before.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::vector::VectorDialect"];
}

def ActSelectHalves : Pass<"act-select-halves"> {
  let summary = "Select among f16 and bf16 values without widening them";
  let description = [{
    A value that is computed in f32 and narrowed to 16 bits, but is only selected
    among 16-bit values (perhaps with another sign) and constants, is computed
    on the bits as integers: a function of one value, such as a rectifier or
    a clip, is constant on a few intervals of bit patterns and keeps them on the
    others. That takes a few integer minima, comparisons and selections on
    twice as many lanes, and no conversion. Results are the same, and NaN comes
    out quiet.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def ActConvertHalves : Pass<"act-convert-halves"> {
  let summary = "Convert vectors from f32 to bf16 by what the CPU has";
  let description = [{
    With AVX-512, vectors of 32 elements or multiples of that are rounded
    together: by AVX512-BF16 where the CPU has it, with a rare branch to integer
    arithmetic where there is a NaN or a subnormal number, which that instruction
    treats differently, and by integers throughout elsewhere. The results are
    those of `arith-expand`, which takes what is left: ties to even, subnormal
    numbers kept, NaN quiet and positive.
  }];
  let options = [
    Option<"cpu", "cpu", "std::string", "\"native\"",
           "CPU to make code for: native, or any name that LLVM knows">,
    Option<"vectorBits", "vector-bits", "unsigned", "0",
           "vector width, 0 for the widest of the CPU">];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::scf::SCFDialect",
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
    `accuracy=fast` makes math ops one word without error compensation, as
    `act.prim` ops with the attribute `fast` are in any case.
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

def ActWhere : Pass<"act-where"> {
  let summary = "Run passes where an op of a kind is present";
  let description = [{
    Runs `pipeline` on an op in which, at any depth, there is one of `ops`: names
    of ops, or `dialect.*`. Elsewhere that costs a walk: most functions need few
    of the passes that some function needs, and a pass goes through all of
    a function several times, even if it has nothing to do.
  }];
  let options = [
    ListOption<"ops", "ops", "std::string", "names of ops, or dialect.*">,
    Option<"pipeline", "pipeline", "std::string", /*default=*/"\"\"",
           "passes to run, as in --pass-pipeline: any(cse)">
  ];
}

#endif // ACT_TRANSFORMS_PASSES_TD
