// RUN: act-opt %s | act-opt | FileCheck %s
// RUN: act-opt %s --emit-bytecode | act-opt | FileCheck %s

// CHECK-LABEL: func @types
func.func @types(%a: tensor<4x100xf32>, %b: tensor<?x?x3xbf16>, %c: vector<8xf16>, %d: vector<2x4xf64>)
    -> (tensor<4x100xf32>, tensor<?x?x3xbf16>, vector<8xf16>, vector<2x4xf64>) {
  // CHECK: act.softmax %{{.*}} {dim = 1 : i64} : tensor<4x100xf32>
  %0 = act.softmax %a {dim = 1 : i64} : tensor<4x100xf32>
  // CHECK: act.softmax %{{.*}} fastmath<nnan> {dim = 0 : i64, temperature = 2.000000e+00 : f64} : tensor<?x?x3xbf16>
  %1 = act.softmax %b fastmath<nnan> {dim = 0 : i64, temperature = 2.0 : f64} : tensor<?x?x3xbf16>
  // CHECK: act.softmax %{{.*}} {dim = 0 : i64} : vector<8xf16>
  %2 = act.softmax %c {dim = 0 : i64, temperature = 1.0 : f64} : vector<8xf16>
  // CHECK: act.softmax %{{.*}} {dim = 1 : i64} : vector<2x4xf64>
  %3 = act.softmax %d {dim = 1 : i64} : vector<2x4xf64>
  return %0, %1, %2, %3
      : tensor<4x100xf32>, tensor<?x?x3xbf16>, vector<8xf16>, vector<2x4xf64>
}
