# Other implementations are called on the operands of an entry.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Those that are not installed are skipped: run this with the Python of
# build/venv-peers to have them all.

import functools
import subprocess
import sys

import numpy as np
import peer_spelling
import peers
import pytest
from entries import ROOT, each_setting, entries, setting_name
from reference import Reference
from ulp import TYPES

ENTRIES = {e.mnemonic: e for e in entries()}
FILES = ("torch", "jax", "onnxruntime")
# Of max(1, |exact|): peers are not exact, and products of two operands less so.
TOLERANCE = {"f32": 1e-5, "bf16": 3e-2, "f16": 4e-3}


def calls(file):
    """Calls of entries, and the entries; without a second one of the same."""
    for call in peer_spelling._calls(file):
        if call["op"] in ENTRIES and "name" not in call:
            yield call, ENTRIES[call["op"]]


def some_entries():
    """One for each kind of operands that a call has, and products."""
    found = {e.gates[:1]: e for e in ENTRIES.values() if e.shape == "gated"}
    for file in FILES:
        for call, entry in calls(file):
            found[entry.shape, repr(call.get("inputs"))] = entry
    return sorted({e.mnemonic for e in found.values()})


def operands(entry, type_, random, shape=(8, 32)):
    masks = {o.name for o in entry.row_operands if o.is_mask}
    parameters = {name for name, _, _ in entry.tensor_parameters}
    for name in entry.operands:
        if name in masks:
            yield random.random(shape) < 0.7
        elif name in parameters:
            yield random.uniform(0.1, 1, shape[-1]).astype(type_.dtype)
        else:
            yield (3 * random.standard_normal(shape)).astype(type_.dtype)


def arrays_of(entry, type_):
    return list(operands(entry, type_, np.random.default_rng(1)))


def exact(entry, setting, type_, arrays):
    given = [a if a.dtype == bool else type_.to_double(a) for a in arrays]
    return Reference(entry, setting, type_).double(*given)


@functools.lru_cache(None)
def loaded():
    return peers.load()


def peer(name):
    found, missing = loaded()
    if name in missing:
        pytest.skip(missing[name])
    return next(p for p in found if p.name == name)


def test_nothing_is_imported_before_it_is_asked_for():
    modules = sorted({m.split(".")[0] for p in peers.PEERS.values() for m in p.modules})
    code = f"import sys; sys.path[:0] = ['benchmarks', 'utils']; import peers\n"
    code += f"print([m for m in {modules} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_missing_modules_are_named(monkeypatch):
    monkeypatch.setattr(peers.PEERS["torch"], "modules", ("no_such_module",))
    found, missing = peers.load(["torch"])
    assert found == []
    assert missing == {"torch": "no_such_module is not installed"}


