# The instrument that measures errors: it finds them, and agrees with others.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import ctypes
import subprocess
import sys

import accuracy_report
import inputs
import mpmath
import numpy as np
import oracle
import pytest
import results
import sweep
from entries import ROOT, entries
from measure_errors import DOUBT, QUICK, Cell, measure, real_errors
from run_kernel import buffer_function
from ulp import TYPES, error_mp

F32 = TYPES["f32"]


def first(condition):
    return next(e for e in entries() if condition(e))


# A smooth one; one with a zero elsewhere; one whose bound grows; a gated one.
SMOOTH = first(lambda e: e.self_gate and e.shape == "unary" and not e.zeros)
CHOSEN = [
    SMOOTH,
    first(lambda e: e.shape == "unary" and e.zeros and "everywhere" not in e.zeros),
    first(lambda e: sweep.BOUNDS.get(e.mnemonic, {}).get("beyond")),
    first(lambda e: e.shape == "gated"),
]
NAMES = [e.mnemonic for e in CHOSEN]


def planted(entry, type_, ulp, low, high):
    """The op as a function on buffers, results in [low, high) `ulp` too large."""
    element, integer = type_.name, f"i{type_.width}"
    text = buffer_function(entry, "f", entry.tensor(element), entry.required, entry.dim)
    tensor = entry.result_type(entry.tensor(element), entry.required, entry.dim)
    dims = "(i)" if entry.dim is None else "(i, j)"
    loops = ", ".join(['"parallel"'] * (1 if entry.dim is None else 2))
    wrong = f"""
  %w = linalg.generic {{indexing_maps = [affine_map<{dims} -> {dims}>], iterator_types = [{loops}]}}
      outs(%r : {tensor}) {{
  ^bb0(%y: {element}):
    %low = arith.constant {low:e} : {element}
    %high = arith.constant {high:e} : {element}
    %above = arith.cmpf oge, %y, %low : {element}
    %below = arith.cmpf olt, %y, %high : {element}
    %here = arith.andi %above, %below : i1
    %bits = arith.bitcast %y : {element} to {integer}
    %count = arith.constant {ulp} : {integer}
    %more = arith.addi %bits, %count : {integer}
    %wrong = arith.bitcast %more : {integer} to {element}
    %z = arith.select %here, %wrong, %y : {element}
    linalg.yield %z : {element}
  }} -> {tensor}
"""
    place = text.index("  bufferization.materialize_in_destination")
    return text[:place] + wrong.lstrip("\n") + text[place:].replace("%r", "%w")


def test_an_error_in_one_binade_is_found():
    low, high = 2.0, 4.0
    right, wrong = (
        measure(Cell(SMOOTH, SMOOTH.required, F32, planted(SMOOTH, F32, ulp, low, high)), QUICK)
        for ulp in (0, 3)
    )
    assert right["exceeded"] == 0
    assert wrong["exceeded"] > 0 and wrong["share"] > 1
    # The result is a little below the operand.
    for place in ("at", "share_at"):
        assert low <= wrong[place][0] < high + 0.2
    assert low <= wrong["exact"] < high
    assert 2 < wrong["ulp"] < 3 + right["ulp"]
    # All of the binade, and nothing else.
    assert wrong["count"] == right["count"]
    part = (1 << 23) // QUICK["step"]
    beyond = sum(c for e, c in zip(oracle.EDGES, wrong["histogram"]) if e > 2)
    assert 0.8 * part <= beyond <= part + 2


@pytest.mark.parametrize("entry", [next(e for e in entries() if e.shape == s) for s in ("unary", "gated", "row", "broadcast")], ids=lambda e: e.shape)
@pytest.mark.parametrize("name", TYPES)
def test_planted_errors_are_found(entry, name):
    """Each shape and type: some ULP, in what is a part of the results of any op."""
    type_ = TYPES[name]
    low, high = 2.0**-6, 64.0
    right, wrong = (
        measure(Cell(entry, entry.required, type_, planted(entry, type_, ulp, low, high)), QUICK)
        for ulp in (0, 9)
    )
    assert right["exceeded"] == 0
    assert wrong["exceeded"] > 0 and wrong["share"] > 1
    assert wrong["ulp"] > 4
    assert wrong["count"] == right["count"]


def test_a_misrounded_result_is_counted():
    type_ = TYPES["bf16"]
    found = measure(Cell(SMOOTH, SMOOTH.required, type_, planted(SMOOTH, type_, 1, 2.0, 4.0)), QUICK)
    assert 0 < found["exceeded"] == found["misrounded"] <= 128
    assert 2 <= found["at"][0] < 4.2
    assert measure(Cell(SMOOTH, SMOOTH.required, type_), QUICK)["misrounded"] == 0


def scanned(cell, operands, first, step):
    library = oracle.compile_oracle(cell.entry, cell.setting, cell.type)
    kernel = ctypes.cast(cell.library.library._mlir_ciface_f, ctypes.c_void_p)
    tally, size = oracle.Tally(), ctypes.c_uint64(operands[0].size)
    library.scan_patterns(kernel, ctypes.c_uint64(first), ctypes.c_uint64(step), size, ctypes.byref(tally))
    return tally


