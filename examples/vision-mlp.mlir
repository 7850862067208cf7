// vision-mlp.mlir - an example that runs on recorded data.
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The MLP with which MobileNetV3 ends, second(hard_swish(first x)). Its sizes
// are those of MobileNetV3-Large, 960, 1280 and 1000, divided by 20. The number
// of images is left open.
//
//   ./dev run examples/vision-mlp.mlir
//   act-run examples/vision-mlp.mlir --entry bf16 --shape 128x48 64x48 64 50x64 50
//
// The weights are stored as a PyTorch nn.Linear stores them, a row for each
// output: the maps of a matmul say that its second operand is transposed.

#x = affine_map<(row, out, in) -> (row, in)>
#w = affine_map<(row, out, in) -> (out, in)>
#y = affine_map<(row, out, in) -> (row, out)>

func.func @main(%x: tensor<?x48xf32>, %first_weight: tensor<64x48xf32>,
                %first_bias: tensor<64xf32>, %second_weight: tensor<50x64xf32>,
                %second_bias: tensor<50xf32>) -> tensor<?x50xf32> {
  %c0 = arith.constant 0 : index
  %images = tensor.dim %x, %c0 : tensor<?x48xf32>

  // A matmul adds to what is in its outs operand: the bias, in every row.
  %first_empty = tensor.empty(%images) : tensor<?x64xf32>
  %first_init = linalg.broadcast ins(%first_bias : tensor<64xf32>)
                                 outs(%first_empty : tensor<?x64xf32>)
                                 dimensions = [0]
  %first = linalg.matmul indexing_maps = [#x, #w, #y]
                         ins(%x, %first_weight : tensor<?x48xf32>, tensor<64x48xf32>)
                         outs(%first_init : tensor<?x64xf32>)
           -> tensor<?x64xf32>

  %hidden = act.hard_swish %first : tensor<?x64xf32>

  %second_empty = tensor.empty(%images) : tensor<?x50xf32>
  %second_init = linalg.broadcast ins(%second_bias : tensor<50xf32>)
                                  outs(%second_empty : tensor<?x50xf32>)
                                  dimensions = [0]
  %second = linalg.matmul indexing_maps = [#x, #w, #y]
                          ins(%hidden, %second_weight : tensor<?x64xf32>, tensor<50x64xf32>)
                          outs(%second_init : tensor<?x50xf32>)
            -> tensor<?x50xf32>
  return %second : tensor<?x50xf32>
}

// The same in bf16. Sums are kept in f32 and rounded once, as PyTorch does it.
func.func @bf16(%x: tensor<?x48xbf16>, %first_weight: tensor<64x48xbf16>,
                %first_bias: tensor<64xbf16>, %second_weight: tensor<50x64xbf16>,
                %second_bias: tensor<50xbf16>) -> tensor<?x50xbf16> {
  %c0 = arith.constant 0 : index
  %images = tensor.dim %x, %c0 : tensor<?x48xbf16>

  %first_empty = tensor.empty(%images) : tensor<?x64xf32>
  %first_wide = arith.extf %first_bias : tensor<64xbf16> to tensor<64xf32>
  %first_init = linalg.broadcast ins(%first_wide : tensor<64xf32>)
                                 outs(%first_empty : tensor<?x64xf32>)
                                 dimensions = [0]
  %first_sum = linalg.matmul indexing_maps = [#x, #w, #y]
                             ins(%x, %first_weight : tensor<?x48xbf16>, tensor<64x48xbf16>)
                             outs(%first_init : tensor<?x64xf32>)
               -> tensor<?x64xf32>
  %first = arith.truncf %first_sum : tensor<?x64xf32> to tensor<?x64xbf16>

  %hidden = act.hard_swish %first : tensor<?x64xbf16>

  %second_empty = tensor.empty(%images) : tensor<?x50xf32>
  %second_wide = arith.extf %second_bias : tensor<50xbf16> to tensor<50xf32>
  %second_init = linalg.broadcast ins(%second_wide : tensor<50xf32>)
                                  outs(%second_empty : tensor<?x50xf32>)
                                  dimensions = [0]
  %second_sum = linalg.matmul indexing_maps = [#x, #w, #y]
                              ins(%hidden, %second_weight : tensor<?x64xbf16>, tensor<50x64xbf16>)
                              outs(%second_init : tensor<?x50xf32>)
                -> tensor<?x50xf32>
  %second = arith.truncf %second_sum : tensor<?x50xf32> to tensor<?x50xbf16>
  return %second : tensor<?x50xbf16>
}
