# Every size, rank, stride and kind of linalg op against NumPy.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import numpy as np
import pytest
from act_run import act_run

RANDOM = np.random.default_rng(0)


def random(*shape, dtype=np.float32):
    return RANDOM.uniform(-4, 4, shape).astype(dtype)


def equal_bits(a, b):
    return a.shape == b.shape and a.tobytes() == b.tobytes()


def leaky(x):
    return np.where(x > 0, x, x * x.dtype.type(0.25)).astype(x.dtype)


def leaky_module(kind, dtype="f32"):
    """@leaky on tensors or memrefs of a shape such as `?x4`."""
    shape = kind + "x" if kind else ""
    return f"""
func.func @leaky(%x: tensor<{shape}{dtype}>) -> tensor<{shape}{dtype}> {{
  %y = act.leaky_relu %x {{alpha = 0.25 : f64}} : tensor<{shape}{dtype}>
  return %y : tensor<{shape}{dtype}>
}}"""


# One compilation serves all lengths: row n of the table gets the first n
# elements, and what lies behind them must stay as it is.
EVERY_LENGTH = """
func.func @every(%x: memref<?xELEM>, %table: memref<?x?xELEM>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %rows = memref.dim %table, %c0 : memref<?x?xELEM>
  scf.for %n = %c0 to %rows step %c1 {
    %in = memref.subview %x[0] [%n] [1] : memref<?xELEM> to memref<?xELEM, strided<[1]>>
    %row = memref.subview %table[%n, 0] [1, %n] [1, 1] : memref<?x?xELEM> to memref<?xELEM, strided<[1], offset: ?>>
    linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
        ins(%in : memref<?xELEM, strided<[1]>>) outs(%row : memref<?xELEM, strided<[1], offset: ?>>) {
    ^bb0(%a: ELEM, %b: ELEM):
      %y = act.leaky_relu %a {alpha = 0.25 : f64} : ELEM
      linalg.yield %y : ELEM
    }
  }
  return
}
func.func @sums(%x: memref<?xELEM>, %table: memref<?xELEM>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %rows = memref.dim %table, %c0 : memref<?xELEM>
  scf.for %n = %c0 to %rows step %c1 {
    %in = memref.subview %x[0] [%n] [1] : memref<?xELEM> to memref<?xELEM, strided<[1]>>
    %sum = memref.subview %table[%n] [1] [1] : memref<?xELEM> to memref<ELEM, strided<[], offset: ?>>
    linalg.reduce ins(%in : memref<?xELEM, strided<[1]>>) outs(%sum : memref<ELEM, strided<[], offset: ?>>) dimensions = [0]
      (%a: ELEM, %b: ELEM) {
        %s = arith.addf %a, %b : ELEM
        linalg.yield %s : ELEM
      }
  }
  return
}
"""


@pytest.mark.parametrize("elem,dtype,longest", [("f32", np.float32, 4 * 16), ("f64", np.float64, 4 * 8), ("f16", np.float16, 4 * 16)])
def test_every_length(elem, dtype, longest):
    # Two whole steps and one element more, so that every remainder occurs both
    # alone and behind whole vectors, whatever the vector width.
    length = 2 * longest + 2
    x = random(length, dtype=dtype)
    table = random(length, length, dtype=dtype)
    expected = np.stack(
        [np.concatenate([leaky(x[:n]), table[n, n:]]) for n in range(length)]
    )
    module = EVERY_LENGTH.replace("ELEM", elem)
    (result,) = act_run(module, [x, table], entry="every")
    assert equal_bits(result, expected)


@pytest.mark.parametrize("elem,dtype", [("f32", np.float32), ("f64", np.float64)])
def test_every_length_reduced(elem, dtype):
    # Small integers add up exactly, in any order.
    x = RANDOM.integers(-8, 8, 260).astype(dtype)
    start = RANDOM.integers(-8, 8, 260).astype(dtype)
    expected = start + [x[:n].sum() for n in range(260)]
    module = EVERY_LENGTH.replace("ELEM", elem)
    (result,) = act_run(module, [x, start], entry="sums")
    assert equal_bits(result, expected.astype(dtype))


