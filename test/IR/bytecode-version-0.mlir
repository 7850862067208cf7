// RUN: act-opt %s -o %t
// RUN: act-opt %S/Data/version-0.mlirbc | diff %t -
// RUN: act-opt %s --emit-bytecode | act-opt | diff %t -

// The fixture was written from this file before bytecode had a version:
//   act-opt --strip-debuginfo --emit-bytecode < FILE > Data/version-0.mlirbc
// It is never written again.

func.func @scalars(%h: f16, %b: bf16, %s: f32, %d: f64) -> (f16, bf16, f32, f64) {
  %0 = act.relu %h fastmath<nnan> : f16
  %1 = act.leaky_relu %b {alpha = 0.2 : f64} : bf16
  %2 = act.gelu %s approximate<tanh> fastmath<afn> : f32
  %3 = act.softplus %d {beta = 2.0 : f64, threshold = 20.0 : f64} : f64
  %4 = act.swiglu %s, %2 fastmath<fast> {beta = 1.702 : f64} : f32
  return %0, %1, %4, %3 : f16, bf16, f32, f64
}

func.func @vectors(%x: vector<16xf32>, %y: vector<[4]xbf16>, %z: vector<f64>, %w: vector<2x8xf16>)
    -> (vector<16xf32>, vector<[4]xbf16>, vector<f64>, vector<2x8xf16>) {
  %0 = act.silu %x fastmath<nnan,ninf> : vector<16xf32>
  %1 = act.swish %y {beta = -1.5 : f64} : vector<[4]xbf16>
  %2 = act.mish %z fastmath<contract> : vector<f64>
  %3 = act.sigmoid %w : vector<2x8xf16>
  %4 = act.tanh %0 fastmath<reassoc> : vector<16xf32>
  %5 = act.gelu %3 approximate<sigmoid> : vector<2x8xf16>
  %6 = act.softmax %5 fastmath<nsz> {dim = 0 : i64, temperature = 0.5 : f64} : vector<2x8xf16>
  return %4, %1, %2, %6 : vector<16xf32>, vector<[4]xbf16>, vector<f64>, vector<2x8xf16>
}

func.func @tensors(%x: tensor<?x64xbf16>, %y: tensor<f32>, %z: tensor<4x12xf64>)
    -> (tensor<?x32xbf16>, tensor<f32>, tensor<4x6xf64>, tensor<4x6xf64>, tensor<4x6xf64>) {
  %g, %v = act.unpack %x layout<interleaved> {dim = 1 : i64} : tensor<?x64xbf16> -> tensor<?x32xbf16>
  %0 = act.swiglu %g, %v : tensor<?x32xbf16>
  %1 = act.softmax %0 {dim = 1 : i64} : tensor<?x32xbf16>
  %2 = act.softplus %y {beta = 0.5 : f64} : tensor<f32>
  %3 = act.leaky_relu %2 fastmath<arcp> {alpha = -0.3 : f64} : tensor<f32>
  %g1, %v1 = act.unpack %z layout<block_interleaved> {block = 3 : i64, dim = 1 : i64} : tensor<4x12xf64> -> tensor<4x6xf64>
  %g2, %v2 = act.unpack %z layout<value_first> {dim = 1 : i64} : tensor<4x12xf64> -> tensor<4x6xf64>
  %g3, %v3 = act.unpack %z {dim = 0 : i64} : tensor<4x12xf64> -> tensor<2x12xf64>
  %4 = act.relu %g1 : tensor<4x6xf64>
  %5 = act.gelu %v2 : tensor<4x6xf64>
  return %1, %3, %4, %v1, %5 : tensor<?x32xbf16>, tensor<f32>, tensor<4x6xf64>, tensor<4x6xf64>, tensor<4x6xf64>
}

func.func @primitives(%x: vector<8xf32>, %y: f64) -> (vector<8xf32>, f64) {
  %h, %l, %n = act.prim exp(%x) : vector<8xf32>
  %h1, %l1, %n1 = act.prim expm1(%h, %l) : vector<8xf32>
  %h2, %l2, %n2 = act.prim log(%h1) : vector<8xf32>
  %h3, %l3, %n3 = act.prim log1p(%h2) : vector<8xf32>
  %h4, %l4, %n4 = act.prim tanh(%h3) : vector<8xf32>
  %h5, %l5, %n5 = act.prim erf(%h4) : vector<8xf32>
  %h6, %l6, %n6 = act.prim sigmoid(%h5, %l5) : vector<8xf32>
  %h7, %l7, %n7 = act.prim scale(%h6, %n6) : vector<8xf32>
  %h8, %l8, %n8 = act.prim normal_cdf(%y) : f64
  %h9, %l9, %n9 = act.prim exp2(%h8) : f64
  %h10, %l10, %n10 = act.prim rcp(%h9) : f64
  return %h7, %h10 : vector<8xf32>, f64
}
