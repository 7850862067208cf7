// RUN: act-opt %s --act-check-lowered --split-input-file --verify-diagnostics

llvm.func @lowered(%x: f32) -> f32 {
  llvm.return %x : f32
}

// -----

// expected-error @below {{'func.func' op has no lowering here for type '(f32) -> f32'}}
func.func @left(%x: f32) -> f32 {
  return %x : f32
}

// -----

module {
  // expected-error @below {{functions in a nested module are not lowered}}
  module @nested {
  }
}

// -----

// A cast is there because of something else, which is what is named.

llvm.func @cast(%x: i64) -> i64 {
  %0 = builtin.unrealized_conversion_cast %x : i64 to index
  // expected-error @below {{'arith.addi' op has no lowering here}}
  %1 = arith.addi %0, %0 : index
  %2 = builtin.unrealized_conversion_cast %1 : index to i64
  llvm.return %2 : i64
}
