// RUN: act-opt %s --act-decompose | FileCheck %s

// CHECK-DAG: #[[$X:.*]] = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
// CHECK-DAG: #[[$CHANNEL:.*]] = affine_map<(d0, d1, d2) -> (d1)>
// CHECK-DAG: #[[$ONE:.*]] = affine_map<(d0, d1, d2) -> ()>
// CHECK-DAG: #[[$FIRST:.*]] = affine_map<(d0, d1, d2) -> (0)>

// One loop: the slope is not stretched in memory.
// CHECK-LABEL: func @channels
func.func @channels(%x: tensor<?x8x?xf32>, %a: tensor<8xf32>) -> tensor<?x8x?xf32> {
  // CHECK: linalg.generic {indexing_maps = [#[[$X]], #[[$CHANNEL]], #[[$X]]]
  // CHECK: arith.mulf
  // CHECK-NOT: act.prelu
  %0 = act.prelu %x, %a : tensor<?x8x?xf32>, tensor<8xf32>
  return %0 : tensor<?x8x?xf32>
}

// CHECK-LABEL: func @one_number
func.func @one_number(%x: tensor<2x8x3xbf16>, %a: tensor<1xbf16>, %b: tensor<bf16>, %c: bf16) -> (tensor<2x8x3xbf16>, tensor<2x8x3xbf16>, tensor<2x8x3xbf16>) {
  // CHECK: linalg.generic {indexing_maps = [#[[$X]], #[[$FIRST]], #[[$X]]]
  // CHECK: arith.extf %{{.*}} : bf16 to f32
  // CHECK: arith.truncf %{{.*}} : f32 to bf16
  %0 = act.prelu %x, %a : tensor<2x8x3xbf16>, tensor<1xbf16>
  // CHECK: linalg.generic {indexing_maps = [#[[$X]], #[[$ONE]], #[[$X]]]
  %1 = act.prelu %x, %b : tensor<2x8x3xbf16>, tensor<bf16>
  // CHECK: linalg.generic {indexing_maps = [#[[$X]], #[[$ONE]], #[[$X]]]
  %2 = act.prelu %x, %c : tensor<2x8x3xbf16>, bf16
  return %0, %1, %2 : tensor<2x8x3xbf16>, tensor<2x8x3xbf16>, tensor<2x8x3xbf16>
}

// CHECK-LABEL: func @several
func.func @several(%x: tensor<?x8x?xf32>, %a: tensor<f32>, %g: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<?x8x?xf32> {
  // CHECK: linalg.generic {indexing_maps = [#[[$X]], #[[$ONE]], #[[$CHANNEL]], #[[$CHANNEL]], #[[$X]]]
  // CHECK: act.prim tanh
  %0 = act.dyt %x, %a, %g, %b {dim = 1 : i64} : tensor<?x8x?xf32>, tensor<f32>, tensor<8xf32>, tensor<8xf32>
  return %0 : tensor<?x8x?xf32>
}

// CHECK-LABEL: func @vectors
func.func @vectors(%x: vector<4x[4]x2xf32>, %a: vector<[4]xf32>, %b: vector<1xf32>) -> (vector<4x[4]x2xf32>, vector<4x[4]x2xf32>) {
  // CHECK: vector.shape_cast %{{.*}} : vector<[4]xf32> to vector<[4]x1xf32>
  // CHECK: vector.broadcast %{{.*}} : vector<[4]x1xf32> to vector<4x[4]x2xf32>
  // CHECK: arith.mulf
  %0 = act.prelu %x, %a : vector<4x[4]x2xf32>, vector<[4]xf32>
  // CHECK: vector.extract %{{.*}}[0] : f32 from vector<1xf32>
  // CHECK: vector.broadcast %{{.*}} : f32 to vector<4x[4]x2xf32>
  %1 = act.prelu %x, %b : vector<4x[4]x2xf32>, vector<1xf32>
  return %0, %1 : vector<4x[4]x2xf32>, vector<4x[4]x2xf32>
}
