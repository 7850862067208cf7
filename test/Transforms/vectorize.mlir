// RUN: act-opt %s --pass-pipeline='builtin.module(func.func(act-vectorize{cpu=x86-64-v4 stream-bytes=0}),canonicalize,cse)' | FileCheck %s

// Whole vectors, then one masked step, with the same code in both.

// CHECK-LABEL: func @elementwise
//  CHECK-SAME:   %[[X:.+]]: memref<?xf32>, %[[Y:.+]]: memref<?xf32>
//   CHECK-DAG:   %[[ZERO:.+]] = arith.constant 0.000000e+00 : f32
//   CHECK-DAG:   %[[C64:.+]] = arith.constant 64 : index
//       CHECK:   %[[SIZE:.+]] = memref.dim %[[X]]
//       CHECK:   %[[REST:.+]] = arith.remui %[[SIZE]], %[[C64]]
//       CHECK:   %[[WHOLE:.+]] = arith.subi %[[SIZE]], %[[REST]]
//       CHECK:   scf.for %[[I:.+]] = %{{.+}} to %[[WHOLE]] step %[[C64]]
//       CHECK:     %[[A:.+]] = vector.transfer_read %[[X]][%[[I]]], %[[ZERO]] {in_bounds = [true]} : memref<?xf32>, vector<64xf32>
//       CHECK:     %[[B:.+]] = act.relu %[[A]] : vector<64xf32>
//       CHECK:     vector.transfer_write %[[B]], %[[Y]][%[[I]]]
//       CHECK:   scf.if
//       CHECK:     %[[MASK:.+]] = vector.create_mask %[[REST]] : vector<64xi1>
//       CHECK:     vector.transfer_read %[[X]][%[[WHOLE]]], %[[ZERO]], %[[MASK]]
//       CHECK:     act.relu {{.*}} : vector<64xf32>
//       CHECK:     vector.transfer_write {{.*}}, %[[Y]][%[[WHOLE]]], %[[MASK]]
func.func @elementwise(%x: memref<?xf32>, %y: memref<?xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<?xf32>) outs(%y : memref<?xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = act.relu %a : f32
    linalg.yield %0 : f32
  }
  return
}

// Contiguous buffers are one loop, whatever their rank.

// CHECK-LABEL: func @flat
// CHECK-COUNT-2: memref.collapse_shape {{.*}} into memref<?xbf16>
//         CHECK: scf.for
//     CHECK-NOT: scf.for
//         CHECK: vector<64xbf16>
func.func @flat(%x: memref<?x3x?xbf16>, %y: memref<?x3x?xbf16>) {
  linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i, j, k)>, affine_map<(i, j, k) -> (i, j, k)>],
                  iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%x : memref<?x3x?xbf16>) outs(%y : memref<?x3x?xbf16>) {
  ^bb0(%a: bf16, %b: bf16):
    %0 = act.relu %a : bf16
    linalg.yield %0 : bf16
  }
  return
}

// f64 has half as many lanes; a size known to be whole needs no mask.

// CHECK-LABEL: func @static
//   CHECK-NOT:   vector.create_mask
//       CHECK:   vector<32xf64>
//   CHECK-NOT:   vector.create_mask
//       CHECK:   return
func.func @static(%x: memref<96xf64>, %y: memref<96xf64>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<96xf64>) outs(%y : memref<96xf64>) {
  ^bb0(%a: f64, %b: f64):
    %0 = act.relu %a : f64
    linalg.yield %0 : f64
  }
  return
}

// A row's maximum: lanes start at -inf, lanes beyond the end stay as they are.

// CHECK-LABEL: func @row_maximum
//   CHECK-DAG:   %[[LOWEST:.+]] = arith.constant dense<0xFF800000> : vector<64xf32>
//       CHECK:   scf.for
//       CHECK:     %[[WHOLE:.+]] = scf.for {{.*}} iter_args(%[[ACC:.+]] = %[[LOWEST]])
//       CHECK:       arith.maximumf %[[ACC]], %{{.+}} : vector<64xf32>
//       CHECK:     scf.if
//       CHECK:       %[[NEW:.+]] = arith.maximumf %[[WHOLE]], %{{.+}} : vector<64xf32>
//       CHECK:       arith.select %{{.+}}, %[[NEW]], %[[WHOLE]]
//       CHECK:     arith.maximumf {{.*}} : vector<32xf32>
//       CHECK:     arith.maximumf {{.*}} : vector<1xf32>
//       CHECK:     memref.store
func.func @row_maximum(%x: memref<?x?xf32>, %m: memref<?xf32>) {
  linalg.reduce {arith.maximumf} ins(%x : memref<?x?xf32>) outs(%m : memref<?xf32>) dimensions = [1]
  return
}

