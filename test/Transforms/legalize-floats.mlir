// RUN: act-opt %s --pass-pipeline='builtin.module(func.func(act-legalize-floats))' | FileCheck %s

// bf16 arithmetic takes place in f32 and is rounded once.

// CHECK-LABEL: func @add
//       CHECK:   arith.extf {{.*}} : vector<4xbf16> to vector<4xf32>
//       CHECK:   arith.addf {{.*}} : vector<4xf32>
//       CHECK:   arith.truncf {{.*}} : vector<4xf32> to vector<4xbf16>
func.func @add(%a: vector<4xbf16>, %b: vector<4xbf16>) -> vector<4xbf16> {
  %0 = arith.addf %a, %b : vector<4xbf16>
  return %0 : vector<4xbf16>
}

// f64 goes through an f32 rounded to odd. The numbers are checked by
// test/python/test_schedule.py.

// CHECK-LABEL: func @narrow
//       CHECK:   arith.truncf {{.*}} : f64 to f32
//       CHECK:   %[[ODD:.+]] = arith.bitcast {{.*}} : i32 to f32
//       CHECK:   arith.truncf %[[ODD]] : f32 to f16
func.func @narrow(%a: f64) -> f16 {
  %0 = arith.truncf %a : f64 to f16
  return %0 : f16
}

// CHECK-LABEL: func @single_stays
//  CHECK-NEXT:   arith.truncf {{.*}} : f32 to f16
//  CHECK-NEXT:   return
func.func @single_stays(%a: f32) -> f16 {
  %0 = arith.truncf %a : f32 to f16
  return %0 : f16
}

// Rounding to an integer is exact in f32, and so is a square root, rounded.

// CHECK-LABEL: func @single
//       CHECK:   math.ceil {{.*}} : vector<4xf32>
//       CHECK:   math.sqrt {{.*}} : f32
//       CHECK:   arith.truncf {{.*}} : f32 to f16
func.func @single(%a: vector<4xbf16>, %b: f16) -> (vector<4xbf16>, f16) {
  %0 = math.ceil %a : vector<4xbf16>
  %1 = math.sqrt %b : f16
  return %0, %1 : vector<4xbf16>, f16
}

// A fused multiply-add is not: its sum is rounded to odd in f64.

// CHECK-LABEL: func @fma
//       CHECK:   %[[PRODUCT:.+]] = arith.mulf {{.*}} : f64
//       CHECK:   %[[SUM:.+]] = arith.addf %[[PRODUCT]], {{.*}} : f64
//       CHECK:   arith.bitcast %[[SUM]] : f64 to i64
//       CHECK:   arith.truncf {{.*}} : f64 to f32
//       CHECK:   arith.truncf {{.*}} : f32 to f16
func.func @fma(%a: f16, %b: f16, %c: f16) -> f16 {
  %0 = math.fma %a, %b, %c : f16
  return %0 : f16
}

// Classes are found by comparisons in the op's own type: a subnormal f16 is
// a normal f32. What moves bits stays.

// CHECK-LABEL: func @bits
//   CHECK-DAG:   %[[INF:.+]] = arith.constant 0x7C00 : f16
//   CHECK-DAG:   arith.cmpf olt, %{{.*}}, %[[INF]] : f16
//   CHECK-DAG:   %[[LEAST:.+]] = arith.constant 6.103520e-05 : f16
//   CHECK-DAG:   arith.cmpf oge, %{{.*}}, %[[LEAST]] : f16
//       CHECK:   math.copysign %{{.*}}, %{{.*}} : f16
func.func @bits(%a: f16, %b: f16) -> (i1, f16) {
  %0 = math.isnormal %a : f16
  %1 = math.copysign %a, %b : f16
  return %0, %1 : i1, f16
}
