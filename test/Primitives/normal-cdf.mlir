// RUN: act-opt %s --act-lower-primitives | FileCheck %s

// One division for both fractions of the tail.
// CHECK-LABEL: func @normal_cdf
// CHECK-NOT:     act.prim
// CHECK-COUNT-1: arith.divf
// CHECK-NOT:     arith.divf
// CHECK:         return
func.func @normal_cdf(%x: vector<16xf32>) -> (vector<16xf32>, vector<16xf32>) {
  %hi, %lo, %n = act.prim normal_cdf(%x) : vector<16xf32>
  return %hi, %n : vector<16xf32>, vector<16xf32>
}

// CHECK-LABEL: func @in_two_words
// CHECK-NOT:     act.prim
// CHECK:         return
func.func @in_two_words(%x: f64, %xlo: f64) -> (f64, f64, f64) {
  %hi, %lo, %n = act.prim normal_cdf(%x, %xlo) : f64
  return %hi, %lo, %n : f64, f64, f64
}

// Two polynomials and a choice, no division.
// CHECK-LABEL: func @erf
// CHECK-SAME:    %[[X:.*]]: f32
// CHECK-NOT:     act.prim
// CHECK-NOT:     arith.divf
// CHECK:         arith.select
// CHECK:         %[[SMALL:.*]] = arith.cmpf olt
// CHECK-NEXT:    %[[Y1:.*]] = arith.select %[[SMALL]]
// CHECK-NEXT:    %[[R:.*]] = math.copysign %[[Y1]], %[[X]]
// CHECK:         return %[[R]]
func.func @erf(%x: f32) -> f32 {
  %hi, %lo, %n = act.prim erf(%x) : f32
  return %hi : f32
}

// erfc(x) = 2 normal_cdf(-sqrt(2) x), the argument in two words.
// CHECK-LABEL: func @math
// CHECK-NOT:     math.erf
// CHECK:         arith.mulf %{{.*}} : f32
// CHECK-NOT:     math.erf
// CHECK:         return
func.func @math(%x: f32) -> (f32, f32) {
  %b = math.erfc %x : f32
  %a = math.erf %x : f32
  return %a, %b : f32, f32
}
