// One clear line for whatever the user gets wrong, and nothing written.

// RUN: not act-run %s --entry nothing 2>&1 | FileCheck %s --check-prefix=ENTRY
// ENTRY: act-run: error: there is no function @nothing
// RUN: not act-run %s --entry hidden 2>&1 | FileCheck %s --check-prefix=HIDDEN
// HIDDEN: act-run: error: @hidden is private
// RUN: not act-run %s 2>&1 | FileCheck %s --check-prefix=SEVERAL
// SEVERAL: act-run: error: there are several public functions; choose one with --entry
// RUN: not act-run %s --entry outside 2>&1 | FileCheck %s --check-prefix=OUTSIDE
// OUTSIDE: act-run: error: @elsewhere is declared but not defined
// RUN: not act-run %s --entry vectors 2>&1 | FileCheck %s --check-prefix=VECTORS
// VECTORS: act-run: error: type vector<[4]xf32> is not supported here
// RUN: not act-run %s --entry unsigned 2>&1 | FileCheck %s --check-prefix=UNSIGNED
// UNSIGNED: act-run: error: type tensor<4xui8> is not supported here
// RUN: not act-run %s --entry one --accuracy sloppy 2>&1 | FileCheck %s --check-prefix=ACCURACY
// ACCURACY: act-run: error: --accuracy takes precise or fast, not 'sloppy'
// RUN: not act-run %s.missing 2>&1 | FileCheck %s --check-prefix=MISSING
// MISSING: act-run: error: cannot open input file
// RUN: echo 'func.func @f( {' | not act-run - 2>&1 | FileCheck %s --check-prefix=SYNTAX
// SYNTAX: error: expected

// RUN: not act-run %s --entry one --shape 4x4 2>&1 | FileCheck %s --check-prefix=RANK
// RANK: act-run: error: no argument can have shape 4x4
// RUN: not act-run %s --entry one --shape 4y 2>&1 | FileCheck %s --check-prefix=SHAPE
// SHAPE: act-run: error: '4y' is not a shape such as 4x64
// RUN: not act-run %s --entry one --shape 99999999999999 2>&1 | FileCheck %s --check-prefix=HUGE
// HUGE: act-run: error: a buffer of shape 99999999999999 does not fit into memory
// RUN: not act-run %s --entry two --shape 4 5 2>&1 | FileCheck %s --check-prefix=UNEQUAL
// UNEQUAL: act-run: error: argument 1 has size 5 in dimension 0 where the function needs 4
// RUN: not act-run %s --entry two --shape 4 5 6 2>&1 | FileCheck %s --check-prefix=SHAPES
// SHAPES: act-run: error: got 3 shapes for 2 tensor or memref arguments
// RUN: not act-run %s --entry matmul --shape 2x3 4x5 2>&1 | FileCheck %s --check-prefix=MATMUL
// MATMUL: act-run: error: argument 1 has size 4 in dimension 0 where the function needs 3

// RUN: not act-run %s --entry caller --shape 64x100000 3x5 2>&1 | FileCheck %s --check-prefix=CALLER
// CALLER: act-run: error: argument 0 has size 64 in dimension 0 where the function needs 2
// RUN: act-run %s --entry caller | FileCheck %s --check-prefix=CHOSEN
// CHOSEN: argument 0: 2x[[#K:]] f32
// CHOSEN: argument 1: [[#K]]x5 f32
// RUN: act-run %s --entry several --shape 3 4 | FileCheck %s --check-prefix=CALLS
// CALLS: result 0: 3 f32
// CALLS: result 1: 4 f32
// RUN: not act-run %s --entry flat --shape 1000x1000 3 2>&1 | FileCheck %s --check-prefix=FLAT
// FLAT: act-run: error: sizes do not fit together: dimension #0
// RUN: act-run %s --entry flat --shape 4x5 20 | FileCheck %s --check-prefix=FITS
// FITS: result 0: 20 f32

// RUN: not act-run %s --entry one --in %t.missing.npy 2>&1 | FileCheck %s --check-prefix=NOFILE
// NOFILE: act-run: error: '{{.*}}.missing.npy': {{N|n}}o such file or directory
// RUN: not act-run %s --entry one --in %s 2>&1 | FileCheck %s --check-prefix=NOTNPY
// NOTNPY: act-run: error: '{{.*}}': not a .npy file
// RUN: act-run %s --entry one --shape 100 --out %t.100.npy
// RUN: head -c 200 %t.100.npy > %t.cut.npy
// RUN: not act-run %s --entry one --in %t.cut.npy 2>&1 | FileCheck %s --check-prefix=CUT
// CUT: act-run: error: '{{.*}}.cut.npy': expected 400 bytes of data, found {{[0-9]+}}
// RUN: not act-run %s --entry two --in %t.100.npy 2>&1 | FileCheck %s --check-prefix=COUNT
// COUNT: act-run: error: got 1 inputs for the 2 arguments of @two
// RUN: not act-run %s --entry double --in %t.100.npy 2>&1 | FileCheck %s --check-prefix=DTYPE
// DTYPE: act-run: error: '{{.*}}.100.npy': dtype is f4, expected f8
// RUN: not act-run %s --entry seven --in %t.100.npy 2>&1 | FileCheck %s --check-prefix=STATIC
// STATIC: act-run: error: argument 0 has shape 100, expected 7
// RUN: not act-run %s --entry one --in %t.100.npy --shape 99 2>&1 | FileCheck %s --check-prefix=BOTH
// BOTH: act-run: error: '{{.*}}.100.npy' has shape 100, not 99
// RUN: not act-run %s --entry number --in %t.100.npy 2>&1 | FileCheck %s --check-prefix=NUMBER
// NUMBER: act-run: error: '{{.*}}.100.npy' has shape 100, expected a scalar

