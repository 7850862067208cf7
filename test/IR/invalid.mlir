// RUN: act-opt %s --split-input-file --verify-diagnostics

func.func @integer(%x: i32) {
  // expected-error @below {{operand #0 must be f16, bf16, f32 or f64, or a vector or ranked tensor of one of them, but got 'i32'}}
  %0 = act.relu %x : i32
  return
}

// -----

func.func @f8(%x: vector<4xf8E4M3FN>) {
  // expected-error @below {{but got 'vector<4xf8E4M3FN>'}}
  %0 = act.silu %x : vector<4xf8E4M3FN>
  return
}

// -----

func.func @unranked(%x: tensor<*xf32>) {
  // expected-error @below {{but got 'tensor<*xf32>'}}
  %0 = act.tanh %x : tensor<*xf32>
  return
}

// -----

func.func @memref(%x: memref<4xf32>) {
  // expected-error @below {{but got 'memref<4xf32>'}}
  %0 = act.gelu %x : memref<4xf32>
  return
}

// -----

func.func @shapes_differ(%g: tensor<4xf32>, %v: tensor<?xf32>) {
  // expected-error @below {{failed to verify that all of {gate, value, result} have same type}}
  %0 = "act.swiglu"(%g, %v) : (tensor<4xf32>, tensor<?xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @result_differs(%x: vector<4xf32>) {
  // expected-error @below {{failed to verify that all of {x, result} have same type}}
  %0 = "act.mish"(%x) : (vector<4xf32>) -> vector<4xf16>
  return
}

// -----

func.func @not_finite(%x: f32) {
  // expected-error @below {{'act.leaky_relu' op requires 'alpha' to be finite}}
  %0 = act.leaky_relu %x {alpha = 0x7FF0000000000000 : f64} : f32
  return
}

// -----

func.func @wrong_parameter_type(%x: f32) {
  // expected-error @below {{attribute 'beta' failed to satisfy constraint: 64-bit float attribute}}
  %0 = act.swish %x {beta = 1.0 : f32} : f32
  return
}

// -----

func.func @softplus_beta(%x: f32) {
  // expected-error @below {{'act.softplus' op requires 'beta' to be positive}}
  %0 = act.softplus %x {beta = 0.0 : f64} : f32
  return
}

// -----

func.func @softplus_threshold(%x: f32) {
  // expected-error @below {{'act.softplus' op requires 'threshold' to be finite}}
  %0 = act.softplus %x {threshold = 0x7FF8000000000000 : f64} : f32
  return
}

// -----

func.func @gelu_form(%x: f32) {
  // expected-error @below {{expected one of [none, tanh, sigmoid] for how gelu is computed, got: erf}}
  // expected-error @below {{failed to parse Act_GeluFormAttr parameter 'value'}}
  %0 = act.gelu %x approximate<erf> : f32
  return
}

// -----

func.func @softmax_dim(%x: tensor<4x?xf32>) {
  // expected-error @below {{'act.softmax' op requires 'dim' to be in [0, 2), but got 2}}
  %0 = act.softmax %x {dim = 2 : i64} : tensor<4x?xf32>
  return
}

// -----

func.func @softmax_negative_dim(%x: tensor<4x?xf32>) {
  // expected-error @below {{'act.softmax' op requires 'dim' to be in [0, 2), but got -1}}
  %0 = act.softmax %x {dim = -1 : i64} : tensor<4x?xf32>
  return
}

// -----

func.func @softmax_scalar(%x: tensor<f32>) {
  // expected-error @below {{'act.softmax' op requires 'dim' to be in [0, 0), but got 0}}
  %0 = act.softmax %x {dim = 0 : i64} : tensor<f32>
  return
}

// -----

func.func @softmax_scalable(%x: vector<[4]xf32>) {
  // expected-error @below {{operand #0 must be a fixed vector or ranked tensor of f16, bf16, f32 or f64}}
  %0 = act.softmax %x {dim = 0 : i64} : vector<[4]xf32>
  return
}

// -----

func.func @softmax_temperature(%x: tensor<4x?xf32>) {
  // expected-error @below {{'act.softmax' op requires 'temperature' to be positive}}
  %0 = act.softmax %x {dim = 1 : i64, temperature = -1.0 : f64} : tensor<4x?xf32>
  return
}

// -----

func.func @softmax_without_dim(%x: tensor<4x?xf32>) {
  // expected-error @below {{requires attribute 'dim'}}
  %0 = act.softmax %x : tensor<4x?xf32>
  return
}

// -----

func.func @unpack_dim(%x: tensor<4xf32>) {
  // expected-error @below {{requires 'dim' to be in [0, 1), but got 1}}
  %g, %v = act.unpack %x {dim = 1 : i64} : tensor<4xf32> -> tensor<2xf32>
  return
}

// -----

func.func @unpack_odd(%x: tensor<3xf32>) {
  // expected-error @below {{'act.unpack' op requires the size of dimension 0 to be a multiple of 2, but got 3}}
  %g, %v = act.unpack %x {dim = 0 : i64} : tensor<3xf32> -> tensor<1xf32>
  return
}

// -----

func.func @unpack_blocks(%x: tensor<12xf32>) {
  // expected-error @below {{'act.unpack' op requires the size of dimension 0 to be a multiple of 8, but got 12}}
  %g, %v = act.unpack %x layout<block_interleaved> {dim = 0 : i64, block = 4 : i64} : tensor<12xf32> -> tensor<6xf32>
  return
}

// -----

func.func @unpack_no_block(%x: tensor<12xf32>) {
  // expected-error @below {{'act.unpack' op requires 'block' in the block_interleaved layout}}
  %g, %v = act.unpack %x layout<block_interleaved> {dim = 0 : i64} : tensor<12xf32> -> tensor<6xf32>
  return
}

// -----

func.func @unpack_needless_block(%x: tensor<12xf32>) {
  // expected-error @below {{'act.unpack' op takes 'block' in the block_interleaved layout only}}
  %g, %v = act.unpack %x {dim = 0 : i64, block = 3 : i64} : tensor<12xf32> -> tensor<6xf32>
  return
}

// -----

func.func @unpack_negative_block(%x: tensor<12xf32>) {
  // expected-error @below {{'act.unpack' op requires 'block' to be positive}}
  %g, %v = act.unpack %x layout<block_interleaved> {dim = 0 : i64, block = 0 : i64} : tensor<12xf32> -> tensor<6xf32>
  return
}

// -----

func.func @unpack_result(%x: tensor<12xf32>) {
  // expected-error @below {{failed to infer returned types}}
  // expected-error @below {{inferred type(s) 'tensor<6xf32>', 'tensor<6xf32>' are incompatible with return type(s) of operation 'tensor<5xf32>', 'tensor<5xf32>'}}
  %g, %v = act.unpack %x {dim = 0 : i64} : tensor<12xf32> -> tensor<5xf32>
  return
}

// -----

func.func @prim_operands(%x: f32) {
  // expected-error @below {{'act.prim' op takes one or two operands}}
  %0:3 = act.prim exp(%x, %x, %x) : f32
  return
}

// -----

func.func @prim_type(%x: f16) {
  // expected-error @below {{must be variadic of f32, f64 or a vector of them, but got 'f16'}}
  %0:3 = act.prim exp(%x) : f16
  return
}

// -----

func.func @prim_scale(%x: f32) {
  // expected-error @below {{'act.prim' op 'scale' takes two operands}}
  %0:3 = act.prim scale(%x) : f32
  return
}

// -----

func.func @prim_tame(%x: f32) {
  // expected-error @below {{'act.prim' op 'tame' takes an argument of one word}}
  %0:3 = act.prim exp(%x, %x) {tame} : f32
  return
}

// -----

// What counts is the value in the compute type.
func.func @not_finite_in_f32(%x: bf16) {
  // expected-error @below {{'act.leaky_relu' op requires 'alpha' to be finite}}
  %0 = act.leaky_relu %x {alpha = 1.0e300 : f64} : bf16
  return
}

// -----

func.func @not_positive_in_f32(%x: tensor<4xf32>) {
  // expected-error @below {{'act.softmax' op requires 'temperature' to be positive}}
  %0 = act.softmax %x {dim = 0 : i64, temperature = 1.0e-300 : f64} : tensor<4xf32>
  return
}

// -----

func.func @unpack_huge_block(%x: tensor<?xf32>) {
  // expected-error @below {{'act.unpack' op requires twice 'block' to fit into 64 bits}}
  %g, %v = act.unpack %x layout<block_interleaved> {dim = 0 : i64, block = 9223372036854775807 : i64} : tensor<?xf32> -> tensor<?xf32>
  return
}

// -----

func.func @prelu_element_type(%x: tensor<2x3xf32>, %a: tensor<3xf16>) {
  // expected-error @+1 {{'act.prelu' op requires operand #1 to have the element type of the first}}
  %0 = act.prelu %x, %a : tensor<2x3xf32>, tensor<3xf16>
  return
}

// -----

func.func @prelu_kind(%x: tensor<2x3xf32>, %a: vector<3xf32>) {
  // expected-error @+1 {{'act.prelu' op requires operand #1 to be a scalar, or a tensor or vector as the first is}}
  %0 = act.prelu %x, %a : tensor<2x3xf32>, vector<3xf32>
  return
}

// -----

func.func @prelu_rank(%x: tensor<2x3xf32>, %a: tensor<2x3xf32>) {
  // expected-error @+1 {{'act.prelu' op requires operand #1 to have rank 0 or 1}}
  %0 = act.prelu %x, %a : tensor<2x3xf32>, tensor<2x3xf32>
  return
}

// -----

func.func @prelu_size(%x: tensor<2x3xf32>, %a: tensor<2xf32>) {
  // expected-error @+1 {{'act.prelu' op requires operand #1 to have as many elements as dimension 1 of the first}}
  %0 = act.prelu %x, %a : tensor<2x3xf32>, tensor<2xf32>
  return
}

// -----

func.func @prelu_scalable(%x: vector<2x[4]xf32>, %a: vector<4xf32>) {
  // expected-error @+1 {{'act.prelu' op requires operand #1 to have as many elements as dimension 1 of the first}}
  %0 = act.prelu %x, %a : vector<2x[4]xf32>, vector<4xf32>
  return
}

// -----

func.func @prelu_dim(%x: tensor<2x3xf32>, %a: tensor<3xf32>) {
  // expected-error @+1 {{'act.prelu' op requires 'dim' to be in [0, 2), but got 5}}
  %0 = act.prelu %x, %a {dim = 5 : i64} : tensor<2x3xf32>, tensor<3xf32>
  return
}

// -----

func.func @dyt_number(%x: tensor<2x3xf32>, %a: tensor<3xf32>, %g: tensor<3xf32>) {
  // expected-error @+1 {{'act.dyt' op requires operand #1 to be one number}}
  %0 = act.dyt %x, %a, %g, %g {dim = 1 : i64} : tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>
  return
}

// -----

func.func @dyt_per_index(%x: tensor<2x3xf32>, %a: tensor<f32>, %g: tensor<3xf32>) {
  // expected-error @+1 {{'act.dyt' op requires operand #3 to have a number for each index of 'dim'}}
  %0 = act.dyt %x, %a, %g, %a {dim = 1 : i64} : tensor<2x3xf32>, tensor<f32>, tensor<3xf32>, tensor<f32>
  return
}

// -----

func.func @rrelu_slopes(%x: tensor<4xf32>, %s: tensor<?xf32>) {
  // expected-error @+1 {{'act.rrelu' op requires 'slopes' to have the type of 'x'}}
  %0 = "act.rrelu"(%x, %s) : (tensor<4xf32>, tensor<?xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @logsumexp_result(%x: tensor<4x?xf32>) {
  // expected-error @below {{'act.logsumexp' op requires a result of type 'tensor<4x1xf32>', but got 'tensor<4x?xf32>'}}
  %0 = act.logsumexp %x {dim = 1 : i64} : tensor<4x?xf32> -> tensor<4x?xf32>
  return
}

// -----

func.func @logsumexp_dim(%x: tensor<4xf32>) {
  // expected-error @below {{'act.logsumexp' op requires 'dim' to be in [0, 1), but got 1}}
  %0 = act.logsumexp %x {dim = 1 : i64} : tensor<4xf32> -> tensor<1xf32>
  return
}

// -----

func.func @crelu_result(%x: tensor<4x3xf32>) {
  // expected-error @below {{'act.crelu' op requires a result of type 'tensor<8x3xf32>', but got 'tensor<4x6xf32>'}}
  %0 = act.crelu %x {dim = 0 : i64} : tensor<4x3xf32> -> tensor<4x6xf32>
  return
}

// -----

func.func @maxout_size(%x: vector<10xf32>) {
  // expected-error @below {{'act.maxout' op requires the size of dimension 0 to be a multiple of 4, but got 10}}
  %0 = act.maxout %x {dim = 0 : i64, groups = 4 : i64} : vector<10xf32> -> vector<4xf32>
  return
}

// -----

func.func @maxout_groups(%x: tensor<10xf32>) {
  // expected-error @below {{'act.maxout' op requires 'groups' to be positive}}
  %0 = act.maxout %x {dim = 0 : i64, groups = 0 : i64} : tensor<10xf32> -> tensor<0xf32>
  return
}

// -----

func.func @maxout_without_groups(%x: tensor<10xf32>) {
  // expected-error @below {{requires attribute 'groups'}}
  %0 = act.maxout %x {dim = 0 : i64} : tensor<10xf32> -> tensor<5xf32>
  return
}

// -----

func.func @maxout_element(%x: tensor<10xf32>) {
  // expected-error @below {{'act.maxout' op requires a result of type 'tensor<5xf32>', but got 'tensor<5xf16>'}}
  %0 = act.maxout %x {dim = 0 : i64, groups = 5 : i64} : tensor<10xf32> -> tensor<5xf16>
  return
}

// -----

func.func @mask_shape(%x: tensor<4x?xf32>, %m: tensor<4x8xi1>) {
  // expected-error @below {{'act.masked_softmax' op requires 'mask' to have the shape of 'tensor<4x?xf32>', but got 'tensor<4x8xi1>'}}
  %0 = act.masked_softmax %x, %m {dim = 1 : i64} : tensor<4x?xf32>, tensor<4x8xi1>
  return
}

// -----

func.func @mask_kind(%x: tensor<8xf32>, %m: vector<8xi1>) {
  // expected-error @below {{'act.masked_softmax' op requires 'mask' to have the shape of 'tensor<8xf32>', but got 'vector<8xi1>'}}
  %0 = act.masked_softmax %x, %m {dim = 0 : i64} : tensor<8xf32>, vector<8xi1>
  return
}

// -----

func.func @mask_element(%x: tensor<8xf32>, %m: tensor<8xi8>) {
  // expected-error @below {{operand #1 must be a fixed vector or ranked tensor of i1, but got 'tensor<8xi8>'}}
  %0 = act.masked_softmax %x, %m {dim = 0 : i64} : tensor<8xf32>, tensor<8xi8>
  return
}

// -----

func.func @merge_weight(%x: f32, %s: f64) {
  // expected-error @below {{'act.merge' op requires weights of index}}
  %0, %1 = act.merge first_max(%x, %s), (%x, %s) : f32, f64
  return
}

// -----

func.func @merge_temperature(%x: f32, %s: f64) {
  // expected-error @below {{'act.merge' op requires 'temperature' to be positive}}
  %0, %1 = act.merge log_sum_exp(%x, %s), (%x, %s) {temperature = 0.0 : f64} : f32, f64
  return
}

// -----

func.func @no_derivative_from_result(%y: f32, %dy: f32) {
  // expected-error @below {{'act.leaky_relu_grad' op requires 'alpha' to be non-negative to compute from the result}}
  %0 = act.leaky_relu_grad %y, %dy from<result> {alpha = -0.5 : f64} : f32
  return
}

// -----

func.func @no_result_of_gelu(%y: f32, %dy: f32) {
  // expected-error @below {{expected ':'}}
  %0 = act.gelu_grad %y, %dy from<result> : f32
  return
}

// -----

func.func @gradient_of_other_type(%x: vector<8xf32>, %dy: vector<4xf32>) {
  // expected-error @below {{failed to verify that all of {x, dy, dx} have same type}}
  %0 = "act.silu_grad"(%x, %dy) : (vector<8xf32>, vector<4xf32>) -> vector<8xf32>
  return
}

// -----

func.func @slopes_of_other_type(%x: tensor<4xf32>, %s: tensor<?xf32>) {
  // expected-error @below {{requires 'slopes' and 'dy' to have the type of 'x'}}
  %0 = "act.rrelu_grad"(%x, %s, %x) : (tensor<4xf32>, tensor<?xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @row_gradient(%x: tensor<4x8xf32>, %dy: tensor<4x2xf32>) {
  // expected-error @below {{requires 'dy' of type 'tensor<4x1xf32>', but got 'tensor<4x2xf32>'}}
  %0 = act.logsumexp_grad %x, %dy {dim = 1 : i64} : tensor<4x8xf32>, tensor<4x2xf32>
  return
}

// -----

func.func @parameter_gradient(%x: tensor<4x8xf32>, %a: tensor<4xf32>) {
  // expected-error @below {{requires operand #1 to have as many elements as dimension 1 of the first}}
  %0, %1 = act.prelu_grad %x, %a, %x : tensor<4x8xf32>, tensor<4xf32>
  return
}
