# Gradients by differentiating references: against differences of references, and
# double and long double against exact ones.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import dataclasses
import math

import gradients
import mpmath
import numpy as np
import pytest
import reference
import sweep
from entries import entries
from gradients import DATA, Gradient
from reference import Reference
from ulp import TYPES

CASES = sweep.of_shape("unary", "gated", "broadcast")
# Of the first setting of an entry and of others.
POINTS = {"differences": (120, 16), "double": (400, 40), "long": (200, 20)}
TOLERANCE = {"double": 2.0**-40, "long": 2.0**-55}
# What an argument is off by once products and sums of it are rounded.
SHIFT = {"double": 2.0**-48, "long": 2.0**-59}
F32, F64 = TYPES["f32"], TYPES["f64"]

# Whose slopes are right in absolute terms only, as a multiple of the terms: what
# touches zero once in every period.
ABSOLUTE = DATA["absolute"]
# Whose constant branch may be one number, 0, where they have no kink; the slope is
# that of the branch nevertheless.
SHRINKS = DATA["shrinks"]
# Beyond this number of periods the product with a parameter is too coarse for a
# wave; of two f32 it is exact in double.
FAR = {"double": math.inf, "long": 2.0**6}


def setting_of(case):
    entry, index = case
    return entry.settings[index]


