// RUN: act-opt %s --pass-pipeline='builtin.module(func.func(act-reshape-destinations))' | FileCheck %s
// RUN: act-opt %s --pass-pipeline='builtin.module(func.func(act-reshape-destinations),eliminate-empty-tensors,one-shot-bufferize,canonicalize)' | FileCheck %s --check-prefix=BUFFERS

// BUFFERS-LABEL: func @into
//   BUFFERS-NOT:   memref.alloc
//   BUFFERS-NOT:   memref.copy
//       BUFFERS:   return

// CHECK-LABEL: func @into
//  CHECK-SAME:   %[[X:.+]]: tensor<?x?xf32>, %[[Y:.+]]: memref<?x?xf32, strided<[?, 1]>>, %[[M:.+]]: index, %[[N:.+]]: index
//       CHECK:   %[[Z:.+]] = memref.expand_shape %[[Y]] {{\[\[0\], \[1, 2\]\]}} output_shape [%[[M]], 2, %[[N]]] : memref<?x?xf32, strided<[?, 1]>> into memref<?x2x?xf32, strided<[?, ?, 1]>>
//       CHECK:   %[[R:.+]] = linalg.generic
//   CHECK-NOT:   collapse_shape
//       CHECK:   materialize_in_destination %[[R]] in restrict writable %[[Z]]
func.func @into(%x: tensor<?x?xf32>, %y: memref<?x?xf32, strided<[?, 1]>>, %m: index, %n: index) {
  %e = tensor.empty(%m, %n) : tensor<?x2x?xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (i, j, k)>],
                       iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%x : tensor<?x?xf32>) outs(%e : tensor<?x2x?xf32>) {
  ^bb0(%a: f32, %b: f32):
    linalg.yield %a : f32
  } -> tensor<?x2x?xf32>
  %c = tensor.collapse_shape %r [[0], [1, 2]] : tensor<?x2x?xf32> into tensor<?x?xf32>
  bufferization.materialize_in_destination %c in restrict writable %y : (tensor<?x?xf32>, memref<?x?xf32, strided<[?, 1]>>) -> ()
  return
}

// A buffer that comes after the empty tensor, and a result that was not computed
// from one, stay as they are.

// CHECK-LABEL: func @late
//   CHECK-NOT:   expand_shape
func.func @late(%f: f32, %n: index) -> memref<?xf32> {
  %e = tensor.empty(%n) : tensor<2x?xf32>
  %r = linalg.fill ins(%f : f32) outs(%e : tensor<2x?xf32>) -> tensor<2x?xf32>
  %c = tensor.collapse_shape %r [[0, 1]] : tensor<2x?xf32> into tensor<?xf32>
  %y = memref.alloc(%n) : memref<?xf32>
  bufferization.materialize_in_destination %c in restrict writable %y : (tensor<?xf32>, memref<?xf32>) -> ()
  return %y : memref<?xf32>
}

// CHECK-LABEL: func @given
//   CHECK-NOT:   expand_shape
func.func @given(%r: tensor<2x?xf32>, %y: memref<?xf32>) {
  %c = tensor.collapse_shape %r [[0, 1]] : tensor<2x?xf32> into tensor<?xf32>
  bufferization.materialize_in_destination %c in restrict writable %y : (tensor<?xf32>, memref<?xf32>) -> ()
  return
}
