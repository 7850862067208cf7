# Where PyTorch, JAX or onnxruntime has the function, it computes the same one.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# A check of definitions, defaults, parameters and special values: the peers'
# tails are too inexact to be held against ours in ULP. What is compared, and
# where a peer has another result and why, is data: peers/*.json. Results of the
# peers are recorded (utils/record_references.py).

import json
import pathlib
import re

import numpy as np
import pytest
from entries import ROOT, entries, operations
from run_kernel import compile_library

HERE = pathlib.Path(__file__).parent
PEERS = ["torch", "jax", "onnxruntime"]
SETTINGS = {p: json.loads((HERE / "peers" / f"{p}.json").read_text()) for p in PEERS}
RECORDED = {p: np.load(HERE / "Data" / f"{p}.npz") for p in PEERS}
# Ops of the peers that the table is to get: calls of them wait.
PLANNED = json.loads((HERE / "peers" / "planned.json").read_text())["ops"]
TABLE = {operation.mnemonic for operation in operations()}
ENTRIES = {entry.mnemonic: entry for entry in entries()}
TINY = np.finfo(np.float32).tiny


def key(call):
    """As in record_references.py."""
    setting = call.get("setting", {})
    words = [call["op"]] + [f"{k}={v}" for k, v in setting.items()]
    return call.get("name", "-".join(words))


CALLS = {(p, key(c)): c for p in PEERS for c in SETTINGS[p]["calls"]}
DIFFERENCES = [(p, d) for p in PEERS for d in SETTINGS[p]["differences"]]


def input_names(call):
    """Numbers are for the peer only: ours are in the setting."""
    given = call.get("inputs", ["x"])
    names = [next(iter(i.values())) if isinstance(i, dict) else i for i in given]
    return [name for name in names if isinstance(name, str)]


def type_of(array):
    """With the number of rows unknown to the compiler."""
    sizes = [*map(str, array.shape)]
    if array.ndim > 1:
        sizes[0] = "?"
    return f"tensor<{'x'.join(sizes)}x{'i1' if array.dtype == bool else 'f32'}>"


def spell(call, operands, types):
    entry = ENTRIES[call["op"]]
    if entry.shape == "broadcast":  # one parameter, or one per column
        return f"act.{call['op']} {', '.join(operands)} : {', '.join(types)}"
    dim = 1 if entry.shape == "row" else None
    return entry.spell(operands, types[0], call.get("setting"), dim)


def module(call, arrays, result_type):
    """A function of the op; where the operand is packed, it unpacks it first."""
    types = [type_of(a) for a in arrays]
    arguments = ", ".join(f"%{i}: {t}" for i, t in enumerate(types))
    operands = [f"%{i}" for i in range(len(arrays))]
    lines = [f"func.func @f({arguments}) -> {result_type} {{"]
    if "layout" in call:
        lines.append(
            f"  %g, %v = act.unpack %0 layout<{call['layout']}> {{dim = 1 : i64}}"
            f" : {types[0]} -> {result_type}"
        )
        operands, types = ["%g", "%v"], [result_type]
    lines.append(f"  %y = {spell(call, operands, types)}")
    return "\n".join(lines + [f"  return %y : {result_type}", "}", ""])


def results(peer, name):
    """Ours and theirs."""
    call, recorded = CALLS[peer, name], RECORDED[peer]
    arrays = [recorded[i] for i in input_names(call)]
    theirs = recorded[name]
    text = module(call, arrays, type_of(theirs))
    return compile_library(text).call("f", *arrays), theirs


# ===----------------------------------------------------------------------===
# Conditions
# ===----------------------------------------------------------------------===


def over_row(function):
    return lambda v: function(v, axis=-1, keepdims=True)


def names_of(peer, name):
    """What conditions may name: operands, parameters, a few functions."""
    call, recorded = CALLS[peer, name], RECORDED[peer]
    found = {i: recorded[i] for i in input_names(call)}
    found["x"] = next(iter(found.values()))
    if "packed" in found or "gates" in found:
        found |= {"x": recorded["gates"], "g": recorded["gates"], "v": recorded["values"]}
    found |= ENTRIES[call["op"]].complete(call.get("setting", {}))
    return found | {
        "abs": np.abs,
        "inf": np.inf,
        "isnan": np.isnan,
        "nan": np.nan,
        "negative_zero": lambda v: (v == 0) & np.signbit(v),
        "rowany": over_row(np.any),
        "rowmax": over_row(np.max),
        "signbit": np.signbit,
        "tiny": TINY,
        "where": np.where,
    }


def evaluate(expression, peer, name):
    with np.errstate(all="ignore"):
        value = eval(expression, {"__builtins__": {}}, names_of(peer, name))
    return np.broadcast_to(value, RECORDED[peer][name].shape)


def listed(peer, name):
    """The differences that are listed for a call."""
    return [d for p, d in DIFFERENCES if p == peer and name in d["calls"]]


# ===----------------------------------------------------------------------===
# Comparison
# ===----------------------------------------------------------------------===