@pytest.mark.parametrize(
    "kind,shape",
    [
        ("", ()),
        ("1", (1,)),
        ("7", (7,)),
        ("0", (0,)),
        ("?", (0,)),
        ("?", (1000,)),
        ("?x?", (3, 5)),
        ("?x?", (0, 5)),
        ("?x?", (5, 0)),
        ("3x?", (3, 67)),
        ("?x1", (67, 1)),
        ("1x1x1x1", (1, 1, 1, 1)),
        ("?x2x?", (3, 2, 33)),
        ("?x?x?x?", (2, 3, 5, 7)),
        ("5x3x63x2", (5, 3, 63, 2)),
    ],
)
@pytest.mark.parametrize("elem,dtype", [("f32", np.float32), ("f64", np.float64)])
def test_shapes(kind, shape, elem, dtype):
    x = random(*shape, dtype=dtype)
    (result,) = act_run(leaky_module(kind, elem), [x])
    assert equal_bits(result, leaky(x))


@pytest.mark.parametrize("stride", [1, 2, 3, -1, -3])
@pytest.mark.parametrize("known", [True, False])
def test_strides(stride, known):
    """A walk through a buffer with steps, forwards and backwards."""
    n = 150
    layout = f"strided<[{stride if known else '?'}], offset: ?>"
    module = f"""
func.func @walk(%x: memref<?xf32>, %y: memref<?xf32>, %first: index, %n: index) {{
  %step = arith.constant {stride} : index
  %from = memref.reinterpret_cast %x to offset: [%first], sizes: [%n], strides: [{stride if known else '%step'}]
    : memref<?xf32> to memref<?xf32, {layout}>
  %to = memref.reinterpret_cast %y to offset: [%first], sizes: [%n], strides: [{stride if known else '%step'}]
    : memref<?xf32> to memref<?xf32, {layout}>
  linalg.generic {{indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}}
      ins(%from : memref<?xf32, {layout}>) outs(%to : memref<?xf32, {layout}>) {{
  ^bb0(%a: f32, %b: f32):
    %r = act.leaky_relu %a {{alpha = 0.25 : f64}} : f32
    linalg.yield %r : f32
  }}
  return
}}"""
    size = n * abs(stride)
    x, y = random(size), random(size)
    first = 0 if stride > 0 else size - 1
    expected = y.copy()
    last = first + n * stride
    walk = slice(first, last if last >= 0 else None, stride)
    expected[walk] = leaky(x[walk])
    (result,) = act_run(
        module, [x, y, np.int64(first), np.int64(n)], entry="walk"
    )
    assert equal_bits(result, expected)


@pytest.mark.parametrize("m,n,k", [(1, 1, 1), (8, 32, 16), (9, 33, 5), (17, 70, 3), (3, 200, 64), (0, 5, 5), (5, 0, 5), (5, 5, 0)])
@pytest.mark.parametrize("static", [True, False])
def test_matmul(m, n, k, static):
    def tensor(rows, columns):
        return f"tensor<{rows}x{columns}xf32>" if static else "tensor<?x?xf32>"

    a, b, c = tensor(m, k), tensor(k, n), tensor(m, n)
    module = f"""
func.func @matmul(%a: {a}, %b: {b}, %c: {c}) -> {c} {{
  %r = linalg.matmul ins(%a, %b : {a}, {b}) outs(%c : {c}) -> {c}
  return %r : {c}
}}"""
    x, y, z = (RANDOM.integers(-8, 8, s).astype(np.float32) for s in [(m, k), (k, n), (m, n)])
    (result,) = act_run(module, [x, y, z])
    assert equal_bits(result, x @ y + z)


