# The same bits in tiles.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Each op is tiled by upstream's transform dialect, with sizes that do not
divide, and compiled as it is and in tiles."""

import inputs
import numpy as np
import pytest
import sweep
from checks import act_opt
from entries import entries, records
from run_kernel import compile_library
from test_shapes import parameters, same, shaped, values
from ulp import TYPES

NAMES = ["f32", "bf16"]
ELEMENTWISE = [e for e in entries() if e.shape in ("unary", "gated")]
BROADCAST = [e for e in entries() if e.shape == "broadcast"]
ROWS = [e for e in entries() if e.shape == "row"]
LAYOUTS = [records()[c["def"]]["str"] for c in records()["Act_UnpackLayout"]["enumerants"]]

# As many as there are loops, the last of more than a vector.
SIZES = (3, 2, 18)
LOOP = "transform.structured.tile_using_for"


def script(loops):
    """Tiles whatever can be tiled."""
    any_op = "!transform.any_op"
    sizes = ", ".join(map(str, SIZES[-loops:]))
    results = ", ".join([any_op] * (loops + 1))
    return (
        "module attributes {transform.with_named_sequence} {\n"
        f"transform.named_sequence @__transform_main(%root: {any_op} {{transform.consumed}}) {{\n"
        f"  %ops = transform.structured.match interface{{TilingInterface}} in %root : ({any_op}) -> {any_op}\n"
        f"  %tiled:{loops + 1} = {LOOP} %ops tile_sizes [{sizes}] : ({any_op}) -> ({results})\n"
        "  transform.yield\n}\n}\n"
    )


def libraries(text, ops, loops, tmp_path):
    """The functions compiled as they are, and with their ops in tiles."""
    library = tmp_path / "library.mlir"
    library.write_text(script(loops))
    preload = f"--transform-preload-library=transform-library-paths={library}"
    code, tiled, errors = act_opt(text, preload, "--transform-interpreter")
    assert code == 0, errors
    assert tiled.count("scf.for ") == loops * ops
    return compile_library(text), compile_library(tiled)


def check(libraries, function, *operands):
    whole, tiled = (library.call(function, *operands) for library in libraries)
    assert same(tiled, whole), function


# Tiles are cut from types with and without sizes.
SHAPE = (7, 5, 43)


def types_of(shape):
    return ["?" * len(shape), shape]


@pytest.mark.parametrize("entry", ELEMENTWISE, ids=sweep.name_of)
def test_elementwise(entry, tmp_path):
    calls = [(f"f{i}_{n}", t, n) for n in NAMES for i, t in enumerate(types_of(SHAPE))]
    text = "".join(entry.function(f, shaped("tensor", t, n)) for f, t, n in calls)
    pair = libraries(text, len(calls), 3, tmp_path)
    for function, _, name in calls:
        count = len(entry.operands)
        operands = [np.resize(values(name, 4096, i), SHAPE) for i in range(count)]
        check(pair, function, *operands)


@pytest.mark.parametrize("entry", BROADCAST, ids=sweep.name_of)
def test_parameters_that_are_operands(entry, tmp_path):
    calls = [
        (f"f{i}_{n}_{dim}", t, n, dim)
        for n in NAMES
        for dim in range(3)
        for i, t in enumerate(types_of(SHAPE))
    ]
    text = "".join(entry.function(f, shaped("tensor", t, n), None, dim) for f, t, n, dim in calls)
    pair = libraries(text, len(calls), 3, tmp_path)
    for function, _, name, dim in calls:
        x = np.resize(values(name, 4096), SHAPE)
        numbers = parameters(entry, name, 16)
        check(pair, function, x, *(np.resize(p, SHAPE[dim]) if p.ndim else p for p in numbers))


@pytest.mark.parametrize("entry", ROWS, ids=sweep.name_of)
def test_rows(entry, tmp_path):
    granule = entry.row_size.granule(entry.required)
    calls = []
    for dim in range(3):
        shape = tuple(n // granule * granule if i == dim else n for i, n in enumerate(SHAPE))
        calls += [
            (f"f{i}_{n}_{dim}", t, n, dim, shape) for n in NAMES for i, t in enumerate(types_of(shape))
        ]
    text = "".join(entry.function(f, shaped("tensor", t, n), None, dim) for f, t, n, dim, _ in calls)
    pair = libraries(text, len(calls), 2, tmp_path)
    for function, _, name, dim, shape in calls:
        others = (*shape[:dim], *shape[dim + 1 :])
        rows = inputs.rows(name, shape[dim], int(np.prod(others)))
        operands = inputs.row_operands(entry, TYPES[name], rows)
        whole = [np.moveaxis(o.reshape(*others, shape[dim]), -1, dim) for o in operands]
        check(pair, function, *whole)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_unpack(layout, tmp_path):
    block = ", block = 4 : i64" if layout == "block_interleaved" else ""
    text, calls = "", []
    for dim in range(3):
        packed = [48 if i == dim else n for i, n in enumerate(SHAPE)]
        halves = [24 if i == dim else n for i, n in enumerate(SHAPE)]
        for i, (p, h) in enumerate(zip(types_of(packed), types_of(halves))):
            x, half = shaped("tensor", p, "f32"), shaped("tensor", h, "f32")
            for result in ("g", "v"):
                calls.append((f"{result}{i}_{dim}", packed))
                text += f"func.func @{calls[-1][0]}(%x: {x}) -> {half} {{\n"
                text += f"  %g, %v = act.unpack %x layout<{layout}> {{dim = {dim} : i64{block}}} : {x} -> {half}\n"
                text += f"  return %{result} : {half}\n}}\n"
    pair = libraries(text, len(calls), 2, tmp_path)
    for function, shape in calls:
        check(pair, function, np.arange(np.prod(shape), dtype=np.float32).reshape(shape))
