// RUN: act-opt %s --pass-pipeline='builtin.module(func.func(act-convert-halves{cpu=znver4}))' | FileCheck %s
// RUN: act-opt %s --pass-pipeline='builtin.module(func.func(act-convert-halves{cpu=x86-64-v4}))' | FileCheck %s --check-prefix=INTEGERS
// RUN: act-opt %s --pass-pipeline='builtin.module(func.func(act-convert-halves{cpu=x86-64-v3}))' | FileCheck %s --check-prefix=NONE

// By an instruction unless there is a NaN or a subnormal number. The numbers
// are checked by test/python/test_halves.py.

// CHECK-LABEL: func @round
//       CHECK:   llvm.call_intrinsic "llvm.x86.avx512.fpclass.ps.512"
//       CHECK:   llvm.call_intrinsic "llvm.x86.avx512.fpclass.ps.512"
//       CHECK:   %[[RARE:.+]] = llvm.intr.expect
//       CHECK:   scf.if %[[RARE]]
//       CHECK:     vector.shuffle
//       CHECK:     arith.cmpf uno
//       CHECK:   } else {
//       CHECK:     llvm.call_intrinsic "llvm.x86.avx512bf16.cvtne2ps2bf16.512"{{.*}} -> vector<32xbf16>

// Without one, the upper halves of two registers are packed at once.

// INTEGERS-LABEL: func @round
//   INTEGERS-NOT:   scf.if
//       INTEGERS:   arith.addi {{.*}} : vector<32xi32>
//       INTEGERS:   vector.shuffle {{.*}} : vector<32xi16>, vector<32xi16>
//       INTEGERS:   arith.select

// NONE-LABEL: func @round
//  NONE-NEXT:   arith.truncf
//  NONE-NEXT:   return
func.func @round(%x: vector<32xf32>) -> vector<32xbf16> {
  %0 = arith.truncf %x : vector<32xf32> to vector<32xbf16>
  return %0 : vector<32xbf16>
}

// Where permutations are as fast as shifts they do both.

// CHECK-LABEL: func @extend
//       CHECK:   vector.shuffle {{.*}} : vector<32xi16>, vector<32xi16>
//       CHECK:   vector.shuffle {{.*}} : vector<32xi16>, vector<32xi16>
//       CHECK:   vector.shape_cast {{.*}} : vector<32xf32> to vector<2x16xf32>

// INTEGERS-LABEL: func @extend
//  INTEGERS-NEXT:   arith.extf
func.func @extend(%x: vector<2x16xbf16>) -> vector<2x16xf32> {
  %0 = arith.extf %x : vector<2x16xbf16> to vector<2x16xf32>
  return %0 : vector<2x16xf32>
}

// What does not fill registers is for arith-expand.

// CHECK-LABEL: func @small
//  CHECK-NEXT:   arith.truncf
//  CHECK-NEXT:   arith.truncf
//  CHECK-NEXT:   return
func.func @small(%x: vector<8xf32>, %y: f32) -> (vector<8xbf16>, bf16) {
  %0 = arith.truncf %x : vector<8xf32> to vector<8xbf16>
  %1 = arith.truncf %y : f32 to bf16
  return %0, %1 : vector<8xbf16>, bf16
}
