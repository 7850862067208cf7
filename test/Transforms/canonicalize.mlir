// RUN: act-opt %s --canonicalize=test-convergence | FileCheck %s

// afn licenses the tanh form.
// CHECK-LABEL: func @gelu_afn
func.func @gelu_afn(%x: tensor<?xf32>) -> tensor<?xf32> {
  // CHECK: act.gelu %{{.*}} approximate<tanh> fastmath<afn> : tensor<?xf32>
  %0 = act.gelu %x fastmath<afn> : tensor<?xf32>
  return %0 : tensor<?xf32>
}

// CHECK-LABEL: func @gelu_sigmoid_afn
func.func @gelu_sigmoid_afn(%x: f32) -> f32 {
  // CHECK: act.gelu %{{.*}} approximate<sigmoid> fastmath<fast> : f32
  %0 = act.gelu %x approximate<sigmoid> fastmath<fast> : f32
  return %0 : f32
}

// A slope of one is silu.
// CHECK-LABEL: func @swish_one
func.func @swish_one(%x: f32) -> (f32, f32) {
  // CHECK: act.silu %{{.*}} fastmath<nnan> : f32
  // CHECK: act.swish %{{.*}} {beta = 2.000000e+00 : f64} : f32
  %0 = act.swish %x fastmath<nnan> : f32
  %1 = act.swish %x {beta = 2.0 : f64} : f32
  return %0, %1 : f32, f32
}

// relu does nothing on the range of what comes before it.
// CHECK-LABEL: func @range_subsumed
func.func @range_subsumed(%x: vector<4xf32>) -> (vector<4xf32>, vector<4xf32>, vector<4xf32>) {
  // CHECK: %[[RELU:.*]] = act.relu %{{.*}} : vector<4xf32>
  // CHECK: %[[SIGMOID:.*]] = act.sigmoid
  // CHECK: %[[SOFTPLUS:.*]] = act.softplus
  // CHECK: return %[[RELU]], %[[SIGMOID]], %[[SOFTPLUS]]
  %0 = act.relu %x : vector<4xf32>
  %1 = act.relu %0 : vector<4xf32>
  %2 = act.sigmoid %x : vector<4xf32>
  %3 = act.relu %2 : vector<4xf32>
  %4 = act.softplus %x : vector<4xf32>
  %5 = act.relu %4 : vector<4xf32>
  return %1, %3, %5 : vector<4xf32>, vector<4xf32>, vector<4xf32>
}

// silu is negative somewhere, and tanh is not the identity anywhere.
// CHECK-LABEL: func @range_not_subsumed
func.func @range_not_subsumed(%x: f32) -> (f32, f32) {
  // CHECK: act.silu
  // CHECK: act.relu
  // CHECK: act.relu
  // CHECK: act.tanh
  %0 = act.silu %x : f32
  %1 = act.relu %0 : f32
  %2 = act.relu %x : f32
  %3 = act.tanh %2 : f32
  return %1, %3 : f32, f32
}

// NaN stays NaN, an infinity is its limit, zeros keep their sign.
// CHECK-LABEL: func @fold_specials
func.func @fold_specials() -> (f32, f32, f32, f16, bf16) {
  // CHECK-DAG: %[[NAN:.*]] = arith.constant 0x7FC00000 : f32
  // CHECK-DAG: %[[ZERO:.*]] = arith.constant -0.000000e+00 : f32
  // CHECK-DAG: %[[ONE:.*]] = arith.constant 1.000000e+00 : f16
  // CHECK-DAG: %[[INF:.*]] = arith.constant 0x7F80 : bf16
  // CHECK: return %[[NAN]], %[[ZERO]], %[[ZERO]], %[[ONE]], %[[INF]]
  %nan = arith.constant 0x7FC00000 : f32
  %minus_inf = arith.constant 0xFF800000 : f32
  %minus_zero = arith.constant -0.0 : f32
  %inf = arith.constant 0x7C00 : f16
  %binf = arith.constant 0x7F80 : bf16
  %0 = act.relu %nan : f32
  %1 = act.silu %minus_inf : f32
  %2 = act.tanh %minus_zero : f32
  %3 = act.sigmoid %inf : f16
  %4 = act.mish %binf : bf16
  return %0, %1, %2, %3, %4 : f32, f32, f32, f16, bf16
}

