// RUN: act-opt %s --pass-pipeline='builtin.module(func.func(act-reuse-operands,canonicalize))' --split-input-file | FileCheck %s
// RUN: act-opt %s --act-to-llvm=cpu=x86-64-v3 --split-input-file | FileCheck %s --check-prefix=LLVM

// The result of a matmul is overwritten by what is computed from it, and the
// function allocates once.

// CHECK-LABEL: func @chain
// CHECK:         %[[PRODUCT:.+]] = linalg.matmul
// CHECK:         linalg.generic {{.*}} ins(%[[PRODUCT]] : {{.*}}) outs(%[[PRODUCT]] :
// LLVM-LABEL: llvm.func @chain(
// LLVM:         llvm.call @malloc
// LLVM-NOT:     llvm.call @malloc
// LLVM:       llvm.func @_mlir_ciface_chain
#id = affine_map<(i, j) -> (i, j)>
func.func @chain(%a: tensor<8x?xf32>, %b: tensor<?x8xf32>) -> tensor<8x8xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8x8xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<8x8xf32>) -> tensor<8x8xf32>
  %0 = linalg.matmul ins(%a, %b : tensor<8x?xf32>, tensor<?x8xf32>) outs(%f : tensor<8x8xf32>) -> tensor<8x8xf32>
  %d = tensor.empty() : tensor<8x8xf32>
  %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%0 : tensor<8x8xf32>) outs(%d : tensor<8x8xf32>) {
  ^bb0(%x: f32, %y: f32):
    %2 = act.silu %x : f32
    linalg.yield %2 : f32
  } -> tensor<8x8xf32>
  return %1 : tensor<8x8xf32>
}

// -----

// A destination that is given is written by the matmul already.

// LLVM-LABEL: llvm.func @destination(
// LLVM-NOT:     llvm.call @malloc
// LLVM:       llvm.func @_mlir_ciface_destination
func.func @destination(%a: tensor<8x?xf32>, %b: tensor<?x8xf32>, %out: memref<8x8xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8x8xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<8x8xf32>) -> tensor<8x8xf32>
  %0 = linalg.matmul ins(%a, %b : tensor<8x?xf32>, tensor<?x8xf32>) outs(%f : tensor<8x8xf32>) -> tensor<8x8xf32>
  %1 = act.silu %0 : tensor<8x8xf32>
  bufferization.materialize_in_destination %1 in restrict writable %out : (tensor<8x8xf32>, memref<8x8xf32>) -> ()
  return
}

// -----

// An argument that may be overwritten holds what is computed from it on the way
// to something else.

// CHECK-LABEL: func @given
// CHECK-SAME:    %[[X:.+]]: tensor<8x8xf32> {bufferization.writable = true}
// CHECK:         linalg.generic {{.*}} ins(%[[X]] : {{.*}}) outs(%[[X]] :
// LLVM-LABEL: llvm.func @given(
// LLVM-NOT:     llvm.call @malloc
// LLVM:       llvm.func @_mlir_ciface_given
#id = affine_map<(i, j) -> (i, j)>
func.func @given(%x: tensor<8x8xf32> {bufferization.writable = true}, %b: tensor<8x8xf32>, %out: memref<8x8xf32>) {
  %zero = arith.constant 0.0 : f32
  %d = tensor.empty() : tensor<8x8xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<8x8xf32>) outs(%d : tensor<8x8xf32>) {
  ^bb0(%p: f32, %q: f32):
    %2 = act.silu %p : f32
    linalg.yield %2 : f32
  } -> tensor<8x8xf32>
  %e = tensor.empty() : tensor<8x8xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<8x8xf32>) -> tensor<8x8xf32>
  %1 = linalg.matmul ins(%0, %b : tensor<8x8xf32>, tensor<8x8xf32>) outs(%f : tensor<8x8xf32>) -> tensor<8x8xf32>
  bufferization.materialize_in_destination %1 in restrict writable %out : (tensor<8x8xf32>, memref<8x8xf32>) -> ()
  return
}

// -----

// What is read again, or elsewhere, or belongs to the caller, stays.

// CHECK-LABEL: func @kept
// CHECK-SAME:    %[[X:[^:]+]]: tensor<4x4xf32>
// CHECK:         %[[E:.+]] = tensor.empty()
// CHECK:         %[[ONE:.+]] = linalg.generic {{.*}} ins(%[[X]] : {{.*}}) outs(%[[E]] :
// CHECK:         %[[TWO:.+]] = linalg.generic {{.*}} ins(%[[ONE]] : {{.*}}) outs(%[[E]] :
// CHECK:         linalg.generic {{.*}} ins(%[[ONE]], %[[TWO]] : {{.*}}) outs(%[[TWO]] :
#id = affine_map<(i, j) -> (i, j)>
#swap = affine_map<(i, j) -> (j, i)>
func.func @kept(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %e = tensor.empty() : tensor<4x4xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<4x4xf32>) outs(%e : tensor<4x4xf32>) {
  ^bb0(%p: f32, %q: f32):
    %r = act.silu %p : f32
    linalg.yield %r : f32
  } -> tensor<4x4xf32>
  %1 = linalg.generic {indexing_maps = [#swap, #id], iterator_types = ["parallel", "parallel"]}
      ins(%0 : tensor<4x4xf32>) outs(%e : tensor<4x4xf32>) {
  ^bb0(%p: f32, %q: f32):
    %r = act.relu %p : f32
    linalg.yield %r : f32
  } -> tensor<4x4xf32>
  %2 = linalg.generic {indexing_maps = [#swap, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%0, %1 : tensor<4x4xf32>, tensor<4x4xf32>) outs(%e : tensor<4x4xf32>) {
  ^bb0(%p: f32, %q: f32, %s: f32):
    %r = act.swiglu %p, %q : f32
    linalg.yield %r : f32
  } -> tensor<4x4xf32>
  return %2 : tensor<4x4xf32>
}
