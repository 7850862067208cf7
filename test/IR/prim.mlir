// RUN: act-opt %s | act-opt | FileCheck %s
// RUN: act-opt %s --emit-bytecode | act-opt | FileCheck %s

// CHECK-LABEL: func @prim
func.func @prim(%x: vector<[4]xf32>, %y: f64) -> (vector<[4]xf32>, f64) {
  // CHECK: %{{.*}}, %{{.*}}, %{{.*}} = act.prim exp(%{{[^,]*}}, %{{[^,]*}}) : vector<[4]xf32>
  %0:3 = act.prim exp(%x, %x) : vector<[4]xf32>
  // CHECK: act.prim normal_cdf(%{{[^,]*}}) : f64
  %1:3 = act.prim normal_cdf(%y) : f64
  // CHECK: act.prim atan(%{{[^,]*}}) : f64
  %2:3 = act.prim atan(%1#0) : f64
  return %0#0, %2#0 : vector<[4]xf32>, f64
}
