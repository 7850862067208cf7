// RUN: act-opt %s --act-to-llvm=cpu=x86-64-v3 | mlir-translate --mlir-to-llvmir | llc -filetype=obj -o %t.v3.o
// RUN: llvm-nm -u %t.v3.o | count 0
// RUN: act-opt %s --act-to-llvm=cpu=x86-64-v4 | mlir-translate --mlir-to-llvmir | llc -filetype=obj -o %t.v4.o
// RUN: llvm-nm -u %t.v4.o | count 0
// RUN: act-opt %s --act-to-llvm=cpu=neoverse-v1 | mlir-translate --mlir-to-llvmir | llc -filetype=obj -o %t.neon.o
// RUN: llvm-nm -u %t.neon.o | count 0
// RUN: act-compile %s --cpu x86-64-v4 --vector-bits 256 -o %t.256.o
// RUN: llvm-objdump -d %t.256.o | FileCheck %s

// No function of a library is called, in no type, and a width is kept to.

// CHECK-NOT: zmm
func.func @rounding(%a: vector<8xbf16>, %b: f16, %c: vector<4xf16>, %d: f64)
    -> (vector<8xbf16>, f16, vector<4xf16>, f64) {
  %0 = math.ceil %a : vector<8xbf16>
  %1 = math.floor %b : f16
  %2 = math.roundeven %c : vector<4xf16>
  %3 = math.trunc %d : f64
  return %0, %1, %2, %3 : vector<8xbf16>, f16, vector<4xf16>, f64
}
func.func @roots(%a: vector<8xbf16>, %b: f16, %c: f32) -> (vector<8xbf16>, f16, f32) {
  %0 = math.sqrt %a : vector<8xbf16>
  %1 = math.sqrt %b : f16
  %2 = math.fma %c, %c, %c : f32
  return %0, %1, %2 : vector<8xbf16>, f16, f32
}
func.func @functions(%a: vector<32xbf16>, %b: vector<5xf16>, %c: vector<16xf32>, %d: f64)
    -> (vector<32xbf16>, vector<5xf16>, vector<16xf32>, f64) {
  %0 = math.exp %a : vector<32xbf16>
  %1 = math.tanh %b : vector<5xf16>
  %2 = math.erf %c : vector<16xf32>
  %3 = math.log1p %d : f64
  %4 = math.sin %0 : vector<32xbf16>
  %5 = math.cos %1 : vector<5xf16>
  %6 = math.atan %2 : vector<16xf32>
  %7 = math.tan %3 : f64
  return %4, %5, %6, %7 : vector<32xbf16>, vector<5xf16>, vector<16xf32>, f64
}
