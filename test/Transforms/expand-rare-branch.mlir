// RUN: act-opt %s --act-expand=rare-branch | FileCheck %s

// A short formula, and the whole one where a lane is out of its range. Each lane
// has the result of its own form.

// CHECK-LABEL: func @silu
// CHECK-SAME:  %[[X:.*]]: vector<8xf32>
// CHECK:       %[[S:.*]], %{{.*}}, %[[FLAG:.*]] = act.prim sigmoid(%[[X]]) {tame} : vector<8xf32>
// CHECK-NOT:   act.prim scale
// CHECK:       %[[NEAR:.*]] = arith.mulf %[[X]], %[[S]]
// CHECK:       %[[HOLDS:.*]] = arith.cmpf oeq, %[[FLAG]]
// CHECK:       %[[ALL:.*]] = vector.reduction <and>, %[[HOLDS]]
// CHECK:       %[[Y:.*]] = scf.if %[[ALL]]
// CHECK:         scf.yield %[[NEAR]]
// CHECK:       else
// CHECK:         act.prim sigmoid(%[[X]]) : vector<8xf32>
// CHECK:         %[[FAR:.*]], %{{.*}}, %{{.*}} = act.prim scale
// CHECK:         %[[EACH:.*]] = arith.select %[[HOLDS]], %[[NEAR]], %[[FAR]]
// CHECK:         scf.yield %[[EACH]]
// CHECK:       return %[[Y]]
func.func @silu(%x: vector<8xf32>) -> vector<8xf32> {
  %0 = act.silu %x : vector<8xf32>
  return %0 : vector<8xf32>
}

// An argument in two words leaves the range too often; piecewise linear
// functions, and scalable vectors, have one form.
// CHECK-LABEL: func @whole
// CHECK-NOT:   scf.if
// CHECK-NOT:   tame
// CHECK:       return
func.func @whole(%x: vector<8xf32>, %s: vector<[4]xf32>)
    -> (vector<8xf32>, vector<8xf32>, vector<[4]xf32>) {
  %0 = act.swish %x {beta = 1.5 : f64} : vector<8xf32>
  %1 = act.hard_swish %x : vector<8xf32>
  %2 = act.silu %s : vector<[4]xf32>
  return %0, %1, %2 : vector<8xf32>, vector<8xf32>, vector<[4]xf32>
}
