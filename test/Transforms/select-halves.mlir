// RUN: act-opt %s --pass-pipeline='builtin.module(func.func(act-select-halves,canonicalize),cse)' | FileCheck %s

// A rectifier is a maximum of the bits as a signed integer, but for NaN. The
// numbers are checked by test/python/test_select_halves.py.

// CHECK-LABEL: func @relu
//  CHECK-SAME:   (%[[X:.+]]: vector<32xbf16>)
//   CHECK-DAG:   %[[ZERO:.+]] = arith.constant dense<0> : vector<32xi16>
//   CHECK-DAG:   %[[INF:.+]] = arith.constant dense<32640> : vector<32xi16>
//   CHECK-DAG:   %[[NAN:.+]] = arith.constant dense<32704> : vector<32xi16>
//       CHECK:   %[[BITS:.+]] = arith.bitcast %[[X]] : vector<32xbf16> to vector<32xi16>
//       CHECK:   %[[MAX:.+]] = arith.maxsi %[[BITS]], %[[ZERO]]
//       CHECK:   %[[ABS:.+]] = arith.andi %[[BITS]]
//       CHECK:   %[[ISNAN:.+]] = arith.cmpi sgt, %[[ABS]], %[[INF]]
//       CHECK:   %[[Y:.+]] = arith.select %[[ISNAN]], %[[NAN]], %[[MAX]]
//       CHECK:   %[[RESULT:.+]] = arith.bitcast %[[Y]] : vector<32xi16> to vector<32xbf16>
//  CHECK-NEXT:   return %[[RESULT]]
func.func @relu(%x: vector<32xbf16>) -> vector<32xbf16> {
  %zero = arith.constant dense<0.0> : vector<32xf32>
  %0 = arith.extf %x : vector<32xbf16> to vector<32xf32>
  %1 = arith.cmpf ole, %0, %zero : vector<32xf32>
  %2 = arith.addf %0, %zero : vector<32xf32>
  %3 = arith.select %1, %zero, %2 : vector<32xi1>, vector<32xf32>
  %4 = arith.truncf %3 : vector<32xf32> to vector<32xbf16>
  return %4 : vector<32xbf16>
}

// Between two bounds: negative numbers are in order as unsigned integers. The
// bounds are those of f16.

// CHECK-LABEL: func @clip
//   CHECK-DAG:   %[[LO:.+]] = arith.constant -17408 : i16
//   CHECK-DAG:   %[[HI:.+]] = arith.constant 15360 : i16
//       CHECK:   arith.minsi %{{.*}}, %[[HI]] : i16
//       CHECK:   arith.minui %{{.*}}, %[[LO]] : i16
//   CHECK-NOT:   f32
//       CHECK:   return
func.func @clip(%x: f16) -> f16 {
  %lo = arith.constant -1.0 : f32
  %hi = arith.constant 1.0 : f32
  %0 = arith.extf %x : f16 to f32
  %1 = arith.maximumf %0, %lo : f32
  %2 = arith.minimumf %1, %hi : f32
  %3 = arith.truncf %2 : f32 to f16
  return %3 : f16
}

// Several values: selected as they are, a NaN made quiet at the end. What the
// condition is does not matter.

// CHECK-LABEL: func @several
//  CHECK-SAME:   (%[[A:.+]]: bf16, %[[B:.+]]: bf16, %[[C:.+]]: i1)
//   CHECK-DAG:   %[[ABITS:.+]] = arith.bitcast %[[A]]
//   CHECK-DAG:   %[[BBITS:.+]] = arith.bitcast %[[B]]
//       CHECK:   %[[Y:.+]] = arith.select %[[C]], %[[ABITS]], %[[BBITS]] : i16
//       CHECK:   arith.andi %[[Y]]
//       CHECK:   arith.select
func.func @several(%a: bf16, %b: bf16, %c: i1) -> bf16 {
  %0 = arith.extf %a : bf16 to f32
  %1 = arith.extf %b : bf16 to f32
  %2 = arith.select %c, %0, %1 : f32
  %3 = arith.truncf %2 : f32 to bf16
  return %3 : bf16
}

// Of two arms one is rounded: before the selection.

// CHECK-LABEL: func @leaky
//       CHECK:   arith.truncf %{{.*}} : f32 to bf16
//       CHECK:   arith.cmpi
//       CHECK:   arith.select {{.*}} : i16
func.func @leaky(%a: bf16) -> bf16 {
  %zero = arith.constant 0.0 : f32
  %slope = arith.constant 0.1 : f32
  %0 = arith.extf %a : bf16 to f32
  %1 = arith.cmpf ogt, %0, %zero : f32
  %2 = arith.mulf %0, %slope : f32
  %3 = arith.select %1, %0, %2 : f32
  %4 = arith.truncf %3 : f32 to bf16
  return %4 : bf16
}

// Not where that could be a NaN, which is to come out quiet, and not where
// a type is extended to another one.

// CHECK-LABEL: func @rounds
//       CHECK:   arith.select {{.*}} : f32
//       CHECK:   arith.truncf {{.*}} : f32 to bf16
//       CHECK:   arith.truncf {{.*}} : f32 to bf16
func.func @rounds(%a: bf16, %b: f16) -> (bf16, bf16) {
  %zero = arith.constant 0.0 : f32
  %slope = arith.constant 0.1 : f32
  %0 = arith.extf %a : bf16 to f32
  %1 = arith.cmpf ugt, %0, %zero : f32
  %2 = arith.mulf %0, %slope : f32
  %3 = arith.select %1, %0, %2 : f32
  %4 = arith.truncf %3 : f32 to bf16
  %5 = arith.extf %b : f16 to f32
  %6 = arith.select %1, %5, %zero : f32
  %7 = arith.truncf %6 : f32 to bf16
  return %4, %7 : bf16, bf16
}

// Constants that differ by lane have no bits in common.

// CHECK-LABEL: func @by_lane
//       CHECK:   arith.select {{.*}} : vector<2xf32>
//       CHECK:   arith.truncf
func.func @by_lane(%a: vector<2xbf16>, %c: i1) -> vector<2xbf16> {
  %k = arith.constant dense<[1.0, 2.0]> : vector<2xf32>
  %0 = arith.extf %a : vector<2xbf16> to vector<2xf32>
  %1 = arith.select %c, %0, %k : vector<2xf32>
  %2 = arith.truncf %1 : vector<2xf32> to vector<2xbf16>
  return %2 : vector<2xbf16>
}
