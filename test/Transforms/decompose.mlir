// RUN: act-opt %s --act-decompose --split-input-file | FileCheck %s

// CHECK-DAG: #[[$ID:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[$ROW:.*]] = affine_map<(d0, d1) -> (d0)>
// CHECK-LABEL: func @softmax_tensor
func.func @softmax_tensor(%x: tensor<4x?xbf16>) -> tensor<4x?xbf16> {
  // One conversion in, one rounding out, f32 in between.
  // CHECK: %[[X:.*]] = linalg.generic
  // CHECK: arith.extf
  // CHECK: linalg.fill ins(%{{.*}} : f32) outs(%{{.*}} : tensor<4xf32>)
  // CHECK: %[[MAX:.*]] = linalg.generic {{.*}}maps = [#[[$ID]], #[[$ROW]]], iterator_types = ["parallel", "reduction"]{{.*}} ins(%[[X]]
  // CHECK: arith.maximumf
  // CHECK: linalg.generic {{.*}}maps = [#[[$ID]], #[[$ROW]], #[[$ID]]]{{.*}} ins(%[[X]], %[[MAX]]
  // CHECK: arith.subf
  // CHECK: %[[E:.*]] = linalg.generic
  // CHECK: math.exp
  // Sums are in f64.
  // CHECK: %[[WIDE:.*]] = linalg.generic {{.*}} ins(%[[E]]
  // CHECK: arith.extf %{{.*}} : f32 to f64
  // CHECK: %[[SUM:.*]] = linalg.generic {{.*}}iterator_types = ["parallel", "reduction"]{{.*}} ins(%[[WIDE]]
  // CHECK: arith.addf %{{.*}} : f64
  // CHECK: %[[NARROW:.*]] = linalg.generic {{.*}} ins(%[[SUM]]
  // CHECK: linalg.generic {{.*}} ins(%[[E]], %[[NARROW]]
  // CHECK: arith.divf
  // CHECK: arith.truncf
  // CHECK-NOT: act.
  %0 = act.softmax %x {dim = 1 : i64} : tensor<4x?xbf16>
  return %0 : tensor<4x?xbf16>
}

// -----

// CHECK-LABEL: func @softmax_vector
func.func @softmax_vector(%x: vector<4x8xf32>) -> vector<4x8xf32> {
  // CHECK: %[[M:.*]] = vector.multi_reduction <maximumf>, %{{.*}}, %{{.*}} [1] : vector<4x8xf32> to vector<4xf32>
  // CHECK: %[[C:.*]] = vector.shape_cast %[[M]] : vector<4xf32> to vector<4x1xf32>
  // CHECK: vector.broadcast %[[C]] : vector<4x1xf32> to vector<4x8xf32>
  // CHECK: vector.multi_reduction <add>
  // CHECK: arith.divf
  %0 = act.softmax %x {dim = 1 : i64} : vector<4x8xf32>
  return %0 : vector<4x8xf32>
}

// -----

// CHECK-LABEL: func @temperature
func.func @temperature(%x: vector<8xf64>) -> vector<8xf64> {
  // CHECK: %[[D:.*]] = arith.subf
  // CHECK: %[[T:.*]] = arith.divf %[[D]]
  // The quotient goes into the exponential in two words.
  // CHECK: %[[N:.*]] = arith.negf %[[T]]
  // CHECK: %[[R:.*]] = math.fma %[[N]], %{{.*}}, %[[D]]
  // CHECK: %[[LO:.*]] = arith.divf %[[R]]
  // CHECK: act.prim exp(%[[T]], %[[LO]])
  %0 = act.softmax %x {dim = 0 : i64, temperature = 2.0 : f64} : vector<8xf64>
  return %0 : vector<8xf64>
}

// -----

// CHECK-LABEL: func @gate_first
func.func @gate_first(%x: tensor<2x8xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>) {
  // CHECK: %[[G:.*]] = tensor.extract_slice %{{.*}}[0, 0] [2, 4] [1, 1]
  // CHECK: %[[V:.*]] = tensor.extract_slice %{{.*}}[0, 4] [2, 4] [1, 1]
  // CHECK: return %[[G]], %[[V]]
  %g, %v = act.unpack %x {dim = 1 : i64} : tensor<2x8xf32> -> tensor<2x4xf32>
  return %g, %v : tensor<2x4xf32>, tensor<2x4xf32>
}

// -----

