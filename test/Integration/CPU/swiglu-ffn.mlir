// The example runs, for any number of tokens, and gives the same each time.
// RUN: act-run %S/../../../examples/swiglu-ffn.mlir | FileCheck %s
// RUN: act-run %S/../../../examples/swiglu-ffn.mlir --shape 0x64 | FileCheck %s --check-prefix=NONE
// RUN: act-run %S/../../../examples/swiglu-ffn.mlir --shape 37x64 --seed 3 --out %t.1.npy --bench 3 | FileCheck %s --check-prefix=BENCH
// RUN: act-run %S/../../../examples/swiglu-ffn.mlir --shape 37x64 --seed 3 --out %t.2.npy
// RUN: cmp %t.1.npy %t.2.npy

// CHECK: argument 0: 8x64 f32 checksum
// CHECK: argument 3: 192x64 f32 checksum
// CHECK: result 0: 8x64 f32 checksum {{[0-9a-f]+}} values {{.*}} ...

// NONE: result 0: 0x64 f32

// BENCH: result 0: 37x64 f32
// BENCH: time per call: min {{[0-9]+}} ns, median {{[0-9]+}} ns, 3 calls
