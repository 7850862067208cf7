// RUN: act-opt %s --act-matmul-to-library --canonicalize --cse --split-input-file | FileCheck %s

// The fill goes away, and C is overwritten; sizes and distances of rows come
// from the buffers.

// CHECK:       func.func private @act_matmul_f32(i64, i64, i64, !llvm.ptr, i64, !llvm.ptr, i64, !llvm.ptr, i64, i32)
// CHECK-LABEL: func @plain
// CHECK-SAME:    %[[A:.+]]: memref<?x8xf32>, %[[B:.+]]: memref<8x16xf32>
// CHECK-DAG:     %[[OVERWRITE:.+]] = arith.constant 0 : i32
// CHECK-DAG:     %[[K:.+]] = arith.constant 8 : i64
// CHECK-DAG:     %[[N:.+]] = arith.constant 16 : i64
// CHECK-NOT:     linalg.fill
// CHECK-DAG:     %[[PA:.+]] = memref.extract_aligned_pointer_as_index %[[A]]
// CHECK-DAG:     %[[PB:.+]] = memref.extract_aligned_pointer_as_index %[[B]]
// CHECK:         call @act_matmul_f32(%{{.+}}, %[[N]], %[[K]], %{{.+}}, %[[K]], %{{.+}}, %[[N]], %{{.+}}, %[[N]], %[[OVERWRITE]])
// CHECK-NOT:     linalg
func.func @plain(%a: memref<?x8xf32>, %b: memref<8x16xf32>, %m: index) -> memref<?x16xf32> {
  %zero = arith.constant 0.0 : f32
  %c = memref.alloc(%m) : memref<?x16xf32>
  linalg.fill ins(%zero : f32) outs(%c : memref<?x16xf32>)
  linalg.matmul ins(%a, %b : memref<?x8xf32>, memref<8x16xf32>) outs(%c : memref<?x16xf32>)
  return %c : memref<?x16xf32>
}

// -----

// Transposed by its map (2), by its strides (1); nothing is cleared (4).

// CHECK-LABEL: func @flags
// CHECK-DAG:     %[[ALL:.+]] = arith.constant 7 : i32
// CHECK-DAG:     %[[LDA:.+]] = arith.constant 40 : i64
// CHECK-DAG:     %[[LDC:.+]] = arith.constant 20 : i64
// CHECK:         call @act_matmul_bf16_f32(%{{.+}}, %{{.+}}, %{{.+}}, %{{.+}}, %[[LDA]], %{{.+}}, %{{.+}}, %{{.+}}, %[[LDC]], %[[ALL]])
func.func @flags(%a: memref<4x8xbf16, strided<[1, 40]>>, %b: memref<16x8xbf16>, %c: memref<4x16xf32, strided<[20, 1], offset: 3>>) {
  linalg.matmul indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>]
      ins(%a, %b : memref<4x8xbf16, strided<[1, 40]>>, memref<16x8xbf16>) outs(%c : memref<4x16xf32, strided<[20, 1], offset: 3>>)
  return
}

// -----

// The transpose of the result is the product of the transposes, swapped.

// CHECK-LABEL: func @result
// CHECK-SAME:    %[[A:.+]]: memref<4x8xbf16>, %[[B:.+]]: memref<8x16xbf16>
// CHECK-DAG:     %[[M:.+]] = arith.constant 16 : i64
// CHECK-DAG:     %[[N:.+]] = arith.constant 4 : i64
// CHECK-DAG:     %[[K:.+]] = arith.constant 8 : i64
// CHECK-DAG:     %[[FLAGS:.+]] = arith.constant 7 : i32
// CHECK-DAG:     %[[IA:.+]] = memref.extract_aligned_pointer_as_index %[[A]]
// CHECK-DAG:     %[[CA:.+]] = arith.index_cast %[[IA]]
// CHECK-DAG:     %[[PA:.+]] = llvm.inttoptr %[[CA]]
// CHECK-DAG:     %[[IB:.+]] = memref.extract_aligned_pointer_as_index %[[B]]
// CHECK-DAG:     %[[CB:.+]] = arith.index_cast %[[IB]]
// CHECK-DAG:     %[[PB:.+]] = llvm.inttoptr %[[CB]]
// CHECK:         call @act_matmul_bf16(%[[M]], %[[N]], %[[K]], %[[PB]], %[[M]], %[[PA]], %[[K]], %{{.+}}, %[[N]], %[[FLAGS]])
func.func @result(%a: memref<4x8xbf16>, %b: memref<8x16xbf16>, %c: memref<4x16xbf16, strided<[1, 4]>>) {
  linalg.matmul ins(%a, %b : memref<4x8xbf16>, memref<8x16xbf16>) outs(%c : memref<4x16xbf16, strided<[1, 4]>>)
  return
}

// -----

// A call for each of a batch, and for each of the outer rows.

