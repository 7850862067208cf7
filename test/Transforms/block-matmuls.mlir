// RUN: act-opt %s --pass-pipeline='builtin.module(func.func(act-block-matmuls{rows=32},canonicalize,cse))' --split-input-file | FileCheck %s
// RUN: act-opt %s --pass-pipeline='builtin.module(func.func(act-block-matmuls,canonicalize,cse))' --split-input-file | FileCheck %s --check-prefix=AUTO
// RUN: act-opt %s --pass-pipeline='builtin.module(func.func(act-block-matmuls{tile=0,16,4},canonicalize,cse))' --split-input-file | FileCheck %s --check-prefix=TILE
// RUN: not act-opt %s --act-block-matmuls=tile=1,2 --split-input-file 2>&1 | FileCheck %s --check-prefix=THREE
// THREE: error: act-block-matmuls: 'tile' takes three sizes

// A packed matmul, its halves, and the activation of both: the matmul is made
// once for each block, and both halves are taken from it.

// CHECK-LABEL: func @packed
// CHECK-SAME:    %[[X:.+]]: tensor<?x8xf32>, %[[W:.+]]: tensor<8x32xf32>
// CHECK:         scf.for %[[I:.+]] = %{{.+}} to %{{.+}} step %{{.+}} iter_args
// CHECK:           %[[M:.+]] = affine.min
// CHECK:           %[[ROWS:.+]] = tensor.extract_slice %[[X]][%[[I]], 0] [%[[M]], 8] [1, 1]
// CHECK:           linalg.fill
// CHECK:           %[[P:.+]] = linalg.matmul ins(%[[ROWS]], %[[W]] :
// CHECK-NOT:       linalg.matmul
// CHECK-DAG:       %[[G:.+]] = tensor.extract_slice %[[P]][0, 0] [%[[M]], 16] [1, 2]
// CHECK-DAG:       %[[V:.+]] = tensor.extract_slice %[[P]][0, 1] [%[[M]], 16] [1, 2]
// CHECK:           linalg.generic {{.*}} ins(%[[G]], %[[V]] :
// CHECK:             act.swiglu
// CHECK:           scf.yield
// CHECK-NOT:     linalg
// CHECK:         return

// Few enough rows are enough where sums are short.
// AUTO-LABEL: func @packed
// AUTO:         %[[STEP:.+]] = arith.constant 8192 : index
// AUTO:         scf.for {{.*}} step %[[STEP]]

// TILE-LABEL: func @packed
// TILE:         scf.for
// TILE:           scf.for
// TILE:             linalg.matmul ins({{.+}} : tensor<?x4xf32>, tensor<4x16xf32>)
#id = affine_map<(i, j) -> (i, j)>
func.func @packed(%x: tensor<?x8xf32>, %w: tensor<8x32xf32>) -> tensor<?x16xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %m = tensor.dim %x, %c0 : tensor<?x8xf32>
  %e = tensor.empty(%m) : tensor<?x32xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?x32xf32>) -> tensor<?x32xf32>
  %p = linalg.matmul ins(%x, %w : tensor<?x8xf32>, tensor<8x32xf32>) outs(%f : tensor<?x32xf32>) -> tensor<?x32xf32>
  %n = tensor.dim %p, %c0 : tensor<?x32xf32>
  %g = tensor.extract_slice %p[0, 0] [%n, 16] [1, 2] : tensor<?x32xf32> to tensor<?x16xf32>
  %v = tensor.extract_slice %p[0, 1] [%n, 16] [1, 2] : tensor<?x32xf32> to tensor<?x16xf32>
  %e1 = tensor.empty(%n) : tensor<?x16xf32>
  %y = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%g, %v : tensor<?x16xf32>, tensor<?x16xf32>) outs(%e1 : tensor<?x16xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %0 = act.swiglu %a, %b : f32
    linalg.yield %0 : f32
  } -> tensor<?x16xf32>
  return %y : tensor<?x16xf32>
}

// -----

// Two matmuls that only the activation reads both come along.

// CHECK-LABEL: func @two
// CHECK:         scf.for
// CHECK:           linalg.matmul {first}
// CHECK:           linalg.matmul {second}
// CHECK:           act.swiglu
// CHECK:           scf.yield
// CHECK-NOT:     linalg
// CHECK:         return
// AUTO-LABEL:  func @two
// AUTO-NOT:      scf.for
// TILE-LABEL:  func @two
// TILE:          scf.for
// TILE:            linalg.matmul {first} ins({{.+}} : tensor<100x4xf32>, tensor<4x16xf32>)
// TILE:          scf.for
// TILE:            linalg.matmul {second} ins({{.+}} : tensor<100x4xf32>, tensor<4x16xf32>)
#id = affine_map<(i, j) -> (i, j)>
func.func @two(%x: tensor<100x8xf32>, %w: tensor<8x16xf32>, %u: tensor<8x16xf32>, %e: tensor<100x16xf32>) -> tensor<100x16xf32> {
  %g = linalg.matmul {first} ins(%x, %w : tensor<100x8xf32>, tensor<8x16xf32>) outs(%e : tensor<100x16xf32>) -> tensor<100x16xf32>
  %v = linalg.matmul {second} ins(%x, %u : tensor<100x8xf32>, tensor<8x16xf32>) outs(%e : tensor<100x16xf32>) -> tensor<100x16xf32>
  %e1 = tensor.empty() : tensor<100x16xf32>
  %y = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%g, %v : tensor<100x16xf32>, tensor<100x16xf32>) outs(%e1 : tensor<100x16xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %0 = act.swiglu %a, %b : f32
    linalg.yield %0 : f32
  } -> tensor<100x16xf32>
  return %y : tensor<100x16xf32>
}

// -----

// Each of a batch by itself, with the reductions of its rows.

