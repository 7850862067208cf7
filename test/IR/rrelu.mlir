// RUN: act-opt %s | act-opt | FileCheck %s
// RUN: act-opt %s --emit-bytecode | act-opt | FileCheck %s
// RUN: act-opt %s --canonicalize=test-convergence | FileCheck %s --check-prefix=FOLD
// RUN: act-opt %s --act-expand | FileCheck %s --check-prefix=EXPAND

// CHECK-LABEL: func @types
func.func @types(%a0: f16, %a1: bf16, %a2: f32, %a3: f64, %a4: vector<f32>, %a5: vector<8xf16>, %a6: vector<4x[4]xf64>, %a7: tensor<bf16>, %a8: tensor<4x0xf32>, %a9: tensor<?x3xf64>)
    -> (f16, bf16, f32, f64, vector<f32>, vector<8xf16>, vector<4x[4]xf64>, tensor<bf16>, tensor<4x0xf32>, tensor<?x3xf64>) {
  // CHECK: act.rrelu %{{.*}} : f16
  %0 = act.rrelu %a0 : f16
  // CHECK: act.rrelu %{{.*}} : bf16
  %1 = act.rrelu %a1 : bf16
  // CHECK: act.rrelu %{{.*}} : f32
  %2 = act.rrelu %a2 : f32
  // CHECK: act.rrelu %{{.*}} : f64
  %3 = act.rrelu %a3 : f64
  // CHECK: act.rrelu %{{.*}} : vector<f32>
  %4 = act.rrelu %a4 : vector<f32>
  // CHECK: act.rrelu %{{.*}} : vector<8xf16>
  %5 = act.rrelu %a5 : vector<8xf16>
  // CHECK: act.rrelu %{{.*}} : vector<4x[4]xf64>
  %6 = act.rrelu %a6 : vector<4x[4]xf64>
  // CHECK: act.rrelu %{{.*}} : tensor<bf16>
  %7 = act.rrelu %a7 : tensor<bf16>
  // CHECK: act.rrelu %{{.*}} : tensor<4x0xf32>
  %8 = act.rrelu %a8 : tensor<4x0xf32>
  // CHECK: act.rrelu %{{.*}} : tensor<?x3xf64>
  %9 = act.rrelu %a9 : tensor<?x3xf64>
  return %0, %1, %2, %3, %4, %5, %6, %7, %8, %9
      : f16, bf16, f32, f64, vector<f32>, vector<8xf16>, vector<4x[4]xf64>, tensor<bf16>, tensor<4x0xf32>, tensor<?x3xf64>
}

// CHECK-LABEL: func @parameters
func.func @parameters(%x: f32) -> (f32, f32, f32) {
  // Defaults are not printed.
  // CHECK: act.rrelu %{{.*}} : f32
  %0 = act.rrelu %x {lower = 0.125 : f64, upper = 0.3333333333333333 : f64} : f32
  // CHECK: act.rrelu %{{.*}} {lower = 3.000000e-01 : f64} : f32
  %1 = act.rrelu %x {lower = 0.3 : f64} : f32
  // CHECK: act.rrelu %{{.*}} {upper = 3.000000e-01 : f64} : f32
  %2 = act.rrelu %x {upper = 0.3 : f64} : f32
  return %0, %1, %2 : f32, f32, f32
}

// CHECK-LABEL: func @slopes
func.func @slopes(%x: tensor<?xf32>, %s: tensor<?xf32>) -> tensor<?xf32> {
  // CHECK: act.rrelu %{{.*}}, %{{.*}} : tensor<?xf32>
  %0 = act.rrelu %x, %s : tensor<?xf32>
  return %0 : tensor<?xf32>
}

// Correctly rounded: the values are those of mpmath in 200 bits.
// FOLD-LABEL: func @fold
func.func @fold() -> (f32, f32, bf16, f64, tensor<2xf32>) {
  // FOLD-DAG: arith.constant -22.9166679 : f32
  // FOLD-DAG: arith.constant 1.500000e+00 : f32
  // FOLD-DAG: arith.constant -4.003910e-01 : bf16
  // FOLD-DAG: arith.constant 3.000000e-01 : f64
  // FOLD-DAG: arith.constant dense<1.500000e+00> : tensor<2xf32>
  // FOLD-NOT: act.rrelu
  %c0 = arith.constant -100.0 : f32
  %0 = act.rrelu %c0 : f32
  %c1 = arith.constant 1.5 : f32
  %1 = act.rrelu %c1 : f32
  %c2 = arith.constant -1.75 : bf16
  %2 = act.rrelu %c2 : bf16
  %c3 = arith.constant 0.3 : f64
  %3 = act.rrelu %c3 : f64
  %c4 = arith.constant dense<1.5> : tensor<2xf32>
  %4 = act.rrelu %c4 : tensor<2xf32>
  // FOLD: return
  return %0, %1, %2, %3, %4
      : f32, f32, bf16, f64, tensor<2xf32>
}

// EXPAND-LABEL: func @expand(
func.func @expand(%x: f32) -> f32 {
  // EXPAND: arith.cmpf ogt,
  // EXPAND: arith.cmpf oeq,
  // EXPAND: arith.addf
  // EXPAND: arith.select
  %0 = act.rrelu %x : f32
  return %0 : f32
}

// EXPAND-LABEL: func @expand_16bit(
func.func @expand_16bit(%x: vector<[4]xbf16>) -> vector<[4]xbf16> {
  // EXPAND: arith.extf %{{.*}} : vector<[4]xbf16> to vector<[4]xf32>
  // EXPAND-NOT: act.rrelu
  // EXPAND: arith.truncf %{{.*}} : vector<[4]xf32> to vector<[4]xbf16>
  %0 = act.rrelu %x : vector<[4]xbf16>
  return %0 : vector<[4]xbf16>
}
