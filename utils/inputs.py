# inputs.py - inputs for the sweeps.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import functools

import numpy as np
from ulp import TYPES

# Where exponentials and their relatives under- and overflow, saturate, or
# change between forms, in one compute type or another.
EDGES = (
    [0.3, 0.5, 0.6931472, 1, 1.5, 2, 3, 4, 5.5, 6, 8, 9, 10, 13, 14.5, 16.6, 17.3, 20]
    + [25, 36.7, 37.5, 38.5, 60, 64, 83, 87.3, 88, 88.7, 89, 97, 103.3, 104, 120]
    + [350, 708.4, 709.8, 745.1, 1000, 1024]
)


def _near(type_, values, count):
    """The numbers of a type next to the given ones."""
    center = np.asarray(values, dtype=np.float64).astype(type_.dtype)
    bits = center.view(type_.bits).astype(np.int64 if type_.width < 64 else object)
    steps = np.arange(-count, count + 1)
    return (bits[:, None] + steps[None, :]).ravel()


@functools.lru_cache(None)
def boundaries(name):
    """Bit patterns of zeros, subnormals, powers of two, edges, infinities, NaN."""
    type_ = TYPES[name]
    sign = 1 << (type_.width - 1)
    mantissa = 1 << (type_.precision - 1)
    exponents = (sign // mantissa) - 1
    positive = [0, 1, 2, 3, mantissa // 2, mantissa - 1]
    for exponent in range(1, exponents + 1):
        positive += [exponent * mantissa + d for d in (-1, 0, 1, mantissa // 2)]
    infinity = exponents * mantissa
    # NaN, quiet and signalling.
    positive += [infinity + mantissa // 2, infinity + mantissa // 2 + 1, infinity + 1]
    positive += [int(b) for b in _near(type_, EDGES, 4)]
    positive = np.array(sorted(set(p for p in positive if 0 <= p < sign)), dtype=type_.bits)
    return np.concatenate([positive, positive | type_.bits(sign)])


@functools.lru_cache(None)
def every(name):
    """All values of a 16-bit type."""
    return TYPES[name].from_bits(np.arange(1 << 16))


@functools.lru_cache(None)
def spread(name, count):
    """`count` bit patterns spread evenly over all of f32 or f64, then more of
    where functions are neither constant nor linear, then boundaries."""
    type_ = TYPES[name]
    step = (1 << type_.width) // count
    random = np.random.default_rng(count)
    offsets = random.integers(0, step, count, dtype=np.uint64)
    bits = np.arange(count, dtype=np.uint64) * np.uint64(step) + offsets
    exponents = 7 if type_.width == 32 else 10
    middle = random.uniform(-25, exponents, count // 4)
    middle = np.exp2(middle) * random.choice([-1.0, 1.0], count // 4)
    parts = [
        type_.from_bits(bits),
        middle.astype(type_.dtype),
        boundaries(name).view(type_.dtype),
    ]
    return np.concatenate(parts)


@functools.lru_cache(None)
def pairs(name, count):
    """Pairs of operands: all of the special values, all bit patterns, and
    numbers that occur in networks."""
    type_ = TYPES[name]
    top = (1 << (type_.width - 1)) - (1 << (type_.precision - 1))
    chosen = [0, 1, 1 << (type_.precision - 1), top - 1, top, top + (top >> 1)]
    special = np.array([b & ((1 << (type_.width - 1)) - 1) for b in chosen], dtype=type_.bits)
    numbers = [0.5, 1, 1.5, 3, 10, 20, 64, 88, 89, 100, 104, 1000]
    special = np.concatenate(
        [special.view(type_.dtype), np.array(numbers).astype(type_.dtype)]
    )
    special = np.concatenate([special, -special])
    left, right = (a.ravel() for a in np.meshgrid(special, special))
    random = np.random.default_rng(count + 1)
    bits = [
        random.integers(0, 1 << type_.width, count // 2, dtype=np.uint64)
        for _ in range(2)
    ]
    plain = [random.normal(0, 4, count // 2) for _ in range(2)]
    return tuple(
        np.concatenate([s, type_.from_bits(b), p.astype(type_.dtype)])
        for s, b, p in zip((left, right), bits, plain)
    )


@functools.lru_cache(None)
def rows(name, length, count):
    """Rows at scales from uniform to one-hot, with infinities and NaN."""
    type_ = TYPES[name]
    random = np.random.default_rng(length)
    scale = np.exp2(random.uniform(-6, 8, (count, 1)))
    shift = random.normal(0, 3, (count, 1)) * scale
    x = (random.normal(0, 1, (count, length)) * scale + shift).astype(type_.dtype)
    if count >= 8:
        x[0] = x[0, 0]
        x[1, :: max(1, length // 3)] = -np.inf
        x[2] = -np.inf
        x[3, length // 2] = np.inf
        x[4, -1] = np.nan
        x[5] = 0
    return x


@functools.lru_cache(None)
def parameters(name, count):
    """Parameters that are operands: numbers, zeros and a subnormal among them."""
    type_ = TYPES[name]
    random = np.random.default_rng(count)
    values = random.normal(0, 1.5, count)
    values[: min(count, 6)] = [0.25, 0.0, -0.0, 1.0, -1.0, 1e-40][: min(count, 6)]
    return values.astype(type_.dtype)


@functools.lru_cache(None)
def masks(length, count):
    """Masks for rows: most kept, half kept, one kept, all and none."""
    random = np.random.default_rng(length + 7)
    keep = random.random((count, length)) < random.choice([0.1, 0.5, 0.9], (count, 1))
    if count >= 16:
        keep[6] = False
        keep[7] = True
        keep[8] = np.arange(length) == length // 2
        # Of row 4 of `rows`, all but NaN; of row 2, some of the infinities.
        keep[4] = np.arange(length) != length - 1
        keep[9] = np.arange(length) == length - 1
    return keep


def row_operands(entry, type_, rows):
    """All operands of a row-wise entry, the first of which is given."""
    operands = [rows]
    for operand in entry.row_operands:
        if operand.is_mask:
            operands.append(masks(rows.shape[-1], rows.shape[0]))
        else:
            random = np.random.default_rng(rows.shape[-1] + 11)
            operands.append(random.gumbel(0, 1, rows.shape).astype(type_.dtype))
    return operands
