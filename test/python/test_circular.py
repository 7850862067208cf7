# The sine, cosine and arctangent of the math dialect, compiled.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import mpmath
import numpy as np
import pytest
import ulp
from act_run import act_run

NUMPY = {"sin": np.sin, "cos": np.cos, "atan": np.arctan}
# Where even the quadrant is uncertain, all that is promised is abs(y) <= 1.
FARTHEST = {"f16": 2.0**22, "bf16": 2.0**22, "f32": 2.0**22, "f64": 2.0**50}
# Up to 2^15, in ULP; at most twice that further out.
BOUNDS = {"f16": 0.501, "bf16": 0.501, "f32": 0.77, "f64": 0.7}


def compiled(op, name, x):
    module = f"""func.func @main(%x: tensor<?x{name}>) -> tensor<?x{name}> {{
  %0 = math.{op} %x : tensor<?x{name}>
  return %0 : tensor<?x{name}>
}}"""
    return act_run(module, [x.view(np.uint16) if name == "bf16" else x])[0].view(ulp.TYPES[name].dtype)


def specials(type_):
    values = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e30, -3e38], dtype=np.float64)
    with np.errstate(over="ignore"):
        return values.astype(type_.dtype)


def far(op, type_, x):
    return np.isfinite(x) & (np.abs(x) >= FARTHEST[type_.name]) & (op != "atan")


@pytest.mark.parametrize("name", ["f16", "bf16", "f32"])
@pytest.mark.parametrize("op", NUMPY)
def test_against_double(op, name):
    type_ = ulp.TYPES[name]
    bits = np.arange(1 << 16) if type_.width == 16 else np.arange(0, 1 << 32, 32749)
    x = np.concatenate([type_.from_bits(bits), specials(type_)])
    got = compiled(op, name, x)
    double = type_.to_double(x)
    with np.errstate(invalid="ignore"):
        error = ulp.errors(type_, got, NUMPY[op](double))
    outside = far(op, type_, double)
    assert np.all(np.abs(type_.to_double(got[outside])) <= 1)
    limit = np.where(np.abs(double) <= 2.0**15, BOUNDS[name], 2 * BOUNDS[name])
    wrong = ~outside & ~(error <= limit)
    assert not wrong.any(), (x[wrong][:5], got[wrong][:5], error[wrong][:5])


@pytest.mark.parametrize("op", NUMPY)
def test_against_mpmath(op):
    type_ = ulp.TYPES["f64"]
    rng = np.random.default_rng(0)
    x = np.exp2(rng.uniform(-40, 15, 2000)) * rng.choice([-1, 1], 2000)
    # As near to multiples of pi/2 as f64 gets, and further out.
    multiples = np.arange(1, 1000) * (np.pi / 2)
    x = np.concatenate([x, multiples, np.exp2(rng.uniform(15, 1000, 100)), specials(type_)])
    got = compiled(op, "f64", x)
    outside = far(op, type_, x)
    assert np.all(np.abs(got[outside]) <= 1)
    with mpmath.workprec(200):
        for value, y in zip(x[~outside], got[~outside]):
            finite = np.isfinite(value) or op == "atan" and not np.isnan(value)
            exact = getattr(mpmath, op)(mpmath.mpf(value)) if finite else mpmath.nan
            error = ulp.error_mp(type_, y, exact, np.signbit(value))
            assert error <= BOUNDS["f64"] * (1 if abs(value) <= 2.0**15 else 2), (value, y)
