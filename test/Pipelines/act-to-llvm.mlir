// RUN: act-opt %s --act-to-llvm | FileCheck %s
// RUN: act-opt %s --act-to-llvm=cpu=x86-64-v3 | FileCheck %s --check-prefixes=CHECK,V3
// RUN: act-opt %s --act-to-llvm=cpu=x86-64-v4 | FileCheck %s --check-prefixes=CHECK,V4
// RUN: act-opt %s --act-to-llvm="cpu=x86-64-v4 vector-bits=256" | FileCheck %s --check-prefixes=CHECK,V3
// RUN: act-opt %s --act-to-llvm=cpu=neoverse-v1 | FileCheck %s --check-prefixes=CHECK,NEON
// RUN: not act-opt %s --act-to-llvm=cpu=no-such-cpu 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not act-opt %s --act-to-llvm=accuracy=sloppy 2>&1 | FileCheck %s --check-prefix=ACCURACY

// UNKNOWN: error: unknown cpu 'no-such-cpu'
// ACCURACY: accuracy

// Tensors, buffers and scalars go all the way; of a smooth function two
// vectors are in flight.

// CHECK-NOT: {{(func|act|math|arith|linalg|vector|memref|scf)\.}}
// CHECK: llvm.func @tensor
// V3: vector<16xf32>
// V4: vector<32xf32>
// NEON: vector<8xf32>
// CHECK: llvm.func @_mlir_ciface_tensor
// CHECK: llvm.func @buffer
// CHECK: llvm.func @scalar
// CHECK-NOT: {{(func|act|math|arith|linalg|vector|memref|scf)\.[a-z]}}
func.func @tensor(%x: tensor<?xf32>) -> tensor<?xf32> {
  %y = act.silu %x : tensor<?xf32>
  return %y : tensor<?xf32>
}

func.func @buffer(%x: memref<?x4xbf16, strided<[?, ?], offset: ?>>, %y: memref<?x4xbf16>) {
  linalg.map { act.gelu } ins(%x : memref<?x4xbf16, strided<[?, ?], offset: ?>>) outs(%y : memref<?x4xbf16>)
  return
}

func.func @scalar(%x: f64) -> f64 {
  %y = act.tanh %x : f64
  return %y : f64
}