// Dynamic shapes and non-splats are left alone.
// CHECK-LABEL: func @no_fold
func.func @no_fold() -> tensor<2xf32> {
  // CHECK: act.tanh
  %0 = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %1 = act.tanh %0 : tensor<2xf32>
  return %1 : tensor<2xf32>
}

// What a function does on the values before it counts, however they come about:
// sigmoid is positive on what is not too negative, and relu(tanh) is at most 1.
// CHECK-LABEL: func @range_computed
func.func @range_computed(%x: vector<4xf32>) -> (vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>) {
  // CHECK: %[[TANH:.*]] = act.tanh
  // CHECK-NEXT: %[[SIGMOID:.*]] = act.sigmoid %[[TANH]]
  // CHECK-NEXT: %[[SILU:.*]] = act.silu %[[SIGMOID]]
  // CHECK-NEXT: %[[ABS:.*]] = math.absf
  // CHECK-NEXT: %[[MAX:.*]] = arith.maximumf
  // CHECK-NEXT: return %[[SIGMOID]], %[[SILU]], %[[ABS]], %[[MAX]]
  %zero = arith.constant dense<0.0> : vector<4xf32>
  %0 = act.tanh %x : vector<4xf32>
  %1 = act.sigmoid %0 : vector<4xf32>
  %2 = act.relu %1 : vector<4xf32>
  %3 = act.silu %1 : vector<4xf32>
  %4 = act.relu %3 : vector<4xf32>
  %5 = math.absf %x : vector<4xf32>
  %6 = act.relu %5 : vector<4xf32>
  %7 = arith.maximumf %x, %zero : vector<4xf32>
  %8 = act.relu %7 : vector<4xf32>
  return %2, %4, %6, %8 : vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>
}

// A computed zero may be -0, of which relu makes +0; so may be a maximum with -0.
// CHECK-LABEL: func @range_of_zeros
func.func @range_of_zeros(%x: f32) -> (f32, f32, f32) {
  // CHECK: act.relu
  // CHECK-NEXT: act.silu
  // CHECK-NEXT: act.relu
  // CHECK-NEXT: arith.maximumf
  // CHECK-NEXT: act.relu
  // CHECK-NEXT: arith.negf
  // CHECK-NEXT: act.relu
  %minus_zero = arith.constant -0.0 : f32
  %0 = act.relu %x : f32
  %1 = act.silu %0 : f32
  %2 = act.relu %1 : f32
  %3 = arith.maximumf %x, %minus_zero : f32
  %4 = act.relu %3 : f32
  %5 = arith.negf %0 : f32
  %6 = act.relu %5 : f32
  return %2, %4, %6 : f32, f32, f32
}

// Producers are followed to a bounded depth: values are positive all the way.
// CHECK-LABEL: func @range_too_far
func.func @range_too_far(%x: f32) -> (f32, f32) {
  // CHECK-COUNT-6: act.silu
  // CHECK-NOT: act.relu
  // CHECK: act.silu
  // CHECK: act.relu
  %0 = act.tanh %x : f32
  %1 = act.sigmoid %0 : f32
  %2 = act.silu %1 : f32
  %3 = act.silu %2 : f32
  %4 = act.silu %3 : f32
  %5 = act.silu %4 : f32
  %6 = act.silu %5 : f32
  %7 = act.silu %6 : f32
  %8 = act.relu %7 : f32
  %9 = act.silu %8 : f32
  %10 = act.relu %9 : f32
  return %8, %10 : f32, f32
}

// Negations move out of odd functions, and cancel.
// CHECK-LABEL: func @odd
// CHECK-SAME: (%[[X:.*]]: tensor<?xf16>)
func.func @odd(%x: tensor<?xf16>) -> (tensor<?xf16>, tensor<?xf16>) {
  // CHECK-NEXT: %[[Y:.*]] = act.tanh %[[X]] fastmath<nnan> : tensor<?xf16>
  // CHECK-NEXT: %[[MINUS:.*]] = arith.negf %[[Y]] fastmath<ninf> : tensor<?xf16>
  // CHECK-NEXT: %[[Z:.*]] = act.tanh %[[Y]] : tensor<?xf16>
  // CHECK-NEXT: return %[[MINUS]], %[[Z]]
  %0 = arith.negf %x fastmath<ninf> : tensor<?xf16>
  %1 = act.tanh %0 fastmath<nnan> : tensor<?xf16>
  %2 = act.tanh %1 : tensor<?xf16>
  %3 = arith.negf %2 : tensor<?xf16>
  return %1, %3 : tensor<?xf16>, tensor<?xf16>
}

