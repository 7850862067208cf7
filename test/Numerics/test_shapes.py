# The same bits in every shape: scalars, 0-D, vectors, empty, any rank, any dim.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What is right in one dimension (test_elementwise, test_rows, test_broadcast)
is so in all others, because the results are those of one dimension. All
functions of an entry are one module, to save time."""

import re
import subprocess

import inputs
import numpy as np
import pytest
import sweep
from entries import BUILD, entries, llvm_tool
from reference import Reference
from run_kernel import compile_library
from test_rows import limits
from ulp import TYPES, errors

NAMES = ["f32", "bf16"]
ELEMENTWISE = [e for e in entries() if e.shape in ("unary", "gated")]
BROADCAST = [e for e in entries() if e.shape == "broadcast"]
ROWS = [e for e in entries() if e.shape == "row"]

SHAPES = [(), (0,), (1,), (5,), (67,), (0, 3), (3, 0), (1, 7), (7, 1), (9, 15)]
SHAPES += [(2, 0, 3), (1, 1, 1), (3, 1, 5), (2, 3, 4, 5), (2, 3, 1, 0), (1, 2, 1, 3)]
SHAPES += [(2, 1, 3, 1, 2), (0, 0, 0, 0, 0), (1, 2, 3, 2, 11)]
# Of a type with sizes; the others are of one with none.
STATIC = [(0,), (5,), (3, 0), (3, 1, 5), (2, 1, 3, 1, 2)]
VECTORS = [(), (1,), (5,), (2, 3), (1, 4, 1), (2, 1, 3, 4), (1, 2, 1, 2, 3)]
LONGEST = 144


def shaped(kind, shape, name):
    return f"{kind}<{''.join(f'{s}x' for s in shape)}{name}>"


def dynamic(rank, name):
    return shaped("tensor", "?" * rank, name)


def in_words(shape):
    return "x".join(map(str, shape)) or "0d"


def same(a, b):
    """The same bits, or NaN in both."""
    if a.shape != b.shape:
        return False
    type_ = next(t for t in TYPES.values() if t.dtype == a.dtype)
    nan = np.isnan(type_.to_double(a)) & np.isnan(type_.to_double(b))
    bits = (np.ascontiguousarray(v).view(type_.bits) for v in (a, b))
    return bool(np.all((np.equal(*bits)) | nan))


def values(name, count, seed=0):
    """Numbers of all sizes, special ones among them."""
    x = inputs.every(name) if TYPES[name].width == 16 else inputs.spread(name, 1 << 12)
    return np.random.default_rng(seed).permutation(x)[:count]


def on_vectors(entry, name, shape, dim=None):
    """A function on tensors that loads vectors and calls the op on them."""
    vector = shaped("vector", shape, name)
    operands = entry.operand_types(vector, dim)
    result = entry.result_type(vector, entry.required, dim)
    call = f"{name}_of_{in_words(shape)}_{dim}"
    text = entry.function(call, vector, None, dim)
    # A mask is bytes in memory and bits in a vector.
    stored = [t.replace("i1>", "i8>") for t in [*operands, result]]
    tensors = [t.replace("vector", "tensor") for t in stored]
    arguments = ", ".join(f"%x{i}: {t}" for i, t in enumerate(tensors[:-1]))
    text += f"func.func @vector_{call}({arguments}) -> {tensors[-1]} {{\n"
    text += "  %c = arith.constant 0 : index\n"

    def access(type_):
        rank = type_.count("x")
        at = "[" + ", ".join(["%c"] * rank) + "]"
        return at, "{in_bounds = [" + ", ".join(["true"] * rank) + "]}"

    loaded = []
    for i, type_ in enumerate(operands):
        element = stored[i][:-1].split("<")[1].split("x")[-1]
        at, inside = access(type_)
        text += f"  %p{i} = arith.constant {'0' if element == 'i8' else '0.0'} : {element}\n"
        text += f"  %v{i} = vector.transfer_read %x{i}{at}, %p{i} {inside} : {tensors[i]}, {stored[i]}\n"
        loaded.append(f"%v{i}")
        if stored[i] != type_:
            text += f"  %m{i} = arith.trunci %v{i} : {stored[i]} to {type_}\n"
            loaded[-1] = f"%m{i}"
    at, inside = access(result)
    return text + (
        f"  %y = func.call @{call}({', '.join(loaded)}) : ({', '.join(operands)}) -> {result}\n"
        f"  %e = tensor.empty() : {tensors[-1]}\n"
        f"  %r = vector.transfer_write %y, %e{at} {inside} : {result}, {tensors[-1]}\n"
        f"  return %r : {tensors[-1]}\n}}\n"
    )


def on_scalars(entry, name):
    """A function on tensors that calls the op on one element after another."""
    line, count = f"tensor<?x{name}>", len(entry.operands)
    text = entry.function(f"{name}_scalar", name)
    arguments = ", ".join(f"%x{i}: {line}" for i in range(count))
    text += f"func.func @scalars_{name}({arguments}) -> {line} {{\n"
    text += "  %c0 = arith.constant 0 : index\n  %c1 = arith.constant 1 : index\n"
    text += f"  %n = tensor.dim %x0, %c0 : {line}\n  %e = tensor.empty(%n) : {line}\n"
    text += f"  %r = scf.for %i = %c0 to %n step %c1 iter_args(%t = %e) -> ({line}) {{\n"
    for i in range(count):
        text += f"    %v{i} = tensor.extract %x{i}[%i] : {line}\n"
    operands = ", ".join(f"%v{i}" for i in range(count))
    types = ", ".join([name] * count)
    text += f"    %y = func.call @{name}_scalar({operands}) : ({types}) -> {name}\n"
    text += f"    %u = tensor.insert %y into %t[%i] : {line}\n    scf.yield %u : {line}\n  }}\n"
    return text + f"  return %r : {line}\n}}\n"


@pytest.mark.parametrize("entry", ELEMENTWISE, ids=sweep.name_of)
def test_elementwise(entry):
    text = ""
    for name in NAMES:
        text += on_scalars(entry, name)
        for rank in range(6):
            text += entry.function(f"rank{rank}_{name}", dynamic(rank, name))
        for shape in STATIC:
            text += entry.function(f"static_{name}_{in_words(shape)}", shaped("tensor", shape, name))
        for shape in VECTORS:
            text += on_vectors(entry, name, shape)
    library = compile_library(text)
    for name in NAMES:
        operands = [values(name, LONGEST, seed) for seed, _ in enumerate(entry.operands)]
        line = library.call(f"rank1_{name}", *operands)
        assert same(library.call(f"scalars_{name}", *operands), line)
        calls = [(f"rank{len(s)}_{name}", s) for s in SHAPES]
        calls += [(f"static_{name}_{in_words(s)}", s) for s in STATIC]
        calls += [(f"vector_{name}_of_{in_words(s)}_None", s) for s in VECTORS]
        for function, shape in calls:
            size = int(np.prod(shape))
            for start in range(0, LONGEST - size + 1, max(size, 24)):
                part = slice(start, start + size)
                y = library.call(function, *(o[part].reshape(shape) for o in operands))
                assert same(y, line[part].reshape(shape)), f"{function} {shape}"


def along(shapes):
    """Each shape with each of its dims."""
    return [(shape, dim) for shape in shapes for dim in range(len(shape))]


def one_number(entry):
    """Whether all parameters may be one number."""
    return all(number for _, number, _ in entry.tensor_parameters)


PER_INDEX = along([(0,), (5,), (0, 3), (7, 1), (9, 15), (2, 0, 3), (3, 1, 5)])
PER_INDEX += along([(2, 3, 4, 5), (2, 3, 1, 0), (2, 1, 3, 1, 2), (1, 2, 3, 2, 11)])
PER_INDEX_VECTORS = along([(1,), (5,), (2, 3), (2, 1, 4), (1, 2, 1, 2, 3)])


def parameters(entry, name, size):
    """One number for each index where that may be."""
    made = []
    for i, (_, _, per_index) in enumerate(entry.tensor_parameters):
        numbers = np.roll(inputs.parameters(name, 16), 5 * i)
        made.append(numbers[:size] if per_index else numbers[:1].reshape(()))
    return made


@pytest.mark.parametrize("entry", BROADCAST, ids=sweep.name_of)
def test_parameters_that_are_operands(entry):
    text = ""
    for name in NAMES:
        for rank in range(1, 6):
            for dim in range(rank):
                text += entry.function(f"rank{rank}_{name}_{dim}", dynamic(rank, name), None, dim)
        for shape, dim in PER_INDEX_VECTORS:
            text += on_vectors(entry, name, shape, dim)
        if one_number(entry):
            text += on_scalars(entry, name) + entry.function(f"rank0_{name}", dynamic(0, name))
            text += on_vectors(entry, name, ())
    library = compile_library(text)
    for name in NAMES:
        x = values(name, LONGEST)

        def check(function, shape, dim):
            operands = parameters(entry, name, shape[dim])
            part = x[: np.prod(shape)].reshape(shape)
            # A channel at a time, in one dimension.
            rows = np.moveaxis(part, dim, -1)
            flat = np.ascontiguousarray(rows).reshape(rows.size // max(shape[dim], 1), shape[dim])
            expected = [library.call(f"rank1_{name}_0", row, *operands) for row in flat]
            expected = np.array(expected, x.dtype).reshape(rows.shape)
            y = library.call(function, part, *operands)
            assert same(y, np.moveaxis(expected, -1, dim)), f"{function} {shape}"

        for shape, dim in PER_INDEX:
            check(f"rank{len(shape)}_{name}_{dim}", shape, dim)
        for shape, dim in PER_INDEX_VECTORS:
            check(f"vector_{name}_of_{in_words(shape)}_{dim}", shape, dim)
        if one_number(entry):
            numbers = np.resize(inputs.parameters(name, 6), LONGEST)
            line = library.call(f"rank1_{name}_0", x, *[numbers] * len(entry.tensor_parameters))
            scalars = [numbers] * len(entry.tensor_parameters)
            assert same(library.call(f"scalars_{name}", x, *scalars), line)
            for i in range(LONGEST):
                element = [x[i].reshape(()), *(p[i].reshape(()) for p in scalars)]
                for function in (f"rank0_{name}", f"vector_{name}_of_0d_None"):
                    assert same(library.call(function, *element), line[i].reshape(()))


ROW_SHAPES = [(0,), (5,), (67,), (3, 0), (0, 3), (1, 7), (7, 1), (9, 15), (2, 0, 3)]
ROW_SHAPES += [(3, 1, 5), (2, 3, 4, 5), (2, 3, 1, 0), (2, 1, 3, 1, 2), (1, 2, 3, 2, 11)]
ROW_VECTORS = [(5,), (2, 3), (2, 1, 4)]
# Every dim up to rank 3, and some beyond.
ROW_DIMS = [(rank, dim) for rank in (1, 2, 3) for dim in range(rank)]
ROW_DIMS += [(4, 1), (4, 3), (5, 0), (5, 2), (5, 4)]


@pytest.mark.parametrize("entry", ROWS, ids=sweep.name_of)
def test_rows(entry):
    setting = entry.required
    granule = entry.row_size.granule(setting)

    def fitting(shapes):
        """Each shape and dim, which has a size that the op takes."""
        scaled = [(list(shape), dim) for shape, dim in along(shapes)]
        for shape, dim in scaled:
            shape[dim] *= granule
        return [(tuple(shape), dim) for shape, dim in scaled]

    text = ""
    for name in NAMES:
        for rank, dim in ROW_DIMS:
            text += entry.function(f"rank{rank}_{name}_{dim}", dynamic(rank, name), None, dim)
        for shape, dim in fitting(ROW_VECTORS):
            text += on_vectors(entry, name, shape, dim)
    library = compile_library(text)
    calls = [("rank{rank}_{name}_{dim}", s, d) for s, d in fitting(ROW_SHAPES) if (len(s), d) in ROW_DIMS]
    calls += [("vector_{name}_of_{shape}_{dim}", *c) for c in fitting(ROW_VECTORS)]
    for name in NAMES:
        for pattern, shape, dim in calls:
            function = pattern.format(rank=len(shape), name=name, dim=dim, shape=in_words(shape))
            length = shape[dim]
            others = (*shape[:dim], *shape[dim + 1 :])
            count = int(np.prod(others))
            rows = inputs.rows(name, max(length, 1), max(count, 1))[:count, :length]
            operands = inputs.row_operands(entry, TYPES[name], rows)
            whole = [np.moveaxis(o.reshape(*others, length), -1, dim) for o in operands]
            y = library.call(function, *whole)
            size = entry.row_size.of(length, setting)
            assert y.shape == (*shape[:dim], size, *shape[dim + 1 :]), f"{function} {shape}"
            if not y.size:
                continue
            y = np.ascontiguousarray(np.moveaxis(y, dim, -1)).reshape(count, size)
            if pattern.startswith("rank") and dim + 1 == len(shape) or not length:
                one = f"rank1_{name}_0"
                expected = [library.call(one, *row) for row in zip(*operands)]
                assert same(y, np.stack(expected)), f"{function} {shape}"
                continue
            # Partial sums come in another order, where rows do not lie in one
            # piece and where they are in registers: other bits, the same bound.
            type_ = TYPES[name]
            wide = [o if o.dtype == np.bool_ else type_.to_double(o) for o in operands]
            exact = Reference(entry, setting, type_).double(*wide)
            limit = limits(entry, setting, type_, wide, exact).ravel()
            y, exact = y.ravel(), exact.ravel()
            # Of which sign a zero is, only a bound in ULP says.
            y = np.where(y == 0, np.copysign(y, exact.astype(y.dtype)), y)
            sweep.check(type_, errors(type_, y, exact), limit, y, exact)


@pytest.mark.parametrize("entry", ELEMENTWISE + BROADCAST, ids=sweep.name_of)
def test_scalable(entry, tmp_path):
    """Vectors as long as the machine has them, and loops over such, become
    objects for SVE that need no library of mathematics."""
    dim = 0 if entry.shape == "broadcast" else None
    text = ""
    for name, lanes in (("f32", "[4]"), ("f64", "[2]"), ("f16", "[8]"), ("bf16", "[8]")):
        text += entry.function(f"vector_{name}", f"vector<{lanes}x{name}>", None, dim)
    for name in NAMES:
        text += entry.function(f"loop_{name}", f"tensor<?x{name}>", None, dim)
    source, lowered, ir, object_ = (tmp_path / f"x.{e}" for e in ("mlir", "llvm.mlir", "ll", "o"))
    source.write_text(text)
    for command in (
        [BUILD / "bin" / "act-opt", source, "--act-to-llvm=cpu=neoverse-v1 scalable", "-o", lowered],
        [llvm_tool("mlir-translate"), "--mlir-to-llvmir", lowered, "-o", ir],
        [llvm_tool("llc"), "-O1", "-mtriple=aarch64", "-mattr=+sve", "-filetype=obj", ir, "-o", object_],
    ):
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    assert re.search(r"<vscale x (8|16) x float>", ir.read_text())
    command = [llvm_tool("llvm-nm"), "-u", "--format=just-symbols", object_]
    needed = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True)
    assert set(needed.stdout.split()) <= {"malloc", "free"}
