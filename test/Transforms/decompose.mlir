// RUN: act-opt %s --act-decompose --split-input-file | FileCheck %s

// CHECK-DAG: #[[$ID:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[$ROW:.*]] = affine_map<(d0, d1) -> (d0)>
// CHECK-LABEL: func @softmax_tensor
// CHECK-SAME: %[[X:.*]]: tensor<4x?xbf16>
func.func @softmax_tensor(%x: tensor<4x?xbf16>) -> tensor<4x?xbf16> {
  // The largest element but for NaN, which the sum shows.
  // CHECK: %[[M:.*]] = linalg.generic {{.*}}maps = [#[[$ID]], #[[$ROW]]], iterator_types = ["parallel", "reduction"]{{.*}} ins(%[[X]] : {{.*}}outs(%{{.*}} : tensor<4xf32>)
  // CHECK: arith.maxnumf
  // One exponential for each element: it is added in f64, and kept.
  // CHECK: %[[SUM:.*]]:2 = linalg.generic {{.*}}maps = [#[[$ID]], #[[$ROW]], #[[$ROW]], #[[$ID]]], iterator_types = ["parallel", "reduction"]{{.*}} ins(%[[X]], %[[M]] : {{.*}}outs(%{{.*}}, %{{.*}} : tensor<4xf64>, tensor<4x?xf32>)
  // CHECK: %[[E:.*]], %{{.*}}, %{{.*}} = act.prim exp_scaled(%{{.*}}) : f32
  // CHECK: %[[WIDE:.*]] = arith.extf %[[E]] : f32 to f64
  // CHECK: %[[S:.*]] = arith.addf %{{.*}}, %[[WIDE]] {act.partial_sum} : f64
  // CHECK: linalg.yield %[[S]], %[[E]]
  // What is the same for a row is computed once.
  // CHECK: %[[INVERSE:.*]] = linalg.generic {{.*}} ins(%[[SUM]]#0
  // CHECK: arith.divf %{{.*}} : f64
  // The result is rounded once.
  // CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]{{.*}} ins(%[[SUM]]#1, %[[INVERSE]] :
  // CHECK-NOT: act.prim
  // CHECK: arith.mulf
  // CHECK: arith.truncf
  // CHECK-NOT: linalg.generic
  // CHECK: return
  %0 = act.softmax %x {dim = 1 : i64} : tensor<4x?xbf16>
  return %0 : tensor<4x?xbf16>
}

// -----

// CHECK-LABEL: func @softmax_vector
func.func @softmax_vector(%x: vector<4x8xf32>) -> vector<4x8xf32> {
  // CHECK: %[[M:.*]] = vector.multi_reduction <maxnumf>, %{{.*}}, %{{.*}} [1] : vector<4x8xf32> to vector<4xf32>
  // CHECK: %[[C:.*]] = vector.shape_cast %[[M]] : vector<4xf32> to vector<4x1xf32>
  // CHECK: vector.broadcast %[[C]] : vector<4x1xf32> to vector<4x8xf32>
  // CHECK: %[[E:.*]], %{{.*}}, %{{.*}} = act.prim exp_scaled
  // CHECK: vector.multi_reduction <add>, %{{.*}} : vector<4x8xf64> to vector<4xf64>
  // CHECK: arith.mulf %[[E]], %{{.*}} : vector<4x8xf32>
  %0 = act.softmax %x {dim = 1 : i64} : vector<4x8xf32>
  return %0 : vector<4x8xf32>
}

// -----

