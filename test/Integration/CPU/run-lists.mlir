// Options that take a list: repeated, or once with several values.

// RUN: act-run %s --shape 3 --seed 1 --out %t.a.npy
// RUN: act-run %s --shape 3 --seed 2 --out %t.b.npy
// RUN: act-run %s --entry two --in %t.a.npy %t.b.npy > %t.1
// RUN: act-run %s --entry two --in %t.a.npy --in %t.b.npy > %t.2
// RUN: act-run %s --entry two --in=%t.a.npy %t.b.npy > %t.3
// RUN: act-run %s --entry=two --in=%t.a.npy --in %t.b.npy --bench=0 > %t.4
// RUN: act-run --entry two --in %t.a.npy %s --in %t.b.npy > %t.5
// RUN: diff %t.1 %t.2
// RUN: diff %t.1 %t.3
// RUN: diff %t.1 %t.4
// RUN: diff %t.1 %t.5
// RUN: FileCheck %s < %t.1

// CHECK: argument 0: 3 f32 checksum [[#%x,SUM:]]
// CHECK-NOT: argument 1: 3 f32 checksum [[#SUM]]
// CHECK: argument 1: 3 f32
// CHECK: result 0: 3 f32

func.func @main(%x: tensor<?xf32>) -> tensor<?xf32> {
  %0 = act.relu %x : tensor<?xf32>
  return %0 : tensor<?xf32>
}
func.func @two(%g: tensor<?xf32>, %v: tensor<?xf32>) -> tensor<?xf32> {
  %0 = act.swiglu %g, %v : tensor<?xf32>
  return %0 : tensor<?xf32>
}
