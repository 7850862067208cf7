// RUN: act-opt %s --act-check-lowered --split-input-file --verify-diagnostics

llvm.func @lowered(%x: f32) -> f32 {
  llvm.return %x : f32
}

// -----

// expected-error @below {{'func.func' op has no lowering here}}
func.func @left(%x: f32) -> f32 {
  return %x : f32
}

// -----

module {
  // expected-error @below {{functions in a nested module are not lowered}}
  module @nested {
  }
}
