// RUN: act-opt %s --act-group-rows --split-input-file | FileCheck %s

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>

// What is in front and what follows come along; what is not needed outside is
// made for two rows, as many as a step takes.

// CHECK-LABEL: func @normalize
// CHECK-SAME: %[[X:.*]]: tensor<?x8xf32>, %[[ROWS:.*]]: tensor<?xf32>
// CHECK: %[[EMPTY:.*]] = tensor.empty(%{{.*}}) : tensor<?x8xf32>
// CHECK-DAG: %[[TWO:.*]] = arith.constant 2 : index
// CHECK-DAG: %[[OWN:.*]] = bufferization.alloc_tensor() : tensor<2x8xf32>
// CHECK-DAG: bufferization.alloc_tensor() : tensor<2xf32>
// CHECK: %[[FOR:.*]] = scf.for %[[I:.*]] = %{{.*}} to %{{.*}} step %[[TWO]] iter_args(%[[Y:.*]] = %[[EMPTY]]) -> (tensor<?x8xf32>) {
// CHECK: %[[N:.*]] = affine.min
// CHECK: %[[OUT:.*]] = tensor.extract_slice %[[Y]][%[[I]], 0] [%[[N]], 8] [1, 1] : tensor<?x8xf32> to tensor<?x8xf32>
// CHECK: %[[IN:.*]] = tensor.extract_slice %[[X]][%[[I]], 0] [%[[N]], 8] [1, 1] : tensor<?x8xf32> to tensor<?x8xf32>
// CHECK: %[[PART:.*]] = tensor.extract_slice %[[OWN]][0, 0] [%[[N]], 8]
// CHECK: %[[NEGATED:.*]] = linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]} ins(%[[IN]] : {{.*}} outs(%[[PART]] :
// CHECK: arith.negf
// CHECK: %[[FILL:.*]] = linalg.fill {{.*}} -> tensor<?xf32>
// CHECK: %[[MAX:.*]] = linalg.generic {{.*}}iterator_types = ["parallel", "reduction"]} ins(%[[NEGATED]] : {{.*}} outs(%[[FILL]] :
// CHECK: arith.maximumf
// CHECK: %[[NEW:.*]] = linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]} ins(%[[NEGATED]], %[[MAX]] : {{.*}} outs(%[[OUT]] :
// The row counts from where the loop stands.
// CHECK: %[[R:.*]] = linalg.index 0
// CHECK: %[[ROW:.*]] = arith.addi %[[R]], %[[I]]
// CHECK: %[[COLUMN:.*]] = linalg.index 1
// CHECK: arith.index_cast %[[ROW]] : index to i32
// CHECK: arith.index_cast %[[COLUMN]] : index to i32
// CHECK: tensor.insert_slice %[[NEW]] into %[[Y]][%[[I]], 0] [%[[N]], 8]
// CHECK: }
// CHECK-NOT: linalg.generic
// CHECK: return %[[FOR]]
func.func @normalize(%x: tensor<?x8xf32>, %rows: tensor<?xf32>) -> tensor<?x8xf32> {
  %c0 = arith.constant 0 : index
  %lowest = arith.constant 0xFF800000 : f32
  %n = tensor.dim %x, %c0 : tensor<?x8xf32>
  %empty = tensor.empty(%n) : tensor<?x8xf32>
  %emptyRows = tensor.empty(%n) : tensor<?xf32>
  %fill = linalg.fill ins(%lowest : f32) outs(%emptyRows : tensor<?xf32>) -> tensor<?xf32>
  %neg = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<?x8xf32>) outs(%empty : tensor<?x8xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.negf %in : f32
    linalg.yield %0 : f32
  } -> tensor<?x8xf32>
  %max = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%neg : tensor<?x8xf32>) outs(%fill : tensor<?xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.maximumf %in, %out : f32
    linalg.yield %0 : f32
  } -> tensor<?xf32>
  %y = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%neg, %max : tensor<?x8xf32>, tensor<?xf32>) outs(%empty : tensor<?x8xf32>) {
  ^bb0(%in: f32, %m: f32, %out: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %i32 = arith.index_cast %i : index to i32
    %j32 = arith.index_cast %j : index to i32
    %sum = arith.addi %i32, %j32 : i32
    %f = arith.sitofp %sum : i32 to f32
    %0 = arith.subf %in, %m : f32
    %1 = arith.addf %0, %f : f32
    linalg.yield %1 : f32
  } -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

// -----

#id = affine_map<(d0, d1) -> (d0, d1)>
#column = affine_map<(d0, d1) -> (d1)>

// Columns in blocks, and a result of each reduction.

// CHECK-LABEL: func @columns
// CHECK-SAME: %[[X:.*]]: tensor<4x?xf32>, %[[M:.*]]: tensor<?xf32>
// CHECK: %[[BLOCK:.*]] = arith.constant 64 : index
// CHECK: scf.for %[[I:.*]] = %{{.*}} to %{{.*}} step %[[BLOCK]] iter_args(%{{.*}} = %[[M]], %{{.*}} = %{{.*}}) -> (tensor<?xf32>, tensor<4x?xf32>)
// CHECK: %[[SIZE:.*]] = affine.min
// CHECK: tensor.extract_slice %{{.*}}[0, %[[I]]] [4, %[[SIZE]]] [1, 1] : tensor<4x?xf32> to tensor<4x?xf32>
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "parallel"]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: scf.yield
func.func @columns(%x: tensor<4x?xf32>, %m: tensor<?xf32>) -> (tensor<?xf32>, tensor<4x?xf32>) {
  %c1 = arith.constant 1 : index
  %n = tensor.dim %x, %c1 : tensor<4x?xf32>
  %empty = tensor.empty(%n) : tensor<4x?xf32>
  %max = linalg.generic {indexing_maps = [#id, #column], iterator_types = ["reduction", "parallel"]}
      ins(%x : tensor<4x?xf32>) outs(%m : tensor<?xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.maximumf %in, %out : f32
    linalg.yield %0 : f32
  } -> tensor<?xf32>
  %y = linalg.generic {indexing_maps = [#id, #column, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %max : tensor<4x?xf32>, tensor<?xf32>) outs(%empty : tensor<4x?xf32>) {
  ^bb0(%in: f32, %mx: f32, %out: f32):
    %0 = arith.subf %in, %mx : f32
    linalg.yield %0 : f32
  } -> tensor<4x?xf32>
  return %max, %y : tensor<?xf32>, tensor<4x?xf32>
}

// -----

// Of three dimensions the first goes by ones; there, rows are dropped.

// CHECK-LABEL: func @three
// CHECK: scf.for %[[I:.*]] = {{.*}} to %{{.*}} step %{{.*}} iter_args
// CHECK: scf.for %[[J:.*]] = {{.*}} to %{{.*}} step %{{.*}} iter_args
// CHECK: tensor.extract_slice %{{.*}}[%[[I]], %[[J]], 0] [1, 2, 8] [1, 1, 1] : tensor<3x4x8xf32> to tensor<2x8xf32>
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "reduction"]
// CHECK: arith.sitofp
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
#id3 = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
#row3 = affine_map<(d0, d1, d2) -> (d0, d1)>
func.func @three(%x: tensor<3x4x8xf32>, %m: tensor<3x4xf32>) -> tensor<3x4x8xf32> {
  %max = linalg.generic {indexing_maps = [#id3, #row3], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x : tensor<3x4x8xf32>) outs(%m : tensor<3x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    // CHECK-NOT: linalg.index
    %i = linalg.index 0 : index
    %i32 = arith.index_cast %i : index to i32
    %f = arith.sitofp %i32 : i32 to f32
    %v = arith.addf %in, %f : f32
    %0 = arith.maximumf %v, %out : f32
    linalg.yield %0 : f32
  } -> tensor<3x4xf32>
  %empty = tensor.empty() : tensor<3x4x8xf32>
  %y = linalg.generic {indexing_maps = [#id3, #row3, #id3], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%x, %max : tensor<3x4x8xf32>, tensor<3x4xf32>) outs(%empty : tensor<3x4x8xf32>) {
  ^bb0(%in: f32, %mx: f32, %out: f32):
    %0 = arith.subf %in, %mx : f32
    linalg.yield %0 : f32
  } -> tensor<3x4x8xf32>
  return %y : tensor<3x4x8xf32>
}

// -----

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>

// A contraction keeps its blocks, and one reduction alone its loop.

// CHECK-LABEL: func @alone
// CHECK-NOT: scf.for
// CHECK: linalg.matmul
// CHECK-NOT: scf.for
// CHECK: return
func.func @alone(%x: tensor<8x8xf32>, %w: tensor<8x8xf32>, %m: tensor<8xf32>) -> (tensor<8xf32>, tensor<8x8xf32>) {
  %product = linalg.matmul ins(%x, %w : tensor<8x8xf32>, tensor<8x8xf32>) outs(%x : tensor<8x8xf32>) -> tensor<8x8xf32>
  %max = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%product : tensor<8x8xf32>) outs(%m : tensor<8xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.maximumf %in, %out : f32
    linalg.yield %0 : f32
  } -> tensor<8xf32>
  return %max, %product : tensor<8xf32>, tensor<8x8xf32>
}

// -----

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>

// Rows of one step need no loop.

// CHECK-LABEL: func @few
// CHECK-NOT: scf.for
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "reduction"]
// CHECK: %[[Y:.*]] = linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: %[[R:.*]] = tensor.insert_slice %[[Y]]
// CHECK: return %[[R]]
func.func @few(%x: tensor<2x8xf32>, %m: tensor<2xf32>) -> tensor<2x8xf32> {
  %max = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<2x8xf32>) outs(%m : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.maximumf %in, %out : f32
    linalg.yield %0 : f32
  } -> tensor<2xf32>
  %sum = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<2x8xf32>) outs(%max : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.addf %in, %out : f32
    linalg.yield %0 : f32
  } -> tensor<2xf32>
  %empty = tensor.empty() : tensor<2x8xf32>
  %y = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %sum : tensor<2x8xf32>, tensor<2xf32>) outs(%empty : tensor<2x8xf32>) {
  ^bb0(%in: f32, %mx: f32, %out: f32):
    %0 = arith.subf %in, %mx : f32
    linalg.yield %0 : f32
  } -> tensor<2x8xf32>
  return %y : tensor<2x8xf32>
}
