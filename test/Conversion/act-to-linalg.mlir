// RUN: act-opt %s --convert-act-to-linalg --split-input-file | FileCheck %s

// Attributes travel; the destination is new.
// CHECK-LABEL: func @unary
// CHECK-SAME: %[[X:.*]]: tensor<?x64xbf16>
func.func @unary(%x: tensor<?x64xbf16>) -> tensor<?x64xbf16> {
  // CHECK: %[[N:.*]] = tensor.dim %[[X]]
  // CHECK: %[[OUT:.*]] = tensor.empty(%[[N]]) : tensor<?x64xbf16>
  // CHECK: linalg.generic {{.*}}["parallel", "parallel"]{{.*}} ins(%[[X]] : tensor<?x64xbf16>) outs(%[[OUT]] : tensor<?x64xbf16>)
  // CHECK: act.gelu %{{.*}} approximate<tanh> fastmath<nnan> : bf16
  %0 = act.gelu %x approximate<tanh> fastmath<nnan> : tensor<?x64xbf16>
  return %0 : tensor<?x64xbf16>
}

// -----

// CHECK-LABEL: func @gated
func.func @gated(%g: tensor<4xf32>, %v: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: linalg.generic {{.*}} ins(%{{.*}}, %{{.*}} : tensor<4xf32>, tensor<4xf32>)
  // CHECK: act.swiglu %{{.*}}, %{{.*}} {beta = 2.000000e+00 : f64} : f32
  %0 = act.swiglu %g, %v {beta = 2.0 : f64} : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// CHECK-LABEL: func @zero_rank
func.func @zero_rank(%x: tensor<f64>) -> tensor<f64> {
  // CHECK: linalg.generic {{.*}}iterator_types = []
  // CHECK: act.mish %{{.*}} : f64
  %0 = act.mish %x : tensor<f64>
  return %0 : tensor<f64>
}

// -----

// CHECK-LABEL: func @vectors_stay
func.func @vectors_stay(%x: vector<4xf32>) -> vector<4xf32> {
  // CHECK-NOT: linalg.generic
  // CHECK: act.relu %{{.*}} : vector<4xf32>
  %0 = act.relu %x : vector<4xf32>
  return %0 : vector<4xf32>
}
