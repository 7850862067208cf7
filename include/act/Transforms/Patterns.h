//===- Patterns.h - patterns on the act dialect -----------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_TRANSFORMS_PATTERNS_H
#define ACT_TRANSFORMS_PATTERNS_H

#include "act/Formula/IRExpr.h"

namespace mlir {
class RewritePatternSet;

namespace act {

struct CpuTarget;

/// Rewrites ops that implement linalg's AggregatedOpInterface into what they
/// consist of.
void populateDecomposePatterns(RewritePatternSet &patterns);

/// Rewrites activations on scalars and vectors into their formulas, with
/// primitives in the given form (Math: those that are there already too). With
/// `rareBranch` formulas whose primitives have a short form for arguments near
/// 0 use that, and the whole formula, in a branch, only where one of the lanes
/// needs it: each lane has the result of the form that is right for it,
/// whatever its neighbours are.
void populateExpandPatterns(RewritePatternSet &patterns, PrimitiveForm form,
                            bool rareBranch = false);

/// Rewrites elementwise activations on tensors into linalg.generic with the
/// scalar op in the body and a tensor.empty as its destination.
void populateActToLinalgPatterns(RewritePatternSet &patterns);

/// Rewrites named elementwise linalg ops into linalg.generic and fuses
/// elementwise producers into consumers where nothing is computed twice.
void populateFusePatterns(RewritePatternSet &patterns);

/// Lets linalg contractions read operands that are transposed, broadcast or
/// extended as they are, and store a result that is only rounded after it. For
/// a library that rounds once.
void populateFoldIntoMatmulPatterns(RewritePatternSet &patterns);

/// Sums the products of linalg contractions with a 16-bit result in f32; with
/// `forLibrary` not of those that act-matmul-to-library takes.
void populateWidenMatmulPatterns(RewritePatternSet &patterns,
                                 bool forLibrary = false);

/// Rewrites rounding, square roots and fused multiply-adds of 16 bits into f32
/// and f64, with one rounding, and isfinite and the like into comparisons. What
/// they narrow is left to the patterns below.
void populateWidenMathPatterns(RewritePatternSet &patterns);

/// Rewrites a narrowing of f64 to 16 bits into one with one rounding and
/// without a library call.
void populateNarrowTruncFPatterns(RewritePatternSet &patterns);

/// Rewrites what is computed in f32 and narrowed to 16 bits, but only selects
/// among 16-bit floats and constants, into integer ops on the bits.
void populateSelectHalvesPatterns(RewritePatternSet &patterns);

/// Rewrites conversions of vectors from f32 to bf16 into what is fastest on the
/// CPU; those that this leaves are for `arith-expand`.
void populateConvertHalvesPatterns(RewritePatternSet &patterns,
                                   const CpuTarget &target);

/// Rewrites conversions from f32, f16 and bf16 to the 8-bit floats with signed
/// zeros (f8E5M2, f8E4M3, f8E4M3FN, f8E3M4), and back, into integer arithmetic.
void populateSmallFloatPatterns(RewritePatternSet &patterns);

} // namespace act
} // namespace mlir

#endif // ACT_TRANSFORMS_PATTERNS_H
