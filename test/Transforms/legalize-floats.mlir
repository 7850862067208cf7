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
