// RUN: act-opt %s --transform-interpreter | FileCheck %s

// Both results of a gated gradient are tiled by one loop.
// CHECK-LABEL: func @gated
// CHECK:         %[[LOOP:.+]]:2 = scf.for %{{.+}} = %{{.+}} to %{{.+}} step %{{.+}} iter_args(%[[A:.+]] = %{{.+}}, %[[B:.+]] = %{{.+}})
// CHECK-COUNT-3:   tensor.extract_slice %{{.+}} : tensor<?xf32> to tensor<?xf32>
// CHECK:           %[[DG:.+]], %[[DV:.+]] = act.swiglu_grad {{.+}} {beta = 2.000000e+00 : f64} : tensor<?xf32>
// CHECK:           tensor.insert_slice %[[DG]] into %[[A]]
// CHECK:           tensor.insert_slice %[[DV]] into %[[B]]
// CHECK:         return %[[LOOP]]#0, %[[LOOP]]#1
func.func @gated(%g: tensor<?xf32>, %v: tensor<?xf32>, %dy: tensor<?xf32>) -> (tensor<?xf32>, tensor<?xf32>) {
  %dg, %dv = act.swiglu_grad %g, %v, %dy {beta = 2.0 : f64} : tensor<?xf32>
  return %dg, %dv : tensor<?xf32>, tensor<?xf32>
}

// Rows stay whole.
// CHECK-LABEL: func @rows
// CHECK:         scf.for
// CHECK-COUNT-2:   tensor.extract_slice %{{.+}}[%{{.+}}, 0] [2, 64] [1, 1] : tensor<8x64xf32> to tensor<2x64xf32>
// CHECK:           act.softmax_grad %{{.+}}, %{{.+}} {dim = 1 : i64} : tensor<2x64xf32>
func.func @rows(%y: tensor<8x64xf32>, %dy: tensor<8x64xf32>) -> tensor<8x64xf32> {
  %dx = act.softmax_grad %y, %dy {dim = 1 : i64} : tensor<8x64xf32>
  return %dx : tensor<8x64xf32>
}

// From the result as from the operand.
// CHECK-LABEL: func @result
// CHECK:         scf.for
// CHECK:           act.tanh_grad %{{.+}}, %{{.+}} from<result> : tensor<16xf32>
func.func @result(%y: tensor<64xf32>, %dy: tensor<64xf32>) -> tensor<64xf32> {
  %dx = act.tanh_grad %y, %dy from<result> : tensor<64xf32>
  return %dx : tensor<64xf32>
}

module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %flat = transform.structured.match ops{["act.swiglu_grad", "act.tanh_grad"]} in %root : (!transform.any_op) -> !transform.any_op
    transform.structured.tile_using_for %flat tile_sizes [16] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    %rows = transform.structured.match ops{["act.softmax_grad"]} in %root : (!transform.any_op) -> !transform.any_op
    transform.structured.tile_using_for %rows tile_sizes [2] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}
