# What an entry says about its function holds for the compiled code.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import inputs
import numpy as np
import pytest
import sweep
from entries import records
from reference import Reference
from run_kernel import compile_library
from ulp import TYPES

UNARY = sweep.of_shape("unary")


def having(name):
    return [(e, i) for e, i in UNARY if name in e.properties]


def sorted_inputs(name):
    """The order of all inputs but NaN."""
    x = TYPES[name].to_double(inputs.every(name))
    order = np.argsort(x, kind="stable")
    return order[: np.count_nonzero(~np.isnan(x))]


def in_range(case, type_, y):
    entry, index = case
    reference = Reference(entry, entry.settings[index], type_)
    lo = type_.neighbour(reference.bound(entry.range.lo), up=False)
    hi = type_.neighbour(reference.bound(entry.range.hi), up=True)
    values = type_.to_double(y)
    values = values[~np.isnan(values)]
    assert values.min() >= lo and values.max() <= hi, (
        f"values in [{values.min()!r}, {values.max()!r}], not in [{lo!r}, {hi!r}]"
    )


@pytest.mark.parametrize("case", UNARY, ids=sweep.name_of)
@pytest.mark.parametrize("name", ["f16", "bf16"])
def test_range(case, name):
    in_range(case, TYPES[name], sweep.sixteen_bit(*case, name)[1])


@pytest.mark.parametrize("case", UNARY, ids=sweep.name_of)
@pytest.mark.parametrize("name", ["f32", "f64"])
def test_range_of_wide_types(case, name):
    type_ = TYPES[name]
    in_range(case, type_, sweep.run(*case, type_, inputs.spread(name, 1 << 14)))


@pytest.mark.parametrize("case", sweep.of_shape("row"), ids=sweep.name_of)
@pytest.mark.parametrize("name", TYPES)
def test_range_of_rows(case, name):
    type_ = TYPES[name]
    rows = inputs.rows(name, 34, 64)
    y = sweep.run(*case, type_, *inputs.row_operands(case[0], type_, rows))
    in_range(case, type_, y)


@pytest.mark.parametrize("case", [c for c in UNARY if c[0].identity_on], ids=sweep.name_of)
@pytest.mark.parametrize("name", ["f16", "bf16"])
def test_identity(case, name):
    entry, index = case
    type_ = TYPES[name]
    x, y, _ = sweep.sixteen_bit(*case, name)
    reference = Reference(entry, entry.settings[index], type_)
    lo, hi = reference.bound(entry.identity_on.lo), reference.bound(entry.identity_on.hi)
    inside = (x >= lo) & (x <= hi)
    # -0 lies below a range that begins at 0.
    if lo == 0:
        inside &= ~np.signbit(x)
    # Some parameters leave no such range.
    assert inside.any() or lo > hi
    bits = inputs.every(name)[inside].view(np.uint16)
    assert np.array_equal(bits, y[inside].view(np.uint16))


@pytest.mark.parametrize("case", having("Monotone"), ids=sweep.name_of)
@pytest.mark.parametrize("name", ["f16", "bf16"])
def test_monotone(case, name):
    _, y, _ = sweep.sixteen_bit(*case, name)
    values = TYPES[name].to_double(y)[sorted_inputs(name)]
    assert np.all(values[1:] >= values[:-1])


def mirrored(case, name):
    """Bits of the results at x, and at -x, for all x that are numbers."""
    x, y, _ = sweep.sixteen_bit(*case, name)
    # The second half of all bit patterns is the first with the sign set.
    positive = ~np.isnan(x[: 1 << 15])
    halves = y.view(np.uint16).reshape(2, 1 << 15)
    return halves[0][positive], halves[1][positive]


@pytest.mark.parametrize("case", having("Odd"), ids=sweep.name_of)
@pytest.mark.parametrize("name", ["f16", "bf16"])
def test_odd(case, name):
    at_x, at_minus_x = mirrored(case, name)
    assert np.array_equal(at_x ^ 0x8000, at_minus_x)


@pytest.mark.parametrize("case", having("Even"), ids=sweep.name_of)
@pytest.mark.parametrize("name", ["f16", "bf16"])
def test_even(case, name):
    at_x, at_minus_x = mirrored(case, name)
    assert np.array_equal(at_x, at_minus_x)


@pytest.mark.parametrize("case", having("Idempotent"), ids=sweep.name_of)
@pytest.mark.parametrize("name", ["f16", "bf16"])
def test_idempotent(case, name):
    x, y, _ = sweep.sixteen_bit(*case, name)
    again = sweep.run(*case, TYPES[name], y)
    number = ~np.isnan(x)
    assert np.array_equal(y.view(np.uint16)[number], again.view(np.uint16)[number])


@pytest.mark.parametrize("case", having("ZeroAtZero"), ids=sweep.name_of)
@pytest.mark.parametrize("name", ["f16", "bf16"])
def test_zero_at_zero(case, name):
    x, y, _ = sweep.sixteen_bit(*case, name)
    assert np.all(TYPES[name].to_double(y)[x == 0] == 0)


# What canonicalization makes of a composition, against the ops one by one. (The
# compiler canonicalizes first: the rewritten form is what is compiled.)
COMPOSITIONS = {
    "Idempotent": ("act", "act"),
    "Even": ("arith.negf", "act"),
    "Odd": ("arith.negf", "act"),
}


def composed(entry, setting, name, parts):
    """A library with the parts in one function, and each in its own."""
    tensor = f"tensor<?x{name}>"

    def line(part, x):
        if part == "act":
            return entry.spell([x], tensor, setting)
        return f"{part} {x} : {tensor}"

    def function(title, steps):
        text = f"func.func @{title}(%0: {tensor}) -> {tensor} {{\n"
        for number, part in enumerate(steps):
            text += f"  %{number + 1} = {line(part, f'%{number}')}\n"
        return text + f"  return %{len(steps)} : {tensor}\n}}\n"

    text = function("whole", parts)
    return compile_library(text + "".join(function(f"part{i}", [p]) for i, p in enumerate(parts)))


@pytest.mark.parametrize("name", ["f16", "bf16"])
@pytest.mark.parametrize(
    "case,rule",
    [(c, r) for r in COMPOSITIONS for c in having(r)],
    ids=lambda v: v if isinstance(v, str) else sweep.name_of(v),
)
def test_rewritten_compositions_keep_every_bit(case, rule, name):
    entry, index = case
    type_ = TYPES[name]
    library = composed(entry, entry.settings[index], name, COMPOSITIONS[rule])
    x = inputs.every(name)
    expected = x
    for number in range(len(COMPOSITIONS[rule])):
        expected = library.call(f"part{number}", expected)
    got = library.call("whole", x)
    number = ~np.isnan(type_.to_double(x))
    if "NoLimit" in entry.properties:
        number &= np.isfinite(type_.to_double(x))
    assert np.array_equal(got.view(np.uint16)[number], expected.view(np.uint16)[number])
    assert np.isnan(type_.to_double(got)[~number]).all()


def test_every_property_is_known():
    known = {"Monotone", "Odd", "Even", "Idempotent", "ZeroAtZero", "Smooth", "NoLimit"}
    defined = records()["!instanceof"].get("Act_Property", ())
    unknown = {name.removeprefix("Act_") for name in defined} - known
    assert not unknown, f"no test of {unknown}"
