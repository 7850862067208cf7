// RUN: act-opt %s --transform-interpreter --resolve-ranked-shaped-type-result-dims --canonicalize --cse --split-input-file --verify-diagnostics | FileCheck %s

// A matmul and its fill follow the activation into the loops.

module attributes {transform.with_named_sequence} {
  func.func @consumer(%a: tensor<32x16xf32>, %b: tensor<16x24xf32>, %e: tensor<32x24xf32>) -> tensor<32x24xf32> {
    %zero = arith.constant 0.0 : f32
    %c = linalg.fill ins(%zero : f32) outs(%e : tensor<32x24xf32>) -> tensor<32x24xf32>
    %0 = linalg.matmul ins(%a, %b : tensor<32x16xf32>, tensor<16x24xf32>) outs(%c : tensor<32x24xf32>) -> tensor<32x24xf32>
    %1 = act.gelu %0 approximate<tanh> fastmath<nnan> {mine} : tensor<32x24xf32>
    return %1 : tensor<32x24xf32>
  }

  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["act.gelu"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loops:2 = transform.structured.fuse %op tile_sizes [8, 6] : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    transform.yield
  }
}

// CHECK-LABEL: func @consumer
// CHECK-SAME:    %[[A:.*]]: tensor<32x16xf32>, %[[B:.*]]: tensor<16x24xf32>
// CHECK-NOT:     linalg
// CHECK:         scf.for %[[I:[a-z0-9]+]] =
// CHECK:           scf.for %[[J:[a-z0-9]+]] = {{.*}} iter_args(%[[OUT:.*]] = %{{.*}}) -> (tensor<32x24xf32>)
// CHECK-DAG:         %[[ROWS:.*]] = tensor.extract_slice %[[A]][%[[I]], 0] [8, 16] [1, 1]
// CHECK-DAG:         %[[COLUMNS:.*]] = tensor.extract_slice %[[B]][0, %[[J]]] [16, 6] [1, 1]
// CHECK:             %[[ZERO:.*]] = linalg.fill
// CHECK:             %[[P:.*]] = linalg.matmul ins(%[[ROWS]], %[[COLUMNS]] : {{.*}} outs(%[[ZERO]] : tensor<8x6xf32>)
// CHECK:             %[[Y:.*]] = act.gelu %[[P]] approximate<tanh> fastmath<nnan> {mine} : tensor<8x6xf32>
// CHECK:             tensor.insert_slice %[[Y]] into %[[OUT]][%[[I]], %[[J]]] [8, 6] [1, 1]

// -----

// Sizes that are not known, a gated op of two matmuls, and scf.forall.

