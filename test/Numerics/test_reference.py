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
    rows = inputs.rows(name, 50, POINTS // 50)
    operands = inputs.row_operands(entry, type_, rows)
    keep = np.isfinite(type_.to_double(rows)).all(axis=1)
    for operand in operands:
        if operand.dtype == np.bool_:
            keep &= operand.any(axis=1)
    operands = [o[keep] if o.dtype == np.bool_ else type_.to_double(o[keep]) for o in operands]
    reference = Reference(entry, entry.settings[index], type_)
    smallest = mpmath.ldexp(1, type_.min_exponent)
    largest = np.abs(operands[0]).max(axis=1)
    for *row, size, doubles in zip(*operands, largest, reference.double(*operands)):
        kinds = sweep.BOUNDS["rows"][entry.mnemonic].keys()
        if "relative" not in kinds:
            size = float("absolute" in kinds)
        for double, exact in zip(doubles, reference.exact_row(*row)):
            # Where sums cancel, what counts is the size of what is summed.
            assert close(double, exact, max(smallest, size))


def test_every_entry_has_a_reference():
    missing = [e.mnemonic for e in entries() if not e.reference]
    assert not missing
