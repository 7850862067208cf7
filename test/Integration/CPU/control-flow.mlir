// Tensors through calls, loops and branches.
// RUN: act-run %s --entry loop --in - - --seed 1 --shape 5 | FileCheck %s --check-prefix=LOOP
// RUN: act-run %s --entry choice --shape 5 | FileCheck %s --check-prefix=CHOICE
// RUN: act-run %s --entry branch --shape 5 | FileCheck %s --check-prefix=BRANCH

// LOOP: result 0: 5 f32
func.func @loop(%x: tensor<?xf32>, %n: index) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> tensor<?xf32> {
    %y = func.call @step(%a) : (tensor<?xf32>) -> tensor<?xf32>
    scf.yield %y : tensor<?xf32>
  }
  return %r : tensor<?xf32>
}
func.func private @step(%x: tensor<?xf32>) -> tensor<?xf32> {
  %y = act.silu %x : tensor<?xf32>
  return %y : tensor<?xf32>
}

// CHOICE: argument 0: 5 f32 checksum [[SAME:.*]] values
// CHOICE: argument 1: scalar i1 checksum {{.*}} values 0
// CHOICE: result 0: 5 f32 checksum [[SAME]] values
func.func @choice(%x: tensor<?xf32>, %p: i1) -> tensor<?xf32> {
  %r = scf.if %p -> tensor<?xf32> {
    %y = act.silu %x : tensor<?xf32>
    scf.yield %y : tensor<?xf32>
  } else {
    scf.yield %x : tensor<?xf32>
  }
  return %r : tensor<?xf32>
}

// BRANCH: argument 0: 5 f32 checksum [[SAME:.*]] values
// BRANCH: result 0: 5 f32 checksum [[SAME]] values
func.func @branch(%x: tensor<?xf32>, %p: i1) -> tensor<?xf32> {
  cf.cond_br %p, ^a, ^b
^a:
  %y = act.silu %x : tensor<?xf32>
  return %y : tensor<?xf32>
^b:
  return %x : tensor<?xf32>
}
