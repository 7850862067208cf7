# The instrument that times the compiler.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import json
import subprocess
import sys

import compiler_speed
import pytest
import run_kernel
from entries import ROOT, entries


@pytest.fixture(scope="module")
def quick():
    return compiler_speed.measure(quick=True)


def test_each_shape_is_measured(quick):
    measured = {e.shape for e in entries() if e.mnemonic in quick["entries"]}
    assert measured == {e.shape for e in entries()}
    for row in quick["entries"].values():
        assert all(row[tool]["min"] > 0 for tool in ("act-opt", "llvm-ir", "object", "act-run"))
        # What is taken off is a part of what it is taken off from.
        assert row["jit"] < row["act-run"]["min"]


def test_modules_grow(quick):
    assert list(quick["modules"]) == list(compiler_speed.SHAPES)
    for found in quick["modules"].values():
        sizes = [row["ops"] for row in found["sizes"]]
        assert sizes == list(compiler_speed.QUICK_SIZES)
        small, large = found["passes"]["ms"]["total"]
        # No order is expected of single runs beside others.
        assert small > 0 and large > 0


def test_a_part_that_failed_has_a_table():
    assert compiler_speed.table({"skipped": "no tool"}) == "Skipped: no tool.\n"


def test_result_is_json_and_table(quick):
    assert json.loads(json.dumps(quick)) == quick
    text = compiler_speed.table(quick)
    assert all(f"### Modules: {shape}" in text for shape in compiler_speed.SHAPES)
    assert all(f"| {mnemonic} |" in text for mnemonic in quick["entries"])


@pytest.mark.parametrize("shape", compiler_speed.SHAPES)
def test_modules_have_as_many_ops_as_they_say(shape):
    n = len(entries()) + 3
    assert compiler_speed.SHAPES[shape](n).count(" = act.") == n


def test_functions_are_all_entries():
    text = compiler_speed.functions(len(entries()))
    assert all(f" = act.{e.mnemonic} " in text for e in entries())


def test_buffer_kernels_name_every_operand():
    for entry in entries():
        text = run_kernel.buffer_function(entry, "f", entry.tensor("f32"), entry.required, entry.dim)
        assert text.count("to_tensor") == len(entry.operands)
        assert "tensor<" not in text.splitlines()[0]


def test_timing_of_passes_is_read():
    text = """
  Total Execution Time: 0.0300 seconds

  ----User Time----  ----Wall Time----  ----Name----
    0.0450 (100.0%)    0.0300 (100.0%)  root
    0.0200 ( 44.4%)    0.0125 ( 41.7%)  Pipeline Collection : ['func.func']
    0.0090 ( 20.0%)    0.0080 ( 26.7%)  Canonicalizer
    0.0010 (  2.2%)    0.0010 (  3.3%)  (A) DominanceInfo
    0.0450 (100.0%)    0.0300 (100.0%)  Total
"""
    assert compiler_speed.read_passes(text) == {
        "Canonicalizer": 8.0,
        "(A) DominanceInfo": 1.0,
        "total": 30.0,
    }


def test_growth_is_foreseen():
    # Twice the ops took four times as long: quadratic.
    assert compiler_speed.expected_time([(100, 1.0), (200, 4.0)], 400) == pytest.approx(16.0)
    # Start-up hides in small modules; more ops never take less than in proportion.
    assert compiler_speed.expected_time([(100, 1.0), (200, 1.5)], 400) == pytest.approx(3.0)


def test_a_failing_compiler_is_one_line(tmp_path):
    bad = tmp_path / "bad.mlir"
    bad.write_text("func.func @f() { return %x : f32 }")
    with pytest.raises(RuntimeError, match="exit 1: .*error") as info:
        compiler_speed.Tool("act-opt", bad, "--act-to-llvm").run()
    assert "\n" not in str(info.value)


def test_a_long_run_is_stopped():
    tool = compiler_speed.Tool("act-opt", "--version")
    tool.command = ["sleep", "10"]
    assert tool.run(0.1) == (None, 0)


def test_a_module_that_is_too_large_ends_the_row(tmp_path, monkeypatch):
    def shape(n):
        return compiler_speed.buffers(n) if n < 3 else "func.func @f("

    monkeypatch.setitem(compiler_speed.SHAPES, "buffers", shape)
    found = compiler_speed.grow("buffers", (1, 2, 3, 4), tmp_path, 0.0, print)
    assert [row["ops"] for row in found["sizes"]] == [1, 2, 3]
    assert "exit 1" in found["sizes"][-1]["skipped"]
    assert found["ratio_of_sizes"] == 2


def test_unknown_op_is_an_error():
    script = ROOT / "benchmarks" / "compiler_speed.py"
    command = [sys.executable, str(script), "--quick", "--only", "no such op"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == "compiler_speed: no op matches 'no such op'\n"
