# Conversions to 8 bits, alone and at the end of a chain that is one loop.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import ml_dtypes
import numpy as np
import pytest
from machine import cpu_flags
from run_kernel import compile_library
from test_halves import ALL, CPUS

SMALL = {
    "f8E5M2": ml_dtypes.float8_e5m2,
    "f8E4M3": ml_dtypes.float8_e4m3,
    "f8E4M3FN": ml_dtypes.float8_e4m3fn,
    "f8E3M4": ml_dtypes.float8_e3m4,
}
WIDE = {"bf16": ml_dtypes.bfloat16, "f16": np.float16, "f32": np.float32, "f64": np.float64}
LOW = [0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF]
BYTES = np.arange(256, dtype=np.uint8)


def loop(inputs, result, lines, options=()):
    """A function from buffers to a buffer, and its body from %a, %b, ... to %y."""
    names = "abcdefgh"[: len(inputs)]
    buffers = [f"%m{n}: memref<?x{t}>" for n, t in zip(names, inputs)]
    blocks = ", ".join(f"%{n}: {t}" for n, t in zip(names, inputs))
    maps = ", ".join(["#id"] * (len(inputs) + 1))
    return compile_library(
        f"""#id = affine_map<(i) -> (i)>
func.func @f({", ".join(buffers)}, %out: memref<?x{result}>) {{
  linalg.generic {{indexing_maps = [{maps}], iterator_types = ["parallel"]}}
      ins({", ".join("%m" + n for n in names)} : {", ".join(b.split(": ")[1] for b in buffers)})
      outs(%out : memref<?x{result}>) {{
  ^bb0({blocks}, %o: {result}):
    {lines}
    linalg.yield %y : {result}
  }}
  return
}}
""",
        options,
    )


def samples(wide):
    """Every sign, exponent and upper fraction with lower bits around ties."""
    bits = (ALL.astype(np.uint32)[:, None] << 16 | np.array(LOW, np.uint32)).reshape(-1)
    if wide in ("bf16", "f16"):
        return ALL.view(WIDE[wide])
    values = bits.view(np.float32)
    if wide == "f32":
        return values
    with np.errstate(invalid="ignore"):
        values = values.astype(np.float64)
        near = [np.nextafter(values, to) for to in (-np.inf, np.inf)]
    return np.concatenate([values, *near])


def to_double(values):
    with np.errstate(invalid="ignore"):
        return values.astype(np.float32).astype(np.float64)


def assert_same(got, want):
    """Bits that are equal, or both of NaNs."""
    nan = np.isnan(to_double(want))
    np.testing.assert_array_equal(np.isnan(to_double(got)), nan)
    size = np.dtype(f"u{got.dtype.itemsize}")
    np.testing.assert_array_equal(got.view(size)[~nan], want.view(size)[~nan])


def nearest(values, small):
    """Doubles rounded once, by the table of all values of the format: the nearer
    neighbour, or the even one of two; beyond the largest as if the table went
    on."""
    table = to_double(BYTES[:128].view(SMALL[small]))
    finite = table[np.isfinite(table)]
    steps = np.append(finite, 2 * finite[-1] - finite[-2])
    magnitude = np.minimum(np.abs(values), steps[-1])
    upper = np.clip(np.searchsorted(steps, magnitude), 1, len(steps) - 1)
    down, up = magnitude - steps[upper - 1], steps[upper] - magnitude
    index = np.where((down < up) | ((down == up) & (upper % 2 == 1)), upper - 1, upper)
    # One beyond the largest is infinity, or NaN.
    bits = index.astype(np.uint8) | np.where(np.signbit(values), 0x80, 0).astype(np.uint8)
    return np.where(np.isnan(values), 0x7F, bits).astype(np.uint8).view(SMALL[small])