@pytest.mark.parametrize("entry", [e for e in CHOSEN if e.shape == "unary"], ids=lambda e: e.mnemonic)
def test_scans_count_what_numpy_counts(entry):
    """The C++ oracle and its limits are those of the sweeps."""
    first, step, size = 12345, 65521, 65000
    x = (first + step * np.arange(size, dtype=np.uint64)).astype(np.uint32).view(np.float32)
    cell = Cell(entry, entry.required, F32)
    tally = scanned(cell, [x], first, step)
    wide, got = F32.to_double(x), cell.result(x)
    exact = cell.reference.double(wide)
    error = sweep.errors_of(entry, cell.setting, F32, got, exact)
    limit = sweep.limits_of(entry, cell.setting, F32, wide, exact)
    plain = np.where(limit == sweep.bound(entry, F32), error, 0)
    free = np.isinf(limit)
    share = np.where(free | (error == 0), 0, error / np.where(free, 1, limit))
    assert tally.count == size
    assert max(p.error for p in tally.buckets) == pytest.approx(plain.max(), abs=1e-6)
    assert tally.share.error == pytest.approx(share.max(), abs=1e-6)
    error = np.where(free, 0, error)
    for edge, count in zip(oracle.EDGES, np.cumsum(tally.histogram)):
        assert abs(int(count) - np.count_nonzero(error <= edge)) <= 2, edge


@pytest.mark.parametrize("entry", CHOSEN, ids=NAMES)
def test_oracles_agree_with_mpmath(entry):
    """Double and MPFR, which share a text but no code with mpmath."""
    operands = inputs.pairs("f32", 256) if entry.shape == "gated" else [inputs.spread("f32", 256)[::3]]
    if entry.shape == "gated":
        operands = [o[~np.isinf(operands[1])] for o in operands]
    operands = [np.ascontiguousarray(o) for o in operands]
    cell = Cell(entry, entry.required, F32)
    library = oracle.compile_oracle(entry, cell.setting, F32)
    got = cell.result(*operands)
    error, _ = real_errors(library, got, *operands)
    double = np.empty(got.size)
    pointers = (ctypes.c_void_p * len(operands))(*(o.ctypes.data for o in operands))
    library.double_values(pointers, ctypes.c_uint64(got.size), ctypes.c_void_p(double.ctypes.data))
    known = cell.reference.double(*map(F32.to_double, operands))
    np.testing.assert_array_equal(np.isnan(double), np.isnan(known))
    np.testing.assert_allclose(double, known, rtol=2.0**-44, atol=2.0**-180)
    with mpmath.workprec(100):
        for i, values in enumerate(zip(*operands)):
            exact = cell.reference.exact(*map(float, values))
            expected = error_mp(F32, got[i], exact, bool(np.signbit(known[i])))
            assert error[i] == pytest.approx(expected, abs=1e-9), values


def accuracy(*arguments):
    command = [sys.executable, ROOT / "benchmarks" / "accuracy.py", *arguments]
    return subprocess.run(list(map(str, command)), capture_output=True, text=True)


def test_quick_run_of_one_op_of_each_shape(tmp_path):
    shapes = {e.shape: e.mnemonic for e in reversed(entries())}
    only = "^(" + "|".join(shapes.values()) + ")$"
    output = tmp_path / "accuracy.json"
    done = accuracy("--quick", "--only", only, "--output", output)
    assert done.returncode == 0, done.stderr
    report = results.load(output)
    assert {(c["op"], c["type"]) for c in report["cells"]} == {(m, t) for m in shapes.values() for t in TYPES}
    assert all(c["count"] > 100 and c["exceeded"] == 0 for c in report["cells"])
    assert all(c.get("doubt", 0) < DOUBT for c in report["cells"] if c["type"] == "f32")
    # What was measured is not measured again.
    again = tmp_path / "again.json"
    assert accuracy("--quick", "--only", only, "--output", again).returncode == 0
    assert results.load(again)["cells"] == report["cells"]


@pytest.mark.parametrize(
    "arguments, words",
    [(["--types", "f8"], "unknown type f8"), (["--only", "^nothing$"], "no op matches"), (["--only", "("], "--only"), (["--quick", "--record"], "whole runs")],
    ids=lambda v: v[0] if isinstance(v, list) else "",
)  # fmt: skip
def test_wrong_arguments(arguments, words):
    done = accuracy(*arguments)
    assert done.returncode != 0
    assert words in done.stderr.splitlines()[-1]


def test_the_document_is_that_of_its_data_and_covers_every_op():
    report = results.load(accuracy_report.DATA)
    assert accuracy_report.DOCUMENT.read_text(encoding="utf-8") == accuracy_report.document(report)
    measured = {(c["op"], tuple(c["setting"].items()), c["type"]) for c in report["cells"]}
    missing = [
        (e.mnemonic, s, t)
        for e in entries()
        for s in e.forms
        for t in TYPES
        if (e.mnemonic, tuple(s.items()), t) not in measured
    ]
    assert not missing
