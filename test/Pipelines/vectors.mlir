// RUN: act-opt %s --act-to-llvm=cpu=neoverse-v1 | mlir-translate --mlir-to-llvmir | llc -filetype=obj -o %t.o
// RUN: llvm-nm -u %t.o | count 0
// RUN: act-opt %s --act-to-llvm=cpu=neoverse-v1 | FileCheck %s

// Vectors that come in as such: scalable, 0-D, n-D, and a row-wise op on them.

// CHECK: llvm.func @scalable(%{{.*}}: vector<[4]xf32>) -> vector<[4]xf32>
func.func @scalable(%x: vector<[4]xf32>) -> vector<[4]xf32> {
  %0 = act.gelu %x : vector<[4]xf32>
  return %0 : vector<[4]xf32>
}

// CHECK: llvm.func @scalable_16bit(%{{.*}}: vector<[8]xbf16>) -> vector<[8]xbf16>
func.func @scalable_16bit(%x: vector<[8]xbf16>) -> vector<[8]xbf16> {
  %0 = act.softplus %x : vector<[8]xbf16>
  return %0 : vector<[8]xbf16>
}

// CHECK: llvm.func @zero_rank
func.func @zero_rank(%x: vector<f64>) -> vector<f64> {
  %0 = act.mish %x : vector<f64>
  return %0 : vector<f64>
}

// CHECK: llvm.func @two_ranks
func.func @two_ranks(%g: vector<2x8xf32>, %v: vector<2x8xf32>) -> vector<2x8xf32> {
  %0 = act.swiglu %g, %v {beta = 1.5 : f64} : vector<2x8xf32>
  return %0 : vector<2x8xf32>
}

// CHECK: llvm.func @row_wise
func.func @row_wise(%x: vector<4x8xf16>) -> vector<4x8xf16> {
  %0 = act.softmax %x {dim = 0 : i64} : vector<4x8xf16>
  return %0 : vector<4x8xf16>
}

// CHECK: llvm.func @unpacked
func.func @unpacked(%x: vector<2x8xf32>) -> vector<2x4xf32> {
  %g, %v = act.unpack %x layout<block_interleaved> {dim = 1 : i64, block = 2 : i64} : vector<2x8xf32> -> vector<2x4xf32>
  %0 = act.swiglu %g, %v : vector<2x4xf32>
  return %0 : vector<2x4xf32>
}