def class_of(y):
    """NaN, the infinities and the zeros; 0 for other numbers."""
    sign = np.where(np.signbit(y), -1, 1)
    return np.select([np.isnan(y), np.isinf(y), y == 0], [3, 2 * sign, sign], 0)


def disagreement(peer, name, ours, theirs):
    """Where results are not the same: NaN, infinities and the sign of zero are
    compared exactly, zero against another number only if the operand is special:
    exponentials vanish where the peers flush subnormals."""
    call = CALLS[peer, name]
    special = np.zeros(theirs.shape, bool)
    for i in input_names(call):
        operand = RECORDED[peer][i]
        if operand.shape == theirs.shape and operand.dtype != bool:
            special |= ~np.isfinite(operand) | (np.abs(operand) < TINY)
    a, b = class_of(ours), class_of(theirs)
    is_number = np.isfinite(ours) & np.isfinite(theirs)
    exact = special | ~is_number | ((a != 0) & (b != 0))
    with np.errstate(all="ignore"):
        error = np.abs(ours.astype(np.float64) - theirs) / np.maximum(1, np.abs(ours))
    far = is_number & (error > SETTINGS[peer]["tolerance"])
    return far | (exact & (a != b))


def wait_for(call):
    if call["op"] not in TABLE and call["op"] in PLANNED:
        pytest.skip(f"act.{call['op']} is not in the table yet (peers/planned.json)")


def show(peer, name, where, ours, theirs):
    lines = []
    for at in np.argwhere(where)[:8]:
        at = tuple(at)
        operands = {
            n: float(v[at])
            for n, v in names_of(peer, name).items()
            if isinstance(v, np.ndarray) and v.shape == theirs.shape
        }
        lines.append(f"{operands}: {ours[at]!r}, {peer} has {theirs[at]!r}")
    return f"{np.count_nonzero(where)} results differ:\n" + "\n".join(lines)


@pytest.mark.parametrize("peer, name", CALLS, ids=lambda part: part)
def test_same_function(peer, name):
    wait_for(CALLS[peer, name])
    ours, theirs = results(peer, name)
    assert ours.shape == theirs.shape
    differs = disagreement(peer, name, ours, theirs)
    for difference in listed(peer, name):
        condition = evaluate(difference["where"], peer, name)
        for result, side in ((ours, "ours"), (theirs, "theirs")):
            if side in difference:
                expected = evaluate(difference[side], peer, name)
                wrong = condition & (class_of(result) != class_of(expected))
                wrong |= condition & np.isfinite(expected) & (result != expected)
                assert not wrong.any(), (
                    f"not {side} as in {difference['where']!r}: "
                    + show(peer, name, wrong, ours, theirs)
                )
        differs &= ~condition
    assert not differs.any(), show(peer, name, differs, ours, theirs)


@pytest.mark.parametrize(
    "peer, difference", DIFFERENCES, ids=lambda d: d if isinstance(d, str) else d["where"]
)
def test_listed_differences_are_there(peer, difference):
    assert difference["why"]
    names = difference["calls"]
    unknown = [n for n in names if (peer, n) not in CALLS]
    assert names and not unknown, f"no such calls: {unknown}"
    waiting = [n for n in names if CALLS[peer, n]["op"] not in TABLE]
    there = {n for n in names if n not in waiting and applies(peer, n, difference)}
    absent = set(names) - there - set(waiting)
    assert not absent, f"{sorted(absent)} and {peer} do not differ there"
    if not there:
        pytest.skip(f"{', '.join(waiting)}: not in the table yet")


def applies(peer, name, difference):
    ours, theirs = results(peer, name)
    condition = evaluate(difference["where"], peer, name)
    return (condition & disagreement(peer, name, ours, theirs)).any()


def test_planned_ops_are_not_there_yet():
    there = sorted(TABLE.intersection(PLANNED))
    assert not there, f"in the table, so no longer planned: take out {there}"


def test_calls_name_ops():
    unknown = {c["op"] for c in CALLS.values()} - TABLE - set(PLANNED)
    assert not unknown, f"neither in the table nor planned: {sorted(unknown)}"


@pytest.mark.parametrize("peer", PEERS)
def test_nothing_recorded_is_unused(peer):
    inputs = {"x", "packed", "gates", "values", "rows", "mask", "slopes", "slope"}
    names = {n for n in RECORDED[peer].files if not n.endswith("_version")}
    assert names == inputs | {n for p, n in CALLS if p == peer}


@pytest.mark.parametrize("peer", PEERS)
def test_versions_are_the_required_ones(peer):
    lines = (ROOT / "requirements-peers.txt").read_text().splitlines()
    required = dict(l.split("==") for l in lines if re.match(r"\w+==", l))
    recorded = RECORDED[peer]
    names = [n for n in recorded.files if n.endswith("_version")]
    found = {n.removesuffix("_version"): str(recorded[n]) for n in names}
    assert found.pop("python")
    assert {peer, "numpy"} <= found.keys()
    assert found == {n: required[n] for n in found}
