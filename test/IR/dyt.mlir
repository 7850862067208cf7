// RUN: act-opt %s | act-opt | FileCheck %s
// RUN: act-opt %s --emit-bytecode | act-opt | FileCheck %s
// RUN: act-opt %s --canonicalize=test-convergence | FileCheck %s --check-prefix=FOLD
// RUN: act-opt %s --act-expand | FileCheck %s --check-prefix=EXPAND

// CHECK-LABEL: func @types
func.func @types(%a0: f16, %a1: bf16, %a3: vector<8x4xf64>, %n3: vector<f64>, %p3: vector<4xf64>, %a5: tensor<?x3xf32>, %n5: tensor<f32>, %p5: tensor<3xf32>, %n6: f32) {
  // CHECK: act.dyt %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} {dim = 0 : i64} : f16, f16, f16, f16
  %0 = act.dyt %a0, %a0, %a0, %a0 {dim = 0 : i64} : f16, f16, f16, f16
  // CHECK: act.dyt %{{.*}} {dim = 0 : i64} : bf16, bf16, bf16, bf16
  %1 = act.dyt %a1, %a1, %a1, %a1 {dim = 0 : i64} : bf16, bf16, bf16, bf16
  // CHECK: act.dyt %{{.*}} {dim = 1 : i64} : vector<8x4xf64>, vector<f64>, vector<4xf64>, vector<4xf64>
  %2 = act.dyt %a3, %n3, %p3, %p3 {dim = 1 : i64} : vector<8x4xf64>, vector<f64>, vector<4xf64>, vector<4xf64>
  // CHECK: act.dyt %{{.*}} {dim = 1 : i64} : tensor<?x3xf32>, tensor<f32>, tensor<3xf32>, tensor<3xf32>
  %3 = act.dyt %a5, %n5, %p5, %p5 {dim = 1 : i64} : tensor<?x3xf32>, tensor<f32>, tensor<3xf32>, tensor<3xf32>
  // CHECK: act.dyt %{{.*}} fastmath<nnan> {dim = 1 : i64} : tensor<?x3xf32>, f32, tensor<3xf32>, tensor<3xf32>
  %4 = act.dyt %a5, %n6, %p5, %p5 fastmath<nnan> {dim = 1 : i64} : tensor<?x3xf32>, f32, tensor<3xf32>, tensor<3xf32>
  return
}

// Correctly rounded: 3 tanh(2 * 0.75) - 1 by mpmath in 200 bits.
// FOLD-LABEL: func @fold
func.func @fold() -> f32 {
  // FOLD: arith.constant 1.7154448 : f32
  // FOLD-NOT: act.dyt
  %x = arith.constant 0.75 : f32
  %a = arith.constant 2.0 : f32
  %g = arith.constant 3.0 : f32
  %b = arith.constant -1.0 : f32
  %0 = act.dyt %x, %a, %g, %b {dim = 0 : i64} : f32, f32, f32, f32
  // FOLD: return
  return %0 : f32
}

// EXPAND-LABEL: func @expand(
func.func @expand(%x: f32, %a: f32, %g: f32, %b: f32) -> f32 {
  // The product goes in as two words, and the value comes out as two.
  // EXPAND: act.prim tanh(%{{.*}}, %{{.*}}) : f32
  // EXPAND: math.fma
  // EXPAND-NOT: act.dyt
  %0 = act.dyt %x, %a, %g, %b {dim = 0 : i64} : f32, f32, f32, f32
  return %0 : f32
}
