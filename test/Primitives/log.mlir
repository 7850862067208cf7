// RUN: act-opt %s --act-lower-primitives | FileCheck %s

// The special values last: infinity, zero, negative.
// CHECK-LABEL: func @log
// CHECK-SAME:    %[[X:.*]]: vector<16xf32>
// CHECK-DAG:     %[[INF:.*]] = arith.constant dense<0x7F800000> : vector<16xf32>
// CHECK-DAG:     %[[NEGINF:.*]] = arith.constant dense<0xFF800000> : vector<16xf32>
// CHECK-DAG:     %[[NAN:.*]] = arith.constant dense<0x7FC00000> : vector<16xf32>
// CHECK-NOT:     act.prim
// CHECK:         arith.shrui
// CHECK:         %[[FINITE:.*]] = arith.cmpf olt, %[[X]], %[[INF]]
// CHECK:         %[[Y0:.*]] = arith.select %[[FINITE]], %{{.*}}, %[[X]]
// CHECK:         %[[ISZERO:.*]] = arith.cmpf oeq, %[[X]]
// CHECK:         %[[Y1:.*]] = arith.select %[[ISZERO]], %[[NEGINF]], %[[Y0]]
// CHECK:         %[[NEGATIVE:.*]] = arith.cmpf olt, %[[X]]
// CHECK:         %[[Y2:.*]] = arith.select %[[NEGATIVE]], %[[NAN]], %[[Y1]]
// CHECK:         return %[[Y2]]
func.func @log(%x: vector<16xf32>) -> vector<16xf32> {
  %hi, %lo, %n = act.prim log(%x) : vector<16xf32>
  return %hi : vector<16xf32>
}

// The sign of zero is that of the argument.
// CHECK-LABEL: func @log1p
// CHECK-SAME:    %[[X:.*]]: f64
// CHECK-NOT:     act.prim
// CHECK:         %[[Y:.*]] = math.copysign %{{.*}}, %[[X]]
// CHECK-NEXT:    return %[[Y]]
func.func @log1p(%x: f64) -> f64 {
  %hi, %lo, %n = act.prim log1p(%x) : f64
  return %hi : f64
}

// CHECK-LABEL: func @in_two_words
// CHECK-NOT:     act.prim
// CHECK:         return
func.func @in_two_words(%x: f32, %xlo: f32) -> (f32, f32) {
  %a, %alo, %an = act.prim log(%x, %xlo) : f32
  %b, %blo, %bn = act.prim log1p(%x, %xlo) : f32
  return %a, %b : f32, f32
}

// CHECK-LABEL: func @math
// CHECK-NOT:     math.log
// CHECK:         return
func.func @math(%x: vector<4xf32>) -> (vector<4xf32>, vector<4xf32>) {
  %a = math.log %x : vector<4xf32>
  %b = math.log1p %x : vector<4xf32>
  return %a, %b : vector<4xf32>, vector<4xf32>
}