// CHECK-LABEL: func @temperature
func.func @temperature(%x: tensor<8xf64>) -> tensor<8xf64> {
  // What could overflow as a difference is halved, as is the temperature: 0.8 is
  // 1 / 1.25, and its error beside it.
  // CHECK-DAG: %[[HALF:.*]] = arith.constant 5.000000e-01 : f64
  // CHECK-DAG: %[[MINUS:.*]] = arith.constant -5.000000e-01 : f64
  // CHECK-DAG: %[[T:.*]] = arith.constant 8.000000e-01 : f64
  // CHECK-DAG: %[[TLOW:.*]] = arith.constant -4.4408920985006264E-17 : f64
  // CHECK: %[[M:.*]] = arith.mulf %{{.*}}, %[[MINUS]]
  // CHECK: %[[D:.*]] = math.fma %{{.*}}, %[[HALF]], %[[M]]
  // The quotient goes into the exponential in two words.
  // CHECK: %[[Q:.*]] = arith.mulf %[[D]], %[[T]]
  // CHECK: %[[N:.*]] = arith.negf %[[Q]]
  // CHECK: %[[R:.*]] = math.fma %[[D]], %[[T]], %[[N]]
  // CHECK: math.fma %[[D]], %[[TLOW]], %[[R]]
  // CHECK: %[[LO:.*]] = arith.select
  // CHECK: act.prim exp(%[[Q]], %[[LO]])
  %0 = act.softmax %x {dim = 0 : i64, temperature = 2.5 : f64} : tensor<8xf64>
  return %0 : tensor<8xf64>
}

// -----

// CHECK-LABEL: func @softmin
func.func @softmin(%x: tensor<8xf32>) -> tensor<8xf32> {
  // CHECK: %[[N:.*]] = arith.negf %in
  // CHECK: arith.maxnumf %{{.*}}, %[[N]]
  // CHECK: %[[M:.*]] = arith.negf %in
  // CHECK: arith.subf %[[M]], %in
  %0 = act.softmin %x {dim = 0 : i64} : tensor<8xf32>
  return %0 : tensor<8xf32>
}

// -----

// CHECK-LABEL: func @log_softmax
func.func @log_softmax(%x: tensor<2x8xf32>) -> tensor<2x8xf32> {
  // CHECK: act.prim exp
  // The logarithm once per row.
  // CHECK: linalg.generic {{.*}}iterator_types = ["parallel"]
  // CHECK: act.prim log(%{{.*}}) : f32
  // CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
  // CHECK-NOT: act.prim
  // CHECK: return
  %0 = act.log_softmax %x {dim = 1 : i64} : tensor<2x8xf32>
  return %0 : tensor<2x8xf32>
}

// -----

// CHECK-LABEL: func @logsumexp
func.func @logsumexp(%x: tensor<2x?x8xf32>) -> tensor<2x1x8xf32> {
  // CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "reduction", "parallel"]
  // CHECK: arith.maxnumf
  // Infinite maxima count as 0: then the sum itself is the limit.
  // CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
  // CHECK: arith.cmpf olt
  // CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "reduction", "parallel"]{{.*}}outs(%{{.*}} : tensor<2x8xf64>)
  // CHECK: act.prim exp
  // CHECK: %[[Y:.*]] = linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
  // CHECK: tensor.expand_shape %[[Y]] {{\[}}[0, 1], [2]] output_shape [2, 1, 8] : tensor<2x8xf32> into tensor<2x1x8xf32>
  %0 = act.logsumexp %x {dim = 1 : i64} : tensor<2x?x8xf32> -> tensor<2x1x8xf32>
  return %0 : tensor<2x1x8xf32>
}

// -----

// What the mask leaves out is neutral.
// CHECK-LABEL: func @masked_softmax
func.func @masked_softmax(%x: tensor<4x8xf32>, %m: tensor<4x8xi1>) -> tensor<4x8xf32> {
  // CHECK-DAG: %[[LOWEST:.*]] = arith.constant 0xFF800000 : f32
  // CHECK-DAG: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
  // CHECK: ^bb0(%[[M:.*]]: i1, %[[X:.*]]: f32, %{{.*}}: f32):
  // CHECK: %[[V:.*]] = arith.select %[[M]], %[[X]], %[[LOWEST]] : f32
  // CHECK: arith.maxnumf %{{.*}}, %[[V]]
  // CHECK: act.prim exp_scaled
  // CHECK: %[[E:.*]] = arith.select %in, %{{.*}}, %[[ZERO]] : f32
  // CHECK: arith.extf %[[E]]
  // CHECK: arith.mulf
  // CHECK: arith.select %in, %{{.*}}, %[[ZERO]] : f32
  %0 = act.masked_softmax %x, %m {dim = 1 : i64} : tensor<4x8xf32>, tensor<4x8xi1>
  return %0 : tensor<4x8xf32>
}

