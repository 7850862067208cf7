// Partial results of rows, merged along vectors and across them, against what
// the sum of a geometric series is: of e^(10 j), j = 0, 1, .., 99. A merge that
// rescales at each step would collect their errors.
// RUN: act-run %s --entry along | FileCheck %s
// RUN: act-run %s --entry across | FileCheck %s

// Both within 4 * 2^-24: 1.
// CHECK: result 0: scalar i1 checksum {{.*}} values 1{{$}}
// CHECK: result 1: scalar i1 checksum {{.*}} values 1{{$}}

#row = affine_map<(i, j) -> (i)>
#all = affine_map<(i, j) -> (i, j)>

func.func private @check(%r: tensor<3xf32>, %s: tensor<3xf64>, %at: tensor<3xindex>) -> (i1, i1) {
  %c2 = arith.constant 2 : index
  %last = arith.constant 99 : index
  // s e^(r - 990) is 1 / (1 - e^-10).
  %exact = arith.constant 1.0000454019910097 : f64
  %bound = arith.constant 2.4e-07 : f64
  %shift = arith.constant 990.0 : f64
  %r2 = tensor.extract %r[%c2] : tensor<3xf32>
  %s2 = tensor.extract %s[%c2] : tensor<3xf64>
  %wide = arith.extf %r2 : f32 to f64
  %d = arith.subf %wide, %shift : f64
  %e = math.exp %d : f64
  %sum = arith.mulf %s2, %e : f64
  %error = arith.subf %sum, %exact : f64
  %abs = math.absf %error : f64
  %small = arith.cmpf olt, %abs, %bound : f64
  %i = tensor.extract %at[%c2] : tensor<3xindex>
  %first = arith.cmpi eq, %i, %last : index
  return %small, %first : i1, i1
}

func.func @along() -> (i1, i1) {
  %lowest = arith.constant dense<0xFF800000> : tensor<3xf32>
  %zero = arith.constant dense<0.0> : tensor<3xf64>
  %none = arith.constant dense<9223372036854775807> : tensor<3xindex>
  %one = arith.constant 1.0 : f64
  %ten = arith.constant 10.0 : f32
  %empty = tensor.empty() : tensor<3x100xf32>
  %x = linalg.generic {indexing_maps = [#all], iterator_types = ["parallel", "parallel"]} outs(%empty : tensor<3x100xf32>) {
  ^bb0(%out: f32):
    %j = linalg.index 1 : index
    %i32 = arith.index_cast %j : index to i32
    %f = arith.sitofp %i32 : i32 to f32
    %v = arith.mulf %f, %ten : f32
    linalg.yield %v : f32
  } -> tensor<3x100xf32>
  %r, %s = linalg.generic {indexing_maps = [#all, #row, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<3x100xf32>) outs(%lowest, %zero : tensor<3xf32>, tensor<3xf64>) {
  ^bb0(%a: f32, %b: f32, %c: f64):
    %0, %1 = act.merge log_sum_exp(%b, %c), (%a, %one) : f32, f64
    linalg.yield %0, %1 : f32, f64
  } -> (tensor<3xf32>, tensor<3xf64>)
  %m, %at = linalg.generic {indexing_maps = [#all, #row, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<3x100xf32>) outs(%lowest, %none : tensor<3xf32>, tensor<3xindex>) {
  ^bb0(%a: f32, %b: f32, %c: index):
    %j = linalg.index 1 : index
    %0, %1 = act.merge first_max(%b, %c), (%a, %j) : f32, index
    linalg.yield %0, %1 : f32, index
  } -> (tensor<3xf32>, tensor<3xindex>)
  %ok, %first = func.call @check(%r, %s, %at) : (tensor<3xf32>, tensor<3xf64>, tensor<3xindex>) -> (i1, i1)
  return %ok, %first : i1, i1
}

#columns = affine_map<(i, j) -> (j, i)>

func.func @across() -> (i1, i1) {
  %lowest = arith.constant dense<0xFF800000> : tensor<3xf32>
  %zero = arith.constant dense<0.0> : tensor<3xf64>
  %none = arith.constant dense<9223372036854775807> : tensor<3xindex>
  %one = arith.constant 1.0 : f64
  %ten = arith.constant 10.0 : f32
  %empty = tensor.empty() : tensor<100x3xf32>
  %x = linalg.generic {indexing_maps = [#all], iterator_types = ["parallel", "parallel"]} outs(%empty : tensor<100x3xf32>) {
  ^bb0(%out: f32):
    %j = linalg.index 0 : index
    %i32 = arith.index_cast %j : index to i32
    %f = arith.sitofp %i32 : i32 to f32
    %v = arith.mulf %f, %ten : f32
    linalg.yield %v : f32
  } -> tensor<100x3xf32>
  %r, %s = linalg.generic {indexing_maps = [#columns, #row, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<100x3xf32>) outs(%lowest, %zero : tensor<3xf32>, tensor<3xf64>) {
  ^bb0(%a: f32, %b: f32, %c: f64):
    %0, %1 = act.merge log_sum_exp(%b, %c), (%a, %one) : f32, f64
    linalg.yield %0, %1 : f32, f64
  } -> (tensor<3xf32>, tensor<3xf64>)
  %m, %at = linalg.generic {indexing_maps = [#columns, #row, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<100x3xf32>) outs(%lowest, %none : tensor<3xf32>, tensor<3xindex>) {
  ^bb0(%a: f32, %b: f32, %c: index):
    %j = linalg.index 1 : index
    %0, %1 = act.merge first_max(%b, %c), (%a, %j) : f32, index
    linalg.yield %0, %1 : f32, index
  } -> (tensor<3xf32>, tensor<3xindex>)
  %ok, %first = func.call @check(%r, %s, %at) : (tensor<3xf32>, tensor<3xf64>, tensor<3xindex>) -> (i1, i1)
  return %ok, %first : i1, i1
}
