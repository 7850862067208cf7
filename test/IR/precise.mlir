// RUN: act-opt %s --canonicalize | FileCheck %s

// What must be precise stays so when it is rewritten.

// CHECK-LABEL: func @gate
// CHECK:       act.swiglu %{{.*}}, %{{.*}} {precise}
func.func @gate(%x: f32, %v: f32) -> f32 {
  %0 = act.silu %x {precise} : f32
  %1 = arith.mulf %0, %v : f32
  return %1 : f32
}

// CHECK-LABEL: func @beta
// CHECK:       act.silu %{{.*}} {precise}
func.func @beta(%x: f32) -> f32 {
  %0 = act.swish %x {beta = 1.0 : f64, precise} : f32
  return %0 : f32
}
