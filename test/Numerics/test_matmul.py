# Products of matrices: from the library, and in loops.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import itertools

import numpy as np
import pytest
from act_run import act_run
from entries import BUILD
from run_kernel import compile_library

WAYS = {"loops": (), "library": ("--matmul-library",)}
# m, n, k: one, odd ones, none, and more than a tile of each.
SIZES = [(1, 1, 1), (5, 16, 1), (1, 16, 5), (16, 1, 5), (3, 5, 7), (17, 33, 65), (8, 300, 270), (0, 4, 3), (4, 0, 3), (4, 3, 0)]
MAPS = {
    "a": ["(m, k)", "(k, m)"],
    "b": ["(k, n)", "(n, k)"],
    "c": ["(m, n)", "(n, m)"],
}
STORAGE = {"f32": np.float32, "f64": np.float64, "f16": np.float16}
RANDOM = np.random.default_rng(0)


def needs(way):
    if way == "library" and not (BUILD / "lib" / "libActMatmul.so").exists():
        pytest.skip("built without oneDNN")


def maps(transposed):
    """Of a matmul of which these operands are transposed."""
    return ", ".join(f"affine_map<(m, n, k) -> {MAPS[x][x in transposed]}>" for x in "abc")


BODY = """ {{
  ^bb0(%x: {t}, %y: {t}, %s: {r}):
    %p = arith.mulf %x, %y : {t}
    %q = arith.addf %s, %p : {t}
    linalg.yield %q : {r}
  }}"""
WIDE = """ {{
  ^bb0(%x: {t}, %y: {t}, %s: {r}):
    %u = arith.extf %x : {t} to {r}
    %v = arith.extf %y : {t} to {r}
    %p = arith.mulf %u, %v : {r}
    %q = arith.addf %s, %p : {r}
    linalg.yield %q : {r}
  }}"""


def choices(layout):
    """Numbers, and the operands that are transposed: all choices, or a few where
    strides may transpose them too."""
    numbers = (0, 3, 4) if layout else range(8)
    return [(number, [x for i, x in enumerate("abc") if number >> i & 1]) for number in numbers]


def module(type_, result, layout=""):
    """For each choice of transposed operands a function that adds the product of
    its first two arguments to the third, and one that overwrites it."""
    lines = []
    memref = lambda t: f"memref<?x?x{t}{layout}>"
    for number, transposed in choices(layout):
        body = (BODY if type_ == result else WIDE).format(t=type_, r=result)
        for name, clear in (("add", ""), ("set", f"linalg.fill ins(%z : {result}) outs(%c : {memref(result)})\n")):
            lines.append(f"""func.func @{name}{number}(%a: {memref(type_)}, %b: {memref(type_)}, %c: {memref(result)}) {{
  %z = arith.constant 0.0 : {result}
  {clear}linalg.generic {{indexing_maps = [{maps(transposed)}], iterator_types = ["parallel", "parallel", "reduction"]}}
      ins(%a, %b : {memref(type_)}, {memref(type_)}) outs(%c : {memref(result)}){body}
  return
}}""")
    return "\n".join(lines)


def exact(a, b, c, transposed):
    """In double, with the sum of all magnitudes."""
    a, b, c = (x.astype(np.float64) for x in (a, b, c))
    a, b, c = (x.T if name in transposed else x for name, x in zip("abc", (a, b, c)))
    y, size = a @ b + c, np.abs(a) @ np.abs(b) + np.abs(c)
    return (y.T, size.T) if "c" in transposed else (y, size)


def numbers(shape, type_):
    """Numbers that bf16 has, in the type's storage, and as f64."""
    values = (RANDOM.integers(-64, 65, shape) / 32).astype(np.float32)
    if type_ == "bf16":
        return (values.view(np.uint32) >> 16).astype(np.uint16), values.astype(np.float64)
    return values.astype(STORAGE[type_]), values.astype(np.float64)


def value(array, type_):
    if type_ == "bf16":
        return (array.astype(np.uint32) << 16).view(np.float32).astype(np.float64)
    return array.astype(np.float64)


