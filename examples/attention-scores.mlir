// attention-scores.mlir - an example that runs on recorded data.
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The scores of attention and what they weigh, softmax(q kᵀ / √64) v, for heads
// of 64 numbers, as GPT-2 has them. The numbers of heads and of tokens are left
// open.
//
//   ./dev run examples/attention-scores.mlir
//   act-run examples/attention-scores.mlir --entry bf16 --shape 12x128x64 12x128x64 12x128x64
//
// The maps of the first matmul say that its second operand is transposed.

#q = affine_map<(head, row, column, in) -> (head, row, in)>
#k = affine_map<(head, row, column, in) -> (head, column, in)>
#s = affine_map<(head, row, column, in) -> (head, row, column)>

func.func @main(%q: tensor<?x?x64xf32>, %k: tensor<?x?x64xf32>,
                %v: tensor<?x?x64xf32>) -> tensor<?x?x64xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %heads = tensor.dim %q, %c0 : tensor<?x?x64xf32>
  %rows = tensor.dim %q, %c1 : tensor<?x?x64xf32>
  %columns = tensor.dim %k, %c1 : tensor<?x?x64xf32>

  // A matmul adds to what is in its outs operand: zeros to begin with.
  %products_zero = tensor.splat %zero[%heads, %rows, %columns] : tensor<?x?x?xf32>
  %products = linalg.batch_matmul indexing_maps = [#q, #k, #s]
                                  ins(%q, %k : tensor<?x?x64xf32>, tensor<?x?x64xf32>)
                                  outs(%products_zero : tensor<?x?x?xf32>)
              -> tensor<?x?x?xf32>
  %scale = arith.constant 0.125 : f32
  %scales = tensor.splat %scale[%heads, %rows, %columns] : tensor<?x?x?xf32>
  %scores = arith.mulf %products, %scales : tensor<?x?x?xf32>

  // How much of each token's values each token takes: rows with sum 1.
  %weights = act.softmax %scores {dim = 2 : i64} : tensor<?x?x?xf32>

  %out_zero = tensor.splat %zero[%heads, %rows] : tensor<?x?x64xf32>
  %out = linalg.batch_matmul ins(%weights, %v : tensor<?x?x?xf32>, tensor<?x?x64xf32>)
                             outs(%out_zero : tensor<?x?x64xf32>)
         -> tensor<?x?x64xf32>
  return %out : tensor<?x?x64xf32>
}

// The same in bf16. Sums are kept in f32 and rounded once, as PyTorch does it.
func.func @bf16(%q: tensor<?x?x64xbf16>, %k: tensor<?x?x64xbf16>,
                %v: tensor<?x?x64xbf16>) -> tensor<?x?x64xbf16> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %heads = tensor.dim %q, %c0 : tensor<?x?x64xbf16>
  %rows = tensor.dim %q, %c1 : tensor<?x?x64xbf16>
  %columns = tensor.dim %k, %c1 : tensor<?x?x64xbf16>

  %products_zero = tensor.splat %zero[%heads, %rows, %columns] : tensor<?x?x?xf32>
  %products = linalg.batch_matmul indexing_maps = [#q, #k, #s]
                                  ins(%q, %k : tensor<?x?x64xbf16>, tensor<?x?x64xbf16>)
                                  outs(%products_zero : tensor<?x?x?xf32>)
              -> tensor<?x?x?xf32>
  %scale = arith.constant 0.125 : f32
  %scales = tensor.splat %scale[%heads, %rows, %columns] : tensor<?x?x?xf32>
  %scaled = arith.mulf %products, %scales : tensor<?x?x?xf32>
  %scores = arith.truncf %scaled : tensor<?x?x?xf32> to tensor<?x?x?xbf16>

  %weights = act.softmax %scores {dim = 2 : i64} : tensor<?x?x?xbf16>

  %out_zero = tensor.splat %zero[%heads, %rows] : tensor<?x?x64xf32>
  %out_sum = linalg.batch_matmul ins(%weights, %v : tensor<?x?x?xbf16>, tensor<?x?x64xbf16>)
                                 outs(%out_zero : tensor<?x?x64xf32>)
             -> tensor<?x?x64xf32>
  %out = arith.truncf %out_sum : tensor<?x?x64xf32> to tensor<?x?x64xbf16>
  return %out : tensor<?x?x64xbf16>
}
