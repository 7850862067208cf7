// RUN: act-opt %s --act-to-llvm=verify-sizes | FileCheck %s --check-prefix=VERIFY
// RUN: act-opt %s --act-to-llvm | FileCheck %s
// RUN: act-run %s --shape 5 5 | FileCheck %s --check-prefix=FITS
// RUN: not act-run %s --shape 100000000 3 2>&1 | FileCheck %s --check-prefix=ERROR

// Sizes that only a function with several callers relates are compared when it
// runs.

// VERIFY: llvm.func @abort()
// CHECK-NOT: llvm.func @abort()
// FITS: result 0: 5 f32
// ERROR: act-run: error: sizes do not fit together: dimension #0 of input/output operand #1
func.func private @callee(%a: tensor<?xf32>, %b: tensor<?xf32>) -> tensor<?xf32> {
  %y = act.swiglu %a, %b : tensor<?xf32>
  return %y : tensor<?xf32>
}
func.func @main(%a: tensor<?xf32>, %b: tensor<?xf32>) -> tensor<?xf32> {
  %x = func.call @callee(%b, %b) : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
  %y = func.call @callee(%a, %x) : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}
