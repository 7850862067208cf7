# Buffers that are parts of others, or the same: strides, offsets, in place.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""However a buffer lies, results are those of contiguous ones, and nothing
between its elements is touched. An output may be one of the inputs; buffers
that overlap in part are not promised anything."""

import numpy as np
import pytest
from entries import entries
from run_kernel import compile_library
from ulp import TYPES


def first(condition):
    return next(e for e in entries() if condition(e))


# One of each kind: with a transcendental function, a gate and a value, a row.
CHOSEN = [
    first(lambda e: e.shape == "unary" and e.self_gate),
    first(lambda e: e.shape == "gated" and e.gates),
    first(lambda e: e.shape == "row" and e.row_size.factor == 1 and len(e.operands) == 1),
]
NAMES = ["f32", "bf16"]

ROWS, COLUMNS, HALL = 7, 37, 4096
# Strides of rows and of elements, and where the first element is.
LAYOUTS = {
    "rows_apart": (50, 1, 5),
    "every_second": (80, 2, 3),
    "every_third": (120, 3, 1),
    "far_apart": (400, 9, 0),
    "transposed": (1, 11, 2),
    "rows_backwards": (-50, 1, 1000),
    "backwards": (-37, -1, 258),
    "steps_backwards": (90, -2, 100),
}


def memref(name, strides=None):
    if strides is None:
        return f"memref<?x?x{name}>"
    row, column, offset = strides
    return f"memref<?x?x{name}, strided<[{row}, {column}], offset: {offset}>>"


def elementwise(entry, name, function, input_, output, in_place=False):
    """A function on buffers, the last of which is written, or the first."""
    count = len(entry.operands)
    arguments = [f"%x{i}: {input_}" for i in range(count)]
    inputs = [f"%x{i}" for i in range(count)]
    scalars = [f"%a{i}" for i in range(count)]
    written = "%x0" if in_place else "%y"
    if not in_place:
        arguments.append(f"%y: {output}")
    maps = ", ".join(["affine_map<(i, j) -> (i, j)>"] * (count + 1))
    return (
        f"func.func @{function}({', '.join(arguments)}) {{\n"
        f'  linalg.generic {{indexing_maps = [{maps}], iterator_types = ["parallel", "parallel"]}}\n'
        f"      ins({', '.join(inputs)} : {', '.join([input_] * count)}) outs({written} : {output}) {{\n"
        f"  ^bb0({', '.join(f'{s}: {name}' for s in scalars)}, %b: {name}):\n"
        f"    %r = {entry.spell(scalars, name, entry.required)}\n"
        f"    linalg.yield %r : {name}\n  }}\n  return\n}}\n"
    )


def by_rows(entry, name, function, input_, output, in_place=False):
    """The same for an op that there is on tensors only."""
    tensor = f"tensor<?x?x{name}>"
    written = "%x" if in_place else "%y"
    arguments = f"%x: {input_}" + ("" if in_place else f", %y: {output}")
    restrict = "" if in_place else "restrict "
    return (
        f"func.func @{function}({arguments}) {{\n"
        f"  %t = bufferization.to_tensor %x restrict : {input_} to {tensor}\n"
        f"  %r = {entry.spell(['%t'], tensor, entry.required, 1)}\n"
        f"  bufferization.materialize_in_destination %r in {restrict}writable {written}\n"
        f"      : ({tensor}, {output}) -> ()\n  return\n}}\n"
    )


def module(entry):
    make = by_rows if entry.shape == "row" else elementwise
    text = ""
    for name in NAMES:
        flat, any_ = memref(name), memref(name, "???")
        text += make(entry, name, f"contiguous_{name}", flat, flat)
        text += make(entry, name, f"dynamic_{name}", any_, any_)
        text += make(entry, name, f"in_place_{name}", any_, any_, in_place=True)
        text += make(entry, name, f"flat_in_place_{name}", flat, flat, in_place=True)
        for layout, strides in LAYOUTS.items():
            text += make(entry, name, f"from_{layout}_{name}", memref(name, strides), flat)
            text += make(entry, name, f"to_{layout}_{name}", flat, memref(name, strides))
    return text


def view(hall, layout):
    """Part of a long array."""
    row, column, offset = LAYOUTS[layout]
    strides = (row * hall.itemsize, column * hall.itemsize)
    part = np.lib.stride_tricks.as_strided(hall[offset:], (ROWS, COLUMNS), strides)
    ends = [offset + r * (ROWS - 1) + c * (COLUMNS - 1) for r in (0, row) for c in (0, column)]
    assert 0 <= min(ends) and max(ends) < hall.size
    return Part(part, hall)


class Part:
    """An array within another."""

    def __init__(self, array, base):
        self.array, self.base = array, base
        self.ctypes, self.itemsize = array.ctypes, array.itemsize
        self.ndim, self.shape, self.strides = array.ndim, array.shape, array.strides


def numbers(type_, shape, seed):
    return np.random.default_rng(seed).normal(0, 4, shape).astype(type_.dtype)


class Case:
    def __init__(self, entry, name):
        self.library, self.name, self.type_ = compile_library(module(entry)), name, TYPES[name]
        shape = (ROWS, COLUMNS)
        self.inputs = [numbers(self.type_, shape, i) for i, _ in enumerate(entry.operands)]
        self.expected = self.contiguous(self.inputs)

    def contiguous(self, inputs):
        y = np.zeros((ROWS, COLUMNS), self.type_.dtype)
        self.call("contiguous", *inputs, y)
        return y

    def call(self, function, *arrays):
        self.library.call_on_buffers(f"{function}_{self.name}", *arrays)

    def place(self, values, layout):
        """A part of a new array that holds the values."""
        hall = numbers(self.type_, HALL, 99)
        part = view(hall, layout)
        part.array[...] = values
        return part

    def check_written(self, part, layout):
        """The result, and around it what was there."""
        expected = self.place(self.expected, layout).base
        assert part.base.tobytes() == expected.tobytes()


@pytest.fixture(scope="module", params=NAMES)
def name(request):
    return request.param


@pytest.fixture(scope="module", params=CHOSEN, ids=lambda e: e.mnemonic)
def case(request, name):
    return Case(request.param, name)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_known_strides(case, layout):
    y = np.zeros((ROWS, COLUMNS), case.type_.dtype)
    case.call(f"from_{layout}", *(case.place(x, layout) for x in case.inputs), y)
    assert y.tobytes() == case.expected.tobytes()
    part = case.place(0, layout)
    case.call(f"to_{layout}", *case.inputs, part)
    case.check_written(part, layout)


@pytest.mark.parametrize("output", LAYOUTS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_unknown_strides(case, layout, output):
    part = case.place(0, output)
    case.call("dynamic", *(case.place(x, layout) for x in case.inputs), part)
    case.check_written(part, output)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_in_place(case, layout):
    parts = [case.place(x, layout) for x in case.inputs]
    case.call("in_place", *parts)
    case.check_written(parts[0], layout)
    # Two arguments that are the same; not where a function relies on there
    # being two (by `restrict`).
    for written in range(len(parts) if len(parts) > 1 else 0):
        parts = [case.place(x, layout) for x in case.inputs]
        case.call("dynamic", *parts, parts[written])
        case.check_written(parts[written], layout)


def test_flat_in_place(case):
    inputs = [x.copy() for x in case.inputs]
    case.call("flat_in_place", *inputs)
    assert inputs[0].tobytes() == case.expected.tobytes()


def test_all_the_same(case):
    if len(case.inputs) == 1:
        pytest.skip("one operand")
    x = case.inputs[0].copy()
    expected = case.contiguous([x] * len(case.inputs))
    case.call("contiguous", *[x] * len(case.inputs), x)
    assert x.tobytes() == expected.tobytes()


def test_one_row_for_all(case):
    """A stride of zero."""
    inputs = [np.broadcast_to(x[:1], x.shape) for x in case.inputs]
    y = np.zeros((ROWS, COLUMNS), case.type_.dtype)
    case.call("dynamic", *(Part(x, x[:1]) for x in inputs), y)
    assert y.tobytes() == case.contiguous([np.ascontiguousarray(x) for x in inputs]).tobytes()