// CHECK-LABEL: func @batch
// CHECK-SAME:    %[[A:[a-z0-9]+]]: memref<?x4x8xf32>, %[[B:[a-z0-9]+]]: memref<?x8x16xf32>, %[[W:[a-z0-9]+]]: memref<8x16xf32>, %[[C:[a-z0-9]+]]: memref<?x4x16xf32>
// CHECK-DAG:     %[[FOUR:.+]] = arith.constant 4 : i64
// CHECK-DAG:     %[[K:.+]] = arith.constant 8 : i64
// CHECK-DAG:     %[[N:.+]] = arith.constant 16 : i64
// CHECK-DAG:     %[[PART_A:.+]] = arith.constant 128 : index
// CHECK-DAG:     %[[PART_B:.+]] = arith.constant 512 : index
// CHECK-DAG:     %[[PA:.+]] = memref.extract_aligned_pointer_as_index %[[A]]
// CHECK-DAG:     %[[PB:.+]] = memref.extract_aligned_pointer_as_index %[[B]]
// CHECK:         scf.for %[[I:.+]] =
// CHECK-DAG:       %[[OA:.+]] = arith.muli %[[I]], %[[PART_A]]
// CHECK-DAG:       arith.addi %[[PA]], %[[OA]]
// CHECK-DAG:       %[[OB:.+]] = arith.muli %[[I]], %[[PART_B]]
// CHECK-DAG:       arith.addi %[[PB]], %[[OB]]
// CHECK:           call @act_matmul_f32(%[[FOUR]], %[[N]], %[[K]], %{{.+}}, %[[K]], %{{.+}}, %[[N]], %{{.+}}, %[[N]], %{{.+}})
// CHECK:         memref.extract_aligned_pointer_as_index %[[W]]
// CHECK:         scf.for
// CHECK:           call @act_matmul_f32(%[[FOUR]], %[[N]], %[[K]], %{{.+}}, %[[K]], %{{.+}}, %[[N]], %{{.+}}, %[[N]], %{{.+}})
func.func @batch(%a: memref<?x4x8xf32>, %b: memref<?x8x16xf32>, %w: memref<8x16xf32>, %c: memref<?x4x16xf32>) {
  linalg.batch_matmul ins(%a, %b : memref<?x4x8xf32>, memref<?x8x16xf32>) outs(%c : memref<?x4x16xf32>)
  linalg.generic {indexing_maps = [affine_map<(b, m, n, k) -> (b, m, k)>, affine_map<(b, m, n, k) -> (k, n)>, affine_map<(b, m, n, k) -> (b, m, n)>],
                  iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%a, %w : memref<?x4x8xf32>, memref<8x16xf32>) outs(%c : memref<?x4x16xf32>) {
  ^bb0(%x: f32, %y: f32, %s: f32):
    %0 = arith.mulf %x, %y : f32
    %1 = arith.addf %s, %0 : f32
    linalg.yield %1 : f32
  }
  return
}

// -----

// Without a unit stride it is copied.

// CHECK-LABEL: func @strided
// CHECK:         %[[COPY:.+]] = memref.alloc() : memref<4x8xf32>
// CHECK:         linalg.transpose ins(%{{.+}}) outs(%[[COPY]] :
// CHECK:         %[[RESULT:.+]] = memref.alloc() : memref<4x16xf32>
// CHECK:         call @act_matmul_f32
// CHECK:         linalg.transpose ins(%[[RESULT]] :
// CHECK:         memref.dealloc %[[COPY]]
// CHECK:         memref.dealloc %[[RESULT]]
func.func @strided(%a: memref<4x8xf32, strided<[16, 2]>>, %b: memref<8x16xf32>, %c: memref<4x16xf32, strided<[64, 3]>>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<4x16xf32, strided<[64, 3]>>)
  linalg.matmul ins(%a, %b : memref<4x8xf32, strided<[16, 2]>>, memref<8x16xf32>) outs(%c : memref<4x16xf32, strided<[64, 3]>>)
  return
}

// -----

// A fill that something may come between is added to, as are fills with other
// numbers and parts of a result.

// CHECK-LABEL: func @fills
// CHECK-DAG:     %[[ADD:.+]] = arith.constant 4 : i32
// CHECK:         linalg.fill
// CHECK:         call @other
// CHECK:         call @act_matmul_f32({{.+}}, %[[ADD]])
// CHECK:         linalg.fill
// CHECK:         call @act_matmul_f32({{.+}}, %[[ADD]])
func.func private @other()
func.func @fills(%a: memref<4x8xf32>, %b: memref<8x16xf32>, %c: memref<4x16xf32>) {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<4x16xf32>)
  func.call @other() : () -> ()
  linalg.matmul ins(%a, %b : memref<4x8xf32>, memref<8x16xf32>) outs(%c : memref<4x16xf32>)
  linalg.fill ins(%one : f32) outs(%c : memref<4x16xf32>)
  linalg.matmul ins(%a, %b : memref<4x8xf32>, memref<8x16xf32>) outs(%c : memref<4x16xf32>)
  return
}

// -----

// Other types, and vectors.

// CHECK-LABEL: func @others
// CHECK-NOT:     call
// CHECK:         return
func.func @others(%a: memref<4x8xf64>, %b: memref<8x16xf64>, %c: memref<4x16xf64>, %x: memref<8xf32>, %y: memref<8x16xf32>, %z: memref<16xf32>, %i: memref<4x8xi32>, %j: memref<8x16xi32>, %k: memref<4x16xi32>) {
  linalg.matmul ins(%a, %b : memref<4x8xf64>, memref<8x16xf64>) outs(%c : memref<4x16xf64>)
  linalg.vecmat ins(%x, %y : memref<8xf32>, memref<8x16xf32>) outs(%z : memref<16xf32>)
  linalg.matmul ins(%i, %j : memref<4x8xi32>, memref<8x16xi32>) outs(%k : memref<4x16xi32>)
  return
}