def check(way, type_, result, layout, view):
    needs(way)
    library = compile_library(module(type_, result, layout), WAYS[way])
    # Of the result's type; sums are at least as exact as in f32 where the
    # library makes them.
    epsilon = {"f32": 2.0**-24, "f64": 2.0**-53, "f16": 2.0**-11, "bf16": 2.0**-8}[result]
    for (m, n, k), (number, transposed) in itertools.product(SIZES, choices(layout)):
        shapes = {"a": (m, k), "b": (k, n), "c": (m, n)}
        arrays, reals = [], []
        for x in "abc":
            shape = shapes[x][::-1] if x in transposed else shapes[x]
            array, real = numbers(view.room(shape), result if x == "c" else type_)
            arrays.append(array)
            reals.append(view.take(real, shape))
        for name in ("add", "set"):
            before = [x.copy() for x in arrays]
            c = arrays[2].copy()
            taken = [view.take(x, s.shape) for x, s in zip((*arrays[:2], c), reals)]
            library.call_on_buffers(f"{name}{number}", *taken)
            start = reals[2] if name == "add" else np.zeros_like(reals[2])
            expected, size = exact(*reals[:2], start, transposed)
            found = value(view.take(c, reals[2].shape), result)
            bound = epsilon * np.abs(expected) + (k + 2) * 2.0 ** (-53 if result == "f64" else -24) * size
            if type_ == result and (way == "loops" or type_ == "f16"):
                bound = bound + (k + 1) * epsilon * size  # loops on buffers round each term
            assert (np.abs(found - expected) <= bound).all(), (name, transposed, m, n, k)
            # Nothing else is written.
            view.take(c, reals[2].shape)[...] = view.take(before[2], reals[2].shape)
            assert all((x == y).all() for x, y in zip((*arrays[:2], c), before))


class Whole:
    room = staticmethod(lambda shape: shape)
    take = staticmethod(lambda array, shape: array)


class Wide:
    """Rows further apart than they are long, and an offset."""

    room = staticmethod(lambda shape: (shape[0] + 1, shape[1] + 5))
    take = staticmethod(lambda array, shape: array[1 : shape[0] + 1, 3 : shape[1] + 3])


class Columns:
    """Column by column."""

    room = staticmethod(lambda shape: (shape[1] + 1, shape[0] + 5))
    take = staticmethod(lambda array, shape: array[1 : shape[1] + 1, 3 : shape[0] + 3].T)


class Sparse:
    """No unit stride."""

    room = staticmethod(lambda shape: (2 * shape[0] + 1, 3 * shape[1] + 2))
    take = staticmethod(lambda array, shape: array[1 : 2 * shape[0] + 1 : 2, 2 : 3 * shape[1] + 2 : 3])


