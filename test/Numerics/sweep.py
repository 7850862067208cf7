# Compiles entries and measures their errors.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import functools
import json
import pathlib

import inputs
import numpy as np
from entries import entries, setting_name
from reference import Reference
from run_kernel import compile_library, kernel_module
from ulp import TYPES

BOUNDS = json.loads((pathlib.Path(__file__).parent / "bounds.json").read_text())


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
    shape = "tensor<?x?x{}>" if entry.shape == "row" else "tensor<?x{}>"
    tensor = shape.format(type_.name)
    dim = 1 if entry.shape == "row" else None
    functions = [
        (
            f"f{i}",
            lambda names, s=setting: entry.spell(names, tensor, s, dim),
            len(entry.operands),
            tensor,
        )
        for i, setting in enumerate(entry.settings)
    ]
    library = compile_library(kernel_module(functions))
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
    worst = int(np.argmax(error - limit))
    limits = np.broadcast_to(limit, error.shape)
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


def near_zeros(entry, setting, type_, x, exact, error, limit):
    """The limit where the value crosses zero: in absolute terms, because no
    relative bound can hold there."""
    limits = np.full(error.shape, float(limit))
    allowed = {"f32": 2.0**-23, "f64": 2.0**-52}
    with np.errstate(all="ignore"):
        for zero in entry.zeros:
            near = np.abs(x - Reference(entry, setting, type_).bound(zero)) <= 0.25
            if type_.name not in allowed:
                limits[near] = 1
                continue
            exponent = np.frexp(exact)[1] - type_.precision
            spacing = np.ldexp(1.0, np.maximum(exponent, type_.min_exponent))
            limits = np.where(near, np.maximum(limits, allowed[type_.name] / spacing), limits)
    return limits