// -----

// CHECK-LABEL: func @gumbel_softmax
func.func @gumbel_softmax(%x: tensor<8xf32>, %n: tensor<8xf32>) -> tensor<8xf32> {
  // CHECK: %[[SUM:.*]] = arith.addf
  // CHECK: arith.maxnumf %{{.*}}, %[[SUM]]
  // What the sum leaves out goes into the exponential.
  // CHECK: act.prim exp(%{{.*}}, %{{.*}}) : f32
  %0 = act.gumbel_softmax %x, %n {dim = 0 : i64} : tensor<8xf32>
  return %0 : tensor<8xf32>
}

// -----

// All rows at once, until none changes.
// CHECK-LABEL: func @sparsemax
func.func @sparsemax(%x: tensor<4x?xf32>) -> tensor<4x?xf32> {
  // CHECK: arith.maximumf
  // CHECK: scf.while
  // CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "reduction"]{{.*}} outs(%{{.*}}, %{{.*}} : tensor<4xf64>, tensor<4xf64>)
  // CHECK: scf.condition
  // CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
  // CHECK: arith.truncf
  %0 = act.sparsemax %x {dim = 1 : i64} : tensor<4x?xf32>
  return %0 : tensor<4x?xf32>
}

// -----

// CHECK-LABEL: func @entmax15
func.func @entmax15(%x: vector<8xf16>) -> vector<8xf16> {
  // CHECK: vector.multi_reduction <maximumf>
  // CHECK: scf.while
  // CHECK-COUNT-2: vector.multi_reduction <add>
  // CHECK: scf.condition
  %0 = act.entmax15 %x {dim = 0 : i64} : vector<8xf16>
  return %0 : vector<8xf16>
}

// -----

// CHECK-LABEL: func @hardmax
func.func @hardmax(%x: tensor<4x?xf64>) -> tensor<4x?xf64> {
  // CHECK: outs(%{{.*}}, %{{.*}} : tensor<4xf64>, tensor<4xindex>)
  // CHECK: %[[I:.*]] = linalg.index 1
  // CHECK: act.merge first_max(%{{.*}}, %{{.*}}), (%{{.*}}, %[[I]]) : f64, index
  // CHECK: %[[J:.*]] = linalg.index 1
  // CHECK: arith.cmpi eq, %[[J]]
  %0 = act.hardmax %x {dim = 1 : i64} : tensor<4x?xf64>
  return %0 : tensor<4x?xf64>
}

// -----

// CHECK-LABEL: func @maxout
func.func @maxout(%x: tensor<2x?xf32>) -> tensor<2x4xf32> {
  // CHECK: tensor.expand_shape %{{.*}} {{\[}}[0], [1, 2]] output_shape [2, 4, %{{.*}}] : tensor<2x?xf32> into tensor<2x4x?xf32>
  // CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel", "reduction"]
  // CHECK: arith.maximumf
  %0 = act.maxout %x {dim = 1 : i64, groups = 4 : i64} : tensor<2x?xf32> -> tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}

// -----

// CHECK-LABEL: func @crelu
func.func @crelu(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
  // CHECK: linalg.generic {{.*}} outs(%{{.*}} : tensor<2x2x?xf32>)
  // CHECK: arith.negf
  // CHECK: linalg.index 1
  // CHECK: tensor.collapse_shape %{{.*}} {{\[}}[0], [1, 2]] : tensor<2x2x?xf32> into tensor<2x?xf32>
  %0 = act.crelu %x {dim = 1 : i64} : tensor<2x?xf32> -> tensor<2x?xf32>
  return %0 : tensor<2x?xf32>
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
