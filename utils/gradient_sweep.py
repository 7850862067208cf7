# gradient_sweep.py - compiles the gradients of entries and measures their errors.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import functools

import numpy as np
import sweep
from gradient_ops import GradientOp
from gradients import Gradient
from reference import Reference
from run_kernel import compile_library
from ulp import TYPES


@functools.lru_cache(None)
def _library(op, type_):
    """All settings of an op, which are compiled together to save time."""
    tensor = f"tensor<?x{type_.name}>"
    settings = enumerate(op.entry.settings)
    return compile_library(
        "".join(op.function(f"f{i}", tensor, s) for i, s in settings if s in op.settings)
    )


def run(entry, index, type_, *operands, from_result=False):
    """The gradients at the entry's settings[index], dy being the last operand, of
    a unary or gated entry."""
    op = GradientOp(entry, from_result)
    ranks = [1] * len(op.result_types("f32"))
    return _library(op, type_).call_all(f"f{index}", ranks, *operands)


def bound(entry, type_):
    """The largest error of a gradient, in ULP: that of the value and 2 more."""
    named = sweep.BOUNDS["gradients"].get(entry.mnemonic, {})
    if type_.name in named:
        return named[type_.name]
    targets = sweep.BOUNDS["targets"]
    if type_.width == 16:
        return targets[type_.name]
    value = targets["ops"].get(entry.mnemonic, targets["f32"]) if type_.name == "f32" else targets["f64"]
    return value + 2


@functools.lru_cache(None)
def _crossings(entry, items, name):
    gradient = Gradient(entry, dict(items), TYPES[name])

    def slope(x):
        # A value that no transformation makes 0.
        others = [np.full_like(x, 2.3)] * (len(entry.operands) - 1)
        return gradient.double(x, *others, dy=np.ones_like(x))[0]

    return sweep.crossings(slope)


def zeros_of(entry, setting, name):
    """Where the slope crosses zero."""
    return sweep.listed_zeros(entry, setting, name, entry.grad_zeros, _crossings)


def limits_of(entry, setting, type_, x, factor, exact):
    """The largest error allowed at each point, where the slope is multiplied by
    `factor`."""
    rules = sweep.BOUNDS["gradients"].get(entry.mnemonic, {})
    limits = np.full(np.shape(exact), float(bound(entry, type_)))
    zeros = zeros_of(entry, setting, type_.name)
    ulp = rules.get("zeros_ulp", sweep.BOUNDS["zeros"]["ulp"])
    limits = sweep.near_zeros(zeros, type_, x, exact, limits, factor, ulp)
    with np.errstate(all="ignore"):
        for beyond in rules.get("beyond", ()):
            argument = np.abs(Reference(entry, setting, type_).value(beyond["of"], x=x))
            allowed = np.inf
            if beyond["absolute"] is not None:
                allowed = limits + beyond["absolute"] * np.abs(factor) / sweep.spacing(type_, exact)
            limits = np.where(argument > beyond["from"], np.maximum(limits, allowed), limits)
    return limits
