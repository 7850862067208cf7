// RUN: act-opt %s | act-opt | FileCheck %s
// RUN: act-opt %s --emit-bytecode | act-opt | FileCheck %s
// RUN: act-opt %s --canonicalize=test-convergence | FileCheck %s --check-prefix=FOLD
// RUN: act-opt %s --act-expand | FileCheck %s --check-prefix=EXPAND

// CHECK-LABEL: func @types
func.func @types(%a0: f16, %a1: bf16, %a2: f32, %a3: f64, %a4: vector<f32>, %a5: vector<8xf16>, %a6: vector<4x[4]xf64>, %a7: tensor<bf16>, %a8: tensor<4x0xf32>, %a9: tensor<?x3xf64>)
    -> (f16, bf16, f32, f64, vector<f32>, vector<8xf16>, vector<4x[4]xf64>, tensor<bf16>, tensor<4x0xf32>, tensor<?x3xf64>) {
  // CHECK: act.hard_sigmoid %{{.*}} : f16
  %0 = act.hard_sigmoid %a0 : f16
  // CHECK: act.hard_sigmoid %{{.*}} : bf16
  %1 = act.hard_sigmoid %a1 : bf16
  // CHECK: act.hard_sigmoid %{{.*}} : f32
  %2 = act.hard_sigmoid %a2 : f32
  // CHECK: act.hard_sigmoid %{{.*}} : f64
  %3 = act.hard_sigmoid %a3 : f64
  // CHECK: act.hard_sigmoid %{{.*}} : vector<f32>
  %4 = act.hard_sigmoid %a4 : vector<f32>
  // CHECK: act.hard_sigmoid %{{.*}} : vector<8xf16>
  %5 = act.hard_sigmoid %a5 : vector<8xf16>
  // CHECK: act.hard_sigmoid %{{.*}} : vector<4x[4]xf64>
  %6 = act.hard_sigmoid %a6 : vector<4x[4]xf64>
  // CHECK: act.hard_sigmoid %{{.*}} : tensor<bf16>
  %7 = act.hard_sigmoid %a7 : tensor<bf16>
  // CHECK: act.hard_sigmoid %{{.*}} : tensor<4x0xf32>
  %8 = act.hard_sigmoid %a8 : tensor<4x0xf32>
  // CHECK: act.hard_sigmoid %{{.*}} : tensor<?x3xf64>
  %9 = act.hard_sigmoid %a9 : tensor<?x3xf64>
  return %0, %1, %2, %3, %4, %5, %6, %7, %8, %9
      : f16, bf16, f32, f64, vector<f32>, vector<8xf16>, vector<4x[4]xf64>, tensor<bf16>, tensor<4x0xf32>, tensor<?x3xf64>
}

// CHECK-LABEL: func @parameters
func.func @parameters(%x: f32) -> (f32, f32, f32) {
  // Defaults are not printed.
  // CHECK: act.hard_sigmoid %{{.*}} : f32
  %0 = act.hard_sigmoid %x {alpha = 0.16666666666666666 : f64, beta = 0.5 : f64} : f32
  // CHECK: act.hard_sigmoid %{{.*}} {alpha = 3.000000e-01 : f64} : f32
  %1 = act.hard_sigmoid %x {alpha = 0.3 : f64} : f32
  // CHECK: act.hard_sigmoid %{{.*}} {beta = 3.000000e-01 : f64} : f32
  %2 = act.hard_sigmoid %x {beta = 0.3 : f64} : f32
  return %0, %1, %2 : f32, f32, f32
}

// Correctly rounded: the values are those of mpmath in 200 bits.
// FOLD-LABEL: func @fold
func.func @fold() -> (f32, f32, bf16, f64, tensor<2xf32>) {
  // FOLD-DAG: arith.constant 0.000000e+00 : f32
  // FOLD-DAG: arith.constant 7.500000e-01 : f32
  // FOLD-DAG: arith.constant 2.080080e-01 : bf16
  // FOLD-DAG: arith.constant 5.500000e-01 : f64
  // FOLD-DAG: arith.constant dense<7.500000e-01> : tensor<2xf32>
  // FOLD-NOT: act.hard_sigmoid
  %c0 = arith.constant -100.0 : f32
  %0 = act.hard_sigmoid %c0 : f32
  %c1 = arith.constant 1.5 : f32
  %1 = act.hard_sigmoid %c1 : f32
  %c2 = arith.constant -1.75 : bf16
  %2 = act.hard_sigmoid %c2 : bf16
  %c3 = arith.constant 0.3 : f64
  %3 = act.hard_sigmoid %c3 : f64
  %c4 = arith.constant dense<1.5> : tensor<2xf32>
  %4 = act.hard_sigmoid %c4 : tensor<2xf32>
  // FOLD: return
  return %0, %1, %2, %3, %4
      : f32, f32, bf16, f64, tensor<2xf32>
}

// EXPAND-LABEL: func @expand(
func.func @expand(%x: f32) -> f32 {
  // EXPAND: math.fma
  // EXPAND: arith.cmpf ole,
  // EXPAND: arith.cmpf oge,
  // EXPAND: arith.select
  %0 = act.hard_sigmoid %x : f32
  return %0 : f32
}

// EXPAND-LABEL: func @expand_16bit(
func.func @expand_16bit(%x: vector<[4]xbf16>) -> vector<[4]xbf16> {
  // EXPAND: arith.extf %{{.*}} : vector<[4]xbf16> to vector<[4]xf32>
  // EXPAND-NOT: act.hard_sigmoid
  // EXPAND: arith.truncf %{{.*}} : vector<[4]xf32> to vector<[4]xbf16>
  %0 = act.hard_sigmoid %x : vector<[4]xbf16>
  return %0 : vector<[4]xbf16>
}
