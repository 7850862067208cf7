/*===- act-c/Matmul.h - the matmuls that compiled code calls ------*- C -*-===*\
|*                                                                            *|
|* Part of the act project, under the Apache License v2.0 with LLVM           *|
|* Exceptions. See LICENSE for license information.                           *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
|*===----------------------------------------------------------------------===*|
|*                                                                            *|
|* `act-matmul-to-library` turns matmuls into calls of these functions.       *|
|* libActMatmul defines them by oneDNN; so may anyone by another library.     *|
|*                                                                            *|
|* C = A * B, or C += A * B: A is m x k, B k x n, C m x n, and C overlaps     *|
|* neither. Matrices are row-major; `lda` is the distance in elements between *|
|* two rows of A as it lies in memory, which is k x m if `flags` says that it *|
|* is transposed; likewise B. It may be any number, also negative or less     *|
|* than a row, but rows of C do not overlap. Elements of C are summed in f32, *|
|* the old one among them with ACT_MATMUL_ACCUMULATE, and rounded once.       *|
|*                                                                            *|
|* Sizes may be 0. Several threads may call at once; how many threads a       *|
|* product takes is up to the library (oneDNN: OMP_NUM_THREADS). An error in  *|
|* the library ends the process with a message.                               *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef ACT_C_MATMUL_H
#define ACT_C_MATMUL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  /** A lies in memory as k rows of m elements. */
  ACT_MATMUL_TRANSPOSE_A = 1,
  /** B lies in memory as n rows of k elements. */
  ACT_MATMUL_TRANSPOSE_B = 2,
  /** The product is added to C. */
  ACT_MATMUL_ACCUMULATE = 4
};

/** f32 matrices. */
void act_matmul_f32(int64_t m, int64_t n, int64_t k, const float *a,
                    int64_t lda, const float *b, int64_t ldb, float *c,
                    int64_t ldc, int32_t flags);

/** bf16 matrices, as their bits. */
void act_matmul_bf16(int64_t m, int64_t n, int64_t k, const uint16_t *a,
                     int64_t lda, const uint16_t *b, int64_t ldb, uint16_t *c,
                     int64_t ldc, int32_t flags);

/** The product of bf16 matrices in f32. */
void act_matmul_bf16_f32(int64_t m, int64_t n, int64_t k, const uint16_t *a,
                         int64_t lda, const uint16_t *b, int64_t ldb, float *c,
                         int64_t ldc, int32_t flags);

#ifdef __cplusplus
}
#endif

#endif /* ACT_C_MATMUL_H */
