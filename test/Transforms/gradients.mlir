// RUN: act-opt %s --act-decompose --convert-act-to-linalg --act-expand --canonicalize --cse --split-input-file | FileCheck %s

// A select, and no product: what comes from above does not count on the flat
// side.
// CHECK-LABEL: func @piecewise
// CHECK-SAME:    %[[X:.+]]: vector<8xf32>, %[[DY:.+]]: vector<8xf32>
// CHECK-DAG:     %[[ZERO:.+]] = arith.constant dense<0.000000e+00>
// CHECK-DAG:     %[[FLAT:.+]] = arith.cmpf ole, %[[X]], %[[ZERO]]
// CHECK-NOT:     arith.mulf
// CHECK:         %[[DX:.+]] = arith.select %[[FLAT]], %[[ZERO]], %{{.+}}
// CHECK:         return %[[DX]]
func.func @piecewise(%x: vector<8xf32>, %dy: vector<8xf32>) -> vector<8xf32> {
  %0 = act.relu_grad %x, %dy : vector<8xf32>
  return %0 : vector<8xf32>
}

// -----

// The exponent is applied once the product is made.
// CHECK-LABEL: func @underflow
// CHECK-SAME:    %[[X:.+]]: f32, %[[DY:.+]]: f32
// CHECK:         %{{.+}}, %{{.+}}, %[[EXP:.+]] = act.prim exp(
// CHECK:         %[[SLOPE:.+]] = arith.mulf %{{.+}}, %{{.+}} : f32
// CHECK-NEXT:    %[[SIZE:.+]] = math.absf %[[DY]]
// CHECK-NEXT:    %[[LARGE:.+]] = arith.cmpf ogt, %[[SIZE]]
// CHECK:         %[[PRODUCT:.+]] = arith.mulf %[[SLOPE]]
// CHECK-NEXT:    %[[N:.+]] = arith.addf %[[EXP]]
// CHECK-NEXT:    %[[DX:.+]], %{{.+}}, %{{.+}} = act.prim scale(%[[PRODUCT]], %[[N]])
// CHECK-NEXT:    return %[[DX]]
func.func @underflow(%x: f32, %dy: f32) -> f32 {
  %0 = act.sigmoid_grad %x, %dy : f32
  return %0 : f32
}

// -----

// 1 - y^2 without an exponential.
// CHECK-LABEL: func @from_result
// CHECK-SAME:    %[[Y:.+]]: f32, %[[DY:.+]]: f32
// CHECK:         %[[NEG:.+]] = arith.negf %[[Y]]
// CHECK-NEXT:    %[[SLOPE:.+]] = math.fma %[[NEG]], %[[Y]], %{{.+}}
// CHECK-NEXT:    arith.mulf %[[SLOPE]], %[[DY]]
// CHECK-NEXT:    return
func.func @from_result(%y: f32, %dy: f32) -> f32 {
  %0 = act.tanh_grad %y, %dy from<result> : f32
  return %0 : f32
}

// -----

// Both results in one loop: the exponential is computed once.
// CHECK-LABEL: func @gated
// CHECK:         linalg.generic
// CHECK-COUNT-1: act.prim exp_scaled
// CHECK-NOT:     act.prim exp
// CHECK:         linalg.yield %{{.+}}, %{{.+}} : bf16, bf16
// CHECK-NOT:     linalg.generic
func.func @gated(%g: tensor<?xbf16>, %v: tensor<?xbf16>, %dy: tensor<?xbf16>) -> (tensor<?xbf16>, tensor<?xbf16>) {
  %dg, %dv = act.swiglu_grad %g, %v, %dy : tensor<?xbf16>
  return %dg, %dv : tensor<?xbf16>, tensor<?xbf16>
}

// -----

// The gradient of a parameter is a sum in f64 over all other dimensions.
// CHECK-LABEL: func @parameter
// CHECK:         linalg.generic {{.+}} iterator_types = ["parallel", "parallel", "parallel"]
// CHECK:         linalg.fill ins(%{{.+}} : f64) outs(%{{.+}} : tensor<?xf64>)
// CHECK:         linalg.generic {{.+}} iterator_types = ["reduction", "parallel", "reduction"]
// CHECK:         arith.addf %{{.+}}, %{{.+}} {act.partial_sum} : f64
// CHECK:         arith.truncf %{{.+}} : tensor<?xf64> to tensor<?xf32>
func.func @parameter(%x: tensor<2x?x3xf32>, %a: tensor<?xf32>, %dy: tensor<2x?x3xf32>) -> (tensor<2x?x3xf32>, tensor<?xf32>) {
  %dx, %da = act.prelu_grad %x, %a, %dy : tensor<2x?x3xf32>, tensor<?xf32>
  return %dx, %da : tensor<2x?x3xf32>, tensor<?xf32>
}

// -----

// y (dy - sum of y dy)
// CHECK-LABEL: func @row
// CHECK:         linalg.generic {{.+}} iterator_types = ["parallel", "reduction"]
// CHECK:         arith.extf %{{.+}} : f32 to f64
// CHECK:         arith.addf %{{.+}}, %{{.+}} {act.partial_sum} : f64
// CHECK:         linalg.generic {{.+}} iterator_types = ["parallel", "parallel"]
// CHECK:         arith.subf
// CHECK-NEXT:    arith.mulf
func.func @row(%y: tensor<4x?xf32>, %dy: tensor<4x?xf32>) -> tensor<4x?xf32> {
  %0 = act.softmax_grad %y, %dy {dim = 1 : i64} : tensor<4x?xf32>
  return %0 : tensor<4x?xf32>
}
