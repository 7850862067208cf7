// RUN: act-opt %s | act-opt | FileCheck %s
// RUN: act-opt %s --emit-bytecode | act-opt | FileCheck %s

// CHECK-LABEL: func @layouts
func.func @layouts(%x: tensor<?x1408xf32>, %v: vector<8x4xbf16>, %u: tensor<?x?x2xf64>)
    -> (tensor<?x704xf32>, tensor<?x704xf32>, vector<4x4xbf16>, tensor<?x?x1xf64>) {
  // CHECK: %{{.*}}, %{{.*}} = act.unpack %{{.*}} {dim = 1 : i64} : tensor<?x1408xf32> -> tensor<?x704xf32>
  %g0, %v0 = act.unpack %x layout<gate_first> {dim = 1 : i64} : tensor<?x1408xf32> -> tensor<?x704xf32>
  // CHECK: act.unpack %{{.*}} layout<interleaved> {dim = 1 : i64} : tensor<?x1408xf32> -> tensor<?x704xf32>
  %g1, %v1 = act.unpack %x layout<interleaved> {dim = 1 : i64} : tensor<?x1408xf32> -> tensor<?x704xf32>
  // CHECK: act.unpack %{{.*}} layout<block_interleaved> {block = 2 : i64, dim = 0 : i64} : vector<8x4xbf16> -> vector<4x4xbf16>
  %g2, %v2 = act.unpack %v layout<block_interleaved> {dim = 0 : i64, block = 2 : i64} : vector<8x4xbf16> -> vector<4x4xbf16>
  // CHECK: act.unpack %{{.*}} layout<value_first> {dim = 2 : i64} : tensor<?x?x2xf64> -> tensor<?x?x1xf64>
  %g3, %v3 = act.unpack %u layout<value_first> {dim = 2 : i64} : tensor<?x?x2xf64> -> tensor<?x?x1xf64>
  return %g0, %v1, %g2, %v3
      : tensor<?x704xf32>, tensor<?x704xf32>, vector<4x4xbf16>, tensor<?x?x1xf64>
}