// RUN: not act-run %s --entry one --out %t.no/such/folder.npy 2>&1 | FileCheck %s --check-prefix=FOLDER
// FOLDER: act-run: error: '{{.*}}folder.npy': no such directory
// RUN: rm -f %t.a.npy && not act-run %s --entry one --out %t.a.npy %t.b.npy 2>&1 | FileCheck %s --check-prefix=OUTS
// OUTS: act-run: error: got 2 output files for 1 results
// RUN: not ls %t.a.npy
// RUN: not act-run %s --entry one --out - 2>&1 | FileCheck %s --check-prefix=STDOUT
// STDOUT: act-run: error: '-': standard output cannot take it
// RUN: not act-run %s --entry cbrt --out %t.a.npy 2>&1 | FileCheck %s --check-prefix=LIBM
// LIBM: {{.*}}run-errors.mlir:{{[0-9]+}}:{{[0-9]+}}: error: 'math.cbrt' has no code of its own here

// One line each.
// RUN: not act-run %s --entry cbrt 2>&1 | count 1
// RUN: not act-run %s --entry flat --shape 9x9 3 2>&1 | count 1
// RUN: not act-run %s --entry one --accuracy sloppy 2>&1 | count 1
// RUN: not act-run 2>&1 | count 1
// RUN: not act-run %s --no-such-option 2>&1 | count 1
// RUN: not act-compile %s --cpu no-such-cpu -o %t.o 2>&1 | count 1
// RUN: not act-compile %s --accuracy sloppy -o %t.o 2>&1 | count 1
// RUN: not act-compile -o %t.o 2>&1 | count 1
// RUN: not act-compile %s 2>&1 | count 1
// RUN: not act-run 2>&1 | FileCheck %s --check-prefix=NOINPUT
// NOINPUT: act-run: error: no FILE to run; see --help
// RUN: not act-run %s --no-such-option 2>&1 | FileCheck %s --check-prefix=OPTION
// OPTION: act-run: Unknown command line argument '--no-such-option'
// RUN: not ls %t.a.npy

func.func private @hidden() {
  return
}
func.func private @elsewhere()
func.func @outside() {
  func.call @elsewhere() : () -> ()
  return
}
func.func @vectors(%x: vector<[4]xf32>) {
  return
}
func.func @unsigned(%x: tensor<4xui8>) {
  return
}
func.func @flat(%a: tensor<?x?xf32>, %b: tensor<?xf32>) -> tensor<?xf32> {
  %c = tensor.collapse_shape %a [[0, 1]] : tensor<?x?xf32> into tensor<?xf32>
  %0 = act.swiglu %c, %b : tensor<?xf32>
  return %0 : tensor<?xf32>
}
func.func private @callee(%a: tensor<?x?xf32>, %b: tensor<?x?xf32>) -> tensor<2x5xf32> {
  %e = tensor.empty() : tensor<2x5xf32>
  %0 = linalg.matmul ins(%a, %b : tensor<?x?xf32>, tensor<?x?xf32>) outs(%e : tensor<2x5xf32>) -> tensor<2x5xf32>
  return %0 : tensor<2x5xf32>
}
func.func @caller(%a: tensor<?x?xf32>, %b: tensor<?x?xf32>) -> tensor<2x5xf32> {
  %0 = func.call @callee(%a, %b) : (tensor<?x?xf32>, tensor<?x?xf32>) -> tensor<2x5xf32>
  return %0 : tensor<2x5xf32>
}
func.func private @twice(%a: tensor<?xf32>, %b: tensor<?xf32>) -> tensor<?xf32> {
  %0 = act.swiglu %a, %b : tensor<?xf32>
  return %0 : tensor<?xf32>
}
func.func @several(%a: tensor<?xf32>, %b: tensor<?xf32>) -> (tensor<?xf32>, tensor<?xf32>) {
  %0 = func.call @twice(%a, %a) : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
  %1 = func.call @twice(%b, %b) : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
  return %0, %1 : tensor<?xf32>, tensor<?xf32>
}
func.func @one(%x: tensor<?xf32>) -> tensor<?xf32> {
  %0 = act.relu %x : tensor<?xf32>
  return %0 : tensor<?xf32>
}
func.func @two(%g: tensor<?xf32>, %v: tensor<?xf32>) -> tensor<?xf32> {
  %0 = act.swiglu %g, %v : tensor<?xf32>
  return %0 : tensor<?xf32>
}
func.func @matmul(%a: tensor<?x?xf32>, %b: tensor<?x?xf32>) -> tensor<2x5xf32> {
  %e = tensor.empty() : tensor<2x5xf32>
  %0 = linalg.matmul ins(%a, %b : tensor<?x?xf32>, tensor<?x?xf32>) outs(%e : tensor<2x5xf32>) -> tensor<2x5xf32>
  return %0 : tensor<2x5xf32>
}
func.func @double(%x: tensor<?xf64>) -> tensor<?xf64> {
  %0 = act.relu %x : tensor<?xf64>
  return %0 : tensor<?xf64>
}
func.func @seven(%x: tensor<7xf32>) -> tensor<7xf32> {
  %0 = act.relu %x : tensor<7xf32>
  return %0 : tensor<7xf32>
}
func.func @number(%x: f32) -> f32 {
  return %x : f32
}
func.func @cbrt(%x: tensor<?xf32>) -> tensor<?xf32> {
  %0 = math.cbrt %x : tensor<?xf32>
  return %0 : tensor<?xf32>
}
