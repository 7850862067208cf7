// RUN: act-opt %s | act-opt | FileCheck %s
// RUN: act-opt %s --emit-bytecode | act-opt | FileCheck %s

// CHECK-LABEL: func @tensor
func.func @tensor(%x: tensor<4x100xf32>, %noise: tensor<4x100xf32>) -> tensor<4x100xf32> {
  // CHECK: act.gumbel_softmax %{{.*}}, %{{.*}} {dim = 1 : i64} : tensor<4x100xf32>{{$}}
  %y = act.gumbel_softmax %x, %noise {dim = 1 : i64} : tensor<4x100xf32>
  return %y : tensor<4x100xf32>
}

// CHECK-LABEL: func @dynamic
func.func @dynamic(%x: tensor<?x?x6xbf16>, %noise: tensor<?x?x6xbf16>) -> tensor<?x?x6xbf16> {
  // CHECK: act.gumbel_softmax %{{.*}}, %{{.*}} fastmath<nnan> {dim = 0 : i64, temperature = 2.000000e+00 : f64} : tensor<?x?x6xbf16>{{$}}
  %y = act.gumbel_softmax %x, %noise fastmath<nnan> {dim = 0 : i64, temperature = 2.0 : f64} : tensor<?x?x6xbf16>
  return %y : tensor<?x?x6xbf16>
}

// CHECK-LABEL: func @vector
func.func @vector(%x: vector<8xf16>, %noise: vector<8xf16>) -> vector<8xf16> {
  // CHECK: act.gumbel_softmax %{{.*}}, %{{.*}} {dim = 0 : i64} : vector<8xf16>{{$}}
  %y = act.gumbel_softmax %x, %noise {dim = 0 : i64, temperature = 1.0 : f64} : vector<8xf16>
  return %y : vector<8xf16>
}

// CHECK-LABEL: func @matrix
func.func @matrix(%x: vector<2x4xf64>, %noise: vector<2x4xf64>) -> vector<2x4xf64> {
  // CHECK: act.gumbel_softmax %{{.*}}, %{{.*}} {dim = 1 : i64} : vector<2x4xf64>{{$}}
  %y = act.gumbel_softmax %x, %noise {dim = 1 : i64} : vector<2x4xf64>
  return %y : vector<2x4xf64>
}