PAIRS = [("f32", "f32"), ("bf16", "bf16"), ("bf16", "f32"), ("f16", "f16"), ("f64", "f64")]
LAYOUTS = {
    "whole": ("", Whole),
    "wide": (", strided<[?, 1], offset: ?>", Wide),
    "columns": (", strided<[1, ?], offset: ?>", Columns),
    "sparse": (", strided<[?, ?], offset: ?>", Sparse),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
@pytest.mark.parametrize("way", WAYS)
def test_matmul(way, pair, layout):
    check(way, *pair, *LAYOUTS[layout])


TENSORS = """
func.func @main(%a: tensor<?x?x{t}>, %b: tensor<?x?x{t}>) -> tensor<?x?x{t}> {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %z = arith.constant 0.0 : {t}
  %m = tensor.dim %a, %c0 : tensor<?x?x{t}>
  %n = tensor.dim %b, %c1 : tensor<?x?x{t}>
  %e = tensor.empty(%m, %n) : tensor<?x?x{t}>
  %f = linalg.fill ins(%z : {t}) outs(%e : tensor<?x?x{t}>) -> tensor<?x?x{t}>
  %c = linalg.matmul ins(%a, %b : tensor<?x?x{t}>, tensor<?x?x{t}>) outs(%f : tensor<?x?x{t}>) -> tensor<?x?x{t}>
  return %c : tensor<?x?x{t}>
}}
"""


@pytest.mark.parametrize("type_", ["f32", "bf16", "f16", "f64"])
@pytest.mark.parametrize("way", WAYS)
def test_sums_on_tensors_are_rounded_once(way, type_):
    needs(way)
    library = compile_library(TENSORS.format(t=type_), WAYS[way])
    epsilon = {"f32": 2.0**-24, "f64": 2.0**-53, "f16": 2.0**-11, "bf16": 2.0**-8}[type_]
    for m, n, k in SIZES:
        (a, x), (b, y) = numbers((m, k), type_), numbers((k, n), type_)
        found = value(library.call("main", a, b), type_)
        expected, size = x @ y, np.abs(x) @ np.abs(y)
        bound = epsilon * np.abs(expected) + (k + 1) * 2.0 ** (-53 if type_ == "f64" else -24) * size
        assert found.shape == (m, n) and (np.abs(found - expected) <= bound).all()


EINSUM = """
func.func @main({arguments}) -> {result} {{
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : {result}
  %f = linalg.fill ins(%z : f32) outs(%e : {result}) -> {result}
  %y = linalg.generic {{indexing_maps = [{maps}], iterator_types = [{iterators}]}}
      ins(%a, %b : {a}, {b}) outs(%f : {result}) {{
  ^bb0(%p: f32, %q: f32, %s: f32):
    %0 = arith.mulf %p, %q : f32
    %1 = arith.addf %s, %0 : f32
    linalg.yield %1 : f32
  }} -> {result}
  return %y : {result}
}}
"""
# As numpy.einsum spells them: batches in every place, several rows and columns,
# a sum that only one operand has, operands without rows or columns.
PRODUCTS = [
    "zmk,zkn->zmn", "mzk,kzn->mnz", "mkz,zkn->zmn", "zmk,znk->nmz", "zmk,kn->zmn", "mk,zkn->mzn",
    "xymk,kn->xymn", "mk,xkyn->xmyn", "kxm,kn->xmn", "kxm,ynk->mxyn", "mkx,knx->xmn", "mkj,kn->mn",
    "mk,njk->mn", "k,kn->n", "mk,k->m", "k,k->", "m,n->mn", "zk,zk->z", "mn,mn->mn", "jmk,jkn->mn",
]
LENGTHS = dict(zip("mnkzxyj", (4, 6, 5, 3, 2, 7, 2)))


def einsum_module(spec, lengths, dynamic):
    inputs, result = spec.split("->")
    a, b = inputs.split(",")
    loops = sorted(set(a + b), key=lambda x: (x not in result, x))
    size = lambda x: "?" if dynamic else lengths[x]
    tensor = lambda dims: "tensor<" + "".join(f"{size(x)}x" for x in dims) + "f32>"
    static = "tensor<" + "".join(f"{lengths[x]}x" for x in result) + "f32>"
    map_ = lambda dims: f"affine_map<({', '.join(loops)}) -> ({', '.join(dims)})>"
    iterators = ", ".join('"parallel"' if x in result else '"reduction"' for x in loops)
    return EINSUM.format(arguments=f"%a: {tensor(a)}, %b: {tensor(b)}", result=static, a=tensor(a), b=tensor(b),
                         maps=", ".join(map(map_, (a, b, result))), iterators=iterators)


@pytest.mark.parametrize("spec", PRODUCTS)
@pytest.mark.parametrize("way", WAYS)
def test_contractions(tmp_path, way, spec):
    """Each with the library where it is for it, and with a size of 0 or 1."""
    needs(way)
    inputs, result = spec.split("->")
    for special, dynamic in itertools.product((None, *sorted(set(inputs) - {","})), (False, True)):
        for length in (0, 1) if special else (None,):
            lengths = {**LENGTHS, special: length}
            a, b = (RANDOM.standard_normal([lengths[x] for x in dims], np.float32) for dims in inputs.split(","))
            text = einsum_module(spec, lengths, dynamic)
            options = [f"--matmul={way}"]
            (found,) = act_run(text, [a, b], options=options)
            expected = np.einsum(spec, a, b, dtype=np.float64)
            assert np.allclose(found, expected, rtol=0, atol=1e-5), (lengths, dynamic)
