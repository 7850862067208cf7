// llama-ffn.mlir - an example that runs on recorded data.
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The feed-forward block of LLaMA as inference engines have it: one matmul makes
// gates and values, the gates in front. Tokens are of 64 numbers; the hidden
// size is 8/3 of that, rounded up to a multiple of 64: 192. The number of tokens
// is left open. swiglu-ffn.mlir has two matmuls instead.
//
//   ./dev run examples/llama-ffn.mlir
//   act-run examples/llama-ffn.mlir --entry bf16 --shape 128x64 384x64 64x192
//
// The weights are stored as a PyTorch nn.Linear stores them, a row for each
// output: the maps of a matmul say that its second operand is transposed.

#x = affine_map<(row, out, in) -> (row, in)>
#w = affine_map<(row, out, in) -> (out, in)>
#y = affine_map<(row, out, in) -> (row, out)>

func.func @main(%x: tensor<?x64xf32>, %gate_up_weight: tensor<384x64xf32>,
                %down_weight: tensor<64x192xf32>) -> tensor<?x64xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %tokens = tensor.dim %x, %c0 : tensor<?x64xf32>

  // A matmul adds to what is in its outs operand: zeros to begin with.
  %packed_empty = tensor.empty(%tokens) : tensor<?x384xf32>
  %packed_zero = linalg.fill ins(%zero : f32)
                             outs(%packed_empty : tensor<?x384xf32>)
                 -> tensor<?x384xf32>
  %packed = linalg.matmul indexing_maps = [#x, #w, #y]
                          ins(%x, %gate_up_weight : tensor<?x64xf32>, tensor<384x64xf32>)
                          outs(%packed_zero : tensor<?x384xf32>)
            -> tensor<?x384xf32>

  // No copies: swiglu reads both halves where they are.
  %gate, %value = act.unpack %packed {dim = 1 : i64}
      : tensor<?x384xf32> -> tensor<?x192xf32>
  %hidden = act.swiglu %gate, %value : tensor<?x192xf32>

  %out_empty = tensor.empty(%tokens) : tensor<?x64xf32>
  %out_zero = linalg.fill ins(%zero : f32)
                          outs(%out_empty : tensor<?x64xf32>)
              -> tensor<?x64xf32>
  %out = linalg.matmul indexing_maps = [#x, #w, #y]
                       ins(%hidden, %down_weight : tensor<?x192xf32>, tensor<64x192xf32>)
                       outs(%out_zero : tensor<?x64xf32>)
         -> tensor<?x64xf32>
  return %out : tensor<?x64xf32>
}

// The same in bf16. Sums are kept in f32 and rounded once, as PyTorch does it.
func.func @bf16(%x: tensor<?x64xbf16>, %gate_up_weight: tensor<384x64xbf16>,
                %down_weight: tensor<64x192xbf16>) -> tensor<?x64xbf16> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %tokens = tensor.dim %x, %c0 : tensor<?x64xbf16>

  %packed_empty = tensor.empty(%tokens) : tensor<?x384xf32>
  %packed_zero = linalg.fill ins(%zero : f32)
                             outs(%packed_empty : tensor<?x384xf32>)
                 -> tensor<?x384xf32>
  %packed_sum = linalg.matmul indexing_maps = [#x, #w, #y]
                              ins(%x, %gate_up_weight : tensor<?x64xbf16>, tensor<384x64xbf16>)
                              outs(%packed_zero : tensor<?x384xf32>)
                -> tensor<?x384xf32>
  %packed = arith.truncf %packed_sum : tensor<?x384xf32> to tensor<?x384xbf16>

  %gate, %value = act.unpack %packed {dim = 1 : i64}
      : tensor<?x384xbf16> -> tensor<?x192xbf16>
  %hidden = act.swiglu %gate, %value : tensor<?x192xbf16>

  %out_empty = tensor.empty(%tokens) : tensor<?x64xf32>
  %out_zero = linalg.fill ins(%zero : f32)
                          outs(%out_empty : tensor<?x64xf32>)
              -> tensor<?x64xf32>
  %out_sum = linalg.matmul indexing_maps = [#x, #w, #y]
                           ins(%hidden, %down_weight : tensor<?x192xbf16>, tensor<64x192xbf16>)
                           outs(%out_zero : tensor<?x64xf32>)
             -> tensor<?x64xf32>
  %out = arith.truncf %out_sum : tensor<?x64xf32> to tensor<?x64xbf16>
  return %out : tensor<?x64xbf16>
}
