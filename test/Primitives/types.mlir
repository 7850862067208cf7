// RUN: act-opt %s --act-lower-primitives --split-input-file | FileCheck %s
// RUN: act-opt %s --act-lower-primitives=cpu=sapphirerapids --split-input-file | FileCheck %s
// RUN: not act-opt %s --act-lower-primitives=accuracy=exact 2>&1 | FileCheck %s --check-prefix=ERROR

// ERROR: act-lower-primitives: accuracy=exact is not one of precise, fast

// CHECK-LABEL: func @half
// CHECK-SAME:    %[[X:.*]]: vector<8xf16>
// CHECK:         arith.extf %[[X]] : vector<8xf16> to vector<8xf32>
// CHECK-NOT:     math.tanh
// CHECK:         %[[Y:.*]] = arith.truncf %{{.*}} : vector<8xf32> to vector<8xf16>
// CHECK-NEXT:    return %[[Y]]
func.func @half(%x: vector<8xf16>) -> vector<8xf16> {
  %y = math.tanh %x : vector<8xf16>
  return %y : vector<8xf16>
}

// -----

// CHECK-LABEL: func @bfloat
// CHECK:         arith.extf %{{.*}} : bf16 to f32
// CHECK-NOT:     math.exp
// CHECK:         arith.truncf %{{.*}} : f32 to bf16
func.func @bfloat(%x: bf16) -> bf16 {
  %y = math.exp %x : bf16
  return %y : bf16
}

// -----

// CHECK-LABEL: func @scalable
// CHECK-NOT:     act.prim
// CHECK:         arith.bitcast %{{.*}} : vector<[4]xf32> to vector<[4]xi32>
// CHECK:         return
func.func @scalable(%x: vector<[4]xf32>) -> (vector<[4]xf32>, vector<[4]xf32>) {
  %hi, %lo, %n = act.prim sigmoid(%x) : vector<[4]xf32>
  %y:3 = act.prim scale(%hi, %n) : vector<[4]xf32>
  %t = math.tanh %y#0 : vector<[4]xf32>
  return %t, %y#0 : vector<[4]xf32>, vector<[4]xf32>
}

// -----

// CHECK-LABEL: func @rank_zero
// CHECK-NOT:     act.prim
// CHECK:         math.fma %{{.*}} : vector<f64>
// CHECK:         return
func.func @rank_zero(%x: vector<f64>) -> vector<f64> {
  %hi, %lo, %n = act.prim normal_cdf(%x) : vector<f64>
  %y:3 = act.prim scale(%hi, %n) : vector<f64>
  return %y#0 : vector<f64>
}

// -----

// CHECK-LABEL: func @rank_two
// CHECK-NOT:     act.prim
// CHECK:         math.fma %{{.*}} : vector<2x[4]xf32>
// CHECK:         return
func.func @rank_two(%x: vector<2x[4]xf32>) -> vector<2x[4]xf32> {
  %hi, %lo, %n = act.prim erf(%x) : vector<2x[4]xf32>
  return %hi : vector<2x[4]xf32>
}

// -----

// Tensors are for others, and so are types without primitives.
// CHECK-LABEL: func @others
// CHECK:         math.exp %{{.*}} : tensor<4xf32>
// CHECK:         math.exp %{{.*}} : f80
// CHECK:         math.exp %{{.*}} : f8E4M3
func.func @others(%x: tensor<4xf32>, %y: f80, %z: f8E4M3)
    -> (tensor<4xf32>, f80, f8E4M3) {
  %a = math.exp %x : tensor<4xf32>
  %b = math.exp %y : f80
  %c = math.exp %z : f8E4M3
  return %a, %b, %c : tensor<4xf32>, f80, f8E4M3
}
