// RUN: act-opt %s --test-act-derivative --canonicalize | FileCheck %s --check-prefixes=CHECK,FIRST
// RUN: act-opt %s --test-act-derivative=operand=1 --canonicalize | FileCheck %s --check-prefixes=CHECK,SECOND

// At a kink it is the derivative of the branch that is taken, in the compute type.
// CHECK-LABEL: func @kink
// CHECK-SAME: (%[[X:.*]]: vector<4xf16>)
func.func @kink(%x: vector<4xf16>) -> vector<4xf16> {
  // FIRST-DAG: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : vector<4xf32>
  // FIRST-DAG: %[[ONE:.*]] = arith.constant dense<1.000000e+00> : vector<4xf32>
  // FIRST: %[[WIDE:.*]] = arith.extf %[[X]]
  // FIRST-NEXT: %[[FLAT:.*]] = arith.cmpf ole, %[[WIDE]], %[[ZERO]]
  // FIRST-NEXT: %[[SLOPE:.*]] = arith.select %[[FLAT]], %[[ZERO]], %[[ONE]]
  // FIRST-NEXT: %[[Y:.*]] = arith.truncf %[[SLOPE]]
  // FIRST-NEXT: return %[[Y]]
  // SECOND: act.relu
  %0 = act.relu %x : vector<4xf16>
  return %0 : vector<4xf16>
}

// tanh' = 4e / (1 + e)^2, which is not 0 where 1 - tanh^2 is.
// CHECK-LABEL: func @tanh
func.func @tanh(%x: f64) -> f64 {
  // FIRST: act.prim exp
  // FIRST-NOT: act.prim tanh
  // FIRST: arith.divf
  // SECOND: act.tanh
  %0 = act.tanh %x : f64
  return %0 : f64
}

// A gated unit with respect to its value is its gate.
// CHECK-LABEL: func @gated
func.func @gated(%g: f32, %v: f32) -> f32 {
  // FIRST: act.prim exp
  // SECOND: act.prim sigmoid
  // SECOND-NOT: act.prim exp
  // SECOND: return
  %0 = act.swiglu %g, %v : f32
  return %0 : f32
}

// Tensors are for linalg.
// CHECK-LABEL: func @tensor
func.func @tensor(%x: tensor<?xf32>) -> tensor<?xf32> {
  // CHECK: act.tanh
  %0 = act.tanh %x : tensor<?xf32>
  return %0 : tensor<?xf32>
}
