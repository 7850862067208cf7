// RUN: act-opt %s --act-halves-as-bits --canonicalize | FileCheck %s

// CHECK-LABEL: llvm.func @move
//       CHECK:   %[[A:.+]] = llvm.load %{{.+}} : !llvm.ptr -> vector<8xi16>
//       CHECK:   %[[B:.+]] = llvm.intr.masked.load {{.*}} -> vector<8xi16>
//       CHECK:   %[[C:.+]] = llvm.select %{{.+}}, %[[A]], %[[B]] : vector<8xi1>, vector<8xi16>
//       CHECK:   llvm.store %[[C]], %{{.+}} : vector<8xi16>, !llvm.ptr
llvm.func @move(%p: !llvm.ptr, %m: vector<8xi1>) {
  %0 = llvm.load %p : !llvm.ptr -> vector<8xbf16>
  %z = llvm.mlir.constant(dense<0.0> : vector<8xbf16>) : vector<8xbf16>
  %1 = llvm.intr.masked.load %p, %m, %z {alignment = 2 : i32} : (!llvm.ptr, vector<8xi1>, vector<8xbf16>) -> vector<8xbf16>
  %2 = llvm.select %m, %0, %1 : vector<8xi1>, vector<8xbf16>
  llvm.store %2, %p : vector<8xbf16>, !llvm.ptr
  llvm.return
}

// Arithmetic and function boundaries keep their types.

// CHECK-LABEL: llvm.func @compute
//  CHECK-SAME:   (%{{.+}}: f16, %{{.+}}: !llvm.ptr) -> f16
//       CHECK:   %[[BITS:.+]] = llvm.load {{.*}} -> i16
//       CHECK:   %[[HALF:.+]] = llvm.bitcast %[[BITS]] : i16 to f16
//       CHECK:   llvm.fadd %{{.+}}, %[[HALF]] : f16
llvm.func @compute(%a: f16, %p: !llvm.ptr) -> f16 {
  %0 = llvm.load %p : !llvm.ptr -> f16
  %1 = llvm.fadd %a, %0 : f16
  llvm.return %1 : f16
}
