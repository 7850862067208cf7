// RUN: act-opt %s | act-opt | FileCheck %s
// RUN: act-opt %s --emit-bytecode | act-opt | FileCheck %s
// RUN: act-opt %s --act-expand --canonicalize | FileCheck %s --check-prefix=EXPAND

// CHECK-LABEL: func @log_sum_exp
// EXPAND-LABEL: func @log_sum_exp
// EXPAND-SAME: %[[R:.*]]: vector<8xf32>, %[[S:.*]]: vector<8xf64>, %[[A:.*]]: vector<8xf32>, %[[T:.*]]: vector<8xf64>
func.func @log_sum_exp(%r: vector<8xf32>, %s: vector<8xf64>, %a: vector<8xf32>, %t: vector<8xf64>)
    -> (vector<8xf32>, vector<8xf64>) {
  // CHECK: act.merge log_sum_exp(%{{.*}}, %{{.*}}), (%{{.*}}, %{{.*}}) : vector<8xf32>, vector<8xf64>
  // EXPAND-DAG: %[[ONE:.*]] = arith.constant dense<1.000000e+00> : vector<8xf32>
  // EXPAND-DAG: %[[MOST:.*]] = arith.constant dense<3.200000e+01> : vector<8xf32>
  // EXPAND: %[[LIMIT:.*]] = arith.addf %[[R]], %[[MOST]]
  // EXPAND: %[[RISES:.*]] = arith.cmpf ogt, %[[A]], %[[LIMIT]]
  // EXPAND-DAG: %[[FROM:.*]] = arith.select %[[RISES]], %[[R]], %[[A]]
  // EXPAND-DAG: %[[TO:.*]] = arith.select %[[RISES]], %[[A]], %[[R]]
  // The difference goes into the exponential in two words.
  // EXPAND: %[[HI:.*]], %{{.*}}, %[[N:.*]] = act.prim exp(%{{.*}}, %{{.*}}) : vector<8xf32>
  // EXPAND: %[[E:.*]], %{{.*}}, %{{.*}} = act.prim scale(%[[HI]], %[[N]])
  // EXPAND: math.fma %[[S]], %{{.*}}, %{{.*}} : vector<8xf64>
  // EXPAND: return %[[TO]], %{{.*}}
  %0, %1 = act.merge log_sum_exp(%r, %s), (%a, %t) : vector<8xf32>, vector<8xf64>
  return %0, %1 : vector<8xf32>, vector<8xf64>
}

// CHECK-LABEL: func @temperature
// EXPAND-LABEL: func @temperature
func.func @temperature(%r: f64, %s: f64, %a: f64, %t: f64) -> (f64, f64) {
  // CHECK: act.merge log_sum_exp(%{{.*}}, %{{.*}}), (%{{.*}}, %{{.*}}) {temperature = 3.000000e+00 : f64} : f64, f64
  // EXPAND: arith.constant 9.600000e+01 : f64
  // EXPAND: arith.divf
  %0, %1 = act.merge log_sum_exp(%r, %s), (%a, %t) {temperature = 3.0 : f64} : f64, f64
  return %0, %1 : f64, f64
}

// NaN wins, then the larger, then the first.
// CHECK-LABEL: func @first_max
// EXPAND-LABEL: func @first_max
// EXPAND-SAME: %[[V:.*]]: f32, %[[I:.*]]: index, %[[W:.*]]: f32, %[[J:.*]]: index
func.func @first_max(%v: f32, %i: index, %w: f32, %j: index) -> (f32, index) {
  // CHECK: act.merge first_max(%{{.*}}, %{{.*}}), (%{{.*}}, %{{.*}}) : f32, index
  // EXPAND-DAG: %[[FIRST:.*]] = arith.cmpi ult, %[[J]], %[[I]]
  // EXPAND-DAG: arith.cmpf ogt, %[[W]], %[[V]]
  // EXPAND-DAG: arith.cmpf oeq, %[[W]], %[[V]]
  // EXPAND-DAG: arith.cmpf uno, %[[W]], %[[W]]
  // EXPAND: arith.select %{{.*}}, %[[W]], %[[V]]
  // EXPAND: arith.select %{{.*}}, %[[J]], %[[I]]
  %0, %1 = act.merge first_max(%v, %i), (%w, %j) : f32, index
  return %0, %1 : f32, index
}
