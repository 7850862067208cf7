// RUN: act-opt %s --pass-pipeline='builtin.module(func.func(act-vectorize{cpu=x86-64-v4 stream-bytes=4096},act-expand,act-lower-primitives,act-drop-streams{cpu=x86-64-v4}),canonicalize,cse)' | FileCheck %s

// Stores past the caches stay where there is little to compute.

// CHECK-LABEL: func @light
//       CHECK:   nontemporal = true
//       CHECK:   sfence
func.func @light(%x: memref<?xf32>, %y: memref<?xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<?xf32>) outs(%y : memref<?xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = act.relu %a : f32
    linalg.yield %0 : f32
  }
  return
}

// Elsewhere they leave nothing behind.

// CHECK-LABEL: func @heavy
//   CHECK-NOT:   nontemporal
//   CHECK-NOT:   extract_aligned_pointer
//   CHECK-NOT:   sfence
//       CHECK:   return
func.func @heavy(%x: memref<?xf32>, %y: memref<?xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<?xf32>) outs(%y : memref<?xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = act.gelu %a : f32
    linalg.yield %0 : f32
  }
  return
}