def test_installations_that_do_not_work_are_named(monkeypatch, tmp_path):
    (tmp_path / "broken_module.py").write_text("raise OSError('no library\\nmore')\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(peers.PEERS["xla"], "modules", ("broken_module",))
    assert peers.load(["xla"]) == ([], {"xla": "broken_module does not work: no library"})


@pytest.mark.parametrize("name", [n for n, p in peers.PEERS.items() if not p.allocates])
def test_buffers_of_results_lie_as_ours_do(name):
    """At the beginning of a line, and not where the operand is in its page."""
    contender, buffer = peer(name), np.zeros(1 << 16, np.uint8)
    for start in (0, 64, 1024, 4032):
        start += -buffer.ctypes.data % 4096
        x = buffer[start : start + (1 << 14)].view(np.float32)
        call = contender.prepare(ENTRIES["tanh"], {}, TYPES["f32"], [x])
        result = call.read(None)
        assert (result.ctypes.data - x.ctypes.data) % 4096 == 1024 and result.ctypes.data % 64 == 0


def test_unknown_names_are_errors():
    with pytest.raises(ValueError, match="no peer is called abacus"):
        peers.load(["abacus"])


@pytest.mark.parametrize("file", FILES)
def test_every_call_is_found(file):
    """Each call of the files is what its entry and setting are spelled as."""
    for call, entry in calls(file):
        arrays = arrays_of(entry, TYPES["f32"])
        (factor,) = peer_spelling.spelling(file, entry, call.get("setting", {}), arrays)
        assert factor.call == call


def test_operands_of_one_element_choose_the_call():
    f32 = np.float32
    entry = next(e for _, e in calls("torch") if e.tensor_parameters)
    for slopes, name in ((np.ones(32, f32), "slopes"), (np.array(2, f32), "slope")):
        (factor,) = peer_spelling.spelling("torch", entry, {}, [np.ones((8, 32), f32), slopes])
        assert factor.call["inputs"] == ["x", name]
        assert factor.operands[1][1].shape == (slopes.size,)


def test_halves_are_packed_as_the_layout_says():
    gate, value = np.zeros(4, np.float32), np.ones(4, np.float32)
    entry = next(e for c, e in calls("torch") if "layout" in c)
    (factor,) = peer_spelling.spelling("torch", entry, {}, [gate, value])
    assert factor.call["layout"] == "value_first"
    assert factor.operands[0][1].tolist() == [1] * 4 + [0] * 4


def test_gated_entries_are_products_of_what_the_peer_has():
    gate, value = np.zeros(4, np.float32), np.ones(4, np.float32)
    direct = {e.record for _, e in calls("torch")}
    gated = [e for e in ENTRIES.values() if e.shape == "gated" and e.record not in direct]
    products = 0
    for entry in gated:
        plain = entry.reference == "x" and entry.transform_reference == "v"
        if not plain and not direct.intersection(entry.gates):
            continue
        first, second = peer_spelling.spelling("torch", entry, {}, [gate, value])
        assert first.operands[0][1] is gate and second.operands[0][1] is value
        assert second.call is None
        assert first.call is None if plain else ENTRIES[first.call["op"]].record in entry.gates
        products += 1
    assert products >= 5
    with pytest.raises(peers.Unsupported, match="torch.json has no swiglu-beta=0.3"):
        peer_spelling.spelling("torch", ENTRIES["swiglu"], {"beta": 0.3}, [gate, value])


def test_a_product_with_the_operand_is_none_of_other_parameters():
    """gelu is x times a call of its gate only with the parameters of that gate."""
    x = np.ones(4, np.float32)
    direct = {e.mnemonic for _, e in calls("torch")}
    gates = {ENTRIES[m].record for m in direct}
    entry = next(
        e for e in ENTRIES.values() if e.self_gate in gates and e.mnemonic not in direct
    )
    first, second = peer_spelling.spelling("torch", entry, {}, [x])
    assert first.call is None and first.operands[0][1] is second.operands[0][1] is x
    with pytest.raises(peers.Unsupported):
        peer_spelling.spelling("torch", ENTRIES["gelu"], {"approximate": "sigmoid"}, [x])


@pytest.mark.parametrize("type_name", TOLERANCE)
@pytest.mark.parametrize("name", peers.NAMES)
def test_results_are_those_of_the_entry(name, type_name):
    contender, type_ = peer(name), TYPES[type_name]
    served = 0
    for op in some_entries():
        entry, setting = ENTRIES[op], ENTRIES[op].required
        arrays = arrays_of(entry, type_)
        before = [a.copy() for a in arrays]
        try:
            call = contender.prepare(entry, setting, type_, arrays)
        except peers.Unsupported as reason:
            assert "\n" not in str(reason)
            continue
        served += 1
        call.run()
        call.run()
        got, want = call.result(), exact(entry, setting, type_, arrays)
        assert got.dtype == type_.dtype and got.shape == want.shape, op
        error = np.abs(type_.to_double(got) - want) / np.maximum(1, np.abs(want))
        assert error.max() < TOLERANCE[type_name], op
        assert all((a == b).all() for a, b in zip(arrays, before)), f"{op} writes its operands"
    if type_name in contender.types and (name, type_name) != ("onnxruntime", "bf16"):
        assert served, f"{name} serves nothing of {type_name}"


@pytest.mark.parametrize("name", peers.NAMES)
def test_results_stay_when_others_run(name):
    """A result is a copy: the next call does not change it."""
    contender, type_, entry = peer(name), TYPES["f32"], ENTRIES["tanh"]
    x = np.linspace(-2, 2, 64, dtype=np.float32)
    call = contender.prepare(entry, {}, type_, [x])
    first = call.result()
    other = contender.prepare(entry, {}, type_, [-x])
    other.run()
    call.run()
    assert np.allclose(call.result(), np.tanh(x), atol=1e-5) and (first == call.result()).all()
    assert np.allclose(other.result(), np.tanh(-x), atol=1e-5)


@pytest.mark.parametrize("name", peers.NAMES)
def test_what_is_not_there_is_unsupported(name):
    contender = peer(name)
    missing = [
        (e, s) for e, s in each_setting(defaults_only=True) if e.mnemonic not in
        {c["op"] for c in peer_spelling._calls(contender.file)} and e.shape == "row"
    ]
    assert missing
    for entry, setting in missing:
        with pytest.raises(peers.Unsupported, match=setting_name(entry, setting)):
            contender.prepare(entry, setting, TYPES["f32"], arrays_of(entry, TYPES["f32"]))
