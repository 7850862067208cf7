# Every gradient, every parameter, every type: compiled code against the
# derivative of the reference.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import gradient_sweep
import inputs
import mpmath
import numpy as np
import pytest
import sweep
from entries import entries
from gradients import DATA, Gradient, ResultGradient
from reference import HUGE, Reference, _double_names
from ulp import TYPES, error_mp, errors

CASES = sweep.of_shape("unary", "gated")
FROM_RESULT = [(e, i) for e, i in CASES if e.has_result(e.settings[i])]


def factors(name, count):
    """Gradients of results: one, numbers as they occur, and all magnitudes."""
    type_ = TYPES[name]
    random = np.random.default_rng(count)
    most = {"f16": 8, "bf16": 100, "f32": 100, "f64": 900}[name]
    wide = np.exp2(random.uniform(-most, most, count)) * random.choice([-1.0, 1.0], count)
    for dy in (np.ones(count), random.normal(0, 1, count), wide):
        yield dy.astype(type_.dtype)


def operands_of(entry, name, count):
    """x, or gates and values that occur."""
    type_ = TYPES[name]
    x = inputs.every(name) if type_.width == 16 else inputs.spread(name, count)
    if entry.shape == "unary":
        return [x]
    random = np.random.default_rng(count + 1)
    return [x, random.normal(0, 3, x.size).astype(type_.dtype)]


def wide_factor(reference, operands, dy):
    """What the slope of the gate is multiplied by."""
    if reference.entry.shape == "unary":
        return dy
    names = _double_names(reference.compute)
    return dy * reference._factor(1, operands[1], {}, names, HUGE)


def check(case, type_, got, exact, error, limits, *operands):
    entry, index = case
    if "Smooth" not in entry.properties:
        x = type_.to_double(operands[0])
        # There NaN has no slope that the oracle knows.
        error = np.where(np.isnan(x), 0, error)
        # Where a kink is at 0, neither it nor double tells on which side x is.
        error = np.where(bool(index) & (x != 0) & (np.abs(x) < 2.0**-50), 0, error)
    return sweep.check(type_, error, limits, got, exact, *operands)


@pytest.mark.parametrize("case", CASES, ids=sweep.name_of)
@pytest.mark.parametrize("name", ["f16", "bf16", "f32"])
def test_gradient(case, name, record_property):
    entry, index = case
    setting, type_ = entry.settings[index], TYPES[name]
    operands = operands_of(entry, name, 1 << (14 if index else 17))
    reference, gradient = Reference(entry, setting, type_), Gradient(entry, setting, type_)
    doubles = [type_.to_double(o) for o in operands]
    worst = 0
    for dy in factors(name, operands[0].size):
        wide = type_.to_double(dy)
        found = gradient_sweep.run(entry, index, type_, *operands, dy)
        for k, (got, exact) in enumerate(zip(found, gradient.double(*doubles, dy=wide))):
            with np.errstate(all="ignore"):
                error = errors(type_, got, exact)
                limits = np.full(exact.shape, gradient_sweep.bound(entry, type_))
                if k == 0:
                    factor = wide_factor(reference, doubles, wide)
                    limits = gradient_sweep.limits_of(entry, setting, type_, doubles[0], factor, exact)
                # What is so wide is no product that occurs.
                overflows = np.abs(wide) > 0.001 * float(np.finfo(type_.compute).max)
                limits = np.where(overflows, np.inf, limits)
            worst = max(worst, check(case, type_, got, exact, error, limits, *operands, dy))
    record_property(f"ulp:{sweep.name_of(case)}_grad:{name}", worst)


def check_f64(case, operands, dy, found, exact_of, double_of):
    """Against mpmath, one number at a time."""
    entry, index = case
    setting, type_ = entry.settings[index], TYPES["f64"]
    reference = Reference(entry, setting, type_)
    doubles = double_of(*operands, dy)
    for k, got in enumerate(found):
        exact, error = [], []
        for i, values in enumerate(zip(*operands, dy)):
            exact.append(exact_of(*map(float, values))[k])
            error.append(error_mp(type_, got[i], exact[i], np.signbit(doubles[k][i])))
        as_double = np.array([float(e) for e in exact])
        with np.errstate(all="ignore"):
            limits = np.full(dy.shape, gradient_sweep.bound(entry, type_))
            if k == 0:
                factor = wide_factor(reference, operands, dy)
                limits = gradient_sweep.limits_of(entry, setting, type_, operands[0], factor, as_double)
        check(case, type_, got, as_double, np.array(error), limits, *operands, dy)


