// What became of each op, on request only.

// RUN: act-opt %s --act-to-llvm="cpu=x86-64-v3" --remarks-filter='act-.*' -o /dev/null 2>&1 | FileCheck %s --check-prefix=ENGINE
// RUN: act-opt %s --act-to-llvm="cpu=x86-64-v3" --remarks-filter-missed='act-vectorize' -o /dev/null 2>&1 | FileCheck %s --check-prefix=MISSED
// RUN: act-opt %s --act-to-llvm="cpu=x86-64-v3" -o /dev/null 2>&1 | count 0
// RUN: act-compile %s -o %t.o --cpu=x86-64-v3,x86-64-v4 --remarks 2>&1 | FileCheck %s --check-prefix=LINES
// RUN: act-compile %s -o %t.o --cpu=neoverse-v1 --scalable --remarks 2>&1 | FileCheck %s --check-prefix=SCALABLE
// RUN: act-compile %s -o %t.o 2>&1 | count 0
// RUN: act-run %s --entry=silu --shape=16 --remarks 2>&1 | FileCheck %s --check-prefix=RUNS

// MISSED: remark: [Missed] scalar
// MISSED-NOT: [Passed]
// MISSED-NOT: [Analysis]

// ENGINE-DAG: remarks.mlir:[[#@LINE+7]]:8: remark: [Passed] vectorized | Category:act-vectorize | Function=silu | Remark="act.silu: 2 vectors of 8 lanes, registers of 256 bits, along dimension 0 of 1"
// ENGINE-DAG: remarks.mlir:[[#@LINE+6]]:8: remark: [Analysis] primitives | Category:act-lower-primitives | Function=silu | Remark="primitives {{.*}}: precise, for x86-64-v3"
// LINES: remarks.mlir:[[#@LINE+5]]:8: remark: act.silu: 2 vectors of 16 lanes, registers of 512 bits, along dimension 0 of 1
// LINES: remarks.mlir:[[#@LINE+4]]:8: remark: act.silu: 2 vectors of 8 lanes, registers of 256 bits, along dimension 0 of 1
// SCALABLE: remarks.mlir:[[#@LINE+3]]:8: remark: act.silu: 2 vectors of 4 lanes x vscale, registers of 128 x vscale bits, along dimension 0 of 1
// RUNS: remarks.mlir:[[#@LINE+2]]:8: remark: act.silu: {{.*}} lanes, registers of
func.func @silu(%x: tensor<?xf32>) -> tensor<?xf32> {
  %0 = act.silu %x : tensor<?xf32>
  return %0 : tensor<?xf32>
}

// ENGINE-DAG: Function=softmax | Remark="{{.*}}, registers of 256 bits, along dimension 1 of 2, which is reduced"
// LINES: remark: {{.*}}, registers of 512 bits, along dimension 1 of 2, which is reduced
func.func @softmax(%x: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %0 = act.softmax %x {dim = 1 : i64} : tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}

// MISSED-SAME: Function=divide | Remark="linalg.generic: not on vectors: 'arith.divsi' does not work lane by lane"
// LINES: remark: linalg.generic: not on vectors: 'arith.divsi' does not work lane by lane
func.func @divide(%x: memref<?xi32>, %y: memref<?xi32>) {
  linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>],
                  iterator_types = ["parallel"]}
      ins(%x : memref<?xi32>) outs(%y : memref<?xi32>) {
  ^bb0(%a: i32, %b: i32):
    %0 = arith.divsi %a, %b : i32
    linalg.yield %0 : i32
  }
  return
}