// A block of eight rows and two vectors stays in registers.

// CHECK-LABEL: func @matmul
//       CHECK:   scf.for
//       CHECK:     scf.for
// CHECK-COUNT-8:     vector.transfer_read {{.*}} vector<32xf32>
//       CHECK:       scf.for {{.*}} -> (vector<32xf32>, vector<32xf32>, vector<32xf32>, vector<32xf32>, vector<32xf32>, vector<32xf32>, vector<32xf32>, vector<32xf32>)
// CHECK-COUNT-8:       math.fma {{.*}} : vector<32xf32>
//       CHECK:       scf.yield
// CHECK-COUNT-8:     vector.transfer_write
func.func @matmul(%a: memref<64x?xf32>, %b: memref<?x64xf32>, %c: memref<64x64xf32>) {
  linalg.matmul ins(%a, %b : memref<64x?xf32>, memref<?x64xf32>) outs(%c : memref<64x64xf32>)
  return
}

// Every second element: one vector of both halves, from which they are picked.
// It ends with the last element asked for, not behind the gap that follows.

// CHECK-LABEL: func @interleaved
//       CHECK:   vector.constant_mask [127] : vector<128xi1>
//       CHECK:   vector.transfer_read {{.*}} vector<128xf32>
//       CHECK:   vector.shuffle
func.func @interleaved(%x: memref<?xf32, strided<[2], offset: ?>>, %y: memref<?xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<?xf32, strided<[2], offset: ?>>) outs(%y : memref<?xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = act.relu %a : f32
    linalg.yield %0 : f32
  }
  return
}

// Division by what lies beyond the end would trap: scalar loops.

// CHECK-LABEL: func @not_on_vectors
//   CHECK-NOT:   vector
//       CHECK:   scf.for
//       CHECK:     arith.divsi {{.*}} : i32
func.func @not_on_vectors(%x: memref<?xi32>, %y: memref<?xi32>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<?xi32>) outs(%y : memref<?xi32>) {
  ^bb0(%a: i32, %b: i32):
    %0 = arith.divsi %b, %a : i32
    linalg.yield %0 : i32
  }
  return
}

// An i1 takes a byte in a buffer and a bit in a vector: not to be written,

// CHECK-LABEL: func @mask
//   CHECK-NOT:   vector
//       CHECK:   memref.store {{.*}} : memref<?xi1>
func.func @mask(%x: memref<?xf32>, %y: memref<?xi1>) {
  linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>],
                  iterator_types = ["parallel"]}
      ins(%x : memref<?xf32>) outs(%y : memref<?xi1>) {
  ^bb0(%a: f32, %b: i1):
    %0 = arith.cmpf ogt, %a, %a : f32
    linalg.yield %0 : i1
  }
  return
}

// and read as a byte.

// CHECK-LABEL: func @read_mask
//  CHECK-SAME:   %{{.+}}: memref<?xf32>, %[[M:.+]]: memref<?xi1>
//       CHECK:   %[[BYTES:.+]] = builtin.unrealized_conversion_cast %[[M]] : memref<?xi1> to memref<?xi8>
//       CHECK:   %[[READ:.+]] = vector.transfer_read %[[BYTES]]{{.*}} vector<64xi8>
//       CHECK:   %[[BITS:.+]] = arith.cmpi ne, %[[READ]], %{{.+}} : vector<64xi8>
//       CHECK:   arith.select %[[BITS]], {{.*}} : vector<64xi1>, vector<64xf32>
func.func @read_mask(%x: memref<?xf32>, %m: memref<?xi1>, %y: memref<?xf32>) {
  linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>],
                  iterator_types = ["parallel"]}
      ins(%x, %m : memref<?xf32>, memref<?xi1>) outs(%y : memref<?xf32>) {
  ^bb0(%a: f32, %b: i1, %c: f32):
    %0 = arith.negf %a : f32
    %1 = arith.select %b, %a, %0 : f32
    linalg.yield %1 : f32
  }
  return
}

