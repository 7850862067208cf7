// RUN: act-opt %s | act-opt | FileCheck %s
// RUN: act-opt %s --emit-bytecode | act-opt | FileCheck %s

// CHECK-LABEL: func @tensor
func.func @tensor(%x: tensor<4x100xf32>, %mask: tensor<4x100xi1>) -> tensor<4x100xf32> {
  // CHECK: act.masked_softmax %{{.*}}, %{{.*}} {dim = 1 : i64} : tensor<4x100xf32>, tensor<4x100xi1>{{$}}
  %y = act.masked_softmax %x, %mask {dim = 1 : i64} : tensor<4x100xf32>, tensor<4x100xi1>
  return %y : tensor<4x100xf32>
}

// CHECK-LABEL: func @dynamic
func.func @dynamic(%x: tensor<?x?x6xbf16>, %mask: tensor<?x?x6xi1>) -> tensor<?x?x6xbf16> {
  // CHECK: act.masked_softmax %{{.*}}, %{{.*}} fastmath<nnan> {dim = 0 : i64} : tensor<?x?x6xbf16>, tensor<?x?x6xi1>{{$}}
  %y = act.masked_softmax %x, %mask fastmath<nnan> {dim = 0 : i64} : tensor<?x?x6xbf16>, tensor<?x?x6xi1>
  return %y : tensor<?x?x6xbf16>
}

// CHECK-LABEL: func @vector
func.func @vector(%x: vector<8xf16>, %mask: vector<8xi1>) -> vector<8xf16> {
  // CHECK: act.masked_softmax %{{.*}}, %{{.*}} {dim = 0 : i64} : vector<8xf16>, vector<8xi1>{{$}}
  %y = act.masked_softmax %x, %mask {dim = 0 : i64} : vector<8xf16>, vector<8xi1>
  return %y : vector<8xf16>
}

// CHECK-LABEL: func @matrix
func.func @matrix(%x: vector<2x4xf64>, %mask: vector<2x4xi1>) -> vector<2x4xf64> {
  // CHECK: act.masked_softmax %{{.*}}, %{{.*}} {dim = 1 : i64} : vector<2x4xf64>, vector<2x4xi1>{{$}}
  %y = act.masked_softmax %x, %mask {dim = 1 : i64} : vector<2x4xf64>, vector<2x4xi1>
  return %y : vector<2x4xf64>
}