def test_matmul_transposed_and_batched():
    module = """
#a = affine_map<(m, n, k) -> (m, k)>
#bt = affine_map<(m, n, k) -> (n, k)>
#c = affine_map<(m, n, k) -> (m, n)>
func.func @mt(%a: tensor<?x?xf32>, %b: tensor<?x?xf32>, %c: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %r = linalg.matmul indexing_maps = [#a, #bt, #c] ins(%a, %b : tensor<?x?xf32>, tensor<?x?xf32>) outs(%c : tensor<?x?xf32>) -> tensor<?x?xf32>
  return %r : tensor<?x?xf32>
}
func.func @batch(%a: tensor<?x?x?xf32>, %b: tensor<?x?x?xf32>, %c: tensor<?x?x?xf32>) -> tensor<?x?x?xf32> {
  %r = linalg.batch_matmul ins(%a, %b : tensor<?x?x?xf32>, tensor<?x?x?xf32>) outs(%c : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
  return %r : tensor<?x?x?xf32>
}
func.func @vec(%a: tensor<?x?xf32>, %b: tensor<?xf32>, %c: tensor<?xf32>) -> tensor<?xf32> {
  %r = linalg.matvec ins(%a, %b : tensor<?x?xf32>, tensor<?xf32>) outs(%c : tensor<?xf32>) -> tensor<?xf32>
  return %r : tensor<?xf32>
}
func.func @dot(%a: tensor<?xf32>, %b: tensor<?xf32>, %c: tensor<f32>) -> tensor<f32> {
  %r = linalg.dot ins(%a, %b : tensor<?xf32>, tensor<?xf32>) outs(%c : tensor<f32>) -> tensor<f32>
  return %r : tensor<f32>
}"""

    def integers(*shape):
        return RANDOM.integers(-8, 8, shape).astype(np.float32)

    a, b, c = integers(11, 37), integers(21, 37), integers(11, 21)
    assert equal_bits(act_run(module, [a, b, c], entry="mt")[0], a @ b.T + c)
    a, b, c = integers(3, 9, 17), integers(3, 17, 40), integers(3, 9, 40)
    assert equal_bits(act_run(module, [a, b, c], entry="batch")[0], a @ b + c)
    a, b, c = integers(9, 130), integers(130), integers(9)
    assert equal_bits(act_run(module, [a, b, c], entry="vec")[0], a @ b + c)
    a, b, c = integers(130), integers(130), integers()
    assert equal_bits(act_run(module, [a, b, c], entry="dot")[0], a @ b + c)


@pytest.mark.parametrize("axes", [(0,), (1,), (2,), (0, 1), (1, 2), (0, 2), (0, 1, 2)])
@pytest.mark.parametrize("combine", ["maximumf", "addf", "minimumf"])
def test_reductions(axes, combine):
    x = RANDOM.integers(-80, 80, (5, 7, 69)).astype(np.float32)
    kept = tuple(size for axis, size in enumerate(x.shape) if axis not in axes)
    out = "x".join(["?"] * len(kept) + ["f32"])
    module = f"""
func.func @reduce(%x: tensor<?x?x?xf32>, %o: tensor<{out}>) -> tensor<{out}> {{
  %r = linalg.reduce {{arith.{combine}}} ins(%x : tensor<?x?x?xf32>) outs(%o : tensor<{out}>) dimensions = {list(axes)}
  return %r : tensor<{out}>
}}"""
    start = RANDOM.integers(-8, 8, kept).astype(np.float32)
    step = {"maximumf": np.maximum, "addf": np.add, "minimumf": np.minimum}[combine]
    (result,) = act_run(module, [x, start])
    assert equal_bits(result, step(step.reduce(x, axis=axes), start))


def test_reduction_keeps_nan_and_infinity():
    module = """
func.func @max(%x: tensor<?xf32>, %o: tensor<f32>) -> tensor<f32> {
  %r = linalg.reduce {arith.maximumf} ins(%x : tensor<?xf32>) outs(%o : tensor<f32>) dimensions = [0]
  return %r : tensor<f32>
}"""
    lowest = np.float32(-np.inf)
    for n in [1, 63, 64, 65]:
        x = np.full(n, lowest)
        assert act_run(module, [x, lowest])[0] == lowest
        x[-1] = np.nan
        assert np.isnan(act_run(module, [x, lowest])[0])


def test_transpose_broadcast_and_index():
    module = """
#id = affine_map<(i, j) -> (i, j)>
#t = affine_map<(i, j) -> (j, i)>
#row = affine_map<(i, j) -> (j)>
#one = affine_map<(i, j) -> ()>
func.func @mix(%x: tensor<?x?xf32>, %r: tensor<?xf32>, %s: tensor<f32>, %o: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %y = linalg.generic {indexing_maps = [#t, #row, #one, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %r, %s : tensor<?x?xf32>, tensor<?xf32>, tensor<f32>) outs(%o : tensor<?x?xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32, %d: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %ij = arith.addi %i, %j : index
    %k = arith.index_cast %ij : index to i32
    %f = arith.sitofp %k : i32 to f32
    %0 = arith.addf %a, %b : f32
    %1 = arith.addf %0, %c : f32
    %2 = arith.addf %1, %d : f32
    %3 = arith.addf %2, %f : f32
    linalg.yield %3 : f32
  } -> tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}"""

    def integers(*shape):
        return RANDOM.integers(-8, 8, shape).astype(np.float32)

    x, r, s, o = integers(150, 6), integers(150), integers(), integers(6, 150)
    index = np.arange(6)[:, None] + np.arange(150)[None, :]
    expected = (x.T + r + s + o + index).astype(np.float32)
    (result,) = act_run(module, [x, r, s, o])
    assert equal_bits(result, expected)