// silu is neither odd nor even, and sigmoid not either.
// CHECK-LABEL: func @neither_odd_nor_even
func.func @neither_odd_nor_even(%x: f32) -> (f32, f32) {
  // CHECK: %[[MINUS:.*]] = arith.negf
  // CHECK: act.silu %[[MINUS]]
  // CHECK: act.sigmoid %[[MINUS]]
  %0 = arith.negf %x : f32
  %1 = act.silu %0 : f32
  %2 = act.sigmoid %0 : f32
  return %1, %2 : f32, f32
}

// An op whose parameters make it the identity is one, and vanishes.
// CHECK-LABEL: func @identities(
// CHECK-SAME: %[[X:.*]]: tensor<?xf32>)
func.func @identities(%x: tensor<?xf32>) -> tensor<?xf32> {
  // CHECK-NOT: act.
  // CHECK: return %[[X]]
  %0 = act.identity %x : tensor<?xf32>
  %1 = act.linear %0 : tensor<?xf32>
  %2 = act.leaky_relu %1 {alpha = 1.0 : f64} : tensor<?xf32>
  %3 = act.isru %2 {alpha = 0.0 : f64} : tensor<?xf32>
  return %3 : tensor<?xf32>
}

// CHECK-LABEL: func @not_identities(
func.func @not_identities(%x: f32) -> (f32, f32, f32) {
  // CHECK: act.linear %{{.*}} {beta = 1.000000e+00 : f64}
  %0 = act.linear %x {beta = 1.0 : f64} : f32
  // CHECK: act.leaky_relu %{{.*}} {alpha = 5.000000e-01 : f64}
  %1 = act.leaky_relu %x {alpha = 0.5 : f64} : f32
  // CHECK: act.isru
  %2 = act.isru %x : f32
  return %0, %1, %2 : f32, f32, f32
}

// f(f(x)) = f(x) for equal parameters; flags do not count.
// CHECK-LABEL: func @idempotent(
// CHECK-SAME: %[[X:.*]]: vector<4xf32>)
func.func @idempotent(%x: vector<4xf32>) -> (vector<4xf32>, vector<4xf32>, vector<4xf32>) {
  // CHECK: %[[A:.*]] = act.hard_shrink %[[X]] {lambd = 1.000000e+00 : f64}
  %0 = act.hard_shrink %x {lambd = 1.0 : f64} : vector<4xf32>
  %1 = act.hard_shrink %0 fastmath<nnan> {lambd = 1.0 : f64} : vector<4xf32>
  // CHECK: %[[B:.*]] = act.hard_shrink %[[A]] {lambd = 2.000000e+00 : f64}
  %2 = act.hard_shrink %1 {lambd = 2.0 : f64} : vector<4xf32>
  // CHECK: %[[C:.*]] = act.sign %[[X]]
  %3 = act.sign %x : vector<4xf32>
  %4 = act.sign %3 : vector<4xf32>
  // CHECK: return %[[A]], %[[B]], %[[C]]
  return %1, %2, %4 : vector<4xf32>, vector<4xf32>, vector<4xf32>
}

// CHECK-LABEL: func @even(
// CHECK-SAME: %[[X:.*]]: tensor<?xf16>)
func.func @even(%x: tensor<?xf16>) -> (tensor<?xf16>, tensor<?xf16>) {
  // CHECK-NOT: negf
  // CHECK-NOT: absf
  // CHECK: act.lisht %[[X]] :
  // CHECK: act.gaussian %[[X]] :
  %0 = arith.negf %x : tensor<?xf16>
  %1 = act.lisht %0 : tensor<?xf16>
  %2 = math.absf %x : tensor<?xf16>
  %3 = act.gaussian %2 : tensor<?xf16>
  return %1, %3 : tensor<?xf16>, tensor<?xf16>
}

// The range of a line over the range of a sigmoid: 1 to 3.
// CHECK-LABEL: func @computed_range(
func.func @computed_range(%x: f32) -> f32 {
  // CHECK: act.sigmoid
  // CHECK: %[[Y:.*]] = act.linear
  // CHECK-NOT: act.relu
  // CHECK: return %[[Y]]
  %0 = act.sigmoid %x : f32
  %1 = act.linear %0 {alpha = 2.0 : f64, beta = 1.0 : f64} : f32
  %2 = act.relu %1 : f32
  return %2 : f32
}
