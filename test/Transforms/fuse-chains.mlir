// RUN: act-opt %s --pass-pipeline='builtin.module(func.func(act-decompose,convert-act-to-linalg,convert-elementwise-to-linalg,act-fuse,act-reuse-operands),one-shot-bufferize{bufferize-function-boundaries=1},canonicalize,func.func(act-vectorize{cpu=x86-64-v4}))' | FileCheck %s

// Bias, activation, gate, residual, scale, clamp and a conversion to 8 bits are
// one loop over whole vectors, whatever is between the types. The numbers are
// checked by test/python/test_small_floats.py.

#id = affine_map<(i) -> (i)>

// CHECK-LABEL: func @f32_i8
//   CHECK-NOT:   memref.store
//       CHECK:   scf.for
//   CHECK-NOT:   memref.load
//       CHECK:     arith.fptosi {{.*}} : vector<64xf32> to vector<64xi8>
//       CHECK:     vector.transfer_write {{.*}} : vector<64xi8>
//   CHECK-NOT:   scf.for
//       CHECK:   return
func.func @f32_i8(%x: tensor<?xf32>, %bias: tensor<?xf32>, %v: tensor<?xf32>, %r: tensor<?xf32>, %scale: f32) -> tensor<?xi8> {
  %c0 = arith.constant 0 : index
  %lo = arith.constant -127.0 : f32
  %hi = arith.constant 127.0 : f32
  %size = tensor.dim %x, %c0 : tensor<?xf32>
  %0 = arith.addf %x, %bias : tensor<?xf32>
  %1 = act.silu %0 : tensor<?xf32>
  %2 = arith.mulf %1, %v : tensor<?xf32>
  %3 = arith.addf %2, %r : tensor<?xf32>
  %4 = tensor.empty(%size) : tensor<?xi8>
  %5 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%3 : tensor<?xf32>) outs(%4 : tensor<?xi8>) {
  ^bb0(%a: f32, %o: i8):
    %p = arith.mulf %a, %scale : f32
    %n = arith.maximumf %p, %lo : f32
    %m = arith.minimumf %n, %hi : f32
    %k = math.roundeven %m : f32
    %t = arith.fptosi %k : f32 to i8
    linalg.yield %t : i8
  } -> tensor<?xi8>
  return %5 : tensor<?xi8>
}

// CHECK-LABEL: func @f32_f8e4m3fn
//   CHECK-NOT:   memref.store
//       CHECK:   scf.for
//   CHECK-NOT:   memref.load
//       CHECK:     arith.truncf {{.*}} : vector<64xf32> to vector<64xf8E4M3FN>
//       CHECK:     vector.transfer_write {{.*}} : vector<64xf8E4M3FN>
//   CHECK-NOT:   scf.for
//       CHECK:   return
func.func @f32_f8e4m3fn(%x: tensor<?xf32>, %bias: tensor<?xf32>, %v: tensor<?xf32>, %r: tensor<?xf32>, %scale: f32) -> tensor<?xf8E4M3FN> {
  %c0 = arith.constant 0 : index
  %lo = arith.constant -448.0 : f32
  %hi = arith.constant 448.0 : f32
  %size = tensor.dim %x, %c0 : tensor<?xf32>
  %0 = arith.addf %x, %bias : tensor<?xf32>
  %1 = act.silu %0 : tensor<?xf32>
  %2 = arith.mulf %1, %v : tensor<?xf32>
  %3 = arith.addf %2, %r : tensor<?xf32>
  %4 = tensor.empty(%size) : tensor<?xf8E4M3FN>
  %5 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%3 : tensor<?xf32>) outs(%4 : tensor<?xf8E4M3FN>) {
  ^bb0(%a: f32, %o: f8E4M3FN):
    %p = arith.mulf %a, %scale : f32
    %n = arith.maximumf %p, %lo : f32
    %m = arith.minimumf %n, %hi : f32
    %t = arith.truncf %m : f32 to f8E4M3FN
    linalg.yield %t : f8E4M3FN
  } -> tensor<?xf8E4M3FN>
  return %5 : tensor<?xf8E4M3FN>
}

// CHECK-LABEL: func @f32_f8e5m2
//   CHECK-NOT:   memref.store
//       CHECK:   scf.for
//   CHECK-NOT:   memref.load
//       CHECK:     arith.truncf {{.*}} : vector<64xf32> to vector<64xf8E5M2>
//       CHECK:     vector.transfer_write {{.*}} : vector<64xf8E5M2>
//   CHECK-NOT:   scf.for
//       CHECK:   return
func.func @f32_f8e5m2(%x: tensor<?xf32>, %bias: tensor<?xf32>, %v: tensor<?xf32>, %r: tensor<?xf32>, %scale: f32) -> tensor<?xf8E5M2> {
  %c0 = arith.constant 0 : index
  %lo = arith.constant -57344.0 : f32
  %hi = arith.constant 57344.0 : f32
  %size = tensor.dim %x, %c0 : tensor<?xf32>
  %0 = arith.addf %x, %bias : tensor<?xf32>
  %1 = act.silu %0 : tensor<?xf32>
  %2 = arith.mulf %1, %v : tensor<?xf32>
  %3 = arith.addf %2, %r : tensor<?xf32>
  %4 = tensor.empty(%size) : tensor<?xf8E5M2>
  %5 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%3 : tensor<?xf32>) outs(%4 : tensor<?xf8E5M2>) {
  ^bb0(%a: f32, %o: f8E5M2):
    %p = arith.mulf %a, %scale : f32
    %n = arith.maximumf %p, %lo : f32
    %m = arith.minimumf %n, %hi : f32
    %t = arith.truncf %m : f32 to f8E5M2
    linalg.yield %t : f8E5M2
  } -> tensor<?xf8E5M2>
  return %5 : tensor<?xf8E5M2>
}

