// RUN: act-opt %s | act-opt | FileCheck %s
// RUN: act-opt %s --emit-bytecode | act-opt | FileCheck %s
// RUN: act-opt %s --canonicalize=test-convergence | FileCheck %s --check-prefix=FOLD
// RUN: act-opt %s --act-expand | FileCheck %s --check-prefix=EXPAND

// CHECK-LABEL: func @types
func.func @types(%a0: f16, %a1: bf16, %a2: f32, %a3: f64, %a4: vector<f32>, %a5: vector<8xf16>, %a6: vector<4x[4]xf64>, %a7: tensor<bf16>, %a8: tensor<4x0xf32>, %a9: tensor<?x3xf64>)
    -> (f16, bf16, f32, f64, vector<f32>, vector<8xf16>, vector<4x[4]xf64>, tensor<bf16>, tensor<4x0xf32>, tensor<?x3xf64>) {
  // CHECK: act.mishglu %{{.*}}, %{{.*}} : f16
  %0 = act.mishglu %a0, %a0 : f16
  // CHECK: act.mishglu %{{.*}}, %{{.*}} : bf16
  %1 = act.mishglu %a1, %a1 : bf16
  // CHECK: act.mishglu %{{.*}}, %{{.*}} : f32
  %2 = act.mishglu %a2, %a2 : f32
  // CHECK: act.mishglu %{{.*}}, %{{.*}} : f64
  %3 = act.mishglu %a3, %a3 : f64
  // CHECK: act.mishglu %{{.*}}, %{{.*}} : vector<f32>
  %4 = act.mishglu %a4, %a4 : vector<f32>
  // CHECK: act.mishglu %{{.*}}, %{{.*}} : vector<8xf16>
  %5 = act.mishglu %a5, %a5 : vector<8xf16>
  // CHECK: act.mishglu %{{.*}}, %{{.*}} : vector<4x[4]xf64>
  %6 = act.mishglu %a6, %a6 : vector<4x[4]xf64>
  // CHECK: act.mishglu %{{.*}}, %{{.*}} : tensor<bf16>
  %7 = act.mishglu %a7, %a7 : tensor<bf16>
  // CHECK: act.mishglu %{{.*}}, %{{.*}} : tensor<4x0xf32>
  %8 = act.mishglu %a8, %a8 : tensor<4x0xf32>
  // CHECK: act.mishglu %{{.*}}, %{{.*}} : tensor<?x3xf64>
  %9 = act.mishglu %a9, %a9 : tensor<?x3xf64>
  return %0, %1, %2, %3, %4, %5, %6, %7, %8, %9
      : f16, bf16, f32, f64, vector<f32>, vector<8xf16>, vector<4x[4]xf64>, tensor<bf16>, tensor<4x0xf32>, tensor<?x3xf64>
}

// Correctly rounded: the values are those of mpmath in 200 bits.
// FOLD-LABEL: func @fold
func.func @fold() -> (f32, f32, bf16, f64, tensor<2xf32>) {
  // FOLD-DAG: arith.constant -3.7200761E-32 : f32
  // FOLD-DAG: arith.constant 3.50844574 : f32
  // FOLD-DAG: arith.constant -1.386720e-01 : bf16
  // FOLD-DAG: arith.constant -0.62400411704434511 : f64
  // FOLD-DAG: arith.constant dense<3.50844574> : tensor<2xf32>
  // FOLD-NOT: act.mishglu
  %g0 = arith.constant -100.0 : f32
  %v0 = arith.constant 10000000000.0 : f32
  %0 = act.mishglu %g0, %v0 : f32
  %g1 = arith.constant 1.5 : f32
  %v1 = arith.constant 2.5 : f32
  %1 = act.mishglu %g1, %v1 : f32
  %g2 = arith.constant -1.75 : bf16
  %v2 = arith.constant 0.5 : bf16
  %2 = act.mishglu %g2, %v2 : bf16
  %g3 = arith.constant 0.3 : f64
  %v3 = arith.constant -3.0 : f64
  %3 = act.mishglu %g3, %v3 : f64
  %g4 = arith.constant dense<1.5> : tensor<2xf32>
  %v4 = arith.constant dense<2.5> : tensor<2xf32>
  %4 = act.mishglu %g4, %v4 : tensor<2xf32>
  // FOLD: return
  return %0, %1, %2, %3, %4
      : f32, f32, bf16, f64, tensor<2xf32>
}

// EXPAND-LABEL: func @expand(
func.func @expand(%g: f32, %v: f32) -> f32 {
  // EXPAND: act.prim exp(%{{.*}}) : f32
  // EXPAND: act.prim exp_scaled(%{{.*}}) : f32
  // EXPAND: act.prim scale(%{{.*}}) : f32
  // EXPAND: act.prim scale(%{{.*}}) : f32
  %0 = act.mishglu %g, %v : f32
  return %0 : f32
}

// EXPAND-LABEL: func @expand_16bit(
func.func @expand_16bit(%g: vector<[4]xbf16>, %v: vector<[4]xbf16>) -> vector<[4]xbf16> {
  // EXPAND: arith.extf %{{.*}} : vector<[4]xbf16> to vector<[4]xf32>
  // EXPAND-NOT: act.mishglu
  // EXPAND: arith.truncf %{{.*}} : vector<[4]xf32> to vector<[4]xbf16>
  %0 = act.mishglu %g, %v : vector<[4]xbf16>
  return %0 : vector<[4]xbf16>
}