// CHECK-LABEL: func @batch
// CHECK:         scf.for
// CHECK:           linalg.batch_matmul ins({{.+}} : tensor<1x4x8xf32>, tensor<1x8x16xf32>)
// CHECK:           linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "reduction"]
// CHECK:           linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "parallel"]
// CHECK:           scf.yield
// AUTO-LABEL:  func @batch
// AUTO:          scf.for
// TILE-LABEL:  func @batch
// TILE:          scf.for
// TILE:            scf.for
// TILE:              linalg.batch_matmul ins({{.+}} : tensor<1x4x4xf32>, tensor<1x4x16xf32>)
#row = affine_map<(b, i, j) -> (b, i)>
#all = affine_map<(b, i, j) -> (b, i, j)>
func.func @batch(%x: tensor<3x4x8xf32>, %w: tensor<3x8x16xf32>, %e: tensor<3x4x16xf32>, %s: tensor<3x4xf32>) -> tensor<3x4x16xf32> {
  %p = linalg.batch_matmul ins(%x, %w : tensor<3x4x8xf32>, tensor<3x8x16xf32>) outs(%e : tensor<3x4x16xf32>) -> tensor<3x4x16xf32>
  %m = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%p : tensor<3x4x16xf32>) outs(%s : tensor<3x4xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.maximumf %a, %out : f32
    linalg.yield %0 : f32
  } -> tensor<3x4xf32>
  %e1 = tensor.empty() : tensor<3x4x16xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #all], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%p, %m : tensor<3x4x16xf32>, tensor<3x4xf32>) outs(%e1 : tensor<3x4x16xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %0 = arith.subf %a, %b : f32
    linalg.yield %0 : f32
  } -> tensor<3x4x16xf32>
  return %y : tensor<3x4x16xf32>
}

// -----

// What somebody else reads is not computed twice: it stays, and so does what
// reads along columns.

// CHECK-LABEL: func @read
// CHECK-NOT:     scf.for
// CHECK:         return
// AUTO-LABEL:  func @read
// AUTO-NOT:      scf.for
// AUTO:          return
// TILE-LABEL:  func @read
// TILE-COUNT-4:  scf.for
// TILE-NOT:      scf.for
#id = affine_map<(i, j) -> (i, j)>
#t = affine_map<(i, j) -> (j, i)>
func.func @read(%x: tensor<64x8xf32>, %w: tensor<8x64xf32>, %e: tensor<64x64xf32>) -> (tensor<64x64xf32>, tensor<64x64xf32>, tensor<64x64xf32>) {
  %p = linalg.matmul ins(%x, %w : tensor<64x8xf32>, tensor<8x64xf32>) outs(%e : tensor<64x64xf32>) -> tensor<64x64xf32>
  %e1 = tensor.empty() : tensor<64x64xf32>
  %y = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%p : tensor<64x64xf32>) outs(%e1 : tensor<64x64xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = act.silu %a : f32
    linalg.yield %0 : f32
  } -> tensor<64x64xf32>
  %q = linalg.matmul ins(%x, %w : tensor<64x8xf32>, tensor<8x64xf32>) outs(%y : tensor<64x64xf32>) -> tensor<64x64xf32>
  %z = linalg.generic {indexing_maps = [#t, #id], iterator_types = ["parallel", "parallel"]}
      ins(%q : tensor<64x64xf32>) outs(%e1 : tensor<64x64xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = act.silu %a : f32
    linalg.yield %0 : f32
  } -> tensor<64x64xf32>
  return %p, %y, %z : tensor<64x64xf32>, tensor<64x64xf32>, tensor<64x64xf32>
}

// -----

// Slices of everything, in a loop over blocks already.

// CHECK-LABEL: func @again
// CHECK:         scf.for
// CHECK:           scf.for
// CHECK:             linalg.batch_matmul
// AUTO-LABEL:  func @again
// AUTO:          linalg.batch_matmul
// TILE-LABEL:  func @again
// TILE:          linalg.batch_matmul
#all = affine_map<(b, i, j) -> (b, i, j)>
func.func @again(%x: tensor<2x?x64xf32>, %w: tensor<1x64x?xf32>, %m: index, %n: index) -> tensor<2x?x?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty(%m, %n) : tensor<2x?x?xf32>
  %y = scf.for %i = %c0 to %c2 step %c1 iter_args(%to = %e) -> (tensor<2x?x?xf32>) {
    %a = tensor.extract_slice %x[%i, 0, 0] [1, %m, 64] [1, 1, 1] : tensor<2x?x64xf32> to tensor<1x?x64xf32>
    %s = tensor.extract_slice %to[%i, 0, 0] [1, %m, %n] [1, 1, 1] : tensor<2x?x?xf32> to tensor<1x?x?xf32>
    %f = linalg.fill ins(%zero : f32) outs(%s : tensor<1x?x?xf32>) -> tensor<1x?x?xf32>
    %p = linalg.batch_matmul ins(%a, %w : tensor<1x?x64xf32>, tensor<1x64x?xf32>) outs(%f : tensor<1x?x?xf32>) -> tensor<1x?x?xf32>
    %q = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel", "parallel"]}
        ins(%p : tensor<1x?x?xf32>) outs(%s : tensor<1x?x?xf32>) {
    ^bb0(%u: f32, %out: f32):
      %0 = act.silu %u : f32
      linalg.yield %0 : f32
    } -> tensor<1x?x?xf32>
    %t = tensor.insert_slice %q into %to[%i, 0, 0] [1, %m, %n] [1, 1, 1] : tensor<1x?x?xf32> into tensor<2x?x?xf32>
    scf.yield %t : tensor<2x?x?xf32>
  }
  return %y : tensor<2x?x?xf32>
}
