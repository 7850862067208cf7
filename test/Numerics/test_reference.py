# The double rendering of the references is as exact as the sweeps need.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import inputs
import mpmath
import numpy as np
import pytest
import sweep
from entries import entries
from reference import Reference
from ulp import TYPES

# Smaller than what the last place of f32 can show.
TOLERANCE = 2.0**-40
POINTS = 10_000


def close(double, exact, smallest):
    """Whether a double is as near to an mpf as TOLERANCE asks for; results
    below the smallest number of the type need only be near zero."""
    if np.isnan(double) or mpmath.isnan(exact):
        return bool(np.isnan(double)) and bool(mpmath.isnan(exact))
    if mpmath.isinf(exact) or np.isinf(double):
        return double == float(exact)
    return abs(double - exact) <= TOLERANCE * max(abs(exact), smallest)


def disagreements(reference, type_, operands, doubles):
    smallest = mpmath.ldexp(1, type_.min_exponent)
    with mpmath.workprec(100):
        for values in zip(*operands, doubles):
            *xs, double = map(float, values)
            exact = reference.exact(*xs)
            if not close(double, exact, smallest):
                yield xs, double, exact


def sample(name):
    if name != "f32":
        return inputs.every(name)
    return inputs.spread("f32", 1 << 13)


@pytest.mark.parametrize("case", sweep.of_shape("unary", "gated"), ids=sweep.name_of)
@pytest.mark.parametrize("name", ["f16", "bf16", "f32"])
def test_double_is_exact_enough(case, name):
    entry, index = case
    # Numbers as parameters change nothing about the form.
    points = POINTS if not index or entry.parameters[0].kind == "choice" else POINTS // 20
    type_ = TYPES[name]
    if entry.shape == "gated":
        # Infinite values are IEEE's affair, not that of real numbers.
        operands = inputs.pairs(name, 2 * points)
        finite = np.isfinite(type_.to_double(operands[1]))
        operands = [o[finite] for o in operands]
    else:
        operands = (sample(name),)
    stride = max(1, operands[0].size // points)
    operands = [type_.to_double(o[::stride]) for o in operands]
    assert operands[0].size >= points
    reference = Reference(entry, entry.settings[index], type_)
    doubles = reference.double(*operands)
    found = list(disagreements(reference, type_, operands, doubles))
    assert not found, f"{len(found)} points, the first: {found[0]}"


@pytest.mark.parametrize("case", sweep.of_shape("row"), ids=sweep.name_of)
@pytest.mark.parametrize("name", ["f16", "bf16", "f32"])
def test_rows_in_double_are_exact_enough(case, name):
    entry, index = case
    type_ = TYPES[name]
    x = type_.to_double(inputs.rows(name, 50, POINTS // 50))
    x = x[np.isfinite(x).all(axis=1)]
    reference = Reference(entry, entry.settings[index], type_)
    smallest = mpmath.ldexp(1, type_.min_exponent)
    for row, doubles in zip(x, reference.double(x)):
        for double, exact in zip(doubles, reference.exact_row(row)):
            assert close(double, exact, smallest)


def test_every_entry_has_a_reference():
    missing = [e.mnemonic for e in entries() if not e.reference]
    assert not missing
