// Scalars, several results, buffers that are written to, all printed values.
// RUN: act-run %s --entry scalars | FileCheck %s --check-prefix=SCALARS
// RUN: act-run %s --entry both --shape 3 --print | FileCheck %s --check-prefix=BOTH
// RUN: act-run %s --entry write --shape 2x3 --print | FileCheck %s --check-prefix=WRITE
// RUN: act-run %s --entry constant | FileCheck %s --check-prefix=CONSTANT
// RUN: act-run %s --entry same --shape 2 | FileCheck %s --check-prefix=SAME
// RUN: act-run %s --entry integers | FileCheck %s --check-prefix=INTEGERS
// RUN: act-run %s --entry strided --shape 2x2 --print | FileCheck %s --check-prefix=STRIDED
// RUN: act-run - --print < %s 2>&1 | FileCheck %s --check-prefix=MAIN

// SCALARS: argument 0: scalar bf16 checksum {{.*}} values -2.71875
// SCALARS: argument 1: scalar f64 checksum {{.*}} values 3.937
// SCALARS: result 0: scalar bf16 checksum {{.*}} values 0{{$}}
// SCALARS: result 1: scalar f64 checksum {{.*}} values 3.937
// SCALARS: result 2: scalar f16 checksum {{.*}} values 3.9375
func.func @scalars(%x: bf16, %z: f64) -> (bf16, f64, f16) {
  %0 = act.relu %x : bf16
  %1 = act.relu %z : f64
  %2 = arith.truncf %1 : f64 to f16
  return %0, %1, %2 : bf16, f64, f16
}

// BOTH: argument 0: 3 f32 checksum {{.*}} values [[A:.*]] [[B:.*]] [[C:.*]]
// BOTH: result 0: scalar f32
// BOTH: result 1: 3 f32 checksum {{.*}} values 0 [[B]] 0{{$}}
// BOTH: result 2: scalar i1
func.func @both(%x: tensor<?xf32>) -> (f32, tensor<?xf32>, i1) {
  %c0 = arith.constant 0 : index
  %0 = act.relu %x : tensor<?xf32>
  %1 = tensor.extract %0[%c0] : tensor<?xf32>
  %2 = arith.cmpf oeq, %1, %1 : f32
  return %1, %0, %2 : f32, tensor<?xf32>, i1
}

// WRITE: argument 1: 2x3 f32
// WRITE-NOT: result
// WRITE: argument 1 after: 2x3 f32 checksum {{.*}} values
// WRITE-NEXT: 7 7 7
// WRITE-NEXT: 7 7 7
func.func @write(%x: memref<?x?xf32>, %y: memref<?x?xf32>) {
  %seven = arith.constant 7.0 : f32
  linalg.fill ins(%seven : f32) outs(%y : memref<?x?xf32>)
  return
}

// CONSTANT: result 0: 2 f32 checksum {{.*}} values 1 2
func.func @constant() -> tensor<2xf32> {
  %0 = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// SAME: argument 0: 2 f32 checksum [[SUM:.*]] values
// SAME: result 0: 2 f32 checksum [[SUM]] values
// SAME: result 1: 2 f32 checksum [[SUM]] values
func.func @same(%x: tensor<?xf32>) -> (tensor<?xf32>, tensor<?xf32>) {
  return %x, %x : tensor<?xf32>, tensor<?xf32>
}

// INTEGERS: result 0: 1024 i8
func.func @integers(%x: tensor<?xi8>, %y: index, %z: i64, %w: i1) -> tensor<?xi8> {
  %0 = arith.addi %x, %x : tensor<?xi8>
  return %0 : tensor<?xi8>
}

// STRIDED: argument 0 after: 2x2 f32 checksum {{.*}} values
// STRIDED-NEXT: 1 1
// STRIDED-NEXT: 1 1
func.func @strided(%x: memref<?x?xf32, strided<[-10, 3], offset: 12>>) {
  %one = arith.constant 1.0 : f32
  linalg.fill ins(%one : f32) outs(%x : memref<?x?xf32, strided<[-10, 3], offset: 12>>)
  return
}

// MAIN: result 0: scalar f32 checksum {{.*}} values 42
func.func @main() -> f32 {
  %0 = arith.constant 42.0 : f32
  return %0 : f32
}