@pytest.mark.parametrize("case", CASES, ids=sweep.name_of)
def test_f64(case):
    entry, index = case
    type_ = TYPES["f64"]
    random = np.random.default_rng(index)
    near = random.normal(0, 4, 60 if index else 300)
    wide = np.exp2(random.uniform(-60, 9, near.size)) * random.choice([-1.0, 1.0], near.size)
    x = np.concatenate([near, wide])
    operands = [x] if entry.shape == "unary" else [x, random.normal(0, 3, x.size)]
    dy = random.normal(0, 1, x.size)
    gradient = Gradient(entry, entry.settings[index], type_)
    found = gradient_sweep.run(entry, index, type_, *operands, dy)
    check_f64(case, operands, dy, found, lambda *v: gradient.exact(*v[:-1], dy=v[-1]),
              lambda *v: gradient.double(*v[:-1], dy=v[-1]))


@pytest.mark.parametrize("case", FROM_RESULT, ids=sweep.name_of)
@pytest.mark.parametrize("name", ["f16", "bf16", "f32"])
def test_from_result(case, name, record_property):
    entry, index = case
    setting, type_ = entry.settings[index], TYPES[name]
    x = operands_of(entry, name, 1 << 14)[0]
    y = sweep.run(entry, index, type_, x)
    y = y[np.isfinite(type_.to_double(y))]
    gradient = ResultGradient(entry, setting, type_)
    worst = 0
    for dy in factors(name, y.size):
        (got,) = gradient_sweep.run(entry, index, type_, y, dy, from_result=True)
        exact = gradient.double(type_.to_double(y), type_.to_double(dy))
        with np.errstate(all="ignore"):
            error = errors(type_, got, exact)
            # Of zeros the sign is not said; slopes that underflow come back from
            # the operand only.
            error[(type_.to_double(got) == 0) & (exact == 0)] = 0
            tiny = np.abs(exact) < np.abs(type_.to_double(dy)) * float(np.finfo(type_.compute).tiny)
        limit = np.where(tiny, np.inf, gradient_sweep.bound(entry, type_))
        worst = max(worst, check(case, type_, got, exact, error, limit, y, dy))
    record_property(f"ulp:{sweep.name_of(case)}_from_result:{name}", worst)


@pytest.mark.parametrize("case", FROM_RESULT, ids=sweep.name_of)
def test_from_result_f64(case):
    entry, index = case
    type_ = TYPES["f64"]
    random = np.random.default_rng(index)
    y = sweep.run(entry, index, type_, random.normal(0, 4, 100))
    dy = random.normal(0, 1, y.size)
    gradient = ResultGradient(entry, entry.settings[index], type_)
    found = gradient_sweep.run(entry, index, type_, y, dy, from_result=True)
    exact = [gradient.exact(a, b) for a, b in zip(y, dy)]
    error = np.array([error_mp(type_, g, e, g < 0 or np.signbit(g)) for g, e in zip(found[0], exact)])
    sweep.check(type_, error, gradient_sweep.bound(entry, type_), found[0], np.array(exact, dtype=float), y, dy)


# ===----------------------------------------------------------------------===
# Special values
# ===----------------------------------------------------------------------===

BY_NAME = {e.mnemonic: e for e in entries()}


def at(mnemonic, x, dy):
    values = [np.array([v], dtype=np.float32) for v in (x, dy)]
    return float(gradient_sweep.run(BY_NAME[mnemonic], 0, TYPES["f32"], *values)[0][0])


@pytest.mark.parametrize("mnemonic, flat, steep", DATA["flat"])
def test_flat_sides_give_zero_whatever_comes(mnemonic, flat, steep):
    for dy in (1.0, -1.0, np.nan, np.inf, -np.inf):
        for x in flat:
            got = at(mnemonic, x, dy)
            assert got == 0 and not np.signbit(got), (x, dy, got)
        for x in steep:
            np.testing.assert_equal(at(mnemonic, x, dy), dy)


@pytest.mark.parametrize("mnemonic", DATA["steps"])
def test_steps_have_no_gradient(mnemonic):
    for x in (-np.inf, -1, 0, 1, np.nan):
        assert at(mnemonic, x, np.nan) == 0


@pytest.mark.parametrize("mnemonic, x, slope", DATA["kinks"])
def test_kinks(mnemonic, x, slope):
    assert abs(at(mnemonic, x, 1.0) - slope) <= 2.0**-23 * slope


@pytest.mark.parametrize("mnemonic, x", DATA["underflow"])
def test_what_underflows_comes_back(mnemonic, x):
    """A slope below all numbers of f32 times a large dy."""
    entry, dy = BY_NAME[mnemonic], float(np.float32(1e30))
    exact = float(Gradient(entry, entry.settings[0], TYPES["f32"]).exact(x, dy=dy)[0])
    assert abs(at(mnemonic, x, dy) / exact - 1) < 1e-6
