// RUN: act-opt %s --pass-pipeline='builtin.module(func.func(act-vectorize{cpu=x86-64-v4 stream-bytes=0 threads=3}),canonicalize,cse)' | FileCheck %s
// RUN: act-opt %s --pass-pipeline='builtin.module(func.func(act-vectorize{cpu=x86-64-v4 stream-bytes=0}))' | FileCheck %s --check-prefix=ONE

// ONE-NOT: omp.

// Whole vectors over threads where there are many; the rest is one step.

// CHECK-LABEL: func @elementwise
//   CHECK-DAG:   %[[THREE:.+]] = arith.constant 3 : i32
//   CHECK-DAG:   %[[C32768:.+]] = arith.constant 32768 : index
//   CHECK-DAG:   %[[C64:.+]] = arith.constant 64 : index
//       CHECK:   %[[SIZE:.+]] = memref.dim
//       CHECK:   %[[PAYS:.+]] = arith.cmpi uge, %[[SIZE]], %[[C32768]]
//       CHECK:   scf.if %[[PAYS]]
//       CHECK:     omp.parallel num_threads(%[[THREE]] : i32)
//  CHECK-NEXT:       omp.wsloop nowait schedule(static)
//  CHECK-NEXT:         omp.loop_nest ({{.+}}) : index = {{.+}} step (%[[C64]])
//       CHECK:           act.relu {{.*}} : vector<64xf32>
//       CHECK:   } else {
//       CHECK:     scf.for
//       CHECK:       act.relu {{.*}} : vector<64xf32>
//       CHECK:   vector.create_mask
func.func @elementwise(%x: memref<?xf32>, %y: memref<?xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<?xf32>) outs(%y : memref<?xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = act.relu %a : f32
    linalg.yield %0 : f32
  }
  return
}

// Rows over threads, each by one.

// CHECK-LABEL: func @rows
//       CHECK:   omp.loop_nest
//       CHECK:     scf.for
//       CHECK:       arith.maximumf {{.*}} : vector<64xf32>
//       CHECK:     memref.store
func.func @rows(%x: memref<?x?xf32>, %y: memref<?xf32>) {
  linalg.reduce ins(%x : memref<?x?xf32>) outs(%y : memref<?xf32>) dimensions = [1]
    (%a: f32, %b: f32) {
      %m = arith.maximumf %a, %b : f32
      linalg.yield %m : f32
    }
  return
}

// Not one sum, and not what is small for certain.

// CHECK-LABEL: func @one
//   CHECK-NOT:   omp
func.func @one(%x: memref<?xf32>, %y: memref<f32>) {
  linalg.reduce ins(%x : memref<?xf32>) outs(%y : memref<f32>) dimensions = [0]
    (%a: f32, %b: f32) {
      %m = arith.maximumf %a, %b : f32
      linalg.yield %m : f32
    }
  return
}

// CHECK-LABEL: func @small
//   CHECK-NOT:   omp
func.func @small(%x: memref<32767xf32>, %y: memref<32767xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<32767xf32>) outs(%y : memref<32767xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = act.relu %a : f32
    linalg.yield %0 : f32
  }
  return
}
