// RUN: act-opt %s --act-fuse | FileCheck %s

// CHECK-LABEL: func @chain
//       CHECK:   linalg.generic
//       CHECK:     act.relu
//       CHECK:     act.silu
//   CHECK-NOT:   linalg.generic
//       CHECK:   return
func.func @chain(%x: tensor<?xf32>, %e: tensor<?xf32>) -> tensor<?xf32> {
  %0 = linalg.map { act.relu } ins(%x : tensor<?xf32>) outs(%e : tensor<?xf32>)
  %1 = linalg.map { act.silu } ins(%0 : tensor<?xf32>) outs(%e : tensor<?xf32>)
  return %1 : tensor<?xf32>
}

// What a matmul reads many times is computed once.

// CHECK-LABEL: func @matmul
//       CHECK:   linalg.generic
//       CHECK:     act.silu
//       CHECK:   linalg.matmul
func.func @matmul(%x: tensor<4x8xf32>, %w: tensor<8x5xf32>, %c: tensor<4x5xf32>) -> tensor<4x5xf32> {
  %e = tensor.empty() : tensor<4x8xf32>
  %0 = linalg.map { act.silu } ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>)
  %1 = linalg.matmul ins(%0, %w : tensor<4x8xf32>, tensor<8x5xf32>) outs(%c : tensor<4x5xf32>) -> tensor<4x5xf32>
  return %1 : tensor<4x5xf32>
}

// A widening is repeated rather than stored.

// CHECK-LABEL: func @widen
//       CHECK:   linalg.generic {{.*}} ins(%{{.+}} : tensor<?x?xbf16>) outs(%{{.+}} : tensor<?xf32>)
//       CHECK:   linalg.generic {{.*}} ins(%{{.+}}, %{{.+}} : tensor<?x?xbf16>, tensor<?xf32>) outs(%{{.+}} : tensor<?x?xf32>)
//   CHECK-NOT:   linalg.generic
//       CHECK:   return
#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
func.func @widen(%x: tensor<?x?xbf16>, %e: tensor<?x?xf32>, %m: tensor<?xf32>) -> tensor<?x?xf32> {
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<?x?xbf16>) outs(%e : tensor<?x?xf32>) {
  ^bb0(%a: bf16, %b: f32):
    %w = arith.extf %a : bf16 to f32
    linalg.yield %w : f32
  } -> tensor<?x?xf32>
  %1 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%0 : tensor<?x?xf32>) outs(%m : tensor<?xf32>) {
  ^bb0(%a: f32, %b: f32):
    %s = arith.maximumf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<?xf32>
  %2 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%0, %1 : tensor<?x?xf32>, tensor<?xf32>) outs(%e : tensor<?x?xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %d = arith.subf %a, %b : f32
    linalg.yield %d : f32
  } -> tensor<?x?xf32>
  return %2 : tensor<?x?xf32>
}
