// RUN: act-opt %s --pass-pipeline='builtin.module(func.func(act-fold-into-matmuls,canonicalize,cse))' --split-input-file | FileCheck %s

// Both operands are transposed: their maps say so.

// CHECK-DAG:   #[[$A:.+]] = affine_map<(d0, d1, d2) -> (d2, d0)>
// CHECK-DAG:   #[[$B:.+]] = affine_map<(d0, d1, d2) -> (d1, d2)>
// CHECK-DAG:   #[[$C:.+]] = affine_map<(d0, d1, d2) -> (d0, d1)>
// CHECK-LABEL: func @transposes
// CHECK-SAME:    %[[X:.+]]: tensor<8x4xf32>, %[[Y:.+]]: tensor<16x8xf32>, %[[E:.+]]: tensor<4x16xf32>
// CHECK-NOT:     linalg.transpose
// CHECK:         linalg.generic {indexing_maps = [#[[$A]], #[[$B]], #[[$C]]], iterator_types = ["parallel", "parallel", "reduction"]} ins(%[[X]], %[[Y]] : {{.+}}) outs(%[[E]] :
// CHECK-NEXT:    ^bb0(%[[L:.+]]: f32, %[[R:.+]]: f32, %[[S:.+]]: f32):
// CHECK-NEXT:      %[[P:.+]] = arith.mulf %[[L]], %[[R]]
// CHECK-NEXT:      %[[T:.+]] = arith.addf %[[S]], %[[P]]
// CHECK-NEXT:      linalg.yield %[[T]]
func.func @transposes(%x: tensor<8x4xf32>, %y: tensor<16x8xf32>, %e: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %e0 = tensor.empty() : tensor<4x8xf32>
  %e1 = tensor.empty() : tensor<8x16xf32>
  %a = linalg.transpose ins(%x : tensor<8x4xf32>) outs(%e0 : tensor<4x8xf32>) permutation = [1, 0]
  %b = linalg.transpose ins(%y : tensor<16x8xf32>) outs(%e1 : tensor<8x16xf32>) permutation = [1, 0]
  %c = linalg.matmul ins(%a, %b : tensor<4x8xf32>, tensor<8x16xf32>) outs(%e : tensor<4x16xf32>) -> tensor<4x16xf32>
  return %c : tensor<4x16xf32>
}

// -----

// Weights that were repeated for each of a batch are read once.

// CHECK:       #[[$W:.+]] = affine_map<(d0, d1, d2, d3) -> (d3, d2)>
// CHECK-LABEL: func @broadcast
// CHECK-SAME:    %[[X:.+]]: tensor<2x4x8xf32>, %[[W:.+]]: tensor<8x16xf32>
// CHECK-NOT:     linalg.broadcast
// CHECK:         linalg.generic {indexing_maps = [#{{.+}}, #[[$W]], #{{.+}}], {{.*}}} ins(%[[X]], %[[W]] :
func.func @broadcast(%x: tensor<2x4x8xf32>, %w: tensor<8x16xf32>, %e: tensor<2x4x16xf32>) -> tensor<2x4x16xf32> {
  %e0 = tensor.empty() : tensor<2x8x16xf32>
  %b = linalg.broadcast ins(%w : tensor<8x16xf32>) outs(%e0 : tensor<2x8x16xf32>) dimensions = [0]
  %c = linalg.batch_matmul ins(%x, %b : tensor<2x4x8xf32>, tensor<2x8x16xf32>) outs(%e : tensor<2x4x16xf32>) -> tensor<2x4x16xf32>
  return %c : tensor<2x4x16xf32>
}

// -----

// Extended operands, and a result that is only rounded.

