// RUN: act-opt %s --pass-pipeline='builtin.module(func.func(act-vectorize{cpu=neoverse-v1 scalable}),canonicalize,cse)' | FileCheck %s
// RUN: act-opt %s --pass-pipeline='builtin.module(func.func(act-vectorize{cpu=neoverse-v1 scalable vector-bits=256}),canonicalize,cse)' | FileCheck %s --check-prefix=WIDTH
// RUN: not act-opt %s --pass-pipeline='builtin.module(func.func(act-vectorize{cpu=x86-64-v4 scalable}))' 2>&1 | FileCheck %s --check-prefix=X86

// X86: error: cpu 'x86-64-v4' has no scalable vectors

// A step is a multiple of what the machine has, and so is what the rest is
// counted from. A width asked for is that of fixed vectors.

// CHECK-LABEL: func @elementwise
//  CHECK-SAME:   %[[X:.+]]: memref<?xf32>, %[[Y:.+]]: memref<?xf32>
//   CHECK-DAG:   %[[ZERO:.+]] = arith.constant 0.000000e+00 : f32
//   CHECK-DAG:   %[[C16:.+]] = arith.constant 16 : index
//       CHECK:   %[[SIZE:.+]] = memref.dim %[[X]]
//       CHECK:   %[[SCALE:.+]] = vector.vscale
//       CHECK:   %[[STEP:.+]] = arith.muli %[[SCALE]], %[[C16]]
//       CHECK:   %[[REST:.+]] = arith.remui %[[SIZE]], %[[STEP]]
//       CHECK:   %[[WHOLE:.+]] = arith.subi %[[SIZE]], %[[REST]]
//       CHECK:   scf.for %[[I:.+]] = %{{.+}} to %[[WHOLE]] step %[[STEP]]
//       CHECK:     %[[A:.+]] = vector.transfer_read %[[X]][%[[I]]], %[[ZERO]] {in_bounds = [true]} : memref<?xf32>, vector<[16]xf32>
//       CHECK:     %[[B:.+]] = act.relu %[[A]] : vector<[16]xf32>
//       CHECK:     vector.transfer_write %[[B]], %[[Y]][%[[I]]]
//       CHECK:   scf.if
//       CHECK:     %[[MASK:.+]] = vector.create_mask %[[REST]] : vector<[16]xi1>
//       CHECK:     vector.transfer_read %[[X]][%[[WHOLE]]], %[[ZERO]], %[[MASK]]
//       CHECK:     act.relu {{.*}} : vector<[16]xf32>
//       CHECK:     vector.transfer_write {{.*}}, %[[Y]][%[[WHOLE]]], %[[MASK]]
// WIDTH-LABEL: func @elementwise
//       WIDTH:   vector<[16]xf32>
func.func @elementwise(%x: memref<?xf32>, %y: memref<?xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<?xf32>) outs(%y : memref<?xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = act.relu %a : f32
    linalg.yield %0 : f32
  }
  return
}

// Unlike with fixed vectors, a known size need not be a whole number of steps.

// CHECK-LABEL: func @rows
//       CHECK:   scf.for
//       CHECK:     scf.for
//       CHECK:       vector.broadcast {{.*}} : f64 to vector<[4]xf64>
//       CHECK:       vector.step : vector<[4]xindex>
//       CHECK:     scf.if
//       CHECK:       vector.create_mask {{.*}} : vector<[4]xi1>
func.func @rows(%x: memref<?x64xf64, strided<[100, 1], offset: ?>>, %s: memref<?xf64>, %y: memref<?x64xf64>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>],
                  iterator_types = ["parallel", "parallel"]}
      ins(%x, %s : memref<?x64xf64, strided<[100, 1], offset: ?>>, memref<?xf64>) outs(%y : memref<?x64xf64>) {
  ^bb0(%a: f64, %c: f64, %b: f64):
    %j = linalg.index 1 : index
    %k = arith.index_castui %j : index to i64
    %f = arith.uitofp %k : i64 to f64
    %0 = act.swiglu %a, %c : f64
    %1 = arith.addf %0, %f : f64
    linalg.yield %1 : f64
  }
  return
}

// A block of the result stays in scalable registers while a matmul runs.

// CHECK-LABEL: func @matmul
// CHECK-COUNT-8: math.fma {{.*}} : vector<[8]xf32>
func.func @matmul(%a: memref<64x?xf32>, %b: memref<?x?xf32>, %c: memref<64x?xf32>) {
  linalg.matmul ins(%a, %b : memref<64x?xf32>, memref<?x?xf32>) outs(%c : memref<64x?xf32>)
  return
}

// A short size, merged lanes, and elements apart: fixed vectors.

// CHECK-LABEL: func @short
//   CHECK-NOT:   vscale
//       CHECK:   vector<4xf32>
func.func @short(%x: memref<3xf32>, %y: memref<3xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<3xf32>) outs(%y : memref<3xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = act.relu %a : f32
    linalg.yield %0 : f32
  }
  return
}

// CHECK-LABEL: func @row_maximum
//   CHECK-NOT:   vscale
//       CHECK:   vector<16xf32>
// WIDTH-LABEL: func @row_maximum
//       WIDTH:   vector<32xf32>
func.func @row_maximum(%x: memref<?x?xf32>, %m: memref<?xf32>) {
  linalg.reduce {arith.maximumf} ins(%x : memref<?x?xf32>) outs(%m : memref<?xf32>) dimensions = [1]
  return
}

// CHECK-LABEL: func @apart
//   CHECK-NOT:   vscale
//       CHECK:   vector<16xf32>
//   CHECK-NOT:   vscale
//       CHECK:   return
func.func @apart(%x: memref<?xf32, strided<[?], offset: ?>>, %y: memref<?xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<?xf32, strided<[?], offset: ?>>) outs(%y : memref<?xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = act.relu %a : f32
    linalg.yield %0 : f32
  }
  return
}
