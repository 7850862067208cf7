// RUN: act-opt %s --act-lower-primitives | FileCheck %s

// One division; the exponent is that of exp below 0 and 0 above.
// CHECK-LABEL: func @sigmoid
// CHECK-SAME:    %[[X:.*]]: vector<16xf32>
// CHECK-DAG:     %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : vector<16xf32>
// CHECK-NOT:     act.prim
// CHECK:         %[[NEGATIVE:.*]] = arith.cmpf olt, %[[X]], %[[ZERO]]
// CHECK-COUNT-1: arith.divf
// CHECK-NOT:     arith.divf
// CHECK:         %[[BELOW:.*]] = arith.cmpf olt, %[[X]]
// CHECK:         %[[Y:.*]] = arith.select %[[BELOW]], %[[ZERO]]
// CHECK:         %[[N:.*]] = arith.select %[[NEGATIVE]], %{{.*}}, %[[ZERO]]
// CHECK:         return %[[Y]], %[[N]]
func.func @sigmoid(%x: vector<16xf32>) -> (vector<16xf32>, vector<16xf32>) {
  %hi, %lo, %n = act.prim sigmoid(%x) : vector<16xf32>
  return %hi, %n : vector<16xf32>, vector<16xf32>
}

// CHECK-LABEL: func @in_two_words
// CHECK-NOT:     act.prim
// CHECK:         return
func.func @in_two_words(%x: f64, %xlo: f64) -> (f64, f64, f64) {
  %hi, %lo, %n = act.prim sigmoid(%x, %xlo) : f64
  return %hi, %lo, %n : f64, f64, f64
}

// Odd by construction, and x itself near zero.
// CHECK-LABEL: func @tanh
// CHECK-SAME:    %[[X:.*]]: f32
// CHECK-DAG:     %[[TINY:.*]] = arith.constant 2.44140625E-4 : f32
// CHECK-NOT:     act.prim
// CHECK:         %[[A:.*]] = math.absf %[[X]]
// CHECK-COUNT-1: arith.divf
// CHECK-NOT:     arith.divf
// CHECK:         %[[SMALL:.*]] = arith.cmpf olt, %[[A]], %[[TINY]]
// CHECK:         %[[Y:.*]] = arith.select %[[SMALL]], %[[A]]
// CHECK:         %[[R:.*]] = math.copysign %[[Y]], %[[X]]
// CHECK:         return %[[R]]
func.func @tanh(%x: f32) -> f32 {
  %hi, %lo, %n = act.prim tanh(%x) : f32
  return %hi : f32
}

// Its low word means something for tiny x, too: -x^3/3.
// CHECK-LABEL: func @tanh_in_two_words
// CHECK-DAG:     %[[THIRD:.*]] = arith.constant -0.333333343 : f32
// CHECK-NOT:     act.prim
// CHECK:         %[[TINY:.*]] = arith.mulf %{{.*}}, %[[THIRD]] :
// CHECK:         %[[LO:.*]] = arith.select %{{.*}}, %[[TINY]],
// CHECK:         %[[SIGNED:.*]] = arith.mulf %[[LO]],
// CHECK:         return %{{.*}}, %[[SIGNED]]
func.func @tanh_in_two_words(%x: f32) -> (f32, f32) {
  %hi, %lo, %n = act.prim tanh(%x) : f32
  return %hi, %lo : f32, f32
}

// CHECK-LABEL: func @math
// CHECK-NOT:     math.tanh
// CHECK:         return
func.func @math(%x: vector<4xf64>) -> vector<4xf64> {
  %y = math.tanh %x : vector<4xf64>
  return %y : vector<4xf64>
}