// CHECK-LABEL: func @value_first
func.func @value_first(%x: tensor<2x8xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>) {
  // CHECK: %[[G:.*]] = tensor.extract_slice %{{.*}}[0, 4] [2, 4] [1, 1]
  // CHECK: %[[V:.*]] = tensor.extract_slice %{{.*}}[0, 0] [2, 4] [1, 1]
  // CHECK: return %[[G]], %[[V]]
  %g, %v = act.unpack %x layout<value_first> {dim = 1 : i64} : tensor<2x8xf32> -> tensor<2x4xf32>
  return %g, %v : tensor<2x4xf32>, tensor<2x4xf32>
}

// -----

// CHECK-LABEL: func @interleaved
func.func @interleaved(%x: tensor<8x?xf32>) -> (tensor<4x?xf32>, tensor<4x?xf32>) {
  // CHECK: tensor.extract_slice %{{.*}}[0, 0] [4, %{{.*}}] [2, 1]
  // CHECK: tensor.extract_slice %{{.*}}[1, 0] [4, %{{.*}}] [2, 1]
  %g, %v = act.unpack %x layout<interleaved> {dim = 0 : i64} : tensor<8x?xf32> -> tensor<4x?xf32>
  return %g, %v : tensor<4x?xf32>, tensor<4x?xf32>
}

// -----

// CHECK-LABEL: func @block_interleaved
func.func @block_interleaved(%x: tensor<?x?xf32>) -> (tensor<?x?xf32>, tensor<?x?xf32>) {
  // CHECK: %[[S:.*]] = tensor.expand_shape %{{.*}} {{\[}}[0], [1, 2, 3]] {{.*}} into tensor<?x?x2x4xf32>
  // CHECK: %[[G:.*]] = tensor.extract_slice %[[S]][0, 0, 0, 0] [%{{.*}}, %{{.*}}, 1, 4]
  // CHECK: tensor.collapse_shape %[[G]] {{\[}}[0], [1, 2]]
  // CHECK: %[[V:.*]] = tensor.extract_slice %{{.*}}[0, 0, 1, 0] [%{{.*}}, %{{.*}}, 1, 4]
  // CHECK: tensor.collapse_shape %[[V]]
  %g, %v = act.unpack %x layout<block_interleaved> {dim = 1 : i64, block = 4 : i64} : tensor<?x?xf32> -> tensor<?x?xf32>
  return %g, %v : tensor<?x?xf32>, tensor<?x?xf32>
}

// -----

// CHECK-LABEL: func @vector
func.func @vector(%x: vector<2x8xf32>) -> (vector<2x4xf32>, vector<2x4xf32>) {
  // CHECK: %[[S:.*]] = vector.shape_cast %{{.*}} : vector<2x8xf32> to vector<2x4x2x1xf32>
  // CHECK: vector.extract_strided_slice %[[S]] {offsets = [0, 0, 0, 0]
  // CHECK: vector.extract_strided_slice %{{.*}} {offsets = [0, 0, 1, 0]
  %g, %v = act.unpack %x layout<interleaved> {dim = 1 : i64} : vector<2x8xf32> -> vector<2x4xf32>
  return %g, %v : vector<2x4xf32>, vector<2x4xf32>
}

// -----

// Sizes known better than the type says, and nothing at all.
// CHECK-LABEL: func @behind_a_cast
func.func @behind_a_cast(%x: tensor<8xf32>) -> (tensor<?xf32>, tensor<0xf32>) {
  // CHECK: tensor.extract_slice %{{.*}} to tensor<?xf32>
  // CHECK: tensor.empty() : tensor<0xf32>
  %c = tensor.cast %x : tensor<8xf32> to tensor<?xf32>
  %g, %v = act.unpack %c {dim = 0 : i64} : tensor<?xf32> -> tensor<?xf32>
  %none = tensor.empty() : tensor<0xf32>
  %g0, %v0 = act.unpack %none layout<interleaved> {dim = 0 : i64} : tensor<0xf32> -> tensor<0xf32>
  return %g, %g0 : tensor<?xf32>, tensor<0xf32>
}

// -----

// CHECK-LABEL: func @encoding
func.func @encoding(%x: tensor<4x4xf32, "rows">) -> tensor<4x4xf32, "rows"> {
  // CHECK: return %{{.*}} : tensor<4x4xf32, "rows">
  %0 = act.softmax %x {dim = 1 : i64} : tensor<4x4xf32, "rows">
  return %0 : tensor<4x4xf32, "rows">
}

// -----

// Upstream's row-wise op goes the same way.
// CHECK-LABEL: func @upstream
func.func @upstream(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  // CHECK-NOT: linalg.softmax
  %e = tensor.empty() : tensor<4x4xf32>
  %0 = linalg.softmax dimension(1) ins(%x : tensor<4x4xf32>) outs(%e : tensor<4x4xf32>) -> tensor<4x4xf32>
  return %0 : tensor<4x4xf32>
}
