// RUN: act-opt %s --act-expand | FileCheck %s --check-prefixes=CHECK,PRECISE
// RUN: act-opt %s --act-expand=accuracy=fast | FileCheck %s --check-prefixes=CHECK,FAST
// RUN: not act-opt %s --act-expand=accuracy=sloppy 2>&1 | FileCheck %s --check-prefix=ERROR

// One word is enough where it is asked for, and where the result has 16 bits.

// ERROR: act-expand: accuracy=sloppy is not one of precise, fast

// CHECK-LABEL: func @f32
// PRECISE: act.prim sigmoid(%{{.*}}) : f32
// FAST:    act.prim sigmoid(%{{.*}}) {fast} : f32
func.func @f32(%x: f32) -> f32 {
  %0 = act.silu %x : f32
  return %0 : f32
}

// CHECK-LABEL: func @precise
// CHECK:       act.prim sigmoid(%{{.*}}) : f32
// CHECK:       act.prim scale(%{{.*}}) : f32
func.func @precise(%x: f32) -> f32 {
  %0 = act.silu %x {precise} : f32
  return %0 : f32
}

// CHECK-LABEL: func @bf16
// CHECK:       act.prim sigmoid(%{{.*}}) {fast} : f32
func.func @bf16(%x: bf16) -> bf16 {
  %0 = act.silu %x : bf16
  return %0 : bf16
}