// CHECK-LABEL: func @casts
// CHECK-SAME:    %[[X:.+]]: tensor<4x8xbf16>, %[[Y:.+]]: tensor<8x?xbf16>, %[[N:.+]]: index
// CHECK:         %[[ZERO:.+]] = arith.constant 0.000000e+00 : bf16
// CHECK:         %[[E:.+]] = tensor.empty(%[[N]]) : tensor<4x?xbf16>
// CHECK:         %[[F:.+]] = linalg.fill ins(%[[ZERO]] : bf16) outs(%[[E]] :
// CHECK:         %[[C:.+]] = linalg.generic {{.*}} ins(%[[X]], %[[Y]] : {{.+}}) outs(%[[F]] :
// CHECK-NEXT:    ^bb0(%[[L:.+]]: bf16, %[[R:.+]]: bf16, %[[S:.+]]: bf16):
// CHECK-DAG:       %[[LW:.+]] = arith.extf %[[L]] : bf16 to f32
// CHECK-DAG:       %[[RW:.+]] = arith.extf %[[R]] : bf16 to f32
// CHECK-DAG:       %[[P:.+]] = arith.mulf %[[LW]], %[[RW]] : f32
// CHECK-DAG:       %[[SW:.+]] = arith.extf %[[S]] : bf16 to f32
// CHECK:           %[[T:.+]] = arith.addf %[[SW]], %[[P]] : f32
// CHECK:           %[[O:.+]] = arith.truncf %[[T]] : f32 to bf16
// CHECK:           linalg.yield %[[O]]
// CHECK:         return %[[C]]
#id = affine_map<(i, j) -> (i, j)>
func.func @casts(%x: tensor<4x8xbf16>, %y: tensor<8x?xbf16>, %n: index) -> tensor<4x?xbf16> {
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %e0 = tensor.empty() : tensor<4x8xf32>
  %a = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<4x8xbf16>) outs(%e0 : tensor<4x8xf32>) {
  ^bb0(%in: bf16, %out: f32):
    %0 = arith.extf %in : bf16 to f32
    linalg.yield %0 : f32
  } -> tensor<4x8xf32>
  %e1 = tensor.empty(%n) : tensor<8x?xf32>
  %b = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%y : tensor<8x?xbf16>) outs(%e1 : tensor<8x?xf32>) {
  ^bb0(%in: bf16, %out: f32):
    %0 = arith.extf %in : bf16 to f32
    linalg.yield %0 : f32
  } -> tensor<8x?xf32>
  %e2 = tensor.empty(%n) : tensor<4x?xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e2 : tensor<4x?xf32>) -> tensor<4x?xf32>
  %c = linalg.matmul ins(%a, %b : tensor<4x8xf32>, tensor<8x?xf32>) outs(%f : tensor<4x?xf32>) -> tensor<4x?xf32>
  %m = tensor.dim %c, %c1 : tensor<4x?xf32>
  %e3 = tensor.empty(%m) : tensor<4x?xbf16>
  %d = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%c : tensor<4x?xf32>) outs(%e3 : tensor<4x?xbf16>) {
  ^bb0(%in: f32, %out: bf16):
    %0 = arith.truncf %in : f32 to bf16
    linalg.yield %0 : bf16
  } -> tensor<4x?xbf16>
  return %d : tensor<4x?xbf16>
}

// -----

// What starts from something else than zeros has two roundings. One operand
// that is extended and one that is not are no product of one type.

// CHECK-LABEL: func @keeps
// CHECK:         linalg.matmul ins(%{{.+}}, %{{.+}} : tensor<4x8xf32>, tensor<8x16xf32>)
// CHECK:         arith.truncf
#id = affine_map<(i, j) -> (i, j)>
func.func @keeps(%x: tensor<4x8xbf16>, %y: tensor<8x16xf32>, %c: tensor<4x16xf32>) -> tensor<4x16xbf16> {
  %e0 = tensor.empty() : tensor<4x8xf32>
  %a = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<4x8xbf16>) outs(%e0 : tensor<4x8xf32>) {
  ^bb0(%in: bf16, %out: f32):
    %0 = arith.extf %in : bf16 to f32
    linalg.yield %0 : f32
  } -> tensor<4x8xf32>
  %p = linalg.matmul ins(%a, %y : tensor<4x8xf32>, tensor<8x16xf32>) outs(%c : tensor<4x16xf32>) -> tensor<4x16xf32>
  %e1 = tensor.empty() : tensor<4x16xbf16>
  %d = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%p : tensor<4x16xf32>) outs(%e1 : tensor<4x16xbf16>) {
  ^bb0(%in: f32, %out: bf16):
    %0 = arith.truncf %in : f32 to bf16
    linalg.yield %0 : bf16
  } -> tensor<4x16xbf16>
  return %d : tensor<4x16xbf16>
}

// -----

// The library has no products in f16, but those in f32.

// CHECK-LABEL: func @f16
// CHECK:         arith.extf
// CHECK:         linalg.matmul ins(%{{.+}}, %{{.+}} : tensor<4x8xf32>, tensor<8x16xf32>)
#id = affine_map<(i, j) -> (i, j)>
func.func @f16(%x: tensor<4x8xf16>, %y: tensor<8x16xf32>, %c: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %e0 = tensor.empty() : tensor<4x8xf32>
  %a = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<4x8xf16>) outs(%e0 : tensor<4x8xf32>) {
  ^bb0(%in: f16, %out: f32):
    %0 = arith.extf %in : f16 to f32
    linalg.yield %0 : f32
  } -> tensor<4x8xf32>
  %p = linalg.matmul ins(%a, %y : tensor<4x8xf32>, tensor<8x16xf32>) outs(%c : tensor<4x16xf32>) -> tensor<4x16xf32>
  return %p : tensor<4x16xf32>
}
