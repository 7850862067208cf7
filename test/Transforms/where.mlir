// Passes run where one of the ops is present, at any depth, and only there.

// RUN: act-opt %s --pass-pipeline='builtin.module(func.func(act-where{ops=math.tanh,scf.* pipeline=any(cse,canonicalize)}))' | FileCheck %s
// RUN: act-opt %s --pass-pipeline='builtin.module(act-where{ops=math.tanh pipeline=builtin.module(func.func(cse))})' | FileCheck %s --check-prefix=MODULE
// RUN: not act-opt %s --pass-pipeline='builtin.module(act-where{ops=math.tanh pipeline=any(no-such-pass)})' 2>&1 | FileCheck %s --check-prefix=ERROR

// ERROR: act-where: {{.*}}'no-such-pass' does not refer to a registered pass

// MODULE-LABEL: func @absent
// CHECK-LABEL: func @absent
// CHECK: arith.addf
// CHECK: arith.addf
// MODULE: arith.addf
// MODULE-NOT: arith.addf
// MODULE: return
func.func @absent(%x: f32) -> (f32, f32) {
  %0 = arith.addf %x, %x : f32
  %1 = arith.addf %x, %x : f32
  return %0, %1 : f32, f32
}

// CHECK-LABEL: func @present
// CHECK: arith.addf
// CHECK-NOT: arith.addf
func.func @present(%x: f32) -> (f32, f32) {
  %0 = arith.addf %x, %x : f32
  %1 = arith.addf %x, %x : f32
  %2 = math.tanh %1 : f32
  return %0, %2 : f32, f32
}

// CHECK-LABEL: func @nested
// CHECK: arith.addf
// CHECK-NOT: arith.addf
func.func @nested(%x: f32, %n: index, %m: memref<2xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %0 = arith.addf %x, %x : f32
    %1 = arith.addf %x, %x : f32
    memref.store %0, %m[%c0] : memref<2xf32>
    memref.store %1, %m[%c1] : memref<2xf32>
  }
  return
}
