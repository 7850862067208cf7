# Canonicalization makes one op of a product only where that is no less exact.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import subprocess

import inputs
import numpy as np
import pytest
import sweep
from entries import BUILD, entries, setting_name
from reference import Reference
from run_kernel import compile_library
from ulp import TYPES, errors

BY_RECORD = {e.record: e for e in entries()}
F32 = TYPES["f32"]
# ULP that the worst case among ordinary numbers may differ by: a gated op
# multiplies as often, but not in the same order: half an ULP, and what sampling
# leaves open. (Measured: 0.50.)
ROOM = 0.625

# Products: the op, the entry that is one of its factors, a setting of that.
CASES = [
    (entry, BY_RECORD[gate], setting)
    for entry in entries()
    for gate in ([entry.self_gate] if entry.self_gate else []) + list(entry.gates)
    # What does nothing folds away, and the product stays.
    if BY_RECORD[gate].identity_on is None or BY_RECORD[gate].identity_on.lo != "-inf"
    for setting in BY_RECORD[gate].settings
]
IDS = [f"{e.mnemonic}-{setting_name(g, s)}" for e, g, s in CASES]


def written_out(entry, gate, setting):
    """The product as a function of the operands of the op."""
    tensor = "tensor<?xf32>"
    names = [f"%{n}" for n in entry.operands]
    arguments = ", ".join(f"{n}: {tensor}" for n in names)
    return f"""func.func @f({arguments}) -> {tensor} {{
  %factor = {gate.spell(names[:1], tensor, setting)}
  %y = arith.mulf %factor, {names[-1]} : {tensor}
  return %y : {tensor}
}}
"""


def canonicalized(text):
    command = [BUILD / "bin" / "act-opt", "--canonicalize"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def test_there_are_products():
    assert any(e.shape == "unary" for e, _, _ in CASES)
    assert any(e.shape == "gated" for e, _, _ in CASES)


@pytest.mark.parametrize("entry,gate,setting", CASES, ids=IDS)
def test_one_op_is_no_less_exact(entry, gate, setting):
    text = canonicalized(written_out(entry, gate, setting))
    assert f"act.{entry.mnemonic} " in text and "mulf" not in text
    if entry.shape == "unary":
        operands = [inputs.spread("f32", 1 << 18)]
    else:
        operands = list(inputs.pairs("f32", 1 << 18))
    # Products with infinities are IEEE's affair.
    finite = np.all([np.isfinite(F32.to_double(o)) for o in operands], axis=0)
    operands = [o[finite] for o in operands]
    exact = Reference(entry, setting, F32).double(*map(F32.to_double, operands))
    after = compile_library(text).call("f", *operands)
    factor = sweep.run(gate, gate.settings.index(setting), F32, operands[0])
    with np.errstate(all="ignore"):
        before = factor * operands[-1]
    before, after = errors(F32, before, exact), errors(F32, after, exact)
    if not exact.any():
        assert after.max() == 0
        return
    # Where nothing underflows, too: elsewhere the product loses all its bits.
    ordinary = np.all([np.abs(o) <= 64 for o in operands], axis=0)
    ordinary &= np.abs(exact) >= 2.0**-100
    assert np.count_nonzero(ordinary) > 1000
    assert after.max() <= before.max()
    assert after[ordinary].max() <= before[ordinary].max() + ROOM
