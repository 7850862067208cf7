# The same bits at every length, in the main loop and in its tail, and at every
# alignment.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import inputs
import numpy as np
import pytest
import sweep
from ulp import TYPES

# Four vectors of the widest kind there is, of bf16, and one element more.
LONGEST = 4 * 32 + 1


def values(name, count):
    """Bit patterns that change from one element to the next."""
    x = inputs.every(name) if TYPES[name].width == 16 else inputs.spread(name, 1 << 12)
    return np.ascontiguousarray(x[:: x.size // count][:count])


def forms():
    """The default of each entry, and its other forms: numbers as parameters
    change no loop."""
    for entry, index in sweep.of_shape("unary", "gated"):
        chosen = entry.settings[index].values()
        if index == 0 or any(isinstance(v, str) for v in chosen):
            yield entry, index


@pytest.mark.parametrize("case", forms(), ids=sweep.name_of)
@pytest.mark.parametrize("name", TYPES)
def test_every_length(case, name):
    entry, index = case
    type_ = TYPES[name]
    operands = [values(name, LONGEST + 8)]
    if entry.shape == "gated":
        operands.append(operands[0][::-1])
    whole = sweep.run(entry, index, type_, *operands).view(type_.bits)
    for length in range(LONGEST + 1):
        for start in {0, length % 8}:
            part = slice(start, start + length)
            y = sweep.run(entry, index, type_, *(o[part] for o in operands))
            assert np.array_equal(y.view(type_.bits), whole[part]), f"[{start}, {part.stop})"
