// RUN: act-opt %s --act-attach-target=cpu=x86-64-v4 | FileCheck %s --check-prefix=V4
// RUN: act-opt %s --act-attach-target=cpu=neoverse-v1 | FileCheck %s --check-prefix=ARM
// RUN: act-opt %s --act-attach-target="cpu=x86-64-v3 vector-bits=128" | FileCheck %s --check-prefix=V3
// RUN: not act-opt %s --act-attach-target=cpu=no-such-cpu 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not act-opt %s --act-attach-target=cpu=x86-64 2>&1 | FileCheck %s --check-prefix=NOFMA
// RUN: not act-opt %s --act-attach-target=vector-bits=100 2>&1 | FileCheck %s --check-prefix=WIDTH

// V4: llvm.target_triple = "x86_64-{{.*}}"
// V4: passthrough = {{\[}}["prefer-vector-width", "512"], ["min-legal-vector-width", "512"], "no-builtins"]
// V4-SAME: target_cpu = "x86-64-v4"
// ARM: llvm.target_triple = "aarch64-{{.*}}"
// ARM: passthrough = {{\[}}["prefer-vector-width", "128"], ["min-legal-vector-width", "128"], "no-builtins"]
// V3: passthrough = {{\[}}["prefer-vector-width", "128"], ["min-legal-vector-width", "128"], "no-builtins"]
// UNKNOWN: error: unknown cpu 'no-such-cpu'
// NOFMA: error: cpu 'x86-64' has no fused multiply-add
// WIDTH: error: vector-bits must be a power of two between 64 and 2048
llvm.func @f() {
  llvm.return
}
