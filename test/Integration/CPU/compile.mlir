// Objects need malloc and free, for the results of functions on tensors, and
// nothing else: whatever the CPU, also one without instructions for bf16.

// RUN: act-compile %s -o %t.o && llvm-nm -u %t.o | FileCheck %s --check-prefix=SYMBOLS
// RUN: act-compile %s -o %t.o --cpu=x86-64-v3 && llvm-nm -u %t.o | FileCheck %s --check-prefix=SYMBOLS
// RUN: act-compile %s -o %t.o --cpu=x86-64-v4 && llvm-nm -u %t.o | FileCheck %s --check-prefix=SYMBOLS
// RUN: act-compile %s -o %t.o --cpu=sapphirerapids && llvm-nm -u %t.o | FileCheck %s --check-prefix=SYMBOLS
// RUN: act-compile %s -o %t.o --cpu=neoverse-v1 && llvm-nm -u %t.o | FileCheck %s --check-prefix=SYMBOLS
// RUN: act-compile %s -o %t.o --cpu=x86-64-v3,sapphirerapids && llvm-nm -u %t.o | FileCheck %s --check-prefix=SYMBOLS
// SYMBOLS-NOT: U {{[^fm]}}
// SYMBOLS: U free
// SYMBOLS-NEXT: U malloc
// SYMBOLS-NOT: U

// No instruction that flushes subnormals of bf16.
// RUN: act-compile %s -o %t.o --cpu=sapphirerapids && llvm-objdump -d %t.o | FileCheck %s --check-prefix=FLUSH --implicit-check-not=neps2bf16
// FLUSH: vfmadd

// RUN: act-compile %s -o %t.ll --cpu=x86-64-v4 && FileCheck %s --check-prefix=IR < %t.ll
// IR: target triple = "x86_64
// IR: define {{.*}} @silu_f32
// IR: "target-cpu"="x86-64-v4"

// RUN: act-compile %s -o %t.so && llvm-nm -D --defined-only %t.so | FileCheck %s --check-prefix=LIBRARY
// LIBRARY: T _mlir_ciface_silu_f32
// LIBRARY: T silu_f32

// Of several CPUs, a version each, and the widest first in order of choice.
// RUN: act-compile %s -o %t.so --cpu=x86-64-v3,x86-64-v4,x86-64-v3 && llvm-nm -D --defined-only %t.so | FileCheck %s --check-prefix=DISPATCH
// DISPATCH: i _mlir_ciface_silu_f32
// DISPATCH: i silu_f32
// RUN: act-compile %s -o %t.ll --cpu=x86-64-v3,x86-64-v4 && FileCheck %s --check-prefix=VERSIONS < %t.ll
// VERSIONS: @silu_f32 = ifunc {{.*}}, ptr @silu_f32.resolver
// VERSIONS: define internal {{.*}} @silu_f32.x86-64-v4({{.*}} #[[V4:[0-9]+]]
// VERSIONS: define internal {{.*}} @silu_f32.x86-64-v3({{.*}} #[[V3:[0-9]+]]
// VERSIONS-NOT: @silu_f32.x86-64-v3.
// VERSIONS-DAG: attributes #[[V4]] = {{.*}}"target-cpu"="x86-64-v4"
// VERSIONS-DAG: attributes #[[V3]] = {{.*}}"target-cpu"="x86-64-v3"
// RUN: not act-compile %s -o %t.o --cpu=x86-64-v3,neoverse-v1 2>&1 | FileCheck %s --check-prefix=MIXED
// MIXED: act-compile: error: one file cannot hold code for 'x86-64-v3' and 'neoverse-v1', which differ in architecture
// RUN: not act-compile %s -o %t.o --cpu=neoverse-n1,neoverse-v1 2>&1 | FileCheck %s --check-prefix=SEVERAL
// SEVERAL: act-compile: error: several CPUs in one file work on x86-64 with ELF files only, not on aarch64

// RUN: not act-compile %s -o %t.exe 2>&1 | FileCheck %s --check-prefix=KIND
// KIND: act-compile: error: '{{.*}}.exe': the extension must be .ll, .o or .so, not '.exe'
// RUN: not act-compile %s -o %t.no/such/folder.o 2>&1 | FileCheck %s --check-prefix=FOLDER
// FOLDER: act-compile: error: '{{.*}}folder.o': no such directory
// RUN: not act-compile %s -o %t.o --cpu=no-such-cpu 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// UNKNOWN: act-compile: error: unknown cpu 'no-such-cpu'
// RUN: not act-compile %s -o %t.o --cpu=x86-64 2>&1 | FileCheck %s --check-prefix=NOFMA
// NOFMA: act-compile: error: cpu 'x86-64' has no fused multiply-add
// RUN: not act-compile %s -o %t.o --accuracy=sloppy 2>&1 | FileCheck %s --check-prefix=ACCURACY
// ACCURACY: error: {{.*}}accuracy

func.func @silu_f32(%x: tensor<?xf32>) -> tensor<?xf32> {
  %0 = act.silu %x : tensor<?xf32>
  return %0 : tensor<?xf32>
}
func.func @gelu_bf16(%x: tensor<?x?xbf16>) -> tensor<?x?xbf16> {
  %0 = act.gelu %x : tensor<?x?xbf16>
  return %0 : tensor<?x?xbf16>
}
func.func @mish_f16(%x: memref<?xf16>, %y: memref<?xf16>) {
  linalg.map { act.mish } ins(%x : memref<?xf16>) outs(%y : memref<?xf16>)
  return
}
func.func @tanh_f64(%x: tensor<?xf64>) -> tensor<?xf64> {
  %0 = act.tanh %x : tensor<?xf64>
  return %0 : tensor<?xf64>
}
func.func @softmax_bf16(%x: tensor<?x?xbf16>) -> tensor<?x?xbf16> {
  %0 = act.softmax %x {dim = 1 : i64} : tensor<?x?xbf16>
  return %0 : tensor<?x?xbf16>
}
func.func @scalars(%x: bf16, %y: f64) -> (bf16, f16, bf16) {
  %0 = act.gelu %x : bf16
  %1 = arith.truncf %y : f64 to f16
  %2 = arith.addf %x, %0 : bf16
  return %0, %1, %2 : bf16, f16, bf16
}
func.func @copy(%x: memref<?x?xf32, strided<[?, ?]>>, %y: memref<?x?xf32>) {
  memref.copy %x, %y : memref<?x?xf32, strided<[?, ?]>> to memref<?x?xf32>
  return
}
func.func @zero(%y: memref<?xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%y : memref<?xf32>)
  return
}
