# Math ops on f16 and bf16 are rounded once.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

from fractions import Fraction

import numpy as np
import pytest
from act_run import act_run
from machine import cpu_flags
from run_kernel import compile_library

# Bits of the fraction and the least exponent of a normal number.
FORMATS = {"f16": (10, -14), "bf16": (7, -126)}
ALL = np.arange(1 << 16, dtype=np.uint16)


def to_double(bits, name):
    if name == "f16":
        return bits.view(np.float16).astype(np.float64)
    with np.errstate(invalid="ignore"):
        return (bits.astype(np.uint32) << 16).view(np.float32).astype(np.float64)


def run(text, name, inputs):
    module = text.replace("TYPE", f"tensor<?x{name}>")
    arrays = [a.view(np.float16) if name == "f16" else a for a in inputs]
    return act_run(module, arrays)[0]


def unary(op, result="TYPE"):
    return f"""func.func @main(%x: TYPE) -> {result} {{
  %0 = math.{op} %x : TYPE
  return %0 : {result}
}}"""


def round_once(value, name):
    """The double of `value`, a Fraction, rounded to the format."""
    fraction, least = FORMATS[name]
    if value == 0:
        return 0.0
    exponent = max(int(np.floor(np.log2(float(abs(value))))), least)
    # The logarithm may be off by one at a power of two.
    while abs(value) >= Fraction(2) ** (exponent + 1):
        exponent += 1
    while exponent > least and abs(value) < Fraction(2) ** exponent:
        exponent -= 1
    unit = Fraction(2) ** (exponent - fraction)
    rounded = round(value / unit) * unit
    largest = (2 - Fraction(2) ** -fraction) * Fraction(2) ** (127 if name == "bf16" else 15)
    return float(rounded) if abs(rounded) <= largest else float("inf") * (1 if value > 0 else -1)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("op", ["ceil", "floor", "roundeven", "trunc", "sqrt"])
def test_rounding(op, name):
    x = to_double(ALL, name)
    with np.errstate(invalid="ignore"):
        want = {"roundeven": np.rint}.get(op) or getattr(np, op)
        want = want(x)
        if op == "sqrt":
            # A double is far longer than twice either format, as f32 is.
            exact = want
            want = np.array([v if not np.isfinite(v) else round_once(Fraction(v), name) for v in exact])
            want = np.copysign(want, exact)
    got = run(unary(op), name, [ALL])
    got = to_double(got.view(np.uint16), name)
    np.testing.assert_array_equal(got, want)
    ok = ~np.isnan(want)
    np.testing.assert_array_equal(np.signbit(got[ok]), np.signbit(want[ok]))


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("op", ["isfinite", "isinf", "isnan", "isnormal"])
def test_classes(op, name):
    x = to_double(ALL, name)
    if op == "isnormal":
        want = np.isfinite(x) & (np.abs(x) >= 2.0 ** FORMATS[name][1])
    else:
        want = getattr(np, op)(x)
    got = run(unary(op, "tensor<?xi1>"), name, [ALL])
    np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("name", FORMATS)
def test_fma(name):
    text = """func.func @main(%a: TYPE, %b: TYPE, %c: TYPE) -> TYPE {
  %0 = math.fma %a, %b, %c : TYPE
  return %0 : TYPE
}"""
    rng = np.random.default_rng(0)
    a, b, c = rng.integers(0, 1 << 16, (3, 20000), dtype=np.uint16)
    # Ties of the product that a tiny addend decides: (1 + 2^-k)(1 + 2^-j) + c.
    fraction = FORMATS[name][0]
    one = {"f16": 0x3C00, "bf16": 0x3F80}[name]
    a[:4000] = one + rng.integers(0, 1 << (fraction // 2 + 1), 4000)
    b[:4000] = one + rng.integers(0, 1 << (fraction // 2 + 1), 4000)
    c[:4000] = rng.integers(1, 1 << fraction, 4000) | (rng.integers(0, 2, 4000) << 15)
    keep = np.all([np.isfinite(to_double(v, name)) for v in (a, b, c)], axis=0)
    a, b, c = a[keep], b[keep], c[keep]
    values = [[Fraction(v) for v in to_double(v, name)] for v in (a, b, c)]
    want = np.array([round_once(x * y + z, name) for x, y, z in zip(*values)])
    got = run(text, name, [a, b, c])
    np.testing.assert_array_equal(to_double(got.view(np.uint16), name), want)


# What each CPU needs to be there.
CPUS = {
    "native": set(),
    "x86-64-v3": {"avx2", "fma"},
    "x86-64-v4": {"avx512f", "avx512bw", "avx512dq", "avx512vl"},
}


@pytest.mark.parametrize("cpu", CPUS)
@pytest.mark.parametrize("name", FORMATS)
def test_narrowing(name, cpu):
    """Every upper half of an f32 with lower halves around ties, in an order in
    which NaNs and subnormal numbers are among themselves, and in another."""
    if not CPUS[cpu] <= cpu_flags():
        pytest.skip("this CPU has not what the code needs")
    library = compile_library(
        f"""#id = affine_map<(i) -> (i)>
func.func @narrow(%x: memref<?xf32>, %y: memref<?x{name}>) {{
  linalg.generic {{indexing_maps = [#id, #id], iterator_types = ["parallel"]}}
      ins(%x : memref<?xf32>) outs(%y : memref<?x{name}>) {{
  ^bb0(%a: f32, %b: {name}):
    %0 = arith.truncf %a : f32 to {name}
    linalg.yield %0 : {name}
  }}
  return
}}
""",
        ("--cpu", cpu),
    )
    low = np.array([0, 1, 0x0FFF, 0x1000, 0x1001, 0x2FFF, 0x3000, 0x7FFF, 0x8000, 0x8001, 0xFFFF])
    bits = (ALL.astype(np.uint32)[:, None] << 16 | low.astype(np.uint32)).reshape(-1)
    if name == "f16":
        with np.errstate(over="ignore", invalid="ignore"):
            want = bits.view(np.float32).astype(np.float16).view(np.uint16)
    else:
        carried = bits.astype(np.uint64) + 0x7FFF + ((bits >> 16) & 1)
        want = (carried >> 16).astype(np.uint16)
    isnan = np.isnan(bits.view(np.float32))
    order = np.random.default_rng(0).permutation(len(bits))
    for index in (np.arange(len(bits)), order):
        got = np.zeros(len(bits), np.uint16)
        library.call_on_buffers("narrow", bits[index].view(np.float32), got)
        nan = isnan[index]
        np.testing.assert_array_equal(got[~nan], want[index][~nan])
        inf, quiet = {"f16": (0x7C00, 0x200), "bf16": (0x7F80, 0x40)}[name]
        assert np.all((got[nan] & (inf | quiet)) == inf | quiet)
