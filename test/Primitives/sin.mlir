// RUN: act-opt %s --act-lower-primitives | FileCheck %s

// No branch, no table, no division: both series, and the quadrant from the low
// bits of the shifted multiple of pi/2.
// CHECK-LABEL: func @sin
// CHECK-SAME:    %[[X:.*]]: vector<16xf32>
// CHECK-DAG:     %[[FAR:.*]] = arith.constant dense<0x4A800000> : vector<16xf32>
// CHECK-DAG:     %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : vector<16xf32>
// CHECK-NOT:     {{act\.prim|scf\.|arith\.div|vector\.|memref\.}}
// CHECK:         %[[A:.*]] = math.absf %[[X]]
// CHECK:         %[[NEAR:.*]] = arith.cmpf olt, %[[A]], %[[FAR]] :
// CHECK:         arith.select %[[NEAR]], %[[X]]
// CHECK:         %[[BITS:.*]] = arith.bitcast %{{.*}} : vector<16xf32> to vector<16xi32>
// CHECK:         %[[ISZERO:.*]] = arith.cmpf oeq, %[[X]], %[[ZERO]] :
// CHECK:         %[[Y:.*]] = arith.select %[[ISZERO]], %[[X]]
// CHECK:         return %[[Y]]
func.func @sin(%x: vector<16xf32>) -> vector<16xf32> {
  %hi, %lo, %n = act.prim sin(%x) : vector<16xf32>
  return %hi : vector<16xf32>
}

// The code is longer where the low word is used.
// CHECK-LABEL: func @in_two_words
// CHECK-NOT:     act.prim
// CHECK:         arith.cmpf oeq
// CHECK-NEXT:    %[[HI:.*]] = arith.select
// CHECK-NEXT:    return %[[HI]], %{{[0-9]+}} : f64, f64
func.func @in_two_words(%x: f64, %xlo: f64) -> (f64, f64) {
  %hi, %lo, %n = act.prim sin(%x, %xlo) : f64
  return %hi, %lo : f64, f64
}

// CHECK-LABEL: func @math
// CHECK:         arith.extf %{{.*}} : vector<[4]xbf16> to vector<[4]xf32>
// CHECK-NOT:     math.sin
// CHECK:         arith.truncf %{{.*}} : vector<[4]xf32> to vector<[4]xbf16>
func.func @math(%x: vector<[4]xbf16>) -> vector<[4]xbf16> {
  %y = math.sin %x : vector<[4]xbf16>
  return %y : vector<[4]xbf16>
}
