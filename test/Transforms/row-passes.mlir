// RUN: act-opt %s --pass-pipeline='builtin.module(func.func(act-decompose,act-fuse),cse,func.func(act-reuse-operands,act-group-rows),eliminate-empty-tensors,one-shot-bufferize{bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map},canonicalize,cse,canonicalize)' --split-input-file | FileCheck %s

// An operand is read twice. Of the size of all rows only the result is
// allocated, and nothing in the loop: exponentials are kept for the rows of
// a step, or in the result if that is of their type.

// CHECK-LABEL: func @softmax
// CHECK-SAME: %[[X:.*]]: memref<?x?xbf16>
// CHECK: %[[Y:.*]] = memref.alloc(%{{.*}}, %{{.*}}) {{.*}} : memref<?x?xbf16>
// CHECK: %[[E:.*]] = memref.alloc(%{{.*}}) {{.*}} : memref<2x?xf32>
// CHECK: scf.for %[[I:.*]] =
// CHECK-NOT: memref.alloc
// CHECK: %[[OUT:.*]] = memref.subview %[[Y]][%[[I]], 0]
// CHECK: %[[ROW:.*]] = memref.subview %[[X]][%[[I]], 0]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "reduction"]{{.*}} ins(%[[ROW]] :
// CHECK: %[[TERMS:.*]] = memref.subview %[[E]]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "reduction"]{{.*}} ins(%[[ROW]], {{.*}} outs(%{{.*}}, %[[TERMS]] :
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel"]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]{{.*}} ins(%[[TERMS]], {{.*}} outs(%[[OUT]] :
// CHECK-NOT: memref.copy
// CHECK: return %[[Y]]
func.func @softmax(%x: tensor<?x?xbf16>) -> tensor<?x?xbf16> {
  %0 = act.softmax %x {dim = 1 : i64} : tensor<?x?xbf16>
  return %0 : tensor<?x?xbf16>
}

// -----

// CHECK-LABEL: func @masked
// CHECK-SAME: %[[X:.*]]: memref<?x?xf32>, %[[M:.*]]: memref<?x?xi1>
// CHECK: %[[Y:.*]] = memref.alloc(%{{.*}}, %{{.*}}) {{.*}} : memref<?x?xf32>
// CHECK-NOT: memref.alloc({{.*}}) {{.*}} : memref<?x?xf32>
// CHECK: scf.for %[[I:.*]] =
// CHECK: %[[PART:.*]] = memref.subview %[[Y]][0, %[[I]]]
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "parallel"]
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "parallel"]{{.*}} outs(%{{.*}}, %[[PART]] :
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel"]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]{{.*}}%[[PART]]{{.*}} outs(%[[PART]] :
// CHECK-NOT: memref.copy
// CHECK: return %[[Y]]
func.func @masked(%x: tensor<?x?xf32>, %m: tensor<?x?xi1>) -> tensor<?x?xf32> {
  %0 = act.masked_softmax %x, %m {dim = 0 : i64} : tensor<?x?xf32>, tensor<?x?xi1>
  return %0 : tensor<?x?xf32>
}

// -----

// The sum of operand and noise is not stored.
// CHECK-LABEL: func @gumbel
// CHECK-SAME: %[[X:.*]]: memref<?xf16>, %[[N:.*]]: memref<?xf16>
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction"]{{.*}} ins(%[[X]], %[[N]] :
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction"]{{.*}} ins(%[[X]], %[[N]],
// CHECK: %[[Y:.*]] = memref.alloc(%{{.*}}) {{.*}} : memref<?xf16>
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel"]{{.*}} outs(%[[Y]] :
// CHECK-NOT: linalg.generic
func.func @gumbel(%x: tensor<?xf16>, %n: tensor<?xf16>) -> tensor<?xf16> {
  %0 = act.gumbel_softmax %x, %n {dim = 0 : i64} : tensor<?xf16>
  return %0 : tensor<?xf16>
}
