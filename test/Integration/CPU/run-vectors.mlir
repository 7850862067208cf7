// Vectors of fixed size come from files and go to files.

// RUN: act-run %s --entry on_tensor --out %t.tensor.npy
// RUN: act-run %s --entry on_vector --out %t.vector.npy
// RUN: cmp %t.tensor.npy %t.vector.npy
// RUN: act-run %s --entry on_vector --in %t.tensor.npy | FileCheck %s
// RUN: not act-run %s --entry on_vector --shape 4x7 2>&1 | FileCheck %s --check-prefix=SHAPE
// RUN: act-run %s --entry several | FileCheck %s --check-prefix=SEVERAL
// RUN: not act-run %s --entry mask 2>&1 | FileCheck %s --check-prefix=MASK

// CHECK: argument 0: 4x8 f32
// CHECK: result 0: 4x8 f32
// SHAPE: act-run: error: no argument can have shape 4x7
// SEVERAL: argument 0: scalar f32
// SEVERAL: argument 1: 5 bf16
// SEVERAL: argument 2: scalar f64
// SEVERAL: result 0: 5 bf16
// SEVERAL: result 1: scalar f32
// MASK: act-run: error: type vector<4xi1> is not supported here

func.func @on_tensor(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = act.silu %x : tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
}
func.func @on_vector(%x: vector<4x8xf32>) -> vector<4x8xf32> {
  %0 = act.silu %x : vector<4x8xf32>
  return %0 : vector<4x8xf32>
}
func.func @several(%x: vector<f32>, %y: vector<5xbf16>, %z: f64) -> (vector<5xbf16>, vector<f32>) {
  %0 = act.gelu %y : vector<5xbf16>
  %1 = act.tanh %x : vector<f32>
  return %0, %1 : vector<5xbf16>, vector<f32>
}
func.func @mask(%x: vector<4xi1>) {
  return
}
