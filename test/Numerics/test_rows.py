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
from run_kernel import compile_library
from ulp import TYPES, error_mp, errors

ROWS = sweep.of_shape("row")
LENGTHS = [1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 100, 1000, 1024]


def distance(x):
    """How far each element lies below the largest of its row: the exponential
    passes on that many times the error of its argument."""
    with np.errstate(invalid="ignore"):
        d = np.abs(x - np.max(x, axis=-1, keepdims=True))
    return np.where(np.isfinite(d), d, 0)


def limits(entry, setting, type_, x):
    if type_.width == 16:
        return np.full(x.shape, float(sweep.bound(entry, type_)))
    # Dividing the argument makes it larger.
    scale = max([1.0] + [1 / abs(v) for v in setting.values() if v])
    return sweep.bound(entry, type_) + distance(x) * scale


@pytest.mark.parametrize("case", ROWS, ids=sweep.name_of)
@pytest.mark.parametrize("name", ["f16", "bf16", "f32"])
def test_rows(case, name, record_property):
    entry, index = case
    type_ = TYPES[name]
    reference = Reference(entry, entry.settings[index], type_)
    largest = 0.0
    for length in LENGTHS if not index else LENGTHS[-4:]:
        rows = inputs.rows(name, length, 64)
        y = sweep.run(entry, index, type_, rows)
        x = type_.to_double(rows)
        exact = reference.double(x)
        limit = limits(entry, entry.settings[index], type_, x)
        flat = [a.ravel() for a in (y, exact, rows)]
        error = errors(type_, flat[0], flat[1])
        largest = max(largest, sweep.check(type_, error, limit.ravel(), *flat))
    record_property(f"ulp:{sweep.name_of(case)}:{name}", largest)


@pytest.mark.parametrize("case", ROWS, ids=sweep.name_of)
def test_rows_f64(case, record_property):
    entry, index = case
    type_ = TYPES["f64"]
    reference = Reference(entry, entry.settings[index], type_)
    rows = inputs.rows("f64", 50, 40)
    y = sweep.run(entry, index, type_, rows)
    finite = np.isfinite(rows).all(axis=1)
    assert np.array_equal(np.isnan(y), np.isnan(reference.double(rows)))
    rows, y = rows[finite], y[finite]
    exact = np.stack([reference.exact_row(row) for row in rows])
    with mpmath.workprec(100):
        error = [error_mp(type_, g, e, False) for g, e in zip(y.ravel(), exact.ravel())]
    limit = limits(entry, entry.settings[index], type_, rows).ravel()
    as_double = exact.astype(np.float64).ravel()
    worst = sweep.check(type_, np.array(error), limit, y.ravel(), as_double, rows.ravel())
    record_property(f"ulp:{sweep.name_of(case)}:f64", worst)


# A sum over a long row must not lose what a short one keeps, along any dim.
LONG = [((3, 65536), 1), ((20000, 3), 0), ((5, 4096, 4), 1), ((1, 1, 33), 2)]


@pytest.mark.parametrize("case", ROWS, ids=sweep.name_of)
@pytest.mark.parametrize("shape, dim", LONG, ids=str)
def test_long_rows_along_any_dim(case, shape, dim):
    entry, index = case
    type_ = TYPES["f32"]
    tensor = "tensor<" + "?x" * len(shape) + "f32>"
    operation = entry.spell(["%x"], tensor, entry.settings[index], dim=dim)
    library = compile_library(
        f"func.func @f(%x: {tensor}) -> {tensor} {{\n"
        f"  %y = {operation}\n  return %y : {tensor}\n}}\n"
    )
    x = np.random.default_rng(1).random(shape, np.float32)
    y = np.moveaxis(library.call("f", x), dim, -1)
    rows = np.moveaxis(x, dim, -1).astype(np.float64)
    exact = Reference(entry, entry.settings[index], type_).double(rows)
    limit = limits(entry, entry.settings[index], type_, rows)
    flat = [np.ascontiguousarray(a).ravel() for a in (y, exact, rows)]
    sweep.check(type_, errors(type_, flat[0], flat[1]), limit.ravel(), *flat)