// CHECK-LABEL: func @bf16_i8
//   CHECK-NOT:   memref.store
//       CHECK:   scf.for
//   CHECK-NOT:   memref.load
//       CHECK:     arith.fptosi {{.*}} : vector<64xf32> to vector<64xi8>
//       CHECK:     vector.transfer_write {{.*}} : vector<64xi8>
//   CHECK-NOT:   scf.for
//       CHECK:   return
func.func @bf16_i8(%x: tensor<?xbf16>, %bias: tensor<?xbf16>, %v: tensor<?xbf16>, %r: tensor<?xbf16>, %scale: f32) -> tensor<?xi8> {
  %c0 = arith.constant 0 : index
  %lo = arith.constant -127.0 : f32
  %hi = arith.constant 127.0 : f32
  %size = tensor.dim %x, %c0 : tensor<?xbf16>
  %0 = arith.addf %x, %bias : tensor<?xbf16>
  %1 = act.silu %0 : tensor<?xbf16>
  %2 = arith.mulf %1, %v : tensor<?xbf16>
  %3 = arith.addf %2, %r : tensor<?xbf16>
  %4 = tensor.empty(%size) : tensor<?xi8>
  %5 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%3 : tensor<?xbf16>) outs(%4 : tensor<?xi8>) {
  ^bb0(%a: bf16, %o: i8):
    %w = arith.extf %a : bf16 to f32
    %p = arith.mulf %w, %scale : f32
    %n = arith.maximumf %p, %lo : f32
    %m = arith.minimumf %n, %hi : f32
    %k = math.roundeven %m : f32
    %t = arith.fptosi %k : f32 to i8
    linalg.yield %t : i8
  } -> tensor<?xi8>
  return %5 : tensor<?xi8>
}

// CHECK-LABEL: func @bf16_f8e4m3fn
//   CHECK-NOT:   memref.store
//       CHECK:   scf.for
//   CHECK-NOT:   memref.load
//       CHECK:     arith.truncf {{.*}} : vector<64xf32> to vector<64xf8E4M3FN>
//       CHECK:     vector.transfer_write {{.*}} : vector<64xf8E4M3FN>
//   CHECK-NOT:   scf.for
//       CHECK:   return
func.func @bf16_f8e4m3fn(%x: tensor<?xbf16>, %bias: tensor<?xbf16>, %v: tensor<?xbf16>, %r: tensor<?xbf16>, %scale: f32) -> tensor<?xf8E4M3FN> {
  %c0 = arith.constant 0 : index
  %lo = arith.constant -448.0 : f32
  %hi = arith.constant 448.0 : f32
  %size = tensor.dim %x, %c0 : tensor<?xbf16>
  %0 = arith.addf %x, %bias : tensor<?xbf16>
  %1 = act.silu %0 : tensor<?xbf16>
  %2 = arith.mulf %1, %v : tensor<?xbf16>
  %3 = arith.addf %2, %r : tensor<?xbf16>
  %4 = tensor.empty(%size) : tensor<?xf8E4M3FN>
  %5 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%3 : tensor<?xbf16>) outs(%4 : tensor<?xf8E4M3FN>) {
  ^bb0(%a: bf16, %o: f8E4M3FN):
    %w = arith.extf %a : bf16 to f32
    %p = arith.mulf %w, %scale : f32
    %n = arith.maximumf %p, %lo : f32
    %m = arith.minimumf %n, %hi : f32
    %t = arith.truncf %m : f32 to f8E4M3FN
    linalg.yield %t : f8E4M3FN
  } -> tensor<?xf8E4M3FN>
  return %5 : tensor<?xf8E4M3FN>
}

// CHECK-LABEL: func @bf16_f8e5m2
//   CHECK-NOT:   memref.store
//       CHECK:   scf.for
//   CHECK-NOT:   memref.load
//       CHECK:     arith.truncf {{.*}} : vector<64xf32> to vector<64xf8E5M2>
//       CHECK:     vector.transfer_write {{.*}} : vector<64xf8E5M2>
//   CHECK-NOT:   scf.for
//       CHECK:   return
func.func @bf16_f8e5m2(%x: tensor<?xbf16>, %bias: tensor<?xbf16>, %v: tensor<?xbf16>, %r: tensor<?xbf16>, %scale: f32) -> tensor<?xf8E5M2> {
  %c0 = arith.constant 0 : index
  %lo = arith.constant -57344.0 : f32
  %hi = arith.constant 57344.0 : f32
  %size = tensor.dim %x, %c0 : tensor<?xbf16>
  %0 = arith.addf %x, %bias : tensor<?xbf16>
  %1 = act.silu %0 : tensor<?xbf16>
  %2 = arith.mulf %1, %v : tensor<?xbf16>
  %3 = arith.addf %2, %r : tensor<?xbf16>
  %4 = tensor.empty(%size) : tensor<?xf8E5M2>
  %5 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%3 : tensor<?xbf16>) outs(%4 : tensor<?xf8E5M2>) {
  ^bb0(%a: bf16, %o: f8E5M2):
    %w = arith.extf %a : bf16 to f32
    %p = arith.mulf %w, %scale : f32
    %n = arith.maximumf %p, %lo : f32
    %m = arith.minimumf %n, %hi : f32
    %t = arith.truncf %m : f32 to f8E5M2
    linalg.yield %t : f8E5M2
  } -> tensor<?xf8E5M2>
  return %5 : tensor<?xf8E5M2>
}
