// RUN: act-opt %s --act-to-llvm="cpu=neoverse-v1 scalable" | mlir-translate --mlir-to-llvmir | llc -o %t.s
// RUN: FileCheck %s < %t.s
// RUN: act-compile %s --cpu neoverse-v1 --scalable -o %t.o
// RUN: llvm-nm -u %t.o | count 0
// RUN: llvm-objdump -d %t.o | FileCheck %s --check-prefix=OBJECT

// Loops over vectors of any length, down to SVE: whole vectors under a mask of
// all lanes, the rest under one from comparing a count with lane numbers.
// No function of a library is called.

// OBJECT: ld1w {{.*}}z{{[0-9]+}}.s

// CHECK-LABEL: {{^}}f32:
//       CHECK:   cnth
//   CHECK-DAG:   ptrue [[ALL:p[0-9]+]].s
//   CHECK-DAG:   ld1w { z{{[0-9]+}}.s }, [[ALL]]/z
//       CHECK:   fmla z{{[0-9]+}}.s
//       CHECK:   st1w { z{{[0-9]+}}.s }
//       CHECK:   index [[LANES:z[0-9]+]].s, #0, #1
//       CHECK:   cmpgt p{{[0-9]+}}.s, p{{[0-9]+}}/z, z{{[0-9]+}}.s, [[LANES]].s
//       CHECK:   ld1w
//       CHECK:   st1w
func.func @f32(%x: memref<?xf32>, %y: memref<?xf32>) {
  linalg.map { act.sigmoid } ins(%x : memref<?xf32>) outs(%y : memref<?xf32>)
  return
}

// CHECK-LABEL: {{^}}bf16:
//       CHECK:   ld1h { z{{[0-9]+}}.s }
//       CHECK:   st1h { z{{[0-9]+}}.
func.func @bf16(%g: memref<?x3xbf16>, %v: memref<?x3xbf16>, %y: memref<?x3xbf16>) {
  linalg.map { act.swiglu } ins(%g, %v : memref<?x3xbf16>, memref<?x3xbf16>) outs(%y : memref<?x3xbf16>)
  return
}
