// RUN: act-opt %s --pass-pipeline='builtin.module(func.func(act-decompose,act-fuse),cse,eliminate-empty-tensors,one-shot-bufferize{bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map},canonicalize)' --split-input-file | FileCheck %s

// A row is read twice, and nothing of its size is allocated but the result.

// CHECK-LABEL: func @softmax
// CHECK-SAME: %[[X:.*]]: memref<?x?xbf16>
// CHECK-NOT: memref.alloc({{.*}}) {{.*}} : memref<?x?x
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "reduction"]{{.*}} ins(%[[X]] :
// CHECK-NOT: memref.alloc({{.*}}) {{.*}} : memref<?x?x
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel"]
// CHECK: %[[Y:.*]] = memref.alloc(%{{.*}}, %{{.*}}) {{.*}} : memref<?x?xbf16>
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]{{.*}} ins(%[[X]], {{.*}} outs(%[[Y]] :
// CHECK-NOT: linalg.generic
// CHECK: return %[[Y]]
func.func @softmax(%x: tensor<?x?xbf16>) -> tensor<?x?xbf16> {
  %0 = act.softmax %x {dim = 1 : i64} : tensor<?x?xbf16>
  return %0 : tensor<?x?xbf16>
}

// -----

// CHECK-LABEL: func @masked
// CHECK-SAME: %[[X:.*]]: memref<?x?xf32>, %[[M:.*]]: memref<?x?xi1>
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "parallel"]{{.*}} ins(%[[M]], %[[X]] :
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel"]
// CHECK: %[[Y:.*]] = memref.alloc(%{{.*}}, %{{.*}}) {{.*}} : memref<?x?xf32>
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]{{.*}} ins(%[[M]], %[[X]], {{.*}} outs(%[[Y]] :
// CHECK-NOT: linalg.generic
func.func @masked(%x: tensor<?x?xf32>, %m: tensor<?x?xi1>) -> tensor<?x?xf32> {
  %0 = act.masked_softmax %x, %m {dim = 0 : i64} : tensor<?x?xf32>, tensor<?x?xi1>
  return %0 : tensor<?x?xf32>
}

// -----

// The sum of operand and noise is not stored either.
// CHECK-LABEL: func @gumbel
// CHECK-SAME: %[[X:.*]]: memref<?xf16>, %[[N:.*]]: memref<?xf16>
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction"]{{.*}} ins(%[[X]], %[[N]] :
// CHECK: %[[Y:.*]] = memref.alloc(%{{.*}}) {{.*}} : memref<?xf16>
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel"]{{.*}} ins(%[[X]], %[[N]], {{.*}} outs(%[[Y]] :
// CHECK-NOT: memref<?xf32>
func.func @gumbel(%x: tensor<?xf16>, %n: tensor<?xf16>) -> tensor<?xf16> {
  %0 = act.gumbel_softmax %x, %n {dim = 0 : i64} : tensor<?xf16>
  return %0 : tensor<?xf16>
}
