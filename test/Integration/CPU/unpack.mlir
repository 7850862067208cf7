// The interleaved layout, which is read with gaps, against single elements.
// RUN: act-run %s --entry interleaved --shape 5x14 --out %t.npy | FileCheck %s

// CHECK: result 0: scalar i1 checksum {{.*}} values 1
func.func @interleaved(%x: tensor<?x14xf32>) -> i1 {
  %true = arith.constant true
  %g, %v = act.unpack %x layout<interleaved> {dim = 1 : i64} : tensor<?x14xf32> -> tensor<?x7xf32>
  %all = tensor.empty() : tensor<i1>
  %start = linalg.fill ins(%true : i1) outs(%all : tensor<i1>) -> tensor<i1>
  %same = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> ()>],
                          iterator_types = ["reduction", "reduction"]}
      ins(%g, %v : tensor<?x7xf32>, tensor<?x7xf32>) outs(%start : tensor<i1>) {
  ^bb0(%a: f32, %b: f32, %c: i1):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %two = arith.constant 2 : index
    %one = arith.constant 1 : index
    %even = arith.muli %j, %two : index
    %odd = arith.addi %even, %one : index
    %e = tensor.extract %x[%i, %even] : tensor<?x14xf32>
    %o = tensor.extract %x[%i, %odd] : tensor<?x14xf32>
    %p = arith.cmpf oeq, %a, %e : f32
    %q = arith.cmpf oeq, %b, %o : f32
    %pq = arith.andi %p, %q : i1
    %r = arith.andi %pq, %c : i1
    linalg.yield %r : i1
  } -> tensor<i1>
  %result = tensor.extract %same[] : tensor<i1>
  return %result : i1
}
