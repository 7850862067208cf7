// RUN: act-opt %s --pass-pipeline='builtin.module(func.func(act-widen-matmuls,canonicalize,cse))' --split-input-file | FileCheck %s

// CHECK-LABEL: func @zeros
// CHECK-SAME:    %[[X:.+]]: tensor<?x8xf16>, %[[Y:.+]]: tensor<8x16xf16>, %[[N:.+]]: index
// CHECK:         %[[ZERO:.+]] = arith.constant 0.000000e+00 : f32
// CHECK:         %[[E:.+]] = tensor.empty(%[[N]]) : tensor<?x16xf32>
// CHECK:         %[[F:.+]] = linalg.fill ins(%[[ZERO]] : f32) outs(%[[E]] :
// CHECK:         %[[C:.+]] = linalg.generic {{.*}} ins(%[[X]], %[[Y]] : {{.+}}) outs(%[[F]] : tensor<?x16xf32>)
// CHECK:           arith.mulf %{{.+}}, %{{.+}} : f32
// CHECK:           arith.addf %{{.+}}, %{{.+}} : f32
// CHECK:         %[[T:.+]] = arith.truncf %[[C]] : tensor<?x16xf32> to tensor<?x16xf16>
// CHECK:         return %[[T]]
func.func @zeros(%x: tensor<?x8xf16>, %y: tensor<8x16xf16>, %n: index) -> tensor<?x16xf16> {
  %zero = arith.constant 0.0 : f16
  %e = tensor.empty(%n) : tensor<?x16xf16>
  %f = linalg.fill ins(%zero : f16) outs(%e : tensor<?x16xf16>) -> tensor<?x16xf16>
  %c = linalg.matmul ins(%x, %y : tensor<?x8xf16>, tensor<8x16xf16>) outs(%f : tensor<?x16xf16>) -> tensor<?x16xf16>
  return %c : tensor<?x16xf16>
}

// -----

// What is there already is extended.

// CHECK-LABEL: func @adds
// CHECK-SAME:    %[[INIT:[a-z0-9]+]]: tensor<2x4x16xbf16>)
// CHECK:         %[[W:.+]] = arith.extf %[[INIT]] : tensor<2x4x16xbf16> to tensor<2x4x16xf32>
// CHECK:         linalg.generic {{.*}} outs(%[[W]] :
func.func @adds(%x: tensor<2x4x8xbf16>, %y: tensor<2x8x16xbf16>, %c: tensor<2x4x16xbf16>) -> tensor<2x4x16xbf16> {
  %d = linalg.batch_matmul ins(%x, %y : tensor<2x4x8xbf16>, tensor<2x8x16xbf16>) outs(%c : tensor<2x4x16xbf16>) -> tensor<2x4x16xbf16>
  return %d : tensor<2x4x16xbf16>
}

// -----

// CHECK-LABEL: func @wide
// CHECK:         linalg.matmul
// CHECK-NOT:     truncf
func.func @wide(%x: tensor<4x8xbf16>, %y: tensor<8x16xbf16>, %c: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %d = linalg.matmul ins(%x, %y : tensor<4x8xbf16>, tensor<8x16xbf16>) outs(%c : tensor<4x16xf32>) -> tensor<4x16xf32>
  return %d : tensor<4x16xf32>
}
