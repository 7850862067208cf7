// RUN: act-opt %s --act-lower-primitives | FileCheck %s

// The quadrant after that of the sine. There is no zero whose sign could be
// lost.
// CHECK-LABEL: func @cos
// CHECK-DAG:     %[[ONE:.*]] = arith.constant dense<1> : vector<8xi64>
// CHECK-NOT:     {{act\.prim|scf\.|arith\.div|vector\.|memref\.}}
// CHECK:         %[[BITS:.*]] = arith.bitcast %{{.*}} : vector<8xf64> to vector<8xi64>
// CHECK:         arith.addi %[[BITS]], %[[ONE]]
// CHECK-NOT:     arith.cmpf oeq
// CHECK:         return
func.func @cos(%x: vector<8xf64>) -> vector<8xf64> {
  %hi, %lo, %n = act.prim cos(%x) : vector<8xf64>
  return %hi : vector<8xf64>
}

// CHECK-LABEL: func @in_two_words
// CHECK-NOT:     act.prim
// CHECK:         return
func.func @in_two_words(%x: vector<4xf32>, %xlo: vector<4xf32>) -> (vector<4xf32>, vector<4xf32>) {
  %hi, %lo, %n = act.prim cos(%x, %xlo) : vector<4xf32>
  return %hi, %lo : vector<4xf32>, vector<4xf32>
}

// CHECK-LABEL: func @math
// CHECK:         arith.extf %{{.*}} : f16 to f32
// CHECK-NOT:     math.cos
// CHECK:         arith.truncf %{{.*}} : f32 to f16
func.func @math(%x: f16) -> f16 {
  %y = math.cos %x : f16
  return %y : f16
}
