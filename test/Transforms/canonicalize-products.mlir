// RUN: act-opt %s --canonicalize=test-convergence | FileCheck %s

// An operand times a function of it is one op, in either order; what both
// promise, it promises.
// CHECK-LABEL: func @self_gated
// CHECK-SAME: (%[[X:.*]]: f32, %[[Y:.*]]: tensor<?xf64>)
func.func @self_gated(%x: f32, %y: tensor<?xf64>) -> (f32, tensor<?xf64>) {
  // CHECK-NEXT: %[[A:.*]] = act.silu %[[X]] fastmath<nnan> : f32
  // CHECK-NEXT: %[[B:.*]] = act.silu %[[Y]] : tensor<?xf64>
  // CHECK-NEXT: return %[[A]], %[[B]]
  %0 = act.sigmoid %x fastmath<nnan,ninf> : f32
  %1 = arith.mulf %x, %0 fastmath<nnan,nsz> : f32
  %2 = act.sigmoid %y fastmath<fast> : tensor<?xf64>
  %3 = arith.mulf %2, %y : tensor<?xf64>
  return %1, %3 : f32, tensor<?xf64>
}

// A gate times a value is a gated unit; parameters are carried over by name.
// CHECK-LABEL: func @gated
// CHECK-SAME: (%[[G:.*]]: vector<8xf32>, %[[V:.*]]: vector<8xf32>)
func.func @gated(%g: vector<8xf32>, %v: vector<8xf32>) -> (vector<8xf32>, vector<8xf32>) {
  // CHECK-NEXT: %[[A:.*]] = act.swiglu %[[G]], %[[V]] {beta = 1.702000e+00 : f64} : vector<8xf32>
  // CHECK-NEXT: %[[B:.*]] = act.swiglu %[[G]], %[[V]] fastmath<contract> : vector<8xf32>
  // CHECK-NEXT: return %[[A]], %[[B]]
  %0 = act.swish %g {beta = 1.702 : f64} : vector<8xf32>
  %1 = arith.mulf %0, %v : vector<8xf32>
  %2 = act.silu %g fastmath<contract> : vector<8xf32>
  %3 = arith.mulf %v, %2 fastmath<contract> : vector<8xf32>
  return %1, %3 : vector<8xf32>, vector<8xf32>
}

// Both rules, one after the other.
// CHECK-LABEL: func @written_out
// CHECK-SAME: (%[[G:.*]]: f32, %[[V:.*]]: f32)
func.func @written_out(%g: f32, %v: f32) -> f32 {
  // CHECK-NEXT: %[[Y:.*]] = act.swiglu %[[G]], %[[V]] : f32
  // CHECK-NEXT: return %[[Y]]
  %0 = act.sigmoid %g : f32
  %1 = arith.mulf %g, %0 : f32
  %2 = arith.mulf %1, %v : f32
  return %2 : f32
}

// Nothing is computed twice.
// CHECK-LABEL: func @gate_used_elsewhere
func.func @gate_used_elsewhere(%g: f32, %v: f32) -> (f32, f32, f32) {
  // CHECK: %[[GATE:.*]] = act.silu
  // CHECK-NEXT: arith.mulf %[[GATE]]
  // CHECK: %[[SQUARED:.*]] = act.silu
  // CHECK-NEXT: arith.mulf %[[SQUARED]], %[[SQUARED]]
  %0 = act.silu %g : f32
  %1 = arith.mulf %0, %v : f32
  %2 = act.silu %v : f32
  %3 = arith.mulf %2, %2 : f32
  return %0, %1, %3 : f32, f32, f32
}

// In 16 bits the factors are rounded, and one op would give another value.
// CHECK-LABEL: func @sixteen_bits
func.func @sixteen_bits(%x: f16, %v: tensor<4xbf16>) -> (f16, tensor<4xbf16>) {
  // CHECK: act.sigmoid
  // CHECK-NEXT: arith.mulf
  // CHECK-NEXT: act.silu
  // CHECK-NEXT: arith.mulf
  %0 = act.sigmoid %x : f16
  %1 = arith.mulf %x, %0 : f16
  %2 = act.silu %v : tensor<4xbf16>
  %3 = arith.mulf %2, %v : tensor<4xbf16>
  return %1, %3 : f16, tensor<4xbf16>
}

// No such op.
// CHECK-LABEL: func @no_rule
func.func @no_rule(%x: f32, %y: f32) -> (f32, f32) {
  // CHECK: act.softplus
  // CHECK-NEXT: arith.mulf
  // CHECK-NEXT: arith.mulf
  %0 = act.softplus %x : f32
  %1 = arith.mulf %y, %0 : f32
  %2 = arith.mulf %x, %0 : f32
  return %1, %2 : f32, f32
}
