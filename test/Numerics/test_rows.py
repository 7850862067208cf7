# Row-wise ops, compiled, against the reference.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import inputs
import mpmath
import numpy as np
import pytest
import sweep
from reference import Reference
from row_limits import limits, with_sign
from run_kernel import compile_library
from ulp import TYPES, error_mp, errors

ROWS = sweep.of_shape("row")
BASE = [c for c in ROWS if c[1] == 0]
LENGTHS = [1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 100, 1000, 1024]
BOUNDS = sweep.BOUNDS["rows"]


def fitting(entry, setting, rows):
    """As much of the rows as divides by what the op asks for."""
    granule = entry.row_size.granule(setting)
    return rows[:, : rows.shape[1] // granule * granule]


@pytest.mark.parametrize("case", ROWS, ids=sweep.name_of)
@pytest.mark.parametrize("name", ["f16", "bf16", "f32"])
def test_rows(case, name, record_property):
    entry, index = case
    setting = entry.settings[index]
    type_ = TYPES[name]
    reference = Reference(entry, setting, type_)
    largest = 0.0
    for length in LENGTHS if not index else LENGTHS[-4:]:
        rows = fitting(entry, setting, inputs.rows(name, length, 64))
        if not rows.size:
            continue
        operands = inputs.row_operands(entry, type_, rows)
        y = sweep.run(entry, index, type_, *operands)
        wide = [o if o.dtype == np.bool_ else type_.to_double(o) for o in operands]
        exact = reference.double(*wide)
        assert y.shape == exact.shape
        limit = limits(entry, setting, type_, wide, exact)
        error = errors(type_, with_sign(entry, y, exact), exact.ravel())
        largest = max(largest, sweep.check(type_, error, limit.ravel(), y.ravel(), exact.ravel()))
        if "absolute" in BOUNDS[entry.mnemonic]:
            # The support, but for rounding errors in f64.
            outside = exact == 0
            assert (type_.to_double(y)[outside] < 2.0**-45).all()
            assert (y[exact > 2.0**-22] > 0).all()
    record_property(f"ulp:{sweep.name_of(case)}:{name}", largest)


@pytest.mark.parametrize("case", ROWS, ids=sweep.name_of)
def test_rows_f64(case, record_property):
    entry, index = case
    setting = entry.settings[index]
    type_ = TYPES["f64"]
    reference = Reference(entry, setting, type_)
    rows = inputs.rows("f64", 50, 40)
    operands = inputs.row_operands(entry, type_, rows)
    y = sweep.run(entry, index, type_, *operands)
    finite = np.isfinite(rows).all(axis=1)
    assert np.array_equal(np.isnan(y), np.isnan(reference.double(*operands)))
    if any(o.is_mask for o in entry.row_operands):
        # Rows of which nothing is kept have no maximum.
        finite &= operands[1].any(axis=1)
    operands, y = [o[finite] for o in operands], y[finite]
    exact = np.stack([reference.exact_row(*row) for row in zip(*operands)])
    as_double = exact.astype(np.float64)
    y = with_sign(entry, y, as_double)
    with mpmath.workprec(100):
        error = [error_mp(type_, g, e, np.signbit(g)) for g, e in zip(y, exact.ravel())]
    limit = limits(entry, setting, type_, operands, as_double).ravel()
    worst = sweep.check(type_, np.array(error), limit, y, as_double.ravel())
    record_property(f"ulp:{sweep.name_of(case)}:f64", worst)


# A sum over a long row must not lose what a short one keeps, along any dim.
LONG = [((3, 65536), 1), ((20000, 4), 0), ((5, 4096, 4), 1), ((1, 1, 34), 2)]
LONG += [((2, 3, 4, 5, 6), d) for d in (1, 3, 4)] + [((64,), 0), ((1000,), 0)]


def check_along(entry, setting, type_, x, dim):
    """Runs the op along a dim of x, and checks the rows."""
    x = np.moveaxis(x, dim, -1)
    granule = entry.row_size.granule(setting)
    x = x[..., : x.shape[-1] // granule * granule]
    flat = np.ascontiguousarray(x).reshape(-1, x.shape[-1])
    operands = inputs.row_operands(entry, type_, flat)
    tensor = "tensor<" + "?x" * x.ndim + f"{type_.name}>"
    library = compile_library(entry.function("f", tensor, setting, dim))
    shaped = [np.moveaxis(o.reshape(x.shape), -1, dim) for o in operands]
    y = np.moveaxis(library.call("f", *shaped), dim, -1)
    y = np.ascontiguousarray(y).reshape(flat.shape[0], -1)
    wide = [o if o.dtype == np.bool_ else type_.to_double(o) for o in operands]
    exact = Reference(entry, setting, type_).double(*wide)
    limit = limits(entry, setting, type_, wide, exact)
    error = errors(type_, with_sign(entry, y, exact), exact.ravel())
    return sweep.check(type_, error, limit.ravel(), y.ravel(), exact.ravel())


@pytest.mark.parametrize("case", BASE, ids=sweep.name_of)
@pytest.mark.parametrize("shape, dim", LONG, ids=str)
def test_long_rows_along_any_dim(case, shape, dim):
    entry, index = case
    x = np.random.default_rng(1).random(shape, np.float32)
    check_along(entry, entry.settings[index], TYPES["f32"], x, dim)


@pytest.mark.parametrize("case", BASE, ids=sweep.name_of)
@pytest.mark.parametrize("name", ["f16", "bf16", "f32"])
def test_ascending_rows(case, name):
    """Where each element is a new maximum, a sum that is rescaled each time
    collects an error each time; descending and alternating rows beside."""
    entry, index = case
    type_ = TYPES[name]
    n = 65536
    ramp = np.linspace(-100, 100, n)
    jumps = np.where(np.arange(n) % 2, ramp, -ramp)
    steps = np.floor(ramp / 40) * 40
    x = np.stack([ramp, -ramp, jumps, steps, ramp / 1000]).astype(type_.dtype)
    for dim in (1, 0):
        check_along(entry, entry.settings[index], type_, x if dim else x.T.copy(), dim)


@pytest.mark.parametrize("case", BASE, ids=sweep.name_of)
@pytest.mark.parametrize("shape, dim", [((3, 0), 1), ((0, 4), 1), ((0, 4), 0), ((2, 0, 3), 2)], ids=str)
def test_nothing(case, shape, dim):
    """Rows without elements, and no rows."""
    entry, index = case
    setting = entry.settings[index]
    type_ = TYPES["f32"]
    tensor = "tensor<" + "?x" * len(shape) + "f32>"
    library = compile_library(entry.function("f", tensor, setting, dim))
    x = np.zeros(shape, np.float32)
    operands = [x] + [np.zeros(shape, bool) if o.is_mask else x for o in entry.row_operands]
    y = library.call("f", *operands)
    expected = list(shape)
    expected[dim] = entry.row_size.of(shape[dim], setting)
    assert y.shape == tuple(expected)
    # The maximum, or the logarithm of a sum, of nothing.
    assert (y == -np.inf).all()


def through_vectors(entry, setting, vector, dim):
    """A function on tensors that loads vectors and calls the op on them."""
    types = entry.operand_types(vector)
    result = entry.result_type(vector, setting, dim)
    tensors = [t.replace("vector", "tensor").replace("i1", "i8") for t in [*types, result]]
    arguments = ", ".join(f"%x{i}: {t}" for i, t in enumerate(tensors[:-1]))
    text = entry.function("v", vector, setting, dim)
    text += f"func.func @f({arguments}) -> {tensors[-1]} {{\n  %c = arith.constant 0 : index\n"
    at = "[%c, %c, %c]"
    inside = "{in_bounds = [true, true, true]}"
    for i, type_ in enumerate(types):
        # A mask is bytes in memory and bits in a vector.
        bytes_ = type_.replace("i1", "i8")
        element = bytes_[:-1].split("x")[-1]
        zero = "0" if element == "i8" else "0.0"
        text += f"  %p{i} = arith.constant {zero} : {element}\n"
        text += f"  %b{i} = vector.transfer_read %x{i}{at}, %p{i} {inside} : {tensors[i]}, {bytes_}\n"
        convert = f"arith.trunci %b{i}" if type_ != bytes_ else f"vector.shape_cast %b{i}"
        text += f"  %v{i} = {convert} : {bytes_} to {type_}\n"
    values = ", ".join(f"%v{i}" for i in range(len(types)))
    return text + (
        f"  %y = func.call @v({values}) : ({', '.join(types)}) -> {result}\n"
        f"  %e = tensor.empty() : {tensors[-1]}\n"
        f"  %r = vector.transfer_write %y, %e{at} {inside} : {result}, {tensors[-1]}\n"
        f"  return %r : {tensors[-1]}\n}}\n"
    )


@pytest.mark.parametrize("case", BASE, ids=sweep.name_of)
@pytest.mark.parametrize("name", ["f16", "bf16", "f32"])
@pytest.mark.parametrize("dim", range(3))
def test_vectors(case, name, dim):
    """Fixed vectors, along each dim."""
    entry, index = case
    setting = entry.settings[index]
    type_ = TYPES[name]
    library = compile_library(through_vectors(entry, setting, f"vector<2x4x6x{name}>", dim))
    for seed in range(6):
        rows = np.roll(inputs.rows(name, 6, 64), -8 * seed, axis=0)[:8]
        operands = [o.reshape(2, 4, 6) for o in inputs.row_operands(entry, type_, rows)]
        y = np.moveaxis(library.call("f", *operands), dim, -1)
        wide = [np.moveaxis(o, dim, -1) for o in operands]
        wide = [o if o.dtype == np.bool_ else type_.to_double(o) for o in wide]
        exact = Reference(entry, setting, type_).double(*wide)
        limit = limits(entry, setting, type_, wide, exact)
        y = with_sign(entry, np.ascontiguousarray(y), exact)
        sweep.check(type_, errors(type_, y, exact.ravel()), limit.ravel(), y, exact.ravel())
