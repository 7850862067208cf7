// RUN: act-opt %s --act-matmul-to-library --split-input-file --verify-diagnostics

// The name of a function of the library may not be taken by something else.

func.func private @act_matmul_f32(f32) -> f32
func.func @taken(%a: memref<4x8xf32>, %b: memref<8x16xf32>, %c: memref<4x16xf32>) {
  // expected-error @+1 {{'@act_matmul_f32' is something else in this module}}
  linalg.matmul ins(%a, %b : memref<4x8xf32>, memref<8x16xf32>) outs(%c : memref<4x16xf32>)
  return
}
