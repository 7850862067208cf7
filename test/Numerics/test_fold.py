# Constants fold to the correctly rounded value, or not at all.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re
import subprocess

import inputs
import mpmath
import numpy as np
import pytest
import sweep
from entries import BUILD
from reference import Reference
from ulp import TYPES, error_mp, is_quiet

# With default parameters, and with others.
POINTS, OTHER_POINTS = 300, 60
FUNCTION = re.compile(
    r"func\.func @f(\d+)\(\).*?\{\n\s*%(\w+) = arith\.constant (\S+) : \w+\n\s*return %\2 "
)


def operands_of(entry, name, points):
    """Arguments: spread bit patterns, boundaries, plain numbers."""
    if entry.shape == "gated":
        chosen = inputs.pairs(name, 1 << 12)
        # Infinite values are IEEE's affair, not that of real numbers.
        finite = np.isfinite(TYPES[name].to_double(chosen[1]))
        chosen = [c[finite] for c in chosen]
    elif name in ("f16", "bf16"):
        chosen = [inputs.every(name)]
    else:
        # Half of them where functions are neither constant nor linear.
        middle = np.random.default_rng(0).uniform(-6, 2, 1 << 12)
        middle = np.exp2(middle) * np.where(np.arange(middle.size) % 2, 1, -1)
        spread = inputs.spread(name, 1 << 12)
        spread = np.resize(spread[:: max(1, spread.size // middle.size)], middle.size)
        chosen = [np.stack([spread, middle.astype(spread.dtype)], axis=1).ravel()]
    stride = chosen[0].size // points
    return [c[::stride] for c in chosen]


def fold(entry, setting, type_, operands):
    """The results of those that fold, by index."""
    lines = []
    for index, values in enumerate(zip(*(o.view(type_.bits) for o in operands))):
        lines.append(f"func.func @f{index}() -> {type_.name} {{")
        names = [f"%{i}" for i in range(len(values))]
        for operand, bits in zip(names, values):
            digits = type_.width // 4
            lines.append(f"  {operand} = arith.constant 0x{int(bits):0{digits}X} : {type_.name}")
        lines.append(f"  %y = {entry.spell(names, type_.name, setting)}")
        lines += [f"  return %y : {type_.name}", "}"]
    done = subprocess.run(
        [BUILD / "bin" / "act-opt", "--canonicalize"],
        input="\n".join(lines),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    results = {}
    for index, _, text in FUNCTION.findall(done.stdout):
        if text.startswith("0x"):
            value = type_.from_bits(np.array([int(text, 16)], dtype=type_.bits))
        else:
            value = np.array([float(text)]).astype(type_.dtype)
        results[int(index)] = value
    return results


@pytest.mark.parametrize("case", sweep.of_shape("unary", "gated"), ids=sweep.name_of)
@pytest.mark.parametrize("name", TYPES)
def test_correctly_rounded(case, name):
    entry, index = case
    setting, type_ = entry.settings[index], TYPES[name]
    operands = operands_of(entry, name, OTHER_POINTS if index else POINTS)
    results = fold(entry, setting, type_, operands)
    # At a tie, which short factors often give, the evaluation cannot decide.
    assert len(results) >= 0.75 * operands[0].size, f"only {len(results)} fold"
    reference = Reference(entry, setting, type_)
    negative = np.signbit(reference.double(*map(type_.to_double, operands)))
    wrong = []
    with mpmath.workprec(200):
        for i, value in results.items():
            values = [float(type_.to_double(o)[i]) for o in operands]
            exact = reference.exact(*values)
            good = error_mp(type_, type_.to_double(value)[0], exact, negative[i]) <= 0.5
            # A copy may leave a signaling NaN alone.
            quiet = sweep.is_identity(entry, setting) or is_quiet(type_, value)[0]
            if not good or not quiet:
                wrong.append((values, float(value[0]), mpmath.nstr(exact, 20)))
    assert not wrong, f"{len(wrong)} are wrong, the first: {wrong[0]}"
