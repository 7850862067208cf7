# Every layout of a packed tensor, against slices.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import numpy as np
import pytest
from entries import records
from run_kernel import compile_library
from ulp import TYPES

LAYOUTS = [
    records()[case["def"]]["str"] for case in records()["Act_UnpackLayout"]["enumerants"]
]
BLOCKS = (1, 2, 5)


def expected(x, layout, dim, block):
    """Gate and value. Every layout is [.., outer, 2, inner, ..] along dim."""
    x = np.moveaxis(x, dim, -1)
    half = x.shape[-1] // 2
    inner = {"interleaved": 1, "block_interleaved": block}.get(layout, max(1, half))
    split = x.reshape(*x.shape[:-1], half // inner, 2, inner)
    first, second = (
        np.moveaxis(split[..., i, :].reshape(*x.shape[:-1], half), -1, dim) for i in (0, 1)
    )
    return (second, first) if layout == "value_first" else (first, second)


def module(layout, dim, block, type_, packed, halves):
    packed, halves = f"tensor<{packed}x{type_}>", f"tensor<{halves}x{type_}>"
    blocks = f", block = {block} : i64" if layout == "block_interleaved" else ""
    text = ""
    for result in ("g", "v"):
        text += f"func.func @{result}(%x: {packed}) -> {halves} {{\n"
        text += f"  %g, %v = act.unpack %x layout<{layout}> {{dim = {dim} : i64{blocks}}}"
        text += f" : {packed} -> {halves}\n  return %{result} : {halves}\n}}\n"
    return text


def case(layout, dim, block, name, packed, halves, shape):
    type_ = TYPES[name]
    x = np.arange(np.prod(shape)).astype(type_.bits).view(type_.dtype).reshape(shape)
    library = compile_library(module(layout, dim, block, name, packed, halves))
    for result, half in zip("gv", expected(x, layout, dim, block)):
        y = library.call(result, x)
        assert y.shape == half.shape
        assert np.array_equal(y.view(type_.bits), half.view(type_.bits))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", TYPES)
def test_layouts(layout, name):
    for block in BLOCKS if layout == "block_interleaved" else (1,):
        case(layout, 1, block, name, "?x?", "?x?", (3, 40))
        case(layout, 0, block, name, "?x?", "?x?", (20, 7))
        case(layout, 1, block, name, "2x40x3", "2x20x3", (2, 40, 3))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_size(layout):
    for block in BLOCKS[:2] if layout == "block_interleaved" else (1,):
        for count in range(0, 70):
            case(layout, 0, block, "f32", "?", "?", (2 * block * count,))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_to_unpack(layout):
    case(layout, 0, 2, "f32", "0", "0", (0,))
    case(layout, 1, 2, "f32", "?x0", "?x0", (3, 0))
    case(layout, 0, 2, "f32", "0x12", "0x12", (0, 12))
    case(layout, 1, 2, "f32", "0x12", "0x6", (0, 12))