def test_convolution():
    module = """
func.func @conv(%x: tensor<?x?x?x?xf32>, %w: tensor<?x?x?x?xf32>, %o: tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32> {
  %y = linalg.conv_2d_nhwc_hwcf ins(%x, %w : tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>) outs(%o : tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32>
  return %y : tensor<?x?x?x?xf32>
}"""
    x = RANDOM.integers(-4, 4, (2, 7, 11, 3)).astype(np.float32)
    w = RANDOM.integers(-4, 4, (3, 2, 3, 37)).astype(np.float32)
    expected = np.zeros((2, 5, 10, 37), np.float32)
    for i in range(3):
        for j in range(2):
            expected += x[:, i : i + 5, j : j + 10] @ w[i, j]
    (result,) = act_run(module, [x, w, np.zeros_like(expected)])
    assert equal_bits(result, expected)


def test_a_body_that_is_not_elementwise_runs_in_scalar_loops():
    """Division traps on lanes that nobody asked for; here it must not."""
    module = """
func.func @divide(%x: tensor<?xi32>, %y: tensor<?xi32>, %o: tensor<?xi32>) -> tensor<?xi32> {
  %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x, %y : tensor<?xi32>, tensor<?xi32>) outs(%o : tensor<?xi32>) {
  ^bb0(%a: i32, %b: i32, %c: i32):
    %q = arith.divsi %a, %b : i32
    linalg.yield %q : i32
  } -> tensor<?xi32>
  return %r : tensor<?xi32>
}"""
    x = RANDOM.integers(0, 100, 77).astype(np.int32)
    y = RANDOM.integers(1, 10, 77).astype(np.int32)
    (result,) = act_run(module, [x, y, x])
    assert equal_bits(result, x // y)


def narrow_to_bf16(x):
    """f32 to bf16, ties to even, NaN kept, subnormals kept."""
    bits = x.view(np.uint32).astype(np.uint64)
    rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16
    return np.where(np.isnan(x), 0x7FC0, rounded).astype(np.uint16)


def test_narrowing_rounds_once():
    def narrow(source, target, x):
        module = f"""
func.func @narrow(%x: tensor<?x{source}>) -> tensor<?x{target}> {{
  %y = arith.truncf %x : tensor<?x{source}> to tensor<?x{target}>
  return %y : tensor<?x{target}>
}}"""
        return act_run(module, [x])[0]

    bits = RANDOM.integers(0, 1 << 32, 1 << 16).astype(np.uint32)
    special = np.array(
        [0, 1 << 31, 1, 0x7F800000, 0xFF800000, 0x7F800001, 0x7FFFFFFF, 0x7F7FFFFF, 0x00010000, 0x00008000, 0x00008001, 0x00018000],
        np.uint32,
    )
    single = np.concatenate([bits, special]).view(np.float32)
    result = narrow("f32", "bf16", single).view(np.uint16)
    expected = narrow_to_bf16(single)
    isnan = np.isnan(single)
    assert np.array_equal(result[~isnan], expected[~isnan])
    assert np.all((result[isnan] & 0x7FFF) > 0x7F80)

    # Ties of f16 and bf16, and f64 values so close to them that f32 cannot
    # tell.
    half = np.arange(0x7C00, dtype=np.uint16).view(np.float16).astype(np.float64)
    ties = (half[:-1] + half[1:]) / 2
    double = np.concatenate([ties, ties * (1 + 2**-40), ties * (1 - 2**-40), -ties * (1 + 2**-40), [65519.99999999, 65520, 1e300, -1e300, 1e-300, np.inf, -np.inf]])
    with np.errstate(over="ignore"):
        assert equal_bits(narrow("f64", "f16", double), double.astype(np.float16))
    tops = np.arange(0x7F80, dtype=np.uint32)
    brain = (tops << 16).view(np.float32).astype(np.float64)
    ties = (brain[:-1] + brain[1:]) / 2
    even = np.where(tops[:-1] % 2 == 0, tops[:-1], tops[1:]).astype(np.uint16)
    assert np.array_equal(narrow("f64", "bf16", ties).view(np.uint16), even)
    assert np.array_equal(narrow("f64", "bf16", ties * (1 + 2**-40)).view(np.uint16), tops[1:])
    assert np.array_equal(narrow("f64", "bf16", -ties * (1 - 2**-40)).view(np.uint16), tops[:-1] | 0x8000)
