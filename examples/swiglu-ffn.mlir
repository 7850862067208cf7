// swiglu-ffn.mlir - an example that runs on recorded data.
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The feed-forward block of LLaMA, w_down(silu(w_gate x) * w_up x), for tokens
// of 64 numbers. Its hidden size is 8/3 of that, rounded up to a multiple of
// 64: 192. The number of tokens is left open.
//
//   ./dev run examples/swiglu-ffn.mlir
//   act-run examples/swiglu-ffn.mlir --shape 128x64 64x192 64x192 192x64 --bench 100
//
// The weights are stored so that x multiplies them from the left: a PyTorch
// nn.Linear keeps the transpose of what is wanted here.

func.func @ffn(%x: tensor<?x64xf32>, %w_gate: tensor<64x192xf32>,
               %w_up: tensor<64x192xf32>, %w_down: tensor<192x64xf32>)
    -> tensor<?x64xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %tokens = tensor.dim %x, %c0 : tensor<?x64xf32>

  // A matmul adds to what is in its outs operand: zeros to begin with.
  %hidden_empty = tensor.empty(%tokens) : tensor<?x192xf32>
  %hidden_zero = linalg.fill ins(%zero : f32)
                             outs(%hidden_empty : tensor<?x192xf32>)
                 -> tensor<?x192xf32>

  // The gate decides how much of each value passes.
  %gate = linalg.matmul ins(%x, %w_gate : tensor<?x64xf32>, tensor<64x192xf32>)
                        outs(%hidden_zero : tensor<?x192xf32>)
          -> tensor<?x192xf32>
  %value = linalg.matmul ins(%x, %w_up : tensor<?x64xf32>, tensor<64x192xf32>)
                         outs(%hidden_zero : tensor<?x192xf32>)
           -> tensor<?x192xf32>

  // silu(gate) * value in one pass over memory.
  %hidden = act.swiglu %gate, %value : tensor<?x192xf32>

  %out_empty = tensor.empty(%tokens) : tensor<?x64xf32>
  %out_zero = linalg.fill ins(%zero : f32)
                          outs(%out_empty : tensor<?x64xf32>)
              -> tensor<?x64xf32>
  %out = linalg.matmul ins(%hidden, %w_down : tensor<?x192xf32>, tensor<192x64xf32>)
                       outs(%out_zero : tensor<?x64xf32>)
         -> tensor<?x64xf32>
  return %out : tensor<?x64xf32>
}
