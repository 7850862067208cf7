// RUN: not act-opt %s --act-to-llvm --split-input-file -o /dev/null 2>&1 | FileCheck %s

// What the pipeline cannot lower is one error, never a mixture of dialects.

// CHECK: error: functions in a nested module are not lowered
// CHECK-NOT: error:
module @outer {
  module @inner {
    func.func @f(%x: tensor<?xf32>) -> tensor<?xf32> {
      %0 = act.relu %x : tensor<?xf32>
      return %0 : tensor<?xf32>
    }
  }
}

// -----

// CHECK: error: 'func.func' op has no lowering here for type '(vector<[4]x4xf32>) -> vector<[4]x4xf32>'
// CHECK-NOT: error:
func.func @scalable(%x: vector<[4]x4xf32>) -> vector<[4]x4xf32> {
  %0 = act.silu %x : vector<[4]x4xf32>
  return %0 : vector<[4]x4xf32>
}