@pytest.mark.parametrize("cpu", CPUS)
@pytest.mark.parametrize("wide", WIDE)
@pytest.mark.parametrize("small", SMALL)
def test_narrowing(small, wide, cpu):
    if not CPUS[cpu] <= cpu_flags():
        pytest.skip("this CPU has not what the code needs")
    lines = f"%y = arith.truncf %a : {wide} to {small}"
    library = loop([wide], small, lines, ("--cpu", cpu))
    x = samples(wide)
    got = np.zeros(len(x), np.uint8).view(SMALL[small])
    library.call_on_buffers("f", x, got)
    with np.errstate(invalid="ignore"):
        want = nearest(x.astype(np.float64), small)
    assert_same(got, want)
    if wide == "f32":
        with np.errstate(over="ignore", invalid="ignore"):
            assert_same(got, x.astype(SMALL[small]))


@pytest.mark.parametrize("wide", WIDE)
@pytest.mark.parametrize("small", SMALL)
def test_widening(small, wide):
    library = loop([small], wide, f"%y = arith.extf %a : {small} to {wide}")
    x = BYTES.view(SMALL[small])
    got = np.zeros(len(x), WIDE[wide])
    library.call_on_buffers("f", x, got)
    assert_same(got, to_double(x).astype(WIDE[wide]))


@pytest.mark.parametrize("small", SMALL)
def test_arithmetic(small):
    library = loop([small, small], small, f"%y = arith.addf %a, %b : {small}")
    a, b = np.meshgrid(BYTES, BYTES)
    a, b = (v.reshape(-1).view(SMALL[small]) for v in (a, b))
    got = np.zeros(len(a), np.uint8).view(SMALL[small])
    library.call_on_buffers("f", a, b, got)
    with np.errstate(invalid="ignore"):
        assert_same(got, nearest(to_double(a) + to_double(b), small))


LIMITS = {"i8": 127.0, "f8E4M3FN": 448.0, "f8E5M2": 57344.0}


@pytest.mark.parametrize("result", LIMITS)
@pytest.mark.parametrize("wide", ["f32", "bf16"])
def test_chain(wide, result):
    """Bias, activation, gate, residual, scale, clamp and conversion."""
    limit = LIMITS[result]
    widen = f"%w = arith.extf %s : {wide} to f32"
    if wide == "f32":
        widen = "%w = arith.mulf %s, %one : f32"
    end = f"%y = arith.truncf %q : f32 to {result}"
    if result == "i8":
        end = "%k = math.roundeven %q : f32\n%y = arith.fptosi %k : f32 to i8"
    library = loop(
        [wide] * 4,
        result,
        f"""%0 = arith.addf %a, %b : {wide}
    %1 = act.relu %0 : {wide}
    %2 = arith.mulf %1, %c : {wide}
    %s = arith.addf %2, %d : {wide}
    %one = arith.constant 1.0 : f32
    %scale = arith.constant 0.75 : f32
    %lo = arith.constant {-limit} : f32
    %hi = arith.constant {limit} : f32
    {widen}
    %p = arith.mulf %w, %scale : f32
    %n = arith.maximumf %p, %lo : f32
    %q = arith.minimumf %n, %hi : f32
    {end}""",
    )
    x = samples(wide)
    rng = np.random.default_rng(0)
    others = [rng.normal(0, 4, len(x)).astype(WIDE[wide]) for _ in range(3)]
    with np.errstate(all="ignore"):
        t = x + others[0]
        t = np.where(t <= 0, WIDE[wide](0), t)
        t = t * others[1] + others[2]
        p = t.astype(np.float32) * np.float32(0.75)
        q = np.minimum(np.maximum(p, np.float32(-limit)), np.float32(limit))
    if result == "i8":
        # NaN has no integer.
        number = ~np.isnan(q)
        got = np.zeros(len(x), np.int8)
        library.call_on_buffers("f", x, *others, got)
        np.testing.assert_array_equal(got[number], np.rint(q[number]).astype(np.int8))
    else:
        got = np.zeros(len(x), np.uint8).view(SMALL[result])
        library.call_on_buffers("f", x, *others, got)
        assert_same(got, nearest(q.astype(np.float64), result))
