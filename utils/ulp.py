# ulp.py - errors in units in the last place.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The error of a result is its distance from the exact value over the spacing of
# the result's type at the exact value; below the smallest normal number, the
# spacing of subnormal numbers. Infinity counts as the number that would follow
# the largest one. NaN equals NaN. A zero of the wrong sign is infinitely wrong.

from dataclasses import dataclass

import ml_dtypes
import mpmath
import numpy as np


@dataclass(frozen=True)
class FloatType:
    name: str
    dtype: type
    bits: type  # the unsigned integer of that width
    precision: int  # with the implicit bit
    max_exponent: int  # 2^max_exponent would follow the largest number
    compute: type  # what parameters and constants are rounded to

    @property
    def min_exponent(self):
        """2^min_exponent is the smallest subnormal number."""
        return 3 - self.max_exponent - self.precision

    @property
    def width(self):
        return np.dtype(self.bits).itemsize * 8

    def from_bits(self, bits):
        return np.asarray(bits).astype(self.bits).view(self.dtype)

    def to_double(self, values):
        # Signalling NaNs are inputs like any other.
        with np.errstate(invalid="ignore"):
            return np.asarray(values).astype(np.float64)

    def neighbour(self, value, up):
        """The result's type rounded outward: the number of this type next to a
        real, or that real."""
        rounded = np.asarray(value, dtype=np.float64).astype(self.dtype)
        double = float(rounded)
        if (double < value) if up else (double > value):
            towards = np.array(np.inf if up else -np.inf).astype(self.dtype)
            return float(np.nextafter(rounded, towards))
        return double


TYPES = {
    t.name: t
    for t in (
        FloatType("f16", np.float16, np.uint16, 11, 16, np.float32),
        FloatType("bf16", ml_dtypes.bfloat16, np.uint16, 8, 128, np.float32),
        FloatType("f32", np.float32, np.uint32, 24, 128, np.float32),
        FloatType("f64", np.float64, np.uint64, 53, 1024, np.float64),
    )
}


def is_quiet(type_, values):
    """Whether each NaN is a quiet one; true for other values."""
    quiet = type_.bits(1 << (type_.precision - 2))
    bits = np.asarray(values).view(type_.bits)
    return ~np.isnan(type_.to_double(values)) | ((bits & quiet) != 0)


def lenient(type_, got, exact):
    """Results with the sign of a zero and the kind of a NaN put right, for those
    that promise neither."""
    zero = np.copysign(np.zeros_like(got), exact.astype(got.dtype))
    got = np.where(got == 0, zero, got)
    return np.where(np.isnan(type_.to_double(got)), type_.dtype(np.nan), got)


def errors(type_, got, exact):
    """The errors of `got`, an array of `type_`, against exact values in double,
    or in long double for f64. An infinite exact value must be met."""
    exact = np.asarray(exact)
    if exact.dtype != np.longdouble:
        assert type_.width <= 32, "double is not exact enough"
        exact = exact.astype(np.float64)
    value = type_.to_double(got).astype(exact.dtype)
    top = np.ldexp(exact.dtype.type(1), type_.max_exponent)
    with np.errstate(all="ignore"):
        bounded = np.clip(exact, -top, top)
        exponent = np.frexp(bounded)[1] - 1
        exponent = np.minimum(exponent, type_.max_exponent - 1)
        spacing = np.maximum(exponent - type_.precision + 1, type_.min_exponent)
        spacing = np.where(bounded == 0, type_.min_exponent, spacing)
        error = np.ldexp(np.abs(np.clip(value, -top, top) - bounded), -spacing)
    wrong = np.isinf(exact) & (value != exact)
    wrong |= (value == 0) & (np.signbit(value) != np.signbit(exact))
    error = np.where(wrong, np.inf, error)
    nan = np.isnan(exact)
    error = np.where(nan & np.isnan(value), 0.0, error)
    error = np.where(nan != np.isnan(value), np.inf, error)
    return np.where(is_quiet(type_, got), error, np.inf)


def error_mp(type_, got, exact, negative):
    """The error of one result against an mpf; `negative` is the sign of an
    exact value that is zero."""
    got = float(got)
    if mpmath.isnan(exact) or np.isnan(got):
        return 0.0 if mpmath.isnan(exact) and np.isnan(got) else np.inf
    if mpmath.isinf(exact):
        return 0.0 if got == float(exact) else np.inf
    if exact != 0:
        negative = exact < 0
    if got == 0 and np.signbit(got) != negative:
        return np.inf
    top = mpmath.ldexp(1, type_.max_exponent)
    bounded = max(-top, min(top, exact))
    value = max(-top, min(top, mpmath.mpf(got)))
    exponent = type_.min_exponent
    if bounded != 0:
        exponent = mpmath.frexp(bounded)[1] - type_.precision
        exponent = min(exponent, type_.max_exponent - type_.precision)
        exponent = max(exponent, type_.min_exponent)
    return float(mpmath.ldexp(abs(value - bounded), -exponent))
