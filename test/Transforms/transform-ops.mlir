// RUN: act-opt %s --transform-interpreter --split-input-file --verify-diagnostics | FileCheck %s

// From a row to arithmetic, each step a set of patterns.

module attributes {transform.with_named_sequence} {
  func.func @steps(%x: vector<8xf32>) -> vector<8xf32> {
    %0 = act.softmax %x {dim = 0 : i64} : vector<8xf32>
    %1 = act.silu %0 : vector<8xf32>
    return %1 : vector<8xf32>
  }

  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %f = transform.structured.match ops{["func.func"]} in %root : (!transform.any_op) -> !transform.any_op
    transform.apply_patterns to %f {
      transform.apply_patterns.act.decompose
      transform.apply_patterns.act.expand
      transform.apply_patterns.act.lower_primitives
    } : !transform.any_op
    transform.yield
  }
}

// CHECK-LABEL: func @steps
// CHECK-NOT:     act.
// CHECK:         math.fma
// CHECK-NOT:     act.
// CHECK:         return

// -----

// One at a time they do what the passes of their names do.

module attributes {transform.with_named_sequence} {
  func.func @decompose(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
    %0 = act.softmax %x {dim = 1 : i64} : tensor<?x8xf32>
    %1 = act.silu %0 : tensor<?x8xf32>
    return %1 : tensor<?x8xf32>
  }

  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %f = transform.structured.match ops{["func.func"]} in %root : (!transform.any_op) -> !transform.any_op
    transform.apply_patterns to %f {
      transform.apply_patterns.act.decompose
    } : !transform.any_op
    transform.yield
  }
}

// CHECK-LABEL: func @decompose
// CHECK-NOT:     act.softmax
// CHECK:         linalg.generic
// CHECK:         act.silu %{{.*}} : tensor<?x8xf32>

// -----

module attributes {transform.with_named_sequence} {
  func.func @precise(%x: f32) -> f32 {
    %0 = act.silu %x : f32
    return %0 : f32
  }
  func.func @fast(%x: f32) -> f32 {
    %0 = act.silu %x : f32
    return %0 : f32
  }
  func.func @math(%x: f32) -> f32 {
    %0 = act.silu %x : f32
    return %0 : f32
  }
  func.func @rare_branch(%x: vector<8xf32>) -> vector<8xf32> {
    %0 = act.silu %x : vector<8xf32>
    return %0 : vector<8xf32>
  }

  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %f = transform.structured.match ops{["func.func"]} in %root : (!transform.any_op) -> !transform.any_op
    %precise, %fast, %math, %rare = transform.split_handle %f : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    transform.apply_patterns to %precise {
      transform.apply_patterns.act.expand
    } : !transform.any_op
    transform.apply_patterns to %fast {
      transform.apply_patterns.act.expand {accuracy = "fast"}
    } : !transform.any_op
    transform.apply_patterns to %math {
      transform.apply_patterns.act.expand {to = "math"}
    } : !transform.any_op
    transform.apply_patterns to %rare {
      transform.apply_patterns.act.expand {rare_branch}
    } : !transform.any_op
    transform.yield
  }
}

// CHECK-LABEL: func @precise
// CHECK:         act.prim sigmoid(%{{.*}}) : f32
// CHECK-LABEL: func @fast
// CHECK:         act.prim sigmoid(%{{.*}}) {fast} : f32
// CHECK-LABEL: func @math
// CHECK-NOT:     act.
// CHECK:         math.exp
// CHECK-LABEL: func @rare_branch
// CHECK:         act.prim sigmoid(%{{.*}}) {tame} : vector<8xf32>
// CHECK:         scf.if
// CHECK:       transform.apply_patterns.act.expand{{$}}
// CHECK:       transform.apply_patterns.act.expand {accuracy = "fast"}
// CHECK:       transform.apply_patterns.act.expand {to = "math"}
// CHECK:       transform.apply_patterns.act.expand {rare_branch}

// -----

// Tables in registers, for a CPU that has the instruction; any other has none.

module attributes {transform.with_named_sequence} {
  func.func @any(%x: vector<16xf32>) -> vector<16xf32> {
    %0 = math.exp %x : vector<16xf32>
    return %0 : vector<16xf32>
  }
  func.func @avx512(%x: vector<16xf32>) -> vector<16xf32> {
    %0 = math.exp %x : vector<16xf32>
    return %0 : vector<16xf32>
  }

  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %f = transform.structured.match ops{["func.func"]} in %root : (!transform.any_op) -> !transform.any_op
    %any, %avx512 = transform.split_handle %f : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.apply_patterns to %any {
      transform.apply_patterns.act.lower_primitives
    } : !transform.any_op
    transform.apply_patterns to %avx512 {
      transform.apply_patterns.act.lower_primitives {cpu = "sapphirerapids", accuracy = "fast"}
    } : !transform.any_op
    transform.yield
  }
}

// CHECK-LABEL: func @any
// CHECK-NOT:     llvm.
// CHECK-LABEL: func @avx512
// CHECK:         llvm.call_intrinsic "llvm.x86.avx512

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    transform.apply_patterns to %root {
      // expected-error @below {{op to=libm is not one of prim, math}}
      transform.apply_patterns.act.expand {to = "libm"}
    } : !transform.any_op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    transform.apply_patterns to %root {
      // expected-error @below {{op accuracy=sloppy is not one of precise, fast}}
      transform.apply_patterns.act.expand {accuracy = "sloppy"}
    } : !transform.any_op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    transform.apply_patterns to %root {
      // expected-error @below {{op accuracy=exact is not one of precise, fast}}
      transform.apply_patterns.act.lower_primitives {accuracy = "exact"}
    } : !transform.any_op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    transform.apply_patterns to %root {
      // expected-error @below {{unknown cpu 'z80'}}
      transform.apply_patterns.act.lower_primitives {cpu = "z80"}
    } : !transform.any_op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    transform.apply_patterns to %root {
      // expected-error @below {{attribute 'cpu' failed to satisfy constraint: string attribute}}
      transform.apply_patterns.act.lower_primitives {cpu = 3 : i64}
    } : !transform.any_op
    transform.yield
  }
}
