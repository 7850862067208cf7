// RUN: act-opt %s | act-opt | FileCheck %s
// RUN: act-opt %s --emit-bytecode | act-opt | FileCheck %s
// RUN: act-opt %s --canonicalize=test-convergence | FileCheck %s --check-prefix=FOLD
// RUN: act-opt %s --act-expand | FileCheck %s --check-prefix=EXPAND

// CHECK-LABEL: func @types
func.func @types(%a0: f16, %a1: bf16, %a2: f32, %a3: f64, %a4: vector<f32>, %a5: vector<8xf16>, %a6: vector<4x[4]xf64>, %a7: tensor<bf16>, %a8: tensor<4x0xf32>, %a9: tensor<?x3xf64>)
    -> (f16, bf16, f32, f64, vector<f32>, vector<8xf16>, vector<4x[4]xf64>, tensor<bf16>, tensor<4x0xf32>, tensor<?x3xf64>) {
  // CHECK: act.softplus %{{.*}} : f16
  %0 = act.softplus %a0 : f16
  // CHECK: act.softplus %{{.*}} : bf16
  %1 = act.softplus %a1 : bf16
  // CHECK: act.softplus %{{.*}} : f32
  %2 = act.softplus %a2 : f32
  // CHECK: act.softplus %{{.*}} : f64
  %3 = act.softplus %a3 : f64
  // CHECK: act.softplus %{{.*}} : vector<f32>
  %4 = act.softplus %a4 : vector<f32>
  // CHECK: act.softplus %{{.*}} : vector<8xf16>
  %5 = act.softplus %a5 : vector<8xf16>
  // CHECK: act.softplus %{{.*}} : vector<4x[4]xf64>
  %6 = act.softplus %a6 : vector<4x[4]xf64>
  // CHECK: act.softplus %{{.*}} : tensor<bf16>
  %7 = act.softplus %a7 : tensor<bf16>
  // CHECK: act.softplus %{{.*}} : tensor<4x0xf32>
  %8 = act.softplus %a8 : tensor<4x0xf32>
  // CHECK: act.softplus %{{.*}} : tensor<?x3xf64>
  %9 = act.softplus %a9 : tensor<?x3xf64>
  return %0, %1, %2, %3, %4, %5, %6, %7, %8, %9
      : f16, bf16, f32, f64, vector<f32>, vector<8xf16>, vector<4x[4]xf64>, tensor<bf16>, tensor<4x0xf32>, tensor<?x3xf64>
}

// Defaults are not printed.
// CHECK-LABEL: func @parameters
func.func @parameters(%x: f32) -> (f32, f32) {
  // CHECK: act.softplus %{{.*}} {beta = 2.000000e+00 : f64, threshold = 2.000000e+01 : f64} : f32
  %0 = act.softplus %x {threshold = 20.0 : f64, beta = 2.0 : f64} : f32
  // CHECK: act.softplus %{{[^ ]*}} : f32
  %1 = act.softplus %x {beta = 1.0 : f64} : f32
  return %0, %1 : f32, f32
}

// Correctly rounded: the values are those of mpmath in 200 bits.
// FOLD-LABEL: func @fold
func.func @fold() -> (f32, f32, bf16, f64, tensor<2xf32>) {
  // FOLD-DAG: arith.constant 3.783510e-44 : f32
  // FOLD-DAG: arith.constant 1.70141327 : f32
  // FOLD-DAG: arith.constant 1.601560e-01 : bf16
  // FOLD-DAG: arith.constant 0.85435524446852706 : f64
  // FOLD-DAG: arith.constant dense<1.70141327> : tensor<2xf32>
  // FOLD-NOT: act.softplus
  %c0 = arith.constant -100.0 : f32
  %0 = act.softplus %c0 : f32
  %c1 = arith.constant 1.5 : f32
  %1 = act.softplus %c1 : f32
  %c2 = arith.constant -1.75 : bf16
  %2 = act.softplus %c2 : bf16
  %c3 = arith.constant 0.3 : f64
  %3 = act.softplus %c3 : f64
  %c4 = arith.constant dense<1.5> : tensor<2xf32>
  %4 = act.softplus %c4 : tensor<2xf32>
  // FOLD: return
  return %0, %1, %2, %3, %4
      : f32, f32, bf16, f64, tensor<2xf32>
}

// EXPAND-LABEL: func @expand(
func.func @expand(%x: f32) -> f32 {
  // EXPAND: math.absf
  // EXPAND: act.prim exp(%{{.*}}) : f32
  // EXPAND: act.prim exp_scaled
  // EXPAND: act.prim log1p(%{{.*}}) : f32
  %0 = act.softplus %x : f32
  return %0 : f32
}

// EXPAND-LABEL: func @expand_16bit(
func.func @expand_16bit(%x: vector<[4]xbf16>) -> vector<[4]xbf16> {
  // EXPAND: arith.extf %{{.*}} : vector<[4]xbf16> to vector<[4]xf32>
  // EXPAND-NOT: act.softplus
  // EXPAND: arith.truncf %{{.*}} : vector<[4]xf32> to vector<[4]xbf16>
  %0 = act.softplus %x : vector<[4]xbf16>
  return %0 : vector<[4]xbf16>
}