module attributes {transform.with_named_sequence} {
  func.func @forall(%x: tensor<?x64xbf16>, %w: tensor<64x?xbf16>, %u: tensor<64x?xbf16>, %e: tensor<?x?xbf16>) -> tensor<?x?xbf16> {
    %0 = linalg.matmul {first} ins(%x, %w : tensor<?x64xbf16>, tensor<64x?xbf16>) outs(%e : tensor<?x?xbf16>) -> tensor<?x?xbf16>
    %1 = linalg.matmul {second} ins(%x, %u : tensor<?x64xbf16>, tensor<64x?xbf16>) outs(%e : tensor<?x?xbf16>) -> tensor<?x?xbf16>
    %2 = act.swiglu %0, %1 {beta = 1.5 : f64} : tensor<?x?xbf16>
    return %2 : tensor<?x?xbf16>
  }

  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["act.swiglu"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop = transform.structured.tile_using_forall %op tile_sizes [8, 32] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    %matmuls = transform.structured.match ops{["linalg.matmul"]} in %root : (!transform.any_op) -> !transform.any_op
    transform.structured.fuse_into_containing_op %matmuls into %loop : (!transform.any_op, !transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// CHECK:       #[[$TILE:.*]] = affine_map<(d0)[s0] -> (d0 * -8 + s0, 8)>
// CHECK-LABEL: func @forall
// CHECK-NOT:     linalg.matmul
// CHECK:         scf.forall (%[[I:.*]], %[[J:.*]]) in (%{{.*}}, %{{.*}}) shared_outs(%[[OUT:.*]] = %{{.*}}) -> (tensor<?x?xbf16>)
// CHECK:           %[[SIZE:.*]] = affine.min #[[$TILE]](%[[I]])
// CHECK:           %[[G:.*]] = linalg.matmul {first}
// CHECK:           %[[V:.*]] = linalg.matmul {second}
// CHECK:           %[[Y:.*]] = act.swiglu %[[G]], %[[V]] {beta = 1.500000e+00 : f64} : tensor<?x?xbf16>
// CHECK:           tensor.parallel_insert_slice %[[Y]] into %[[OUT]][%{{.*}}, %{{.*}}] [%[[SIZE]], %{{.*}}] [1, 1]

// -----

// An activation is computed for the tile of the matmul that reads it.

module attributes {transform.with_named_sequence} {
  func.func @producer(%x: tensor<?x64xf32>, %w: tensor<64x24xf32>, %e: tensor<?x24xf32>) -> tensor<?x24xf32> {
    %0 = act.silu %x : tensor<?x64xf32>
    %1 = linalg.matmul ins(%0, %w : tensor<?x64xf32>, tensor<64x24xf32>) outs(%e : tensor<?x24xf32>) -> tensor<?x24xf32>
    return %1 : tensor<?x24xf32>
  }

  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["linalg.matmul"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loops:2 = transform.structured.fuse %op tile_sizes [8, 0, 16] : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    transform.yield
  }
}

// CHECK-LABEL: func @producer
// CHECK-SAME:    %[[X:.*]]: tensor<?x64xf32>
// CHECK-NOT:     act.silu
// CHECK:         scf.for %[[I:[a-z0-9]+]] =
// CHECK:           scf.for %[[K:[a-z0-9]+]] =
// CHECK:             %[[T:.*]] = tensor.extract_slice %[[X]][%[[I]], %[[K]]] [%{{.*}}, 16] [1, 1]
// CHECK:             %[[Y:.*]] = act.silu %[[T]] : tensor<?x16xf32>
// CHECK:             linalg.matmul ins(%[[Y]], %{{.*}} : tensor<?x16xf32>

// -----

// Attention: rows stay whole, and have no loop.

module attributes {transform.with_named_sequence} {
  func.func @rows(%q: tensor<4x?x64xf32>, %k: tensor<4x64x?xf32>, %v: tensor<4x?x64xf32>, %s: tensor<4x?x?xf32>, %e: tensor<4x?x64xf32>) -> tensor<4x?x64xf32> {
    %0 = linalg.batch_matmul {scores} ins(%q, %k : tensor<4x?x64xf32>, tensor<4x64x?xf32>) outs(%s : tensor<4x?x?xf32>) -> tensor<4x?x?xf32>
    %1 = act.softmax %0 {dim = 2 : i64} : tensor<4x?x?xf32>
    %2 = linalg.batch_matmul {values} ins(%1, %v : tensor<4x?x?xf32>, tensor<4x?x64xf32>) outs(%e : tensor<4x?x64xf32>) -> tensor<4x?x64xf32>
    return %2 : tensor<4x?x64xf32>
  }

  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match attributes {values} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loops:2 = transform.structured.fuse %op tile_sizes [1, 8] : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    transform.yield
  }
}

// CHECK-LABEL: func @rows
// CHECK-SAME:    %[[Q:[a-z0-9]+]]: tensor<4x?x64xf32>, %[[K:.*]]: tensor<4x64x?xf32>
// CHECK-NOT:     linalg
// CHECK:         scf.for
// CHECK:           scf.for
// CHECK-DAG:         %[[QUERIES:.*]] = tensor.extract_slice %[[Q]][%{{.*}}, %{{.*}}, 0] [1, %{{.*}}, 64]
// CHECK-DAG:         %[[KEYS:.*]] = tensor.extract_slice %[[K]][%{{.*}}, 0, 0] [1, 64, %{{.*}}]
// CHECK:             %[[S:.*]] = linalg.batch_matmul {scores} ins(%[[QUERIES]], %[[KEYS]] :
// CHECK:             %[[P:.*]] = act.softmax %[[S]] {dim = 2 : i64} : tensor<1x?x?xf32>
// CHECK-NOT:         tensor.extract_slice %[[P]]
// CHECK:             linalg.batch_matmul {values} ins(%[[P]],

// -----

// For a part of a row the whole row would be computed each time: it stays out.

module attributes {transform.with_named_sequence} {
  func.func @part_of_a_row(%x: tensor<8x64xf32>, %w: tensor<64x24xf32>, %e: tensor<8x24xf32>) -> tensor<8x24xf32> {
    %0 = act.softmax %x {dim = 1 : i64} : tensor<8x64xf32>
    %1 = linalg.matmul ins(%0, %w : tensor<8x64xf32>, tensor<64x24xf32>) outs(%e : tensor<8x24xf32>) -> tensor<8x24xf32>
    return %1 : tensor<8x24xf32>
  }

  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["linalg.matmul"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop = transform.structured.fuse %op tile_sizes [0, 0, 16] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// CHECK-LABEL: func @part_of_a_row
// CHECK:         %[[P:.*]] = act.softmax
// CHECK:         scf.for
// CHECK:           tensor.extract_slice %[[P]]
// CHECK:           linalg.matmul

// -----

// Rows whose result has another size, or none but 1; the mask goes along.

module attributes {transform.with_named_sequence} {
  func.func @sizes(%x: tensor<6x?x5xf32>, %m: tensor<6x?x5xi1>) -> (tensor<6x?x5xf32>, tensor<6x1x5xf32>, tensor<6x?x5xf32>) {
    %0 = act.crelu %x {dim = 1 : i64} : tensor<6x?x5xf32> -> tensor<6x?x5xf32>
    %1 = act.logsumexp %x {dim = 1 : i64} : tensor<6x?x5xf32> -> tensor<6x1x5xf32>
    %2 = act.masked_softmax %x, %m {dim = 1 : i64} : tensor<6x?x5xf32>, tensor<6x?x5xi1>
    return %0, %1, %2 : tensor<6x?x5xf32>, tensor<6x1x5xf32>, tensor<6x?x5xf32>
  }

  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %ops = transform.structured.match ops{["act.crelu", "act.logsumexp", "act.masked_softmax"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loops:2 = transform.structured.tile_using_for %ops tile_sizes [2, 1] : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    transform.yield
  }
}

// CHECK:       #[[$TWICE:.*]] = affine_map<()[s0] -> (s0 * 2)>
// CHECK-LABEL: func @sizes
// CHECK-SAME:    %[[X:.*]]: tensor<6x?x5xf32>, %[[M:.*]]: tensor<6x?x5xi1>
// CHECK:         %[[N:.*]] = tensor.dim %[[X]], %{{.*}} : tensor<6x?x5xf32>
// CHECK:         %[[TWICE:.*]] = affine.apply #[[$TWICE]]()[%[[N]]]
// CHECK:         tensor.extract_slice %[[X]][%{{.*}}, 0, %{{.*}}] [2, %[[N]], 1] [1, 1, 1]
// CHECK:         %[[C:.*]] = act.crelu %{{.*}} {dim = 1 : i64} : tensor<2x?x1xf32> -> tensor<2x?x1xf32>
// CHECK:         tensor.insert_slice %[[C]] into %{{.*}}[%{{.*}}, 0, %{{.*}}] [2, %[[TWICE]], 1] [1, 1, 1]
// CHECK:         %[[L:.*]] = act.logsumexp %{{.*}} {dim = 1 : i64} : tensor<2x?x1xf32> -> tensor<2x1x1xf32>
// CHECK:         tensor.insert_slice %[[L]] into %{{.*}}[%{{.*}}, 0, %{{.*}}] [2, 1, 1] [1, 1, 1]
// CHECK:         %[[KEEP:.*]] = tensor.extract_slice %[[M]][%{{.*}}, 0, %{{.*}}] [2, %{{.*}}, 1] [1, 1, 1] : tensor<6x?x5xi1>
// CHECK:         act.masked_softmax %{{.*}}, %[[KEEP]]

// -----

// Of parameters that are operands, those that vary are cut along `dim`.

module attributes {transform.with_named_sequence} {
  func.func @parameters(%x: tensor<4x8x6xf32>, %a: tensor<f32>, %g: tensor<8xf32>, %b: tensor<8xf32>, %one: tensor<1xf32>, %s: f32) -> (tensor<4x8x6xf32>, tensor<4x8x6xf32>, tensor<4x8x6xf32>) {
    %0 = act.dyt %x, %a, %g, %b {dim = 1 : i64} : tensor<4x8x6xf32>, tensor<f32>, tensor<8xf32>, tensor<8xf32>
    %1 = act.prelu %x, %one : tensor<4x8x6xf32>, tensor<1xf32>
    %2 = act.prelu %x, %s : tensor<4x8x6xf32>, f32
    return %0, %1, %2 : tensor<4x8x6xf32>, tensor<4x8x6xf32>, tensor<4x8x6xf32>
  }

  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %ops = transform.structured.match ops{["act.dyt", "act.prelu"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loops:2 = transform.structured.tile_using_for %ops tile_sizes [0, 4, 3] : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    transform.yield
  }
}

// CHECK-LABEL: func @parameters
// CHECK-SAME:    %[[X:.*]]: tensor<4x8x6xf32>, %[[A:.*]]: tensor<f32>, %[[G:.*]]: tensor<8xf32>, %[[B:.*]]: tensor<8xf32>, %[[ONE:.*]]: tensor<1xf32>, %[[S:.*]]: f32
// CHECK:         scf.for %[[J:[a-z0-9]+]] =
// CHECK:           scf.for %[[K:[a-z0-9]+]] =
// CHECK-DAG:         %[[TX:.*]] = tensor.extract_slice %[[X]][0, %[[J]], %[[K]]] [4, 4, 3] [1, 1, 1]
// CHECK-DAG:         %[[TG:.*]] = tensor.extract_slice %[[G]][%[[J]]] [4] [1]
// CHECK-DAG:         %[[TB:.*]] = tensor.extract_slice %[[B]][%[[J]]] [4] [1]
// CHECK:             act.dyt %[[TX]], %[[A]], %[[TG]], %[[TB]] {dim = 1 : i64} : tensor<4x4x3xf32>, tensor<f32>, tensor<4xf32>, tensor<4xf32>
// CHECK:             act.prelu %{{.*}}, %[[ONE]] : tensor<4x4x3xf32>, tensor<1xf32>
// CHECK:             act.prelu %{{.*}}, %[[S]] : tensor<4x4x3xf32>, f32

// -----

// A packed projection: the matmul is computed for the rows of a tile, whatever
// the layout, and once.

module attributes {transform.with_named_sequence} {
  func.func @unpack(%x: tensor<32x16xf32>, %w: tensor<16x64xf32>, %e: tensor<32x64xf32>) -> tensor<32x32xf32> {
    %0 = linalg.matmul ins(%x, %w : tensor<32x16xf32>, tensor<16x64xf32>) outs(%e : tensor<32x64xf32>) -> tensor<32x64xf32>
    %g, %v = act.unpack %0 {dim = 1 : i64} : tensor<32x64xf32> -> tensor<32x32xf32>
    %1 = act.swiglu %g, %v : tensor<32x32xf32>
    return %1 : tensor<32x32xf32>
  }

  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["act.swiglu"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop = transform.structured.fuse %op tile_sizes [8] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// CHECK-LABEL: func @unpack
// CHECK-NOT:     linalg.matmul
// CHECK:         scf.for
// CHECK:           %[[P:.*]] = linalg.matmul {{.*}} -> tensor<8x64xf32>
// CHECK-NOT:       linalg.matmul
// CHECK:           %[[G:.*]], %[[V:.*]] = act.unpack %[[P]] {dim = 1 : i64} : tensor<8x64xf32> -> tensor<8x32xf32>
// CHECK:           act.swiglu %[[G]], %[[V]] : tensor<8x32xf32>

// -----

module attributes {transform.with_named_sequence} {
  func.func @layouts(%x: tensor<?x?xf32>) -> (tensor<?x?xf32>, tensor<?x?xf32>, tensor<?x?xf32>, tensor<?x?xf32>) {
    %g0, %v0 = act.unpack %x layout<value_first> {dim = 0 : i64} : tensor<?x?xf32> -> tensor<?x?xf32>
    %g1, %v1 = act.unpack %x layout<interleaved> {dim = 0 : i64} : tensor<?x?xf32> -> tensor<?x?xf32>
    %g2, %v2 = act.unpack %x layout<block_interleaved> {dim = 0 : i64, block = 4 : i64} : tensor<?x?xf32> -> tensor<?x?xf32>
    return %g0, %v1, %g2, %v2 : tensor<?x?xf32>, tensor<?x?xf32>, tensor<?x?xf32>, tensor<?x?xf32>
  }

  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %ops = transform.structured.match ops{["act.unpack"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop = transform.structured.tile_using_for %ops tile_sizes [5] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// CHECK-LABEL: func @layouts
// CHECK-SAME:    %[[X:.*]]: tensor<?x?xf32>
// CHECK:         scf.for {{.*}} -> (tensor<?x?xf32>, tensor<?x?xf32>)
// CHECK:           %[[T:.*]] = tensor.extract_slice %[[X]][0, %{{.*}}] [%{{.*}}, %{{.*}}] [1, 1]
// CHECK:           act.unpack %[[T]] layout<value_first> {dim = 0 : i64}
// CHECK-COUNT-2:   tensor.insert_slice
// CHECK:         scf.for {{.*}} -> (tensor<?x?xf32>, tensor<?x?xf32>)
// CHECK:           act.unpack %{{.*}} layout<interleaved> {dim = 0 : i64}
// CHECK-COUNT-2:   tensor.insert_slice
// CHECK:         scf.for {{.*}} -> (tensor<?x?xf32>, tensor<?x?xf32>)
// CHECK:           act.unpack %{{.*}} layout<block_interleaved> {block = 4 : i64, dim = 0 : i64}
// CHECK-COUNT-2:   tensor.insert_slice

// -----

// Only tensors have loops, and a row is none of them.

module attributes {transform.with_named_sequence} {
  func.func @no_loop(%x: vector<8xf32>) -> vector<8xf32> {
    // expected-note @below {{target op}}
    %0 = act.relu %x : vector<8xf32>
    return %0 : vector<8xf32>
  }

  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["act.relu"]} in %root : (!transform.any_op) -> !transform.any_op
    // expected-error @below {{too many tiles provided, expected at most 0 found 1}}
    %tiled, %loop = transform.structured.tile_using_for %op tile_sizes [4] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  func.func @no_loop_over_a_row(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
    // expected-note @below {{target op}}
    %0 = act.softmax %x {dim = 1 : i64} : tensor<4x8xf32>
    return %0 : tensor<4x8xf32>
  }

  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["act.softmax"]} in %root : (!transform.any_op) -> !transform.any_op
    // expected-error @below {{too many tiles provided, expected at most 1 found 2}}
    %tiled, %loop:2 = transform.structured.tile_using_for %op tile_sizes [2, 4] : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

// What an encoding says need not hold of a slice.

module attributes {transform.with_named_sequence} {
  func.func @encoding(%x: tensor<4x8xf32, "rows">) -> tensor<4x8xf32, "rows"> {
    // expected-note @below {{target op}}
    %0 = act.relu %x : tensor<4x8xf32, "rows">
    return %0 : tensor<4x8xf32, "rows">
  }

  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["act.relu"]} in %root : (!transform.any_op) -> !transform.any_op
    // expected-error @below {{too many tiles provided, expected at most 0 found 1}}
    %tiled, %loop = transform.structured.tile_using_for %op tile_sizes [2] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}
