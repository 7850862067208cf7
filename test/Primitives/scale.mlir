// RUN: act-opt %s --act-lower-primitives | FileCheck %s --check-prefixes=CHECK,PORTABLE
// RUN: act-opt %s --act-lower-primitives=cpu=haswell | FileCheck %s --check-prefixes=CHECK,PORTABLE
// RUN: act-opt %s --act-lower-primitives=cpu=sapphirerapids | FileCheck %s --check-prefixes=CHECK,AVX512
// RUN: act-opt %s --act-lower-primitives=cpu=x86-64-v4 | FileCheck %s --check-prefixes=CHECK,AVX512

// CHECK-LABEL:     func @register
// PORTABLE-COUNT-2:  arith.shli
// PORTABLE-NOT:      arith.shli
// PORTABLE-NOT:      llvm.call_intrinsic
// AVX512-NOT:        arith.shli
// AVX512:            %[[Y:.*]] = llvm.call_intrinsic "llvm.x86.avx512.mask.scalef.ps.512"
// AVX512-NEXT:       return %[[Y]]
func.func @register(%x: vector<16xf32>, %n: vector<16xf32>) -> vector<16xf32> {
  %hi, %lo, %e = act.prim scale(%x, %n) : vector<16xf32>
  return %hi : vector<16xf32>
}

// CHECK-LABEL:     func @several_registers
// PORTABLE-NOT:      llvm.call_intrinsic
// AVX512-COUNT-4:    llvm.call_intrinsic "llvm.x86.avx512.mask.scalef.pd.512"
// AVX512-NOT:        llvm.call_intrinsic
// CHECK:             return
func.func @several_registers(%x: vector<4x8xf64>, %n: vector<4x8xf64>)
    -> vector<4x8xf64> {
  %hi, %lo, %e = act.prim scale(%x, %n) : vector<4x8xf64>
  return %hi : vector<4x8xf64>
}

// Half a register, and a scalar: as a whole one.
// CHECK-LABEL:     func @part
// AVX512-COUNT-2:    llvm.call_intrinsic "llvm.x86.avx512.mask.scalef.ps.512"
// CHECK-NOT:         llvm.call_intrinsic
// CHECK:             return
func.func @part(%x: vector<8xf32>, %n: vector<8xf32>, %s: f32, %m: f32)
    -> (vector<8xf32>, f32) {
  %a, %alo, %ae = act.prim scale(%x, %n) : vector<8xf32>
  %b, %blo, %be = act.prim scale(%s, %m) : f32
  return %a, %b : vector<8xf32>, f32
}
