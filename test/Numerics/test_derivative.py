# Derivatives derived from formulas, against differences of references.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# How exact gradients are is measured elsewhere; here they must be right.

import dataclasses
import functools
import subprocess

import mpmath
import numpy as np
import pytest
import sweep
from entries import BUILD
from reference import Reference
from run_kernel import compile_library, kernel_module
from ulp import TYPES

# Errors relative to the largest of 1, the derivative and the other operand.
TOLERANCE = {"f32": 1e-6, "f64": 1e-14}
POINTS = 300

# What does nothing folds away before it can be differentiated.
CASES = [
    (entry, index, operand)
    for entry, index in sweep.of_shape("unary", "gated")
    for operand in range(len(entry.operands))
    if not sweep.is_identity(entry, entry.settings[index])
]
# Where waves have no derivative to this accuracy.
FAR = 2.0**15
IDS = [f"{sweep.name_of((e, i))}-d{e.operands[o]}" for e, i, o in CASES]


def points(type_, count):
    """Where functions bend, further out, and far away."""
    random = np.random.default_rng(count)
    near = random.normal(0, 3, POINTS // 2)
    wide = np.exp2(random.uniform(-30, 14, POINTS // 2)) * random.choice([-1, 1], POINTS // 2)
    edges = np.array([-1e30, -200, -104, -88.5, -30, 30, 88.5, 104, 200, 1e30])
    x = np.concatenate([near, wide, edges]).astype(type_.dtype)
    others = [random.normal(0, 3, x.size).astype(type_.dtype) for _ in range(count - 1)]
    return [x, *others]


@functools.lru_cache(None)
def compiled(entry, type_, operand):
    """The derivatives at each of the entry's settings, as functions f0, f1, ..."""
    tensor = f"tensor<?x{type_.name}>"
    module = kernel_module(
        [
            (f"f{i}", lambda names, s=s: entry.spell(names, tensor, s), len(entry.operands), tensor)
            for i, s in enumerate(entry.settings)
        ]
    )
    passes = ["--convert-act-to-linalg", f"--test-act-derivative=operand={operand}"]
    command = [BUILD / "bin" / "act-opt", *passes]
    done = subprocess.run(command, input=module, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return compile_library(done.stdout)


def slope(reference, values, operand):
    """The derivative, or None at a kink: one-sided differences differ there."""
    with mpmath.workprec(400):
        step = mpmath.ldexp(max(1, abs(values[operand])), -60)

        def at(shift):
            moved = [mpmath.mpf(v) for v in values]
            moved[operand] += shift * step
            return reference.exact(*moved)

        below, here, above = at(-1), at(0), at(1)
        # A kink may lie nearer than numbers can tell.
        if abs(values[operand]) < 1e-6 and "Smooth" not in reference.entry.properties:
            return None
        left, right = (here - below) / step, (above - here) / step
        if abs(left - right) > mpmath.ldexp(max(1, abs(left), *map(abs, values)), -40):
            return None
        return float((left + right) / 2)


@pytest.mark.parametrize("case", CASES, ids=IDS)
@pytest.mark.parametrize("name", TOLERANCE)
def test_derivative(case, name):
    entry, index, operand = case
    type_ = TYPES[name]
    operands = points(type_, len(entry.operands))
    got = compiled(entry, type_, operand).call(f"f{index}", *operands)
    # Differences of a rounded number are steps.
    smooth = dataclasses.replace(entry, reference=entry.reference.replace("rounded(", "("))
    reference = Reference(smooth, entry.settings[index], type_)
    wrong, checked = [], 0
    wave = "sin(" in entry.reference
    largest = float(np.finfo(type_.dtype).max)
    for i, value in enumerate(type_.to_double(got)):
        values = [float(o[i]) for o in operands]
        exact = slope(reference, values, operand)
        if exact is None or (wave and abs(values[0]) > FAR):
            continue
        if abs(exact) > largest:
            exact = np.copysign(np.inf, exact)
        checked += 1
        others = [abs(v) for k, v in enumerate(values) if k != operand]
        scale = max([1, abs(exact), *others])
        # The argument of a wave is rounded.
        room = TOLERANCE[name] * (1 + 4 * abs(values[0]) * wave)
        if value != exact and not abs(value - exact) <= room * scale:
            wrong.append((values, float(value), exact))
    assert checked >= 0.8 * operands[0].size, f"only {checked} points are smooth"
    assert not wrong, f"{len(wrong)} of {checked} are wrong, the first: {wrong[0]}"
