// RUN: act-opt %s --resolve-shaped-type-result-dims --cse --canonicalize | FileCheck %s --check-prefix=DIM
// RUN: act-opt %s --loop-invariant-code-motion | FileCheck %s --check-prefix=LICM
// RUN: act-opt %s --cse --canonicalize | FileCheck %s --check-prefix=PURE

// The shape of a result is known without computing it.
// DIM-LABEL: func @shapes
// DIM-SAME: %[[X:.*]]: tensor<?x?xf32>
func.func @shapes(%x: tensor<?x?xf32>) -> (index, index, index, index) {
  // DIM-DAG: %[[D0:.*]] = tensor.dim %[[X]], %c0
  // DIM-DAG: %[[D1:.*]] = tensor.dim %[[X]], %c1
  // DIM-DAG: %[[HALF:.*]] = affine.apply #{{.*}}()[%[[D1]]]
  // DIM: return %[[D0]], %[[D0]], %[[D1]], %[[HALF]]
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %0 = act.relu %x : tensor<?x?xf32>
  %1 = act.swiglu %0, %0 : tensor<?x?xf32>
  %2 = act.softmax %1 {dim = 1 : i64} : tensor<?x?xf32>
  %g, %v = act.unpack %2 {dim = 1 : i64} : tensor<?x?xf32> -> tensor<?x?xf32>
  %d0 = tensor.dim %0, %c0 : tensor<?x?xf32>
  %d1 = tensor.dim %1, %c0 : tensor<?x?xf32>
  %d2 = tensor.dim %2, %c1 : tensor<?x?xf32>
  %d3 = tensor.dim %v, %c1 : tensor<?x?xf32>
  return %d0, %d1, %d2, %d3 : index, index, index, index
}

// Ops may be computed where they would not have been.
// LICM-LABEL: func @speculatable
func.func @speculatable(%x: vector<4xf32>, %n: index, %out: memref<?xvector<4xf32>>) {
  // LICM: act.mish
  // LICM: act.softmax
  // LICM: act.prim exp
  // LICM: scf.for
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %0 = act.mish %x : vector<4xf32>
    %1 = act.softmax %0 {dim = 0 : i64} : vector<4xf32>
    %2:3 = act.prim exp(%1) : vector<4xf32>
    memref.store %2#0, %out[%i] : memref<?xvector<4xf32>>
  }
  return
}

// Equal ops are one, unused ones none.
// PURE-LABEL: func @pure
func.func @pure(%x: tensor<4xf16>) -> (tensor<4xf16>, tensor<4xf16>) {
  // PURE: %[[Y:.*]] = act.gelu
  // PURE-NEXT: return %[[Y]], %[[Y]]
  %0 = act.gelu %x : tensor<4xf16>
  %1 = act.gelu %x : tensor<4xf16>
  %2 = act.softmax %x {dim = 0 : i64} : tensor<4xf16>
  %g, %v = act.unpack %x {dim = 0 : i64} : tensor<4xf16> -> tensor<2xf16>
  return %0, %1 : tensor<4xf16>, tensor<4xf16>
}
