# The benchmark: what it measures, what it makes of that, how it fails.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""No time is compared with a number here: machines differ, and tests run beside
others."""

import copy
import itertools
import json
import math
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import bench as runner
import contest
import kernels
import machine
import numpy as np
import performance
import pytest
import results
from entries import ROOT, entries
from ulp import TYPES

CACHES = {"L1": 32 << 10, "L2": 1 << 20, "last": 32 << 20}


def bench(*arguments):
    command = [sys.executable, ROOT / "benchmarks" / "bench.py", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    path = tmp_path_factory.mktemp("bench") / "quick.json"
    done = bench("--quick", "--output", path)
    assert done.returncode == 0, done.stderr
    return path, json.loads(path.read_text()), done.stdout


# ===----------------------------------------------------------------------===
# A run
# ===----------------------------------------------------------------------===


def test_quick_has_one_op_of_each_shape(quick):
    _, result, _ = quick
    shapes = performance.shapes()
    for size in ("L1", "L2"):
        measured = [shapes[c["op"]] for c in result["cells"] if c["size"] == size]
        assert sorted(measured) == sorted({e.shape for e in entries()})


def test_times_are_plausible(quick):
    _, result, _ = quick
    assert all(result["about"][key] for key in ("cpu", "date", "commit", "llvm", "compiler"))
    for cell in result["cells"]:
        assert {"act", "act+alloc", "copy"} == set(cell["times"])
        for least, median, rounds in cell["times"].values():
            assert 0 < least <= median and rounds >= 3


def test_errors_are_within_bounds(quick):
    import sweep

    _, result, _ = quick
    by_name = {op.name: op.entry for op in kernels.ops()}
    found = [(c["op"], c["ulp"]["act"]) for c in result["cells"] if c["size"] == "L2"]
    for name, error in found:
        assert error <= sweep.bound(by_name[name], TYPES["f32"]), name


def test_tables_have_every_cell(quick):
    _, result, text = quick
    for cell in result["cells"]:
        assert text.count(f"| {cell['op']} |") >= 2
    for cell in performance.all_cells(result):
        assert (f"| {cell.name} |" in text) == (cell.need > 1)


def test_a_run_compared_with_itself_is_the_same(quick):
    path, _, _ = quick
    done = bench("--show", "--output", path, "--compare", path)
    assert done.returncode == 0, done.stderr
    assert "\n0 differ by more than 10%" in done.stdout


def test_finished_cells_are_kept(quick, tmp_path):
    """Whoever stops a run and resumes it measures the rest only."""
    _, result, _ = quick
    kept = [{**cell, "marked": True} for cell in result["cells"][:3]]
    output = tmp_path / "stopped.json"
    lines = [json.dumps({"header": header_of("--quick")})]
    lines += [json.dumps({"done": cell, "cell": i}) for i, cell in enumerate(kept)]
    output.with_suffix(".partial").write_text("\n".join(lines) + '\n{"done": {"op"')
    done = bench("--quick", "--resume", "--output", output)
    assert done.returncode == 0, done.stderr
    cells = json.loads(output.read_text())["cells"]
    assert [c for c in cells if "marked" in c] == kept
    assert len(cells) == len(result["cells"])
    assert not output.with_suffix(".partial").exists()


def header_of(*arguments):
    return runner.header(runner.parse(arguments))


def test_a_run_that_was_another_is_not_resumed(tmp_path):
    output = tmp_path / "stopped.json"
    partial = output.with_suffix(".partial")
    for header in ({**header_of("--quick"), "commit": "other"}, header_of()):
        partial.write_text(json.dumps({"header": header}) + "\n")
        done = bench("--quick", "--resume", "--output", output)
        assert done.returncode == 1 and "was stopped had another " in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert [p.name for p in tmp_path.iterdir()] == [partial.name]


def test_what_a_process_died_of_is_left_out_after_a_resume(tmp_path):
    options = runner.parse(["--quick", "--resume", "--output", str(tmp_path / "a.json")])
    died = {"unsupported": ["one", "op", "f32"], "reason": runner.DIED}
    lines = [{"header": runner.header(options)}, died]
    (tmp_path / "a.partial").write_text("\n".join(map(json.dumps, lines)) + '\n{"do')
    run = runner.Run(options)
    assert run.excluded == [["one", "op", "f32"]] and run.kept == lines


# ===----------------------------------------------------------------------===
# Failures
# ===----------------------------------------------------------------------===


def worker(monkeypatch, code):
    monkeypatch.setattr(runner.Worker, "command", (sys.executable, "-c", code))


def test_last_words_of_a_process_are_told(monkeypatch, tmp_path):
    worker(monkeypatch, "import sys; sys.exit('planned end')")
    run = runner.Run(runner.parse(["--quick", "--output", str(tmp_path / "a.json")]))
    with pytest.raises(runner.Failure, match="died at its start: planned end"):
        run.measure()


def test_half_an_answer_ends_the_answers(monkeypatch):
    worker(monkeypatch, "print('{\"at\": 1}'); print('{\"at')")
    process = runner.Worker({"threads": 1, "cpus": machine.usable_cpus()[:1]})
    assert list(process.messages()) == [{"at": 1}]
    process.stop()
    assert process.last_words() == "no message"


def test_what_a_process_started_ends_with_it(monkeypatch):
    worker(monkeypatch, "import subprocess, time\n"
           "print(subprocess.Popen(['sleep', '600']).pid, flush=True); time.sleep(600)")
    process = runner.Worker({"threads": 1, "cpus": machine.usable_cpus()[:1]})
    child = next(process.messages())
    process.stop()
    # Whoever inherits it may take a while to notice.
    for _ in range(100):
        status = pathlib.Path(f"/proc/{child}/stat")
        if not status.exists() or status.read_text().split()[2] == "Z":
            return
        time.sleep(0.1)
    assert False, "it is still there"


def test_a_part_that_fails_does_not_take_the_others_along(monkeypatch, tmp_path):
    def measure_part(part, options):
        if part == "ports":
            raise RuntimeError(f"{ROOT}/tool: no such thing\nmore")
        return {"skipped": "not now"}

    class Run:
        def __init__(self, options):
            self.measure = lambda: {"about": {}, "cells": []}
            self.finish = lambda: None

    monkeypatch.setattr(runner, "measure_part", measure_part)
    monkeypatch.setattr(runner, "Run", Run)
    output = tmp_path / "a.json"
    result = runner.run(runner.parse(["--output", str(output)]))
    assert result["ports"] == {"skipped": "ROOT/tool: no such thing"}
    assert json.loads(output.read_text()) == result and "compiler" in result
    with pytest.raises(runner.Failure, match="ports: ROOT/tool: no such thing"):
        runner.run(runner.parse(["--part", "ports", "--output", str(output)]))


def test_dram_needs_memory(monkeypatch, tmp_path):
    output = str(tmp_path / "a.json")
    monkeypatch.setattr(machine, "available_memory", lambda: 1 << 30)
    run = runner.Run(runner.parse(["--only", "^tanh$", "--output", output]))
    assert "do not fit" in run.result["skipped"]["DRAM"]
    assert {c["size"] for c in run.plan[1]} == {"L1", "L2"}
    with pytest.raises(runner.Failure, match="DRAM: four arrays"):
        runner.Run(runner.parse(["--sizes", "DRAM", "--output", output]))


def test_errors_tell_no_paths():
    text = f"{ROOT}/a.py and {tempfile.gettempdir()}/xyz123/b: bad\nmore"
    assert results.first_line(RuntimeError(text)) == "ROOT/a.py and TMP/b: bad"
    assert results.first_line(RuntimeError()) == "RuntimeError"


@pytest.mark.parametrize("stdout", ["closed", "ascii"])
def test_tables_are_not_needed(quick, stdout):
    path, _, _ = quick
    command = f"{sys.executable} {ROOT}/benchmarks/bench.py --show --output {path}"
    command = f"PYTHONIOENCODING=ascii {command} >/dev/null" if stdout == "ascii" else f"{command} >&-"
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert done.returncode == 0 and not done.stderr


@pytest.mark.parametrize(
    "arguments",
    [("--only", "nonsense"), ("--record", "--only", "gelu"), ("--record", "--threads", "1"),
     ("--quick", "--peers"), ("--rec",), ("--only", "("), ("--types", "f8"), ("--threads", "65"),
     ("--show", "--output", "missing.json"), ("--compare", "missing.json", "--quick"),
     ("--resume", "--output", "missing.json")],
    ids=" ".join,
)
def test_mistakes_are_one_line(arguments, tmp_path):
    paths = [str(tmp_path / a) if a.endswith(".json") else a for a in arguments]
    done = bench(*paths)
    assert done.returncode in (1, 2)
    errors = [line for line in done.stderr.splitlines() if "bench: " in line]
    assert len(errors) == 1 and "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


# ===----------------------------------------------------------------------===
# What is measured
# ===----------------------------------------------------------------------===


def test_every_entry_and_choice_is_measured():
    names = [op.name for op in kernels.ops()]
    assert len(set(names)) == len(names)
    assert {op.entry.mnemonic for op in kernels.ops()} == {e.mnemonic for e in entries()}
    for entry in entries():
        for p in entry.parameters:
            if p.kind == "choice":
                settings = [op.setting.get(p.name) for op in kernels.ops() if op.entry == entry]
                assert set(p.values) < set(settings)


@pytest.mark.parametrize("size", ["L1", "L2"])
@pytest.mark.parametrize("threads", [1, 2])
def test_arrays_fill_half_a_cache(size, threads):
    memory = contest.Memory()
    for op in kernels.ops():
        for type_ in map(TYPES.get, ("f32", "bf16", "f16")):
            shape = contest.shape_of(op, type_, size, CACHES, threads)
            arrays, result = contest.operands(memory, op, type_, shape)
            used = sum(a.nbytes for a in kernels.streams_of(op, arrays)) + result.nbytes
            assert used <= CACHES[size] // 2, op.name
            assert used >= CACHES[size] // 2 * (0.5 if size == "L1" else 0.9), op.name


def test_few_peers_take_part_in_dram():
    """Also where it is not known who is fast in L2."""
    class Peer:
        def __init__(self, name):
            self.name = name

    made = contest.Contest.__new__(contest.Contest)
    made.peers = [Peer(n) for n in "abcd"]
    made.prepare = lambda p, op, arrays: p.name != "a" and contest.Contender(p.name, None)
    assert [c.name for c in made.peers_in(None, [], [], 2)] == ["b", "c"]
    assert [c.name for c in made.peers_in(None, [], ["c"], 4)] == ["b", "d"]


def test_arrays_in_dram_exceed_caches():
    for op in kernels.ops():
        rows = contest.shape_of(op, TYPES["f32"], "DRAM", CACHES)
        assert 4 * math.prod(rows) >= max(4 * CACHES["last"], 256 << 20)


@pytest.fixture(scope="module")
def harness():
    return kernels.Harness([-1, -1])


def of_shape(shape, mask=False):
    return next(
        op for op in kernels.ops()
        if op.entry.shape == shape and mask == any(o.is_mask for o in op.entry.row_operands)
    )


def arrays_for(op, shape):
    return contest.operands(contest.Memory(), op, TYPES["f32"], shape)


@pytest.mark.parametrize("past_caches", [False, True])
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("shape, mask", [("unary", False), ("gated", False), ("row", True)])
def test_copies_read_and_write_everything(harness, shape, mask, threads, past_caches):
    op = of_shape(shape, mask)
    arrays, result = arrays_for(op, (6, 1024) if op.has_rows else (1024,))
    kernels.copy(harness, op, arrays, result, threads, past_caches).run()
    expected = np.zeros_like(arrays[0].view(np.uint8))
    for array in arrays:
        part = array.view(np.uint8)
        if array.dtype == np.bool_:
            # Shorter rows meet the first part of longer ones.
            expected[:, : part.shape[1]] ^= part
        else:
            expected ^= part
    short = min(a.nbytes // len(a) for a in arrays) if op.has_rows else expected.size
    assert np.array_equal(result.view(np.uint8)[..., :short], expected[..., :short])


@pytest.mark.parametrize("threads", [1, 2])
def test_kernels_write_all_of_a_result(harness, threads):
    for shape in sorted({e.shape for e in entries()}):
        op = of_shape(shape)
        arrays, result = arrays_for(op, (5, 256) if op.has_rows else (1000,))
        compiled = kernels.Kernels([op], TYPES["f32"])
        exact = contest.Exact(op, TYPES["f32"], arrays)
        result[...] = np.nan
        kernels.given(harness, compiled, op, arrays, result, threads).run()
        assert exact.largest(result) < 8
        # Zeros of the other sign are wrong for us only.
        zeros = contest.Exact.__new__(contest.Exact)
        zeros.type_, zeros.exact = TYPES["f32"], np.array([-0.0, np.nan])
        zeros.counts = np.array([True, True])
        other = np.array([0, 0x7F800001], np.uint32).view(np.float32)
        assert zeros.largest(other) == np.inf and zeros.largest(other, lenient=True) == 0
        # One result that is wrong is found.
        where = np.unravel_index(np.argmax(np.abs(exact.exact)), exact.exact.shape)
        result[where] *= 1 + 2**-16
        assert exact.largest(result) > 8


# ===----------------------------------------------------------------------===
# What is made of it
# ===----------------------------------------------------------------------===

MADE_UP = {
    "peers": {"one": {"version": "one 1", "allocates": True}, "two": {"version": "two 1", "allocates": False}},
    "fma": [[2, 1.9], [2, 2.0], [2, 1.8]],
}


def made_up(size, threads, shape="unary", **times):
    named = {name.replace("_alloc", "+alloc"): [t, t, 5] for name, t in times.items()}
    data = {"op": "op", "type": "f32", "size": size, "threads": threads, "shape": [8], "times": named}
    return performance.Cell(data, MADE_UP, shape)


def test_a_peer_that_allocates_meets_the_function_that_does():
    cell = made_up("L2", 1, act=1.0, act_alloc=2.0, copy=0.5, one=3.0, two=1.8)
    assert cell.leads == {"one": 1.5, "two": 1.8}
    assert (cell.fastest, cell.lead, cell.to_copy) == ("one", 1.5, 2.0)
    assert made_up("L1", 1, act=1.0, act_alloc=2.0, copy=0.5, one=3.0).lead == 3.0


def test_need_is_the_easier_target():
    targets = performance.TARGETS
    both = {"act": 1.0, "act_alloc": 1.0, "copy": 0.5}
    assert made_up("L2", 1, **both, two=0.5).need == pytest.approx(2 / targets["copy"])
    assert made_up("L2", 1, **both, two=1.0).need == pytest.approx(targets["lead"])
    row = targets["row"]["lead"]
    assert made_up("L2", 1, "row", **both, two=1.5).need == pytest.approx(row / 1.5)
    assert made_up("DRAM", 1, **both, copy_nt=0.4).need == pytest.approx(targets["dram"] / 0.4)
    scaled = made_up("L2", 2, **both, act1=1.5)
    assert scaled.need == pytest.approx(targets["scaling"] * 1.9 / 1.5)


def test_no_target_where_the_fastest_peer_is_not_known():
    times = {"act": 1.0, "act_alloc": 1.0, "two": 5.0}
    cell = made_up("L1", 1, copy=0.5, **times)
    assert cell.need == pytest.approx(performance.TARGETS["lead"] / 5)
    cell.data["lost"] = ["one"]
    assert cell.need is None
    cell = made_up("L1", 1, copy=1.0, **times)
    cell.data["lost"] = ["one"]
    assert cell.need < 1


def test_plots_are_drawn(quick, tmp_path):
    pytest.importorskip("matplotlib")
    import plots

    _, result, _ = quick
    cells = performance.all_cells(result)
    names = plots.draw(result, cells, tmp_path)
    assert "roofline" in names
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(f"{n}.svg" for n in names)
    for cell in cells:
        assert f">{cell.op}<" in (tmp_path / "copy-f32-l2.svg").read_text()


def test_a_ratio_that_changed_is_listed(quick):
    _, result, _ = quick
    slower = copy.deepcopy(result)
    changed = slower["cells"][0]
    changed["times"]["act"][0] *= 1.2
    text = performance.compare(result, slower)
    assert "1 differ by more than 10%" in text and f"| {changed['op']} f32 {changed['size']} |" in text
    changed["times"]["copy"][0] *= 1.2
    assert "0 differ by more than 10%" in performance.compare(result, slower)


def test_json_is_compact_and_whole(quick, tmp_path):
    _, result, _ = quick
    results.save(tmp_path / "a.json", result)
    assert json.loads((tmp_path / "a.json").read_text()) == result
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


# ===----------------------------------------------------------------------===
# What is checked in
# ===----------------------------------------------------------------------===


@pytest.fixture
def recorded():
    return json.loads(performance.DATA.read_text(encoding="utf-8"))


def test_recorded_run_is_whole(recorded):
    assert not performance.absent(recorded)
    assert set(performance.HEADS) <= set(recorded)


def test_document_is_of_the_data(recorded):
    """./dev bench --show --record --output docs/data/performance.json writes it."""
    text = performance.DOCUMENT.read_text(encoding="utf-8")
    plots = re.findall(r"\(plots/(.*?)\.svg\)", text)
    assert text == performance.document(recorded) + performance.pictures(plots)
    assert all((performance.PLOTS / f"{name}.svg").exists() for name in plots)


def test_a_run_with_holes_is_not_recorded(quick):
    _, result, _ = quick
    with pytest.raises(ValueError, match="cells are missing, .* among them"):
        performance.record(result)


def made_up_run(result):
    """A whole run whose cells have the times of one that was measured."""
    by_shape = {performance.shapes()[c["op"]]: c for c in result["cells"]}
    cells = []
    for op in kernels.ops():
        for type_, size, threads in itertools.product(performance.TYPES, performance.SIZES, (1, 2)):
            like = by_shape[op.entry.shape]
            times = {**like["times"], "act1": like["times"]["act"]}
            cells.append({**like, "op": op.name, "type": type_, "size": size, "threads": threads,
                          "times": times})
    skipped = {part: {"skipped": "made up"} for part in performance.HEADS}
    return {**result, "cells": cells, **skipped}


def test_a_whole_run_is_recorded(quick, tmp_path, monkeypatch):
    """Then a part of it, which says when it was measured."""
    for name, file in (("DOCUMENT", "performance.md"), ("DATA", "data/a.json"), ("PLOTS", "plots")):
        monkeypatch.setattr(performance, name, tmp_path / file)
    run = made_up_run(quick[1])
    performance.record(run)
    data = json.loads((tmp_path / "data/a.json").read_text())
    assert not performance.absent(data)
    later = {**run["about"], "commit": "later"}
    performance.record({"about": later, "ports": {"skipped": "again"}}, "ports")
    text = (tmp_path / "performance.md").read_text()
    assert f"## Bounds by ports\n\nMeasured, {later['date']}, later.\n\nSkipped: again." in text
    data = json.loads((tmp_path / "data/a.json").read_text())
    assert len(data["cells"]) == len(run["cells"]) and data["ports"]["about"]["commit"] == "later"

    # One size and number of threads, beside the rest.
    again = [{**c, "times": {**c["times"], "act": [0.5, 0.5, 1]}} for c in data["cells"]
             if (c["size"], c["threads"]) == ("L2", 1)]
    performance.record({**run, "about": later, "cells": again}, "kernels")
    assert f"\nL2 with 1 thread(s): {later['date']}, later.\n" in (tmp_path / "performance.md").read_text()
    after = json.loads((tmp_path / "data/a.json").read_text())
    assert len(after["cells"]) == len(data["cells"])
    changed = [c for c, before in zip(after["cells"], data["cells"]) if c != before]
    assert again and changed == again
