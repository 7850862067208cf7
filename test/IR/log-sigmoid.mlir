// RUN: act-opt %s | act-opt | FileCheck %s
// RUN: act-opt %s --emit-bytecode | act-opt | FileCheck %s
// RUN: act-opt %s --canonicalize=test-convergence | FileCheck %s --check-prefix=FOLD
// RUN: act-opt %s --act-expand | FileCheck %s --check-prefix=EXPAND

// CHECK-LABEL: func @types
func.func @types(%a0: f16, %a1: bf16, %a2: f32, %a3: f64, %a4: vector<f32>, %a5: vector<8xf16>, %a6: vector<4x[4]xf64>, %a7: tensor<bf16>, %a8: tensor<4x0xf32>, %a9: tensor<?x3xf64>)
    -> (f16, bf16, f32, f64, vector<f32>, vector<8xf16>, vector<4x[4]xf64>, tensor<bf16>, tensor<4x0xf32>, tensor<?x3xf64>) {
  // CHECK: act.log_sigmoid %{{.*}} : f16
  %0 = act.log_sigmoid %a0 : f16
  // CHECK: act.log_sigmoid %{{.*}} : bf16
  %1 = act.log_sigmoid %a1 : bf16
  // CHECK: act.log_sigmoid %{{.*}} : f32
  %2 = act.log_sigmoid %a2 : f32
  // CHECK: act.log_sigmoid %{{.*}} : f64
  %3 = act.log_sigmoid %a3 : f64
  // CHECK: act.log_sigmoid %{{.*}} : vector<f32>
  %4 = act.log_sigmoid %a4 : vector<f32>
  // CHECK: act.log_sigmoid %{{.*}} : vector<8xf16>
  %5 = act.log_sigmoid %a5 : vector<8xf16>
  // CHECK: act.log_sigmoid %{{.*}} : vector<4x[4]xf64>
  %6 = act.log_sigmoid %a6 : vector<4x[4]xf64>
  // CHECK: act.log_sigmoid %{{.*}} : tensor<bf16>
  %7 = act.log_sigmoid %a7 : tensor<bf16>
  // CHECK: act.log_sigmoid %{{.*}} : tensor<4x0xf32>
  %8 = act.log_sigmoid %a8 : tensor<4x0xf32>
  // CHECK: act.log_sigmoid %{{.*}} : tensor<?x3xf64>
  %9 = act.log_sigmoid %a9 : tensor<?x3xf64>
  return %0, %1, %2, %3, %4, %5, %6, %7, %8, %9
      : f16, bf16, f32, f64, vector<f32>, vector<8xf16>, vector<4x[4]xf64>, tensor<bf16>, tensor<4x0xf32>, tensor<?x3xf64>
}

// Correctly rounded: the values are those of mpmath in 200 bits.
// FOLD-LABEL: func @fold
func.func @fold() -> (f32, f32, bf16, f64, tensor<2xf32>) {
  // FOLD-DAG: arith.constant -1.000000e+02 : f32
  // FOLD-DAG: arith.constant -0.201413274 : f32
  // FOLD-DAG: arith.constant -1.914060e+00 : bf16
  // FOLD-DAG: arith.constant -0.55435524446852713 : f64
  // FOLD-DAG: arith.constant dense<-0.201413274> : tensor<2xf32>
  // FOLD-NOT: act.log_sigmoid
  %c0 = arith.constant -100.0 : f32
  %0 = act.log_sigmoid %c0 : f32
  %c1 = arith.constant 1.5 : f32
  %1 = act.log_sigmoid %c1 : f32
  %c2 = arith.constant -1.75 : bf16
  %2 = act.log_sigmoid %c2 : bf16
  %c3 = arith.constant 0.3 : f64
  %3 = act.log_sigmoid %c3 : f64
  %c4 = arith.constant dense<1.5> : tensor<2xf32>
  %4 = act.log_sigmoid %c4 : tensor<2xf32>
  // FOLD: return
  return %0, %1, %2, %3, %4
      : f32, f32, bf16, f64, tensor<2xf32>
}

// EXPAND-LABEL: func @expand(
func.func @expand(%x: f32) -> f32 {
  // EXPAND: act.prim exp(%{{.*}}) : f32
  // EXPAND: act.prim exp_scaled(%{{.*}}) : f32
  // EXPAND: act.prim log1p(%{{.*}}) : f32
  // EXPAND: act.prim scale(%{{.*}}) : f32
  %0 = act.log_sigmoid %x : f32
  return %0 : f32
}

// EXPAND-LABEL: func @expand_16bit(
func.func @expand_16bit(%x: vector<[4]xbf16>) -> vector<[4]xbf16> {
  // EXPAND: arith.extf %{{.*}} : vector<[4]xbf16> to vector<[4]xf32>
  // EXPAND-NOT: act.log_sigmoid
  // EXPAND: arith.truncf %{{.*}} : vector<[4]xf32> to vector<[4]xbf16>
  %0 = act.log_sigmoid %x : vector<[4]xbf16>
  return %0 : vector<[4]xbf16>
}
