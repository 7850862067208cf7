// RUN: act-opt %s | act-opt | FileCheck %s
// RUN: act-opt %s --emit-bytecode | act-opt | FileCheck %s
// RUN: act-opt %s --canonicalize=test-convergence | FileCheck %s --check-prefix=FOLD
// RUN: act-opt %s --act-expand | FileCheck %s --check-prefix=EXPAND

// CHECK-LABEL: func @types
func.func @types(%s: bf16, %v: vector<4x[4]xf64>, %v0: vector<f16>, %t: tensor<?x704xf32>, %t0: tensor<f32>)
    -> (bf16, vector<4x[4]xf64>, vector<f16>, tensor<?x704xf32>, tensor<f32>) {
  // CHECK: act.swiglu %{{.*}}, %{{.*}} : bf16
  %0 = act.swiglu %s, %s : bf16
  // CHECK: act.swiglu %{{.*}}, %{{.*}} : vector<4x[4]xf64>
  %1 = act.swiglu %v, %v : vector<4x[4]xf64>
  // CHECK: act.swiglu %{{.*}}, %{{.*}} : vector<f16>
  %2 = act.swiglu %v0, %v0 : vector<f16>
  // CHECK: act.swiglu %{{.*}}, %{{.*}} : tensor<?x704xf32>
  %3 = act.swiglu %t, %t : tensor<?x704xf32>
  // CHECK: act.swiglu %{{.*}}, %{{.*}} : tensor<f32>
  %4 = act.swiglu %t0, %t0 : tensor<f32>
  return %0, %1, %2, %3, %4
      : bf16, vector<4x[4]xf64>, vector<f16>, tensor<?x704xf32>, tensor<f32>
}

// Defaults are not printed.
// CHECK-LABEL: func @parameters
func.func @parameters(%g: f32, %v: f32) -> (f32, f32) {
  // CHECK: act.swiglu %{{.*}}, %{{.*}} fastmath<nnan> {beta = 1.500000e+00 : f64} : f32
  %0 = act.swiglu %g, %v fastmath<nnan> {beta = 1.5 : f64} : f32
  // CHECK: act.swiglu %{{[^ ]*}}, %{{[^ ]*}} : f32
  %1 = act.swiglu %g, %v {beta = 1.0 : f64} : f32
  return %0, %1 : f32, f32
}

// Correctly rounded: the values are those of mpmath in 200 bits.
// FOLD-LABEL: func @fold
func.func @fold(%v: f32) -> (f32, f32) {
  // The gate alone would be a subnormal with twelve bits.
  // FOLD-DAG: arith.constant -3.7200761E-32 : f32
  // FOLD: act.swiglu %{{.*}}, %{{.*}} : f32
  // FOLD: return
  %g = arith.constant -100.0 : f32
  %c = arith.constant 1.0e10 : f32
  %0 = act.swiglu %g, %c : f32
  %1 = act.swiglu %g, %v : f32
  return %0, %1 : f32, f32
}

// The exponent of the gate is applied in part before and in part after the
// product, and of g and v the one is multiplied first that keeps it in range.
// EXPAND-LABEL: func @expand(
func.func @expand(%g: vector<8xf32>, %v: vector<8xf32>) -> vector<8xf32> {
  // EXPAND: %[[S:.*]], %{{.*}}, %[[N:.*]] = act.prim sigmoid(%{{.*}})
  // EXPAND: %[[FIRST:.*]], %{{.*}}, %{{.*}} = act.prim scale(%[[S]]
  // EXPAND: %[[REST:.*]] = arith.subf %[[N]]
  // EXPAND: arith.cmpf olt
  // EXPAND: %[[P:.*]] = arith.mulf %[[FIRST]]
  // EXPAND: %[[Q:.*]] = arith.mulf %[[P]]
  // EXPAND: act.prim scale(%[[Q]], %[[REST]])
  %0 = act.swiglu %g, %v : vector<8xf32>
  return %0 : vector<8xf32>
}
