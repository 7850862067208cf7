// RUN: act-opt %s | act-opt | FileCheck %s
// RUN: act-opt %s --emit-bytecode | act-opt | FileCheck %s
// RUN: act-opt %s --canonicalize=test-convergence | FileCheck %s --check-prefix=FOLD
// RUN: act-opt %s --act-expand | FileCheck %s --check-prefix=EXPAND

// A number, or one for each index of `dim`, 1 by default.
// CHECK-LABEL: func @types
func.func @types(%a0: f16, %a1: bf16, %a2: vector<f32>, %a3: vector<8x4xf16>, %p3: vector<4xf16>, %a4: vector<4x[4]xf64>, %p4: vector<[4]xf64>, %a5: tensor<?x3xbf16>, %p5: tensor<3xbf16>, %a6: tensor<4x0xf32>, %p6: tensor<?xf32>, %p7: tensor<1xf32>, %p8: f32) {
  // CHECK: act.prelu %{{.*}}, %{{.*}} : f16, f16
  %0 = act.prelu %a0, %a0 : f16, f16
  // CHECK: act.prelu %{{.*}}, %{{.*}} : bf16, bf16
  %1 = act.prelu %a1, %a1 : bf16, bf16
  // CHECK: act.prelu %{{.*}}, %{{.*}} : vector<f32>, vector<f32>
  %2 = act.prelu %a2, %a2 : vector<f32>, vector<f32>
  // CHECK: act.prelu %{{.*}}, %{{.*}} : vector<8x4xf16>, vector<4xf16>
  %3 = act.prelu %a3, %p3 {dim = 1 : i64} : vector<8x4xf16>, vector<4xf16>
  // CHECK: act.prelu %{{.*}}, %{{.*}} : vector<4x[4]xf64>, vector<[4]xf64>
  %4 = act.prelu %a4, %p4 : vector<4x[4]xf64>, vector<[4]xf64>
  // CHECK: act.prelu %{{.*}}, %{{.*}} : tensor<?x3xbf16>, tensor<3xbf16>
  %5 = act.prelu %a5, %p5 : tensor<?x3xbf16>, tensor<3xbf16>
  // CHECK: act.prelu %{{.*}}, %{{.*}} {dim = 0 : i64} : tensor<4x0xf32>, tensor<?xf32>
  %6 = act.prelu %a6, %p6 {dim = 0 : i64} : tensor<4x0xf32>, tensor<?xf32>
  // CHECK: act.prelu %{{.*}}, %{{.*}} : tensor<4x0xf32>, tensor<1xf32>
  %7 = act.prelu %a6, %p7 : tensor<4x0xf32>, tensor<1xf32>
  // CHECK: act.prelu %{{.*}}, %{{.*}} : tensor<4x0xf32>, f32
  %8 = act.prelu %a6, %p8 : tensor<4x0xf32>, f32
  return
}

// Correctly rounded: -1.75 * 0.3 in bf16, where 0.3 is 0.30078125.
// FOLD-LABEL: func @fold
func.func @fold() -> (bf16, tensor<2xf32>) {
  // FOLD-DAG: arith.constant -5.273440e-01 : bf16
  // FOLD-DAG: arith.constant dense<-3.000000e+00> : tensor<2xf32>
  // FOLD-NOT: act.prelu
  %x = arith.constant -1.75 : bf16
  %a = arith.constant 0.3 : bf16
  %0 = act.prelu %x, %a : bf16, bf16
  %xs = arith.constant dense<-1.5> : tensor<2xf32>
  %as = arith.constant dense<2.0> : tensor<2xf32>
  %1 = act.prelu %xs, %as {dim = 0 : i64} : tensor<2xf32>, tensor<2xf32>
  // FOLD: return
  return %0, %1 : bf16, tensor<2xf32>
}

// One number that is known is an attribute.
// FOLD-LABEL: func @known_slope
func.func @known_slope(%x: tensor<?x3xf32>) -> (tensor<?x3xf32>, tensor<?x3xf32>) {
  // FOLD-DAG: act.leaky_relu %{{.*}} {alpha = 2.500000e-01 : f64} : tensor<?x3xf32>
  // FOLD-DAG: act.prelu %{{.*}}, %{{.*}} : tensor<?x3xf32>, tensor<3xf32>
  %splat = arith.constant dense<0.25> : tensor<3xf32>
  %0 = act.prelu %x, %splat fastmath<nnan> : tensor<?x3xf32>, tensor<3xf32>
  %several = arith.constant dense<[0.25, 0.5, 0.25]> : tensor<3xf32>
  %1 = act.prelu %x, %several : tensor<?x3xf32>, tensor<3xf32>
  return %0, %1 : tensor<?x3xf32>, tensor<?x3xf32>
}

// EXPAND-LABEL: func @expand(
func.func @expand(%x: f32, %a: f32) -> f32 {
  // EXPAND: arith.mulf
  // EXPAND: arith.select
  // EXPAND-NOT: act.prelu
  %0 = act.prelu %x, %a : f32, f32
  return %0 : f32
}
