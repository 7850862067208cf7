// RUN: act-opt %s --act-expand --split-input-file | FileCheck %s
// RUN: act-opt %s --act-expand=to=math --split-input-file | FileCheck %s --check-prefix=MATH
// RUN: not act-opt %s --act-expand=to=libm 2>&1 | FileCheck %s --check-prefix=ERROR
// ERROR: act-expand: to=libm is not one of prim, math

// Tensors are for linalg.
// CHECK-LABEL: func @tensor
// MATH-LABEL: func @tensor
func.func @tensor(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: act.silu
  // MATH: act.silu
  %0 = act.silu %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// A product goes into the exponential in two words. Fast-math flags are about
// the op, not about what it is made of.
// CHECK-LABEL: func @two_words
// MATH-LABEL: func @two_words
func.func @two_words(%x: vector<8xf32>) -> vector<8xf32> {
  // CHECK-NOT: fastmath
  // CHECK: %[[P:.*]] = arith.mulf %{{.*}}, %{{.*}} : vector<8xf32>
  // CHECK: %[[N:.*]] = arith.negf %[[P]]
  // CHECK: %[[L:.*]] = math.fma %{{.*}}, %{{.*}}, %[[N]]
  // CHECK: act.prim sigmoid(%[[P]], %[[L]])
  // MATH: %[[P:.*]] = arith.mulf
  // MATH-NOT: math.fma
  // MATH: math.absf %[[P]]
  // MATH: math.exp
  // MATH: arith.divf
  // MATH-NOT: act.
  %0 = act.swish %x fastmath<fast> {beta = 1.5 : f64} : vector<8xf32>
  return %0 : vector<8xf32>
}

// Primitives that are there already become math ops too.
// MATH-LABEL: func @primitives
func.func @primitives(%x: vector<8xf32>, %y: vector<8xf32>, %n: vector<8xf32>) -> (vector<8xf32>, vector<8xf32>) {
  // MATH: %[[E:.*]] = math.exp
  // MATH: %[[T:.*]] = math.exp2 %{{.*}}
  // MATH: arith.mulf %[[E]], %[[T]]
  // MATH: arith.divf
  // MATH-NOT: act.
  %0:3 = act.prim exp(%x, %y) : vector<8xf32>
  %1:3 = act.prim scale(%0#0, %n) : vector<8xf32>
  %2:3 = act.prim rcp(%y) : vector<8xf32>
  return %1#0, %2#0 : vector<8xf32>, vector<8xf32>
}

// MATH-LABEL: func @circular
func.func @circular(%x: f32, %lo: f32) -> (f32, f32, f32, f32) {
  // MATH: math.sin
  // MATH: math.cos
  // MATH: math.atan
  // MATH: math.tanh
  // MATH-NOT: act.
  %0:3 = act.prim sin(%x, %lo) : f32
  %1:3 = act.prim cos(%x) : f32
  %2:3 = act.prim atan(%x) : f32
  %3:3 = act.prim tanh(%x, %lo) : f32
  return %0#0, %1#0, %2#0, %3#0 : f32, f32, f32, f32
}

// Constants are rounded to the compute type: 1.702 in f32 for bf16.
// CHECK-LABEL: func @compute_type
func.func @compute_type(%x: bf16) -> bf16 {
  // CHECK: arith.constant 1.702000e+00 : f32
  // CHECK: arith.extf %{{.*}} : bf16 to f32
  // CHECK: arith.truncf %{{.*}} : f32 to bf16
  %0 = act.gelu %x approximate<sigmoid> : bf16
  return %0 : bf16
}

// MATH-LABEL: func @gelu
func.func @gelu(%x: f64) -> f64 {
  // MATH: math.erfc
  // MATH-NOT: act.
  %0 = act.gelu %x : f64
  return %0 : f64
}

// CHECK-LABEL: func @zero_rank
func.func @zero_rank(%x: vector<f64>) -> vector<f64> {
  // CHECK: act.prim tanh(%{{.*}}) : vector<f64>
  %0 = act.tanh %x : vector<f64>
  return %0 : vector<f64>
}

// CHECK-LABEL: func @threshold
func.func @threshold(%x: f32) -> f32 {
  // Without rounding: 1.5 x > 20 looks at both words.
  // CHECK-DAG: %[[T:.*]] = arith.constant 2.000000e+01 : f32
  // CHECK: %[[HI:.*]] = arith.mulf
  // CHECK: %[[LO:.*]] = math.fma
  // CHECK-DAG: arith.cmpf ogt, %[[HI]], %[[T]]
  // CHECK-DAG: arith.cmpf oeq, %[[HI]], %[[T]]
  // CHECK-DAG: arith.cmpf ogt, %[[LO]]
  %0 = act.softplus %x {beta = 1.5 : f64, threshold = 20.0 : f64} : f32
  return %0 : f32
}
