// RUN: act-opt %s | act-opt | FileCheck %s
// RUN: act-opt %s --emit-bytecode | act-opt | FileCheck %s
// RUN: act-opt %s --canonicalize=test-convergence | FileCheck %s --check-prefix=FOLD

// From the operand, which is not printed, and from the result.
// CHECK-LABEL: func @sources
// CHECK-SAME:    %[[X:.+]]: vector<8xf32>, %[[DY:.+]]: vector<8xf32>
// CHECK-NEXT:    act.tanh_grad %[[X]], %[[DY]] : vector<8xf32>
// CHECK-NEXT:    act.tanh_grad %[[X]], %[[DY]] from<result> : vector<8xf32>
func.func @sources(%x: vector<8xf32>, %dy: vector<8xf32>) -> (vector<8xf32>, vector<8xf32>) {
  %0 = act.tanh_grad %x, %dy from<operand> : vector<8xf32>
  %1 = act.tanh_grad %x, %dy from<result> : vector<8xf32>
  return %0, %1 : vector<8xf32>, vector<8xf32>
}

// CHECK-LABEL: func @parameters
// CHECK:         act.gelu_grad %{{.+}}, %{{.+}} approximate<tanh> fastmath<nnan> : tensor<?x64xbf16>
// CHECK:         act.leaky_relu_grad %{{.+}}, %{{.+}} from<result> {alpha = 2.000000e-01 : f64} : tensor<?x64xbf16>
func.func @parameters(%x: tensor<?x64xbf16>, %dy: tensor<?x64xbf16>) -> (tensor<?x64xbf16>, tensor<?x64xbf16>) {
  %0 = act.gelu_grad %x, %dy approximate<tanh> fastmath<nnan> : tensor<?x64xbf16>
  %1 = act.leaky_relu_grad %x, %dy from<result> {alpha = 0.2 : f64} : tensor<?x64xbf16>
  return %0, %1 : tensor<?x64xbf16>, tensor<?x64xbf16>
}

// Slopes of rrelu stand in front of the gradient.
// CHECK-LABEL: func @optional
// CHECK-SAME:    %[[X:.+]]: f32, %[[S:.+]]: f32, %[[DY:.+]]: f32
// CHECK-NEXT:    act.rrelu_grad %[[X]], %[[DY]] : f32
// CHECK-NEXT:    act.rrelu_grad %[[X]], %[[S]], %[[DY]] : f32
func.func @optional(%x: f32, %s: f32, %dy: f32) -> (f32, f32) {
  %0 = act.rrelu_grad %x, %dy : f32
  %1 = act.rrelu_grad %x, %s, %dy : f32
  return %0, %1 : f32, f32
}

// One type for all.
// CHECK-LABEL: func @gated
// CHECK:         %{{.+}}, %{{.+}} = act.swiglu_grad %{{.+}}, %{{.+}}, %{{.+}} {beta = 5.000000e-01 : f64} : tensor<?xf16>
func.func @gated(%g: tensor<?xf16>, %v: tensor<?xf16>, %dy: tensor<?xf16>) -> (tensor<?xf16>, tensor<?xf16>) {
  %dg, %dv = act.swiglu_grad %g, %v, %dy {beta = 0.5 : f64} : tensor<?xf16>
  return %dg, %dv : tensor<?xf16>, tensor<?xf16>
}

// CHECK-LABEL: func @broadcast
// CHECK:         %{{.+}}, %{{.+}} = act.prelu_grad %{{.+}}, %{{.+}}, %{{.+}} : tensor<?x64xf32>, tensor<64xf32>
// CHECK:         %{{.+}}, %{{.+}}, %{{.+}}, %{{.+}} = act.dyt_grad %{{.+}}, %{{.+}}, %{{.+}}, %{{.+}}, %{{.+}} {dim = 1 : i64} : tensor<?x64xf32>, tensor<f32>, tensor<64xf32>, tensor<64xf32>
func.func @broadcast(%x: tensor<?x64xf32>, %a: tensor<64xf32>, %s: tensor<f32>, %dy: tensor<?x64xf32>) -> (tensor<64xf32>, tensor<f32>) {
  %dx, %da = act.prelu_grad %x, %a, %dy : tensor<?x64xf32>, tensor<64xf32>
  %dx2, %ds, %dg, %db = act.dyt_grad %x, %s, %a, %a, %dy {dim = 1 : i64} : tensor<?x64xf32>, tensor<f32>, tensor<64xf32>, tensor<64xf32>
  return %da, %ds : tensor<64xf32>, tensor<f32>
}

// CHECK-LABEL: func @rows
// CHECK:         act.softmax_grad %{{.+}}, %{{.+}} {dim = 1 : i64} : tensor<4x?xf32>
// CHECK:         act.logsumexp_grad %{{.+}}, %{{.+}} {dim = 1 : i64} : tensor<4x?xf32>, tensor<4x1xf32>
func.func @rows(%y: tensor<4x?xf32>, %d: tensor<4x1xf32>) -> (tensor<4x?xf32>, tensor<4x?xf32>) {
  %0 = act.softmax_grad %y, %y {dim = 1 : i64} : tensor<4x?xf32>
  %1 = act.logsumexp_grad %y, %d {dim = 1 : i64} : tensor<4x?xf32>, tensor<4x1xf32>
  return %0, %1 : tensor<4x?xf32>, tensor<4x?xf32>
}

// tanh'(0) * 3, 1/2 * 3, and silu(0) * 3: constants fold, all results at once.
// FOLD-LABEL: func @folds
// FOLD-DAG:     %[[ONE:.+]] = arith.constant 3.000000e+00 : f32
// FOLD-DAG:     %[[GATE:.+]] = arith.constant dense<0.000000e+00> : vector<4xf32>
// FOLD-DAG:     %[[VALUE:.+]] = arith.constant dense<1.500000e+00> : vector<4xf32>
// FOLD:         return %[[ONE]], %[[VALUE]], %[[GATE]]
func.func @folds() -> (f32, vector<4xf32>, vector<4xf32>) {
  %x = arith.constant 0.0 : f32
  %dy = arith.constant 3.0 : f32
  %g = arith.constant dense<0.0> : vector<4xf32>
  %v = arith.constant dense<1.0> : vector<4xf32>
  %d = arith.constant dense<3.0> : vector<4xf32>
  %0 = act.tanh_grad %x, %dy : f32
  %1, %2 = act.swiglu_grad %g, %v, %d : vector<4xf32>
  return %0, %1, %2 : f32, vector<4xf32>, vector<4xf32>
}
