# sweep.py - compiles entries and measures their errors.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import functools
import json

import inputs
import numpy as np
from entries import ROOT, entries, setting_name
from reference import Reference
from run_kernel import compile_library
from ulp import TYPES, errors

BOUNDS = json.loads((ROOT / "test" / "Numerics" / "bounds.json").read_text())


def bound(entry, type_):
    return BOUNDS.get(entry.mnemonic, {}).get(type_.name, BOUNDS["default"][type_.name])


def of_shape(*shapes):
    """Pairs of an entry and a setting, as parameters of a test."""
    return [
        (e, i) for e in entries() if e.shape in shapes for i in range(len(e.settings))
    ]


def name_of(value):
    """The name of a parameter of a test."""
    if isinstance(value, tuple):
        entry, index = value
        return setting_name(entry, entry.settings[index])
    return getattr(value, "mnemonic", None) or getattr(value, "name", None) or str(value)


def run(entry, index, type_, *operands):
    """The compiled op with the entry's settings[index]. All settings of an
    entry are compiled together, to save time."""
    tensor = entry.tensor(type_.name)
    functions = [entry.function(f"f{i}", tensor, s, entry.dim) for i, s in enumerate(entry.settings)]
    library = compile_library("".join(functions))
    return library.call(f"f{index}", *operands)


@functools.lru_cache(4)
def sixteen_bit(entry, index, name):
    """Values, results and exact results for all inputs of a 16-bit type."""
    type_ = TYPES[name]
    x = inputs.every(name)
    y = run(entry, index, type_, x)
    exact = Reference(entry, entry.settings[index], type_).double(type_.to_double(x))
    return type_.to_double(x), y, exact


def check(type_, error, limit, got, exact, *operands):
    """Asserts that errors are within a limit, a number or one per result, and
    returns the largest."""
    limits = np.broadcast_to(limit, error.shape)
    free = np.isinf(limits)
    assert np.array_equal(np.isnan(got[free].astype(np.float64)), np.isnan(exact[free]))
    error, limits = np.where(free, 0, error), np.where(free, 0, limits)
    worst = int(np.argmax(error - limits))
    if not error[worst] <= limits[worst]:
        values = ", ".join(
            f"{float(o[worst])!r} ({int(o.view(type_.bits)[worst]):#x})" for o in operands
        )
        raise AssertionError(
            f"{int(np.sum(~(error <= limits)))} of {error.size} results are wrong, "
            f"the worst by {error[worst]:.4g} ULP (allowed: {limits[worst]:.4g}): "
            f"at {values} got {float(got[worst])!r}, exact {float(exact[worst])!r}"
        )
    return float(error.max())


def is_identity(entry, setting):
    """Whether the op is known to do nothing with these parameters."""
    if not entry.identity_on:
        return False
    reference = Reference(entry, setting, TYPES["f64"])
    ends = entry.identity_on.lo, entry.identity_on.hi
    return tuple(map(reference.bound, ends)) == (-np.inf, np.inf)


def errors_of(entry, setting, type_, y, exact):
    """Errors in ULP. An op that does nothing folds away, and leaves signaling
    NaN alone like any copy."""
    error = errors(type_, y, exact)
    if is_identity(entry, setting):
        error[np.isnan(exact) & np.isnan(type_.to_double(y))] = 0
    return error


def crossings(function):
    """Where a function of arrays changes its sign, apart from 0, on a fine grid."""
    x = np.arange(-(1 << 16), 1 << 16) / 1024.0 + 1 / 4096
    y = np.sign(function(x))
    return [z for z in x[1:][y[1:] * y[:-1] < 0] if abs(z) > 2.0**-9]


@functools.lru_cache(None)
def _crossings(entry, items, name):
    return crossings(Reference(entry, dict(items), TYPES[name]).double)


def listed_zeros(entry, setting, name, zeros, everywhere):
    """The zeros an entry lists; `everywhere` stands for those that the function
    of that name finds."""
    reference = Reference(entry, setting, TYPES[name])
    for zero in zeros:
        if zero == "everywhere":
            yield from everywhere(entry, tuple(setting.items()), name)
        else:
            yield reference.bound(zero)


def zeros_of(entry, setting, name):
    """Those of the value, which are those of the reference."""
    return listed_zeros(entry, setting, name, entry.zeros, _crossings)


def spacing(type_, exact):
    """One unit in the last place at exact values."""
    with np.errstate(all="ignore"):
        exponent = np.minimum(np.frexp(exact)[1], type_.max_exponent) - type_.precision
        exponent = np.where(np.isinf(exact), type_.max_exponent - type_.precision, exponent)
        exponent = np.where(exact == 0, type_.min_exponent, exponent)
        return np.ldexp(1.0, np.maximum(exponent, type_.min_exponent))


def limits_of(entry, setting, type_, x, exact):
    """The largest error allowed at each point."""
    limit = np.full(np.shape(exact), float(bound(entry, type_)))
    limits = near_zeros(zeros_of(entry, setting, type_.name), type_, x, exact, limit)
    # Where arguments of periodic functions are large: absolute errors.
    for rule in BOUNDS.get(entry.mnemonic, {}).get("beyond", ()):
        reference = Reference(entry, setting, type_)
        argument = np.abs(reference.value(rule["of"], x=x))
        if rule["absolute"] is None:
            limits[argument > rule["from"]] = np.inf
            continue
        allowed = limit + reference.value(rule["absolute"]) / spacing(type_, exact)
        limits = np.where(argument > rule["from"], np.maximum(limits, allowed), limits)
    return limits


def near_zeros(zeros, type_, x, exact, limits, factor=1.0, ulp=BOUNDS["zeros"]["ulp"]):
    """The limit where the value crosses zero: in absolute terms, because no
    relative bound can hold there, of what the value is multiplied by."""
    rule = BOUNDS["zeros"]
    allowed = rule["absolute"]
    with np.errstate(all="ignore"):
        for zero in zeros:
            near = np.abs(x - zero) <= rule["distance"]
            if type_.name not in allowed:
                limits = np.where(near, ulp, limits)
                continue
            absolute = allowed[type_.name] * np.abs(factor) / spacing(type_, exact)
            limits = np.where(near, np.maximum(limits, absolute), limits)
    return limits


def broadcast_limits(entry, type_, x, exact, reference, parameters):
    """The largest error allowed at each point, where parameters are operands."""
    limit = np.full(exact.shape, float(bound(entry, type_)))
    rule = BOUNDS["zeros"]
    absolute = rule["absolute"].get(type_.name)
    for zero in entry.zeros:
        operands = dict(zip(entry.operands[1:], parameters))
        near = np.abs(x - reference.value(zero, **operands)) <= rule["distance"]
        allowed = rule["ulp"]
        if absolute:
            terms = np.maximum(1, np.maximum.reduce([np.abs(p) for p in parameters]))
            allowed = absolute * terms / spacing(type_, exact)
        limit = np.where(near, np.maximum(limit, allowed), limit)
    return limit
