// RUN: act-opt %s --act-prepare-functions | FileCheck %s

// CHECK-LABEL: func.func @public
//  CHECK-SAME:   tensor<4xf32> {bufferization.writable = false}
//  CHECK-SAME:   tensor<4xf32> {bufferization.writable = true}
//  CHECK-SAME:   attributes {llvm.emit_c_interface}
func.func @public(%a: tensor<4xf32>, %b: tensor<4xf32> {bufferization.writable = true}, %c: f32) {
  return
}

// CHECK: func.func private @private(%{{.+}}: tensor<4xf32>) {
func.func private @private(%a: tensor<4xf32>) {
  return
}

// C has no type for vectors.

// CHECK: func.func @vectors(%{{.+}}: vector<[4]xf32>) {
func.func @vectors(%a: vector<[4]xf32>) {
  return
}

// Buffers that the input frees itself.

// CHECK-LABEL: func.func @manual
//       CHECK:   memref.alloc() {bufferization.manual_deallocation}
//       CHECK:   memref.dealloc %{{.+}} {bufferization.manual_deallocation}
func.func @manual() {
  %0 = memref.alloc() : memref<4xf32>
  memref.dealloc %0 : memref<4xf32>
  return
}
