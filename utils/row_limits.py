# row_limits.py - the largest errors allowed of row-wise ops.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import numpy as np
import sweep

BOUNDS = sweep.BOUNDS["rows"]


def distance(operands, sign):
    """How far each element lies below the largest of its row, or above the
    smallest: the exponential passes on that many times the error of its
    argument."""
    with np.errstate(all="ignore"):
        x = sign * sum(o for o in operands if o.dtype != np.bool_)
        for mask in (o for o in operands if o.dtype == np.bool_):
            x = np.where(mask, x, -np.inf)
        d = np.max(x, axis=-1, keepdims=True, initial=-np.inf) - x
    return np.where(np.isfinite(d), d, 0)


def limits(entry, setting, type_, operands, exact):
    """The largest error allowed, in ULP, from bounds.json: a number of ULP, and
    more for each unit of distance, or an error relative to the largest of 1,
    the result and the maximum, or an absolute one."""
    bound = BOUNDS[entry.mnemonic]
    x = operands[0].astype(np.float64)
    ulp = np.full(exact.shape, float(bound["ulp"].get(type_.name, bound["ulp"]["default"])))
    unit = 2.0 ** -(53 if type_.name == "f64" else 24)
    if "distance" in bound and type_.width > 16:
        temperature = setting.get("temperature", 1.0)
        ulp = ulp + distance(operands, bound["distance"]) / temperature
    with np.errstate(all="ignore"):
        if "relative" in bound:
            largest = np.max(np.abs(x), axis=-1, keepdims=True, initial=0)
            largest = np.where(np.isfinite(largest), largest, 0) / setting.get("temperature", 1.0)
            size = np.maximum(1, np.maximum(largest, np.abs(exact)))
            size = np.where(np.isfinite(size), size, 1)
            half = 0.5 if type_.width == 16 else 0.0
            ulp = np.maximum(ulp, bound["relative"] * unit * size / sweep.spacing(type_, exact) + half)
        if "absolute" in bound:
            absolute = bound["absolute"] * (2.0**-29 if type_.name == "f64" else 1)
            ulp = np.maximum(ulp, absolute / sweep.spacing(type_, exact))
    return np.where(np.isfinite(ulp), ulp, 0)


def with_sign(entry, y, exact):
    """Results, zeros with the sign of the exact value where the bound is not
    one of ULP alone: such a bound says nothing of it."""
    if BOUNDS[entry.mnemonic].keys() & {"relative", "absolute"}:
        y = np.where(y == 0, np.copysign(y, exact.astype(y.dtype)), y)
    return y.ravel()
