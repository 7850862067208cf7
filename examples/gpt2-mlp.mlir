// gpt2-mlp.mlir - an example that runs on recorded data.
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The MLP of GPT-2, c_proj(gelu(c_fc x)), for tokens of 48 numbers. Its hidden
// size is four times that: 192. The number of tokens is left open. The gelu is
// the tanh form, which GPT-2 calls gelu_new.
//
//   ./dev run examples/gpt2-mlp.mlir
//   act-run examples/gpt2-mlp.mlir --entry bf16 --shape 128x48 192x48 192 48x192 48
//
// The weights are stored as a PyTorch nn.Linear stores them, a row for each
// output: the maps of a matmul say that its second operand is transposed.

#x = affine_map<(row, out, in) -> (row, in)>
#w = affine_map<(row, out, in) -> (out, in)>
#y = affine_map<(row, out, in) -> (row, out)>

func.func @main(%x: tensor<?x48xf32>, %fc_weight: tensor<192x48xf32>,
                %fc_bias: tensor<192xf32>, %proj_weight: tensor<48x192xf32>,
                %proj_bias: tensor<48xf32>) -> tensor<?x48xf32> {
  %c0 = arith.constant 0 : index
  %tokens = tensor.dim %x, %c0 : tensor<?x48xf32>

  // A matmul adds to what is in its outs operand: the bias, in every row.
  %fc_empty = tensor.empty(%tokens) : tensor<?x192xf32>
  %fc_init = linalg.broadcast ins(%fc_bias : tensor<192xf32>)
                              outs(%fc_empty : tensor<?x192xf32>)
                              dimensions = [0]
  %fc = linalg.matmul indexing_maps = [#x, #w, #y]
                      ins(%x, %fc_weight : tensor<?x48xf32>, tensor<192x48xf32>)
                      outs(%fc_init : tensor<?x192xf32>)
        -> tensor<?x192xf32>

  %hidden = act.gelu %fc approximate<tanh> : tensor<?x192xf32>

  %proj_empty = tensor.empty(%tokens) : tensor<?x48xf32>
  %proj_init = linalg.broadcast ins(%proj_bias : tensor<48xf32>)
                                outs(%proj_empty : tensor<?x48xf32>)
                                dimensions = [0]
  %proj = linalg.matmul indexing_maps = [#x, #w, #y]
                        ins(%hidden, %proj_weight : tensor<?x192xf32>, tensor<48x192xf32>)
                        outs(%proj_init : tensor<?x48xf32>)
          -> tensor<?x48xf32>
  return %proj : tensor<?x48xf32>
}

// The same in bf16. Sums are kept in f32 and rounded once, as PyTorch does it.
func.func @bf16(%x: tensor<?x48xbf16>, %fc_weight: tensor<192x48xbf16>,
                %fc_bias: tensor<192xbf16>, %proj_weight: tensor<48x192xbf16>,
                %proj_bias: tensor<48xbf16>) -> tensor<?x48xbf16> {
  %c0 = arith.constant 0 : index
  %tokens = tensor.dim %x, %c0 : tensor<?x48xbf16>

  %fc_empty = tensor.empty(%tokens) : tensor<?x192xf32>
  %fc_wide = arith.extf %fc_bias : tensor<192xbf16> to tensor<192xf32>
  %fc_init = linalg.broadcast ins(%fc_wide : tensor<192xf32>)
                              outs(%fc_empty : tensor<?x192xf32>)
                              dimensions = [0]
  %fc_sum = linalg.matmul indexing_maps = [#x, #w, #y]
                          ins(%x, %fc_weight : tensor<?x48xbf16>, tensor<192x48xbf16>)
                          outs(%fc_init : tensor<?x192xf32>)
            -> tensor<?x192xf32>
  %fc = arith.truncf %fc_sum : tensor<?x192xf32> to tensor<?x192xbf16>

  %hidden = act.gelu %fc approximate<tanh> : tensor<?x192xbf16>

  %proj_empty = tensor.empty(%tokens) : tensor<?x48xf32>
  %proj_wide = arith.extf %proj_bias : tensor<48xbf16> to tensor<48xf32>
  %proj_init = linalg.broadcast ins(%proj_wide : tensor<48xf32>)
                                outs(%proj_empty : tensor<?x48xf32>)
                                dimensions = [0]
  %proj_sum = linalg.matmul indexing_maps = [#x, #w, #y]
                            ins(%hidden, %proj_weight : tensor<?x192xbf16>, tensor<48x192xbf16>)
                            outs(%proj_init : tensor<?x48xf32>)
              -> tensor<?x48xf32>
  %proj = arith.truncf %proj_sum : tensor<?x48xf32> to tensor<?x48xbf16>
  return %proj : tensor<?x48xbf16>
}
