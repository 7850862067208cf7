// RUN: act-opt %s --pass-pipeline='builtin.module(func.func(act-vectorize{cpu=x86-64-v4 stream-bytes=4096}),canonicalize,cse)' | FileCheck %s
// RUN: act-opt %s --pass-pipeline='builtin.module(func.func(act-vectorize{cpu=neoverse-v1 stream-bytes=4096}))' | FileCheck %s --check-prefix=PLAIN
// RUN: act-opt %s --pass-pipeline='builtin.module(func.func(act-vectorize{cpu=x86-64-v4 stream-bytes=0}))' | FileCheck %s --check-prefix=PLAIN
// RUN: not act-opt %s --pass-pipeline='builtin.module(func.func(act-vectorize{cpu=x86-64-v4 stream-bytes=-2}))' 2>&1 | FileCheck %s --check-prefix=ERROR

// Only x86 streams.

// PLAIN-NOT: nontemporal
// PLAIN-NOT: sfence

// ERROR: stream-bytes must be -1, 0 or positive

// A head up to where the result is aligned, whole vectors that are stored in
// one of two ways, and one loop for head and tail.

// CHECK-LABEL: func @streamed
//  CHECK-SAME:   %[[X:.+]]: memref<?xf32>, %[[Y:.+]]: memref<?xf32>
//   CHECK-DAG:   %[[C0:.+]] = arith.constant 0 : index
//   CHECK-DAG:   %[[C64:.+]] = arith.constant 64 : index
//   CHECK-DAG:   %[[C512:.+]] = arith.constant 512 : index
//       CHECK:   %[[SIZE:.+]] = memref.dim %[[X]]
//       CHECK:   arith.cmpi uge, %[[SIZE]], %[[C512]]
//   CHECK-DAG:   memref.extract_aligned_pointer_as_index %[[X]]
//   CHECK-DAG:   memref.extract_aligned_pointer_as_index %[[Y]]
//       CHECK:   %[[STREAM:.+]] = arith.andi
//       CHECK:   %[[HEAD:.+]] = arith.select %[[STREAM]], %{{.+}}, %[[C0]]
//       CHECK:   %[[ALIGNED:.+]] = arith.andi %[[STREAM]]
//       CHECK:   %[[REST:.+]] = arith.remui %{{.+}}, %[[C64]]
//       CHECK:   %[[WHOLE:.+]] = arith.subi %[[SIZE]], %[[REST]]
//       CHECK:   scf.for %[[I:.+]] = %[[HEAD]] to %[[WHOLE]] step %[[C64]]
//       CHECK:     act.relu {{.*}} : vector<64xf32>
//       CHECK:     scf.if %[[ALIGNED]]
// CHECK-COUNT-4:     vector.store {{.*}} {alignment = 64 : i64, nontemporal = true} : memref<?xf32>, vector<16xf32>
//       CHECK:     } else {
//       CHECK:       vector.transfer_write
//       CHECK:   %[[FIRST:.+]] = arith.select %{{.+}}, %[[C0]], %[[WHOLE]]
//       CHECK:   %[[STEP:.+]] = arith.select %{{.+}}, %[[WHOLE]], %[[C64]]
//       CHECK:   scf.for %{{.+}} = %[[FIRST]] to %[[SIZE]] step %[[STEP]]
//       CHECK:     vector.create_mask
//       CHECK:     act.relu
//   CHECK-NOT:     nontemporal
//       CHECK:   scf.if %[[STREAM]]
//  CHECK-NEXT:     llvm.call_intrinsic "llvm.x86.sse.sfence"
func.func @streamed(%x: memref<?xf32>, %y: memref<?xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<?xf32>) outs(%y : memref<?xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = act.relu %a : f32
    linalg.yield %0 : f32
  }
  return
}

// In place, small for certain, and apart from each other: never.

// CHECK-LABEL: func @in_place
//   CHECK-NOT:   nontemporal
func.func @in_place(%x: memref<?xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<?xf32>) outs(%x : memref<?xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = act.relu %a : f32
    linalg.yield %0 : f32
  }
  return
}

// CHECK-LABEL: func @small
//   CHECK-NOT:   nontemporal
func.func @small(%x: memref<511xf32>, %y: memref<511xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<511xf32>) outs(%y : memref<511xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = act.relu %a : f32
    linalg.yield %0 : f32
  }
  return
}

// CHECK-LABEL: func @strided
//   CHECK-NOT:   nontemporal
func.func @strided(%x: memref<?xf32>, %y: memref<?xf32, strided<[2]>>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<?xf32>) outs(%y : memref<?xf32, strided<[2]>>) {
  ^bb0(%a: f32, %b: f32):
    %0 = act.relu %a : f32
    linalg.yield %0 : f32
  }
  return
}