def points(case, kind, type_):
    """Operands and dy in double: where functions bend, all of the range, and where
    something begins or ends. Fewer of them for settings but the first."""
    entry, index = case
    count = POINTS[kind][bool(index)]
    random = np.random.default_rng(index)
    bits = random.integers(0, 1 << type_.width, count // 2, np.uint64)
    x = np.concatenate(
        [
            random.uniform(-20, 20, count // 2),
            type_.to_double(type_.from_bits(bits)),
            [0, -0.0, 1, -1, 3, -3, 6, -6, 0.5, -0.5, 100, -100, 800, -800, 1e30, -1e30],
            # Where slopes cross zero.
            [-0.7517915, -0.9808292, -1.1924312, -1.2784645, np.inf, -np.inf],
        ]
    )
    x = type_.to_double(x[~np.isnan(x)].astype(type_.dtype))
    others = [random.normal(0, 3, x.size) for _ in range(len(entry.operands))]
    *others, dy = [type_.to_double(o.astype(type_.dtype)) for o in others]
    if entry.shape == "gated":
        # The values have bends of their own.
        others = [np.where(random.random(x.size) < 0.2, x[::-1], others[0])]
        others = [np.where(np.isinf(others[0]), 1.5, others[0])]
    return [x, *others], dy


def smooth(entry):
    """Differences of a rounded number are steps."""
    return dataclasses.replace(entry, reference=entry.reference.replace("rounded(", "("))


def difference(ref, values, operand, dy):
    """The slope and how far it may be off, or None at a kink or a jump."""
    moved = [mpmath.mpf(v) for v in values]
    here = moved[operand]
    step = mpmath.ldexp(abs(here) or 1, -300)
    ends = []
    for shift in (-1, 0, 1):
        moved[operand] = here + shift * step
        ends.append(ref.exact(*moved))
    left, right = (ends[1] - ends[0]) / step, (ends[2] - ends[1]) / step
    at_zero = 16 * step if here == 0 else 0
    noise = mpmath.ldexp(max(1, abs(ends[1])), 8 - reference.PRECISION) / step
    bend = mpmath.ldexp(max(abs(left), abs(right)), -70) + at_zero + noise
    if abs(left - right) > bend or abs(left) > mpmath.ldexp(1, 250):
        return None
    slope = dy * (left + right) / 2
    return slope, mpmath.ldexp(abs(slope), -60) + abs(dy) * (at_zero + noise)


def wrong_in_exact(case):
    """Where exact gradients are no limit of differences of the reference."""
    entry, _ = case
    wrong, checked, seen = [], 0, 0
    gradient = Gradient(smooth(entry), setting_of(case), F32)
    ref = Reference(smooth(entry), setting_of(case), F32)
    operands, dys = points(case, "differences", F32)
    for *values, dy in zip(*operands, dys):
        if np.isinf(values[0]):
            continue
        if entry.mnemonic in SHRINKS and setting_of(case).get("lambd") == values[0] == 0:
            continue
        got = gradient.exact(*values, dy=dy)
        for operand, value in enumerate(got):
            with pytest.MonkeyPatch.context() as patch, mpmath.workprec(1000):
                patch.setattr(reference, "PRECISION", 1000)
                found = difference(ref, values, operand, mpmath.mpf(dy))
                seen += 1
                if found is None:
                    continue
                checked += 1
                if not abs(value - found[0]) <= found[1]:
                    wrong.append((operand, values, float(value), float(found[0])))
    assert checked >= 0.8 * seen, f"only {checked} of {seen} points are smooth"
    return wrong


def to_mpf(value):
    """A double or a long double."""
    if not np.isfinite(value):
        return mpmath.mpf(float(value))
    mantissa, exponent = np.frexp(value)
    high = float(mantissa)
    return mpmath.ldexp(mpmath.mpf(high) + float(mantissa - high), int(exponent))


def close(value, exact, tolerance, smallest):
    if np.isnan(value) or mpmath.isnan(exact):
        return bool(np.isnan(value)) and bool(mpmath.isnan(exact))
    if mpmath.isinf(exact) or np.isinf(value):
        return to_mpf(value) == exact
    if value == 0 and exact != 0 and np.signbit(value) != (exact < 0):
        return False
    return abs(to_mpf(value) - exact) <= tolerance * max(abs(exact), smallest)


def wrong_in(kind, case, type_):
    """Where double or long double are not exact enough."""
    entry, index = case
    gradient = Gradient(entry, setting_of(case), type_)
    tolerance = TOLERANCE[kind]
    smallest = mpmath.ldexp(1, type_.min_exponent)
    operands, dys = points(case, kind, type_)
    if "sin(" in entry.reference:
        keep = ~(np.abs(operands[0]) > FAR[kind])
        operands, dys = [o[keep] for o in operands], dys[keep]
    got = getattr(gradient, kind)(*operands, dy=dys)
    wrong = []
    for i, (*values, dy) in enumerate(zip(*operands, dys)):
        for operand, exact in enumerate(gradient.exact(*values, dy=dy)):
            value = got[operand][i]
            floor = max(smallest, ABSOLUTE.get(entry.mnemonic, 0) * abs(dy))
            with mpmath.workprec(reference.PRECISION):
                if close(value, exact, tolerance, floor):
                    continue
                # Where the slope crosses zero, or has a jump nearer than arguments
                # are exact: that of an argument next to it.
                around, moved = [], operand if entry.shape == "gated" else 0
                for shift in (-1, 0, 1):
                    shifted = [mpmath.mpf(v) for v in values]
                    shifted[moved] += shift * SHIFT[kind] * max(1, abs(values[moved]))
                    around.append(gradient.exact(*shifted, dy=dy)[operand])
                near = min(around, key=lambda v: abs(v - to_mpf(value)))
                between = min(around) <= to_mpf(value) <= max(around)
                if not between and not close(value, near, tolerance, floor):
                    wrong.append((operand, values, float(value), float(exact)))
    return wrong


@pytest.mark.parametrize("case", CASES, ids=sweep.name_of)
def test_exact_is_the_limit_of_differences(case):
    if case[0].derivative_reference:
        pytest.skip("defined to be another one")
    wrong = wrong_in_exact(case)
    assert not wrong, f"{len(wrong)} points, the first: {wrong[0]}"


@pytest.mark.parametrize("case", CASES, ids=sweep.name_of)
def test_double_is_exact_enough(case):
    wrong = wrong_in("double", case, F32)
    assert not wrong, f"{len(wrong)} points, the first: {wrong[0]}"


LONG = [
    (e, i) for e, i in CASES if Reference(e, e.settings[i], F64).has_long
]


@pytest.mark.parametrize("case", LONG, ids=sweep.name_of)
def test_long_is_exact_enough(case):
    wrong = wrong_in("long", case, F64)
    assert not wrong, f"{len(wrong)} points, the first: {wrong[0]}"


ENTRIES = {e.mnemonic: e for e in entries()}
SMOOTH = [(e, i) for e, i in CASES if "Smooth" in e.properties]


def planted(monkeypatch, mnemonic, function, wrong):
    """The first setting of an entry with a wrong slope of one function."""
    monkeypatch.setitem(gradients.SLOPES, function, wrong)
    return ENTRIES[mnemonic], 0


@pytest.mark.parametrize("mnemonic", DATA["planted"]["exp"])
def test_a_wrong_slope_is_noticed(monkeypatch, mnemonic):
    case = planted(monkeypatch, mnemonic, "exp", lambda f, x, y: y / 2)
    assert wrong_in_exact(case)


@pytest.mark.parametrize("mnemonic", DATA["planted"]["tanh"])
def test_a_slope_that_cancels_is_noticed(monkeypatch, mnemonic):
    case = planted(monkeypatch, mnemonic, "tanh", lambda f, x, y: 1 - y * y)
    assert wrong_in("double", case, F32)


@pytest.mark.parametrize("mnemonic", [n for n in gradients.FORMS if n not in DATA["steps"]])
def test_forms_are_needed(monkeypatch, mnemonic):
    monkeypatch.setattr(gradients, "FORMS", {})
    assert wrong_in("double", (ENTRIES[mnemonic], 0), F32)


SMOOTH_UNARY = [(e, i) for e, i in SMOOTH if e.shape == "unary"]


@pytest.mark.parametrize("case", SMOOTH_UNARY, ids=sweep.name_of)
def test_second_derivatives_are_limits_of_differences(case):
    entry, _ = case
    gradient = Gradient(smooth(entry), setting_of(case), F32)
    for x in (-7.3, -1.5, -0.03, 0.0, 0.07, 0.6, 2.9, 11.25):
        got = gradient.second(x)
        with pytest.MonkeyPatch.context() as patch, mpmath.workprec(1000):
            patch.setattr(reference, "PRECISION", 1000)
            step = mpmath.ldexp(1, -300)
            ends = [gradient.exact(x + s * step, dy=1)[0] for s in (1, -1)]
            slope = (ends[0] - ends[1]) / (2 * step)
            # Of a straight line, isru with alpha 0, the terms cancel.
            noise = mpmath.ldexp(1, -150)
            assert abs(got - slope) <= mpmath.ldexp(abs(slope), -60) + noise


def gradient_at(mnemonic, values, dy, operand=0, **setting):
    entry = ENTRIES[mnemonic]
    gradient = Gradient(entry, {**entry.required, **setting}, F32)
    got = gradient.double(*(np.array([float(v)]) for v in values), dy=np.array([dy]))
    return float(got[operand][0])


def same(got, expected):
    """With the sign of a zero."""
    if np.isnan(expected):
        return bool(np.isnan(got))
    return got == expected and np.signbit(got) == np.signbit(expected)


# Of each piecewise function arguments on flat sides, and others.
@pytest.mark.parametrize("mnemonic, flat, steep", DATA["flat"])
@pytest.mark.parametrize("dy", [1.5, -1.5, 0.0, -0.0, np.inf, -np.inf, np.nan])
def test_flat_sides_and_others(mnemonic, flat, steep, dy):
    for x in flat:
        assert same(gradient_at(mnemonic, [x], dy), 0.0), x
    for x in steep:
        assert same(gradient_at(mnemonic, [x], dy), dy), x


@pytest.mark.parametrize("mnemonic", DATA["steps"])
def test_steps_have_no_gradient(mnemonic):
    for x in (-np.inf, -1, -0.0, 0, 1, np.inf):
        for dy in (-1.0, np.inf, np.nan):
            assert same(gradient_at(mnemonic, [x], dy), 0.0)


@pytest.mark.parametrize("mnemonic, x, slope", DATA["kinks"])
def test_kinks(mnemonic, x, slope):
    assert same(gradient_at(mnemonic, [x], 1.0), float(slope))
    assert same(gradient_at(mnemonic, [x], 2.0), 2 * float(slope))


@pytest.mark.parametrize("mnemonic, below, above", DATA["limits"])
def test_limits(mnemonic, below, above):
    for x, slope in ((-np.inf, below), (np.inf, above)):
        assert same(gradient_at(mnemonic, [x], 1.0), float(slope))
        assert same(gradient_at(mnemonic, [x], -2.0), -2.0 * slope)


@pytest.mark.parametrize("choice", ["tanh", "sigmoid"])
def test_limits_of_what_overflows(choice):
    for x in (-50.0, -800.0, -1e30, -np.inf):
        got = gradient_at("gelu", [x], 1.0, approximate=choice)
        assert abs(got) < 1e-30 and np.signbit(got)
    assert gradient_at("gelu", [np.inf], 1.0, approximate=choice) == 1


# Products of limits, sides that are flat beside infinities, parameters.
@pytest.mark.parametrize("mnemonic, values, dy, operand, setting, expected", DATA["values"])
def test_values(mnemonic, values, dy, operand, setting, expected):
    assert same(gradient_at(mnemonic, values, dy, operand, **setting), expected)


@pytest.mark.parametrize("entry", [e for e, i in SMOOTH if i == 0], ids=sweep.name_of)
def test_nan_of_smooth_functions(entry):
    others = [0.5] * (len(entry.operands) - 1)
    assert np.isnan(gradient_at(entry.mnemonic, [np.nan, *others], 1.0))
    assert np.isnan(gradient_at(entry.mnemonic, [0.25, *others], np.nan))
