// llama-ffn.mlir - LlamaFfn of utils/models.py in f32.
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Written by utils/export_models.py with torch 2.15.0 and torch-mlir 20261001.
// Arguments: x, gate_up_proj.weight, down_proj.weight.

#map = affine_map<(d0, d1) -> (d0, d1)>
module {
  func.func @main(%arg0: tensor<37x64xf32>, %arg1: tensor<384x64xf32>, %arg2: tensor<64x192xf32>) -> tensor<37x64xf32> {
    %cst = arith.constant 0.000000e+00 : f32
    %cst_0 = arith.constant 1.000000e+00 : f32
    %0 = tensor.empty() : tensor<64x384xf32>
    %transposed = linalg.transpose ins(%arg1 : tensor<384x64xf32>) outs(%0 : tensor<64x384xf32>) permutation = [1, 0] 
    %1 = tensor.empty() : tensor<37x384xf32>
    %2 = linalg.fill ins(%cst : f32) outs(%1 : tensor<37x384xf32>) -> tensor<37x384xf32>
    %3 = linalg.matmul ins(%arg0, %transposed : tensor<37x64xf32>, tensor<64x384xf32>) outs(%2 : tensor<37x384xf32>) -> tensor<37x384xf32>
    %extracted_slice = tensor.extract_slice %3[0, 0] [37, 192] [1, 1] : tensor<37x384xf32> to tensor<37x192xf32>
    %extracted_slice_1 = tensor.extract_slice %3[0, 192] [37, 192] [1, 1] : tensor<37x384xf32> to tensor<37x192xf32>
    %4 = tensor.empty() : tensor<37x192xf32>
    %5 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel"]} ins(%extracted_slice : tensor<37x192xf32>) outs(%4 : tensor<37x192xf32>) {
    ^bb0(%in: f32, %out: f32):
      %12 = arith.negf %in : f32
      %13 = math.exp %12 : f32
      %14 = arith.addf %13, %cst_0 : f32
      %15 = arith.divf %cst_0, %14 : f32
      linalg.yield %15 : f32
    } -> tensor<37x192xf32>
    %6 = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = ["parallel", "parallel"]} ins(%extracted_slice, %5 : tensor<37x192xf32>, tensor<37x192xf32>) outs(%4 : tensor<37x192xf32>) {
    ^bb0(%in: f32, %in_3: f32, %out: f32):
      %12 = arith.mulf %in, %in_3 : f32
      linalg.yield %12 : f32
    } -> tensor<37x192xf32>
    %7 = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = ["parallel", "parallel"]} ins(%6, %extracted_slice_1 : tensor<37x192xf32>, tensor<37x192xf32>) outs(%4 : tensor<37x192xf32>) {
    ^bb0(%in: f32, %in_3: f32, %out: f32):
      %12 = arith.mulf %in, %in_3 : f32
      linalg.yield %12 : f32
    } -> tensor<37x192xf32>
    %8 = tensor.empty() : tensor<192x64xf32>
    %transposed_2 = linalg.transpose ins(%arg2 : tensor<64x192xf32>) outs(%8 : tensor<192x64xf32>) permutation = [1, 0] 
    %9 = tensor.empty() : tensor<37x64xf32>
    %10 = linalg.fill ins(%cst : f32) outs(%9 : tensor<37x64xf32>) -> tensor<37x64xf32>
    %11 = linalg.matmul ins(%7, %transposed_2 : tensor<37x192xf32>, tensor<192x64xf32>) outs(%10 : tensor<37x64xf32>) -> tensor<37x64xf32>
    return %11 : tensor<37x64xf32>
  }
}
