// RUN: act-opt %s --pass-pipeline='builtin.module(func.func(act-legalize-floats))' | FileCheck %s

// 8-bit floats are integers. The numbers are checked by
// test/python/test_small_floats.py.

// CHECK-LABEL: func @narrow
//  CHECK-SAME:   (%[[X:.+]]: vector<16xf32>)
//   CHECK-NOT:   arith.truncf
//       CHECK:   arith.bitcast %[[X]] : vector<16xf32> to vector<16xi32>
//       CHECK:   arith.minsi {{.*}} : vector<16xi32>
//       CHECK:   %[[BYTES:.+]] = arith.trunci {{.*}} : vector<16xi32> to vector<16xi8>
//       CHECK:   %[[Y:.+]] = arith.bitcast %[[BYTES]] : vector<16xi8> to vector<16xf8E4M3FN>
//       CHECK:   return %[[Y]]
func.func @narrow(%x: vector<16xf32>) -> vector<16xf8E4M3FN> {
  %0 = arith.truncf %x : vector<16xf32> to vector<16xf8E4M3FN>
  return %0 : vector<16xf8E4M3FN>
}

// f64 goes through an f32 rounded to odd, bf16 through one that is exact.

// CHECK-LABEL: func @through_single
//       CHECK:   arith.truncf %{{.*}} : f64 to f32
//       CHECK:   arith.bitcast %{{.*}} : i8 to f8E5M2
//       CHECK:   arith.extf %{{.*}} : bf16 to f32
//       CHECK:   arith.bitcast %{{.*}} : i8 to f8E5M2
func.func @through_single(%x: f64, %y: bf16) -> (f8E5M2, f8E5M2) {
  %0 = arith.truncf %x : f64 to f8E5M2
  %1 = arith.truncf %y : bf16 to f8E5M2
  return %0, %1 : f8E5M2, f8E5M2
}

// CHECK-LABEL: func @widen
//   CHECK-NOT:   arith.extf
//       CHECK:   arith.bitcast %{{.*}} : vector<4xf8E5M2> to vector<4xi8>
//       CHECK:   arith.extui
//       CHECK:   arith.truncf %{{.*}} : vector<4xf32> to vector<4xf16>
func.func @widen(%x: vector<4xf8E5M2>) -> vector<4xf16> {
  %0 = arith.extf %x : vector<4xf8E5M2> to vector<4xf16>
  return %0 : vector<4xf16>
}

// CHECK-LABEL: func @add
//       CHECK:   arith.addf %{{.*}} : f32
//       CHECK:   arith.trunci %{{.*}} : i32 to i8
func.func @add(%x: f8E4M3FN, %y: f8E4M3FN) -> f8E4M3FN {
  %0 = arith.addf %x, %y : f8E4M3FN
  return %0 : f8E4M3FN
}

// A format without a negative zero is left alone, as is one of 16 bits.

// CHECK-LABEL: func @other
//       CHECK:   arith.truncf {{.*}} : f32 to f8E4M3FNUZ
//       CHECK:   arith.truncf {{.*}} : f32 to f16
func.func @other(%x: f32) -> (f8E4M3FNUZ, f16) {
  %0 = arith.truncf %x : f32 to f8E4M3FNUZ
  %1 = arith.truncf %x : f32 to f16
  return %0, %1 : f8E4M3FNUZ, f16
}
