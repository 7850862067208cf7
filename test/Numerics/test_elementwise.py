# Every activation, every parameter, every type: compiled code against the
# reference.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import inputs
import mpmath
import numpy as np
import pytest
import sweep
from reference import Reference
from ulp import TYPES, error_mp

UNARY = sweep.of_shape("unary")
GATED = sweep.of_shape("gated")


def record(record_property, case, type_, worst):
    record_property(f"ulp:{sweep.name_of(case)}:{type_.name}", worst)


@pytest.mark.parametrize("case", UNARY, ids=sweep.name_of)
@pytest.mark.parametrize("name", ["f16", "bf16"])
def test_every_16_bit_input(case, name, record_property):
    entry, index = case
    type_ = TYPES[name]
    x, y, exact = sweep.sixteen_bit(entry, index, name)
    error = sweep.errors_of(entry, entry.settings[index], type_, y, exact)
    limit = sweep.limits_of(entry, entry.settings[index], type_, x, exact)
    worst = sweep.check(type_, error, limit, y, exact, inputs.every(name))
    record(record_property, case, type_, worst)


@pytest.mark.parametrize("case", UNARY, ids=sweep.name_of)
def test_f32(case, record_property):
    entry, index = case
    type_ = TYPES["f32"]
    bits = inputs.spread("f32", 1 << (18 if index else 20))
    y = sweep.run(entry, index, type_, bits)
    x = type_.to_double(bits)
    exact = Reference(entry, entry.settings[index], type_).double(x)
    error = sweep.errors_of(entry, entry.settings[index], type_, y, exact)
    limit = sweep.limits_of(entry, entry.settings[index], type_, x, exact)
    worst = sweep.check(type_, error, limit, y, exact, bits)
    record(record_property, case, type_, worst)


def check_f64(entry, index, *operands):
    """Against mpmath, one number at a time."""
    type_ = TYPES["f64"]
    y = sweep.run(entry, index, type_, *operands)
    reference = Reference(entry, entry.settings[index], type_)
    # Tells the sign of a zero, which mpmath does not have.
    negative = np.signbit(reference.double(*operands))
    exact, error = [], []
    with mpmath.workprec(100):
        for i, values in enumerate(zip(*operands)):
            exact.append(reference.exact(*map(float, values)))
            error.append(error_mp(type_, y[i], exact[i], negative[i]))
    as_double = np.array([float(e) for e in exact])
    error = np.array(error)
    limit = sweep.limits_of(entry, entry.settings[index], type_, operands[0], as_double)
    return sweep.check(type_, error, limit, y, as_double, *operands)


@pytest.mark.parametrize("case", UNARY, ids=sweep.name_of)
def test_f64(case, record_property):
    entry, index = case
    x = inputs.spread("f64", 1 << (10 if index else 12))
    # Every power of two is there for the default alone.
    x = x[:: 3 if index else 1]
    worst = check_f64(entry, index, x)
    record(record_property, case, TYPES["f64"], worst)


def screen(entry, index, *operands):
    """A million points: against long double, and against mpmath where that says
    the limit is near. (It has 11 bits more, of which large arguments of
    exponentials cost some.)"""
    type_ = TYPES["f64"]
    setting = entry.settings[index]
    reference = Reference(entry, setting, type_)
    y = sweep.run(entry, index, type_, *operands)
    exact = reference.long(*operands)
    error = sweep.errors_of(entry, setting, type_, y, exact)
    as_double = exact.astype(np.float64)
    limit = sweep.limits_of(entry, setting, type_, operands[0], as_double)
    near = np.flatnonzero(error > np.maximum(limit - 1, limit / 2))
    near = near[np.argsort(error[near] - limit[near])][-2000:]
    if near.size:
        check_f64(entry, index, *(o[near] for o in operands))


def long_double(cases):
    return [c for c in cases if Reference(c[0], c[0].settings[c[1]], TYPES["f64"]).has_long]


@pytest.mark.parametrize("case", [c for c in long_double(UNARY) if c[1] == 0], ids=sweep.name_of)
def test_f64_on_a_million_inputs(case):
    screen(*case, inputs.spread("f64", 1 << 20))


@pytest.mark.parametrize("case", [c for c in long_double(GATED) if c[1] == 0], ids=sweep.name_of)
def test_gated_f64_on_a_million_pairs(case):
    operands = inputs.pairs("f64", 1 << 20)
    plain = ~np.isinf(operands[1])
    screen(*case, *(o[plain] for o in operands))


@pytest.mark.parametrize("case", GATED, ids=sweep.name_of)
@pytest.mark.parametrize("name", ["f16", "bf16", "f32"])
def test_gated(case, name, record_property):
    entry, index = case
    type_ = TYPES[name]
    operands = inputs.pairs(name, 1 << (17 if index else 20))
    y = sweep.run(entry, index, type_, *operands)
    doubles = [type_.to_double(o) for o in operands]
    reference = Reference(entry, entry.settings[index], type_)
    exact = reference.double(*doubles)
    error = sweep.errors_of(entry, entry.settings[index], type_, y, exact)
    # An infinite value times a gate that underflows follows IEEE.
    gate = reference.gate(doubles[0])
    nothing = np.isinf(doubles[1]) & (np.abs(gate) < np.finfo(type_.compute).smallest_subnormal)
    error[nothing & np.isnan(type_.to_double(y))] = 0
    worst = sweep.check(type_, error, sweep.bound(entry, type_), y, exact, *operands)
    record(record_property, case, type_, worst)


@pytest.mark.parametrize("case", GATED, ids=sweep.name_of)
def test_gated_f64(case, record_property):
    entry, index = case
    operands = inputs.pairs("f64", 1 << (10 if index else 12))
    # As above.
    plain = ~np.isinf(operands[1])
    worst = check_f64(entry, index, *(o[plain] for o in operands))
    record(record_property, case, TYPES["f64"], worst)
