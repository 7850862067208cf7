// RUN: act-opt %s --act-lower-primitives | FileCheck %s

// Two words: the square of the reduced argument with its rounding error, five
// coefficients, the low part of ln 2, and the rounding to a multiple of ln 2.
// CHECK-LABEL: func @two_words
// CHECK-NOT:     act.prim
// CHECK-COUNT-10: math.fma
// CHECK-NOT:     math.fma
// CHECK:         return
func.func @two_words(%x: vector<16xf32>)
    -> (vector<16xf32>, vector<16xf32>, vector<16xf32>) {
  %hi, %lo, %n = act.prim exp(%x) : vector<16xf32>
  return %hi, %lo, %n : vector<16xf32>, vector<16xf32>, vector<16xf32>
}

// What nobody asks for is not computed.
// CHECK-LABEL: func @one_word
// CHECK-COUNT-9: math.fma
// CHECK-NOT:     math.fma
// CHECK:         return
func.func @one_word(%x: vector<16xf32>) -> (vector<16xf32>, vector<16xf32>) {
  %hi, %lo, %n = act.prim exp(%x) : vector<16xf32>
  return %hi, %n : vector<16xf32>, vector<16xf32>
}

// The exponent alone is one fma, and what keeps it in range.
// CHECK-LABEL: func @exponent
// CHECK-COUNT-1: math.fma
// CHECK-NOT:     math.fma
// CHECK:         return
func.func @exponent(%x: f64) -> f64 {
  %hi, %lo, %n = act.prim exp(%x) : f64
  return %n : f64
}

// Zero below the range, infinity above.
// CHECK-LABEL: func @range
// CHECK-SAME:    %[[X:[a-z0-9]+]]: f32
// CHECK-DAG:     %[[LOW:.*]] = arith.constant -2.120000e+02 : f32
// CHECK-DAG:     %[[HIGH:.*]] = arith.constant 2.120000e+02 : f32
// CHECK-DAG:     %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-DAG:     %[[INF:.*]] = arith.constant 0x7F800000 : f32
// CHECK:         %[[BELOW:.*]] = arith.cmpf olt, %[[X]], %[[LOW]] : f32
// CHECK:         %[[ABOVE:.*]] = arith.cmpf olt, %[[HIGH]], %[[X]] : f32
// CHECK:         %[[UPPER:.*]] = arith.select %[[ABOVE]], %[[INF]], %{{.*}}
// CHECK:         %[[Y:.*]] = arith.select %[[BELOW]], %[[ZERO]], %[[UPPER]]
// CHECK:         return %[[Y]]
func.func @range(%x: f32) -> f32 {
  %hi, %lo, %n = act.prim exp(%x) : f32
  return %hi : f32
}

// A low word of the argument goes where the low part of ln 2 goes.
// CHECK-LABEL: func @argument_in_two_words
// CHECK-SAME:    %{{.*}}: f32, %[[LO:.*]]: f32
// CHECK:         math.fma %{{.*}}, %{{.*}}, %[[LO]] : f32
func.func @argument_in_two_words(%x: f32, %xlo: f32) -> (f32, f32, f32) {
  %hi, %lo, %n = act.prim exp(%x, %xlo) : f32
  return %hi, %lo, %n : f32, f32, f32
}

// CHECK-LABEL: func @expm1
// CHECK-NOT:     act.prim
// CHECK-COUNT-12: math.fma
// CHECK-NOT:     math.fma
// CHECK:         math.copysign
// CHECK:         arith.mulf
// CHECK:         return
func.func @expm1(%x: vector<8xf32>) -> (vector<8xf32>, vector<8xf32>) {
  %hi, %lo, %n = act.prim expm1(%x) : vector<8xf32>
  return %hi, %lo : vector<8xf32>, vector<8xf32>
}

// A part that a primitive has none of is zero.
// CHECK-LABEL: func @no_exponent
// CHECK:         %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : vector<8xf32>
// CHECK-NEXT:    return %[[ZERO]]
func.func @no_exponent(%x: vector<8xf32>) -> vector<8xf32> {
  %hi, %lo, %n = act.prim expm1(%x) : vector<8xf32>
  return %n : vector<8xf32>
}

// The math ops are scaled, in two steps of which the last rounds.
// CHECK-LABEL: func @math
// CHECK-NOT:     math.exp
// CHECK:         arith.shli
// CHECK:         arith.mulf
// CHECK:         arith.shli
// CHECK:         %[[Y:.*]] = arith.mulf
// CHECK-NEXT:    return %[[Y]]
func.func @math(%x: vector<4xf64>) -> vector<4xf64> {
  %y = math.exp %x : vector<4xf64>
  return %y : vector<4xf64>
}

// CHECK-LABEL: func @math_exp2
// CHECK-NOT:     math.exp2
// CHECK:         return
func.func @math_exp2(%x: vector<4xf32>) -> vector<4xf32> {
  %y = math.exp2 %x : vector<4xf32>
  return %y : vector<4xf32>
}

// CHECK-LABEL: func @math_expm1
// CHECK-NOT:     math.expm1
// CHECK:         return
func.func @math_expm1(%x: vector<4xf32>) -> vector<4xf32> {
  %y = math.expm1 %x : vector<4xf32>
  return %y : vector<4xf32>
}
