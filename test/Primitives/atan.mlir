// RUN: act-opt %s --act-lower-primitives | FileCheck %s

// One division, odd by construction; the low word of the argument is ignored.
// CHECK-LABEL: func @atan
// CHECK-SAME:    %[[X:.*]]: vector<16xf32>, %[[LO:.*]]: vector<16xf32>
// CHECK-NOT:     {{act\.prim|scf\.|vector\.|memref\.}}
// CHECK:         math.absf %[[X]]
// CHECK-COUNT-1: arith.divf
// CHECK-NOT:     {{arith\.divf|%[[LO]]}}
// CHECK:         %[[Y:.*]] = math.copysign %{{.*}}, %[[X]]
// CHECK:         return %[[Y]]
func.func @atan(%x: vector<16xf32>, %lo: vector<16xf32>) -> vector<16xf32> {
  %hi, %zero, %n = act.prim atan(%x, %lo) : vector<16xf32>
  return %hi : vector<16xf32>
}

// CHECK-LABEL: func @math
// CHECK-NOT:     math.atan
// CHECK:         return
func.func @math(%x: vector<4xf64>) -> vector<4xf64> {
  %y = math.atan %x : vector<4xf64>
  return %y : vector<4xf64>
}
