# Selections among f16 and bf16 values on all their bits.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import numpy as np
import pytest
from act_run import act_run
from test_halves import ALL, to_double

QUIET = {"f16": 0x0200, "bf16": 0x0040}
CONSTANTS = [0.0, -0.0, 1.0, -1.0, 0.3, -2.7, 1e-41, 3e38, -1e5, np.inf, -np.inf]


def round_to(values, name):
    """Doubles rounded to f32 and to the format, as doubles."""
    single = np.asarray(values, np.float32)
    with np.errstate(over="ignore"):
        if name == "f16":
            return single.astype(np.float16).astype(np.float64)
    bits = single.view(np.uint32).astype(np.uint64)
    bits = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16 << 16
    rounded = bits.astype(np.uint32).view(np.float32).astype(np.float64)
    return np.where(np.isnan(single), single.astype(np.float64), rounded)


def check(lines, name, want, inputs):
    """Runs a body from %a and %b, f32 values of 16 bits, to %y."""
    arguments = ", ".join(f"%{n}: TYPE" for n in "xz"[: len(inputs)])
    types = ", ".join(["TYPE"] * len(inputs))
    blocks = ", ".join(f"%{n}h: {name}" for n in "ab"[: len(inputs)])
    wide = "\n".join(f"%{n} = arith.extf %{n}h : {name} to f32" for n in "ab"[: len(inputs)])
    maps = ", ".join(["#id"] * (len(inputs) + 1))
    text = f"""#id = affine_map<(i) -> (i)>
func.func @main({arguments}) -> TYPE {{
  %zero = arith.constant 0 : index
  %size = tensor.dim %x, %zero : TYPE
  %e = tensor.empty(%size) : TYPE
  %r = linalg.generic {{indexing_maps = [{maps}], iterator_types = ["parallel"]}}
      ins({", ".join(f"%{n}" for n in "xz"[: len(inputs)])} : {types}) outs(%e : TYPE) {{
  ^bb0({blocks}, %o: {name}):
    {wide}
    {lines}
    %t = arith.truncf %y : f32 to {name}
    linalg.yield %t : {name}
  }} -> TYPE
  return %r : TYPE
}}""".replace("TYPE", f"tensor<?x{name}>")
    arrays = [a.view(np.float16) if name == "f16" else a for a in inputs]
    bits = act_run(text, arrays)[0].view(np.uint16)
    got = to_double(bits, name)
    np.testing.assert_array_equal(got, want)
    nan = np.isnan(want)
    np.testing.assert_array_equal(np.signbit(got[~nan]), np.signbit(want[~nan]))
    assert np.all(bits[nan] & QUIET[name]), "a signaling NaN"


def constant(name, value):
    bits = np.float32(value).view(np.uint32)
    return f"%{name} = arith.constant 0x{bits:08X} : f32\n"


COMPARE = {
    "olt": lambda a, b: a < b,
    "oge": lambda a, b: a >= b,
    "oeq": lambda a, b: a == b,
    "ugt": lambda a, b: ~(a <= b),
    "ule": lambda a, b: ~(a > b),
    "une": lambda a, b: a != b,
}


@pytest.mark.parametrize("name", QUIET)
@pytest.mark.parametrize("predicate", COMPARE)
def test_one_condition(predicate, name):
    x = to_double(ALL, name)
    for c in CONSTANTS:
        with np.errstate(invalid="ignore"):
            condition = COMPARE[predicate](x, np.float64(np.float32(c)))
        lines = constant("c", c) + constant("k", 0.7) + (
            f"%p = arith.cmpf {predicate}, %a, %c : f32\n%y = arith.select %p, %k, %a : f32"
        )
        check(lines, name, np.where(condition, round_to(0.7, name), x), [ALL])


@pytest.mark.parametrize("name", QUIET)
def test_nested(name):
    x = to_double(ALL, name)
    rng = np.random.default_rng(0)
    for _ in range(8):
        c = rng.choice(CONSTANTS, 5)
        pick = rng.choice(list(COMPARE), 3)
        lines = "".join(constant(f"c{i}", v) for i, v in enumerate(c)) + f"""
          %n = arith.negf %a : f32
          %m = math.absf %a : f32
          %p0 = arith.cmpf {pick[0]}, %a, %c0 : f32
          %p1 = arith.cmpf {pick[1]}, %n, %c1 : f32
          %p2 = arith.cmpf {pick[2]}, %m, %c2 : f32
          %q = arith.andi %p0, %p1 : i1
          %s0 = arith.select %q, %m, %c3 : f32
          %s1 = arith.select %p2, %s0, %n : f32
          %y = arith.select %p0, %s1, %c4 : f32"""
        w = [np.float64(np.float32(v)) for v in c]
        p = [COMPARE[k](v, w[i]) for i, (k, v) in enumerate(zip(pick, [x, -x, np.abs(x)]))]
        s0 = np.where(p[0] & p[1], np.abs(x), round_to(c[3], name))
        want = np.where(p[0], np.where(p[2], s0, -x), round_to(c[4], name))
        check(lines, name, want, [ALL])


@pytest.mark.parametrize("name", QUIET)
@pytest.mark.parametrize("op", ["maximumf", "minimumf", "maxnumf", "minnumf"])
def test_bounds(op, name):
    x = to_double(ALL, name)
    # The other of NaN and x is x itself: upstream folds that, signaling or not.
    for c in [0.0, -0.0, 1.5, -1.5, 1e-41] + [np.nan] * op.endswith("mumf"):
        single = np.float64(np.float32(c))
        larger = (x > single) | ((x == single) & ~np.signbit(x) & np.signbit(single))
        larger |= (x == single) & (np.signbit(x) == np.signbit(single))
        pick = larger if op.startswith("max") else (x < single) | (
            (x == single) & (np.signbit(x) >= np.signbit(single)))
        want = np.where(pick, x, round_to(c, name))
        nan = np.isnan(x) | np.isnan(c)
        other = np.where(np.isnan(x), round_to(c, name), x)
        want = np.where(nan, np.nan if op.endswith("mumf") else other, want)
        check(constant("c", c) + f"%y = arith.{op} %a, %c : f32", name, want, [ALL])


@pytest.mark.parametrize("name", QUIET)
def test_two_values(name):
    rng = np.random.default_rng(1)
    a, b = ALL, rng.permutation(ALL)
    x, z = to_double(a, name), to_double(b, name)
    lines = constant("c", 0.5) + """
      %p = arith.cmpf ogt, %a, %c : f32
      %q = arith.cmpf olt, %a, %b : f32
      %s = arith.select %q, %c, %b : f32
      %y = arith.select %p, %a, %s : f32"""
    want = np.where(x > 0.5, x, np.where(x < z, 0.5, z))
    check(lines, name, want, [a, b])