// One op combines several outputs: partial results in each lane, merged at the
// end, with the one that is there.

// CHECK-LABEL: func @merge
//   CHECK-DAG:   %[[LOWEST:.+]] = arith.constant dense<0xFF800000> : vector<32xf32>
//   CHECK-DAG:   %[[ZERO:.+]] = arith.constant dense<0.000000e+00> : vector<32xf64>
//       CHECK:   scf.for {{.*}} iter_args(%[[R:.+]] = %[[LOWEST]], %[[S:.+]] = %[[ZERO]]) -> (vector<32xf32>, vector<32xf64>)
//       CHECK:     act.merge log_sum_exp(%[[R]], %[[S]]), ({{.*}}) : vector<32xf32>, vector<32xf64>
//       CHECK:   act.merge {{.*}} : vector<16xf32>, vector<16xf64>
//       CHECK:   act.merge {{.*}} : vector<1xf32>, vector<1xf64>
//       CHECK:   act.merge {{.*}} : f32, f64
//       CHECK:   memref.store {{.*}} : memref<?xf32>
//       CHECK:   memref.store {{.*}} : memref<?xf64>
#rows = affine_map<(i, j) -> (i, j)>
#of_row = affine_map<(i, j) -> (i)>
func.func @merge(%x: memref<?x?xf32>, %r: memref<?xf32>, %s: memref<?xf64>) {
  %one = arith.constant 1.0 : f64
  linalg.generic {indexing_maps = [#rows, #of_row, #of_row], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<?x?xf32>) outs(%r, %s : memref<?xf32>, memref<?xf64>) {
  ^bb0(%a: f32, %b: f32, %c: f64):
    %0, %1 = act.merge log_sum_exp(%b, %c), (%a, %one) : f32, f64
    linalg.yield %0, %1 : f32, f64
  }
  return
}

// Along another dimension the rows stand side by side in a vector.

// CHECK-LABEL: func @merge_across
//       CHECK:   scf.for {{.*}} iter_args({{.*}}) -> (vector<32xf32>, vector<32xindex>)
//       CHECK:     act.merge first_max({{.*}}) : vector<32xf32>, vector<32xindex>
//   CHECK-NOT:   vector<16xf32>
//       CHECK:   return
#columns = affine_map<(i, j) -> (j, i)>
func.func @merge_across(%x: memref<?x?xf32>, %r: memref<?xf32>, %s: memref<?xindex>) {
  linalg.generic {indexing_maps = [#columns, #of_row, #of_row], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<?x?xf32>) outs(%r, %s : memref<?xf32>, memref<?xindex>) {
  ^bb0(%a: f32, %b: f32, %c: index):
    %i = linalg.index 1 : index
    %0, %1 = act.merge first_max(%b, %c), (%a, %i) : f32, index
    linalg.yield %0, %1 : f32, index
  }
  return
}

// Results in another order are not what the op combines: scalar loops.

// CHECK-LABEL: func @swapped
//   CHECK-NOT:   vector
//       CHECK:   act.merge {{.*}} : f64, f64
func.func @swapped(%x: memref<?xf64>, %r: memref<f64>, %s: memref<f64>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> ()>, affine_map<(i) -> ()>],
                  iterator_types = ["reduction"]}
      ins(%x : memref<?xf64>) outs(%r, %s : memref<f64>, memref<f64>) {
  ^bb0(%a: f64, %b: f64, %c: f64):
    %0, %1 = act.merge log_sum_exp(%c, %b), (%a, %a) : f64, f64
    linalg.yield %0, %1 : f64, f64
  }
  return
}

// A result that has an element for each step is stored on the way. What is added
// may be added pairwise first, in its own type: as many lanes as fit into
// a register are left. Beyond the end there is nothing to add.

// CHECK-LABEL: func @keep_and_sum
//  CHECK-SAME:   %[[X:.+]]: memref<?xf32>, %[[E:.+]]: memref<?xf32>, %[[S:.+]]: memref<f64>
//       CHECK:   scf.for {{.*}} iter_args(%[[SUM:.+]] = {{.*}}) -> (vector<16xf64>)
//       CHECK:     %[[V:.+]] = arith.negf {{.*}} : vector<64xf32>
//       CHECK:     arith.addf {{.*}} : vector<32xf32>
//       CHECK:     %[[P:.+]] = arith.addf {{.*}} : vector<16xf32>
//       CHECK:     %[[W:.+]] = arith.extf %[[P]] : vector<16xf32> to vector<16xf64>
//       CHECK:     %[[NEXT:.+]] = arith.addf %[[SUM]], %[[W]] : vector<16xf64>
//       CHECK:     vector.transfer_write %[[V]], %[[E]]
//       CHECK:     scf.yield %[[NEXT]]
//       CHECK:   %[[MASK:.+]] = vector.create_mask
//       CHECK:   %[[V:.+]] = arith.negf {{.*}} : vector<64xf32>
//       CHECK:   arith.select %[[MASK]], %[[V]], %{{.+}} : vector<64xi1>, vector<64xf32>
//       CHECK:   arith.addf {{.*}} : vector<8xf64>
//       CHECK:   memref.store {{.*}}, %[[S]][] : memref<f64>
#id = affine_map<(i) -> (i)>
#all = affine_map<(i) -> ()>
func.func @keep_and_sum(%x: memref<?xf32>, %e: memref<?xf32>, %s: memref<f64>) {
  linalg.generic {indexing_maps = [#id, #all, #id], iterator_types = ["reduction"]}
      ins(%x : memref<?xf32>) outs(%s, %e : memref<f64>, memref<?xf32>) {
  ^bb0(%in: f32, %sum: f64, %out: f32):
    %0 = arith.negf %in : f32
    %1 = arith.extf %0 : f32 to f64
    %2 = arith.addf %sum, %1 {act.partial_sum} : f64
    linalg.yield %2, %0 : f64, f32
  }
  return
}

// Across, each step adds in the wide type.

// CHECK-LABEL: func @keep_and_sum_across
//       CHECK:   scf.for {{.*}} iter_args(%[[SUM:.+]] = {{.*}}) -> (vector<32xf64>)
//       CHECK:     %[[W:.+]] = arith.extf {{.*}} : vector<32xf32> to vector<32xf64>
//       CHECK:     arith.addf %[[SUM]], %[[W]]
//       CHECK:     vector.transfer_write {{.*}} memref<?x?xf32>
//       CHECK:     scf.yield
//       CHECK:   vector.transfer_write {{.*}} memref<?xf64>
#across = affine_map<(i, j) -> (j, i)>
#one = affine_map<(i, j) -> (i)>
func.func @keep_and_sum_across(%x: memref<?x?xf32>, %e: memref<?x?xf32>, %s: memref<?xf64>) {
  linalg.generic {indexing_maps = [#across, #one, #across], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<?x?xf32>) outs(%s, %e : memref<?xf64>, memref<?x?xf32>) {
  ^bb0(%in: f32, %sum: f64, %out: f32):
    %1 = arith.extf %in : f32 to f64
    %2 = arith.addf %sum, %1 {act.partial_sum} : f64
    linalg.yield %2, %in : f64, f32
  }
  return
}

// A number that is there already is not NaN: one comparison. What was there
// before may be.

// CHECK-LABEL: func @largest_number
//       CHECK:   arith.constant dense<0xFF800000> : vector<64xf32>
//       CHECK:   scf.for {{.*}} iter_args(%[[M:.+]] = {{.*}}) -> (vector<64xf32>)
//       CHECK:     %[[X:.+]] = vector.transfer_read
//       CHECK:     %[[C:.+]] = arith.cmpf ogt, %[[X]], %[[M]]
//       CHECK:     arith.select %[[C]], %[[X]], %[[M]]
//       CHECK:   arith.maxnumf {{.*}} : f32
func.func @largest_number(%x: memref<?xf32>, %m: memref<f32>) {
  linalg.generic {indexing_maps = [#id, #all], iterator_types = ["reduction"]}
      ins(%x : memref<?xf32>) outs(%m : memref<f32>) {
  ^bb0(%in: f32, %max: f32):
    %0 = arith.maxnumf %max, %in : f32
    linalg.yield %0 : f32
  }
  return
}
