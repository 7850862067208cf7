# The benchmark of blocks of models measures what it says.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re
import subprocess
import sys

import numpy as np
import pytest
from entries import BUILD, ROOT

sys.path.insert(0, str(ROOT / "benchmarks"))

import model_speed  # noqa: E402

HAS_LIBRARY = (BUILD / "lib" / "libActMatmul.so").exists()


def test_quick_run():
    result = model_speed.measure(quick=True)
    cells = result["cells"]
    assert [(c["type"], c["tokens"]) for c in cells] == [(t, n) for t in ("f32", "bf16") for n in (8, 128)]
    names = {"act", "library", "loops"} if HAS_LIBRARY else {"loops"}
    for cell in cells:
        assert set(cell["ms"]) == names
        assert all(0 < least <= median for least, median in cell["ms"].values())
    text = model_speed.table(result)
    assert len(re.findall(r"^\| GPT-2 MLP", text, re.MULTILINE)) == 4


def test_examples_have_the_sizes_of_the_models():
    for block in model_speed.BLOCKS:
        arguments = block.text().split("func.func @main(%x: ")[1].split("->")[0]
        weights = re.findall(r": tensor<([\dx]+)xf32>", arguments)
        assert [tuple(map(int, w.split("x"))) for w in weights] == block.operands()
        code = re.findall(r"tensor<[^>]*>", block.text())
        assert not [t for t in code if re.search(r"\b(48|192|384|64)x", t)]


def test_wrong_results_are_noticed(monkeypatch):
    if not HAS_LIBRARY:
        pytest.skip("built without oneDNN")
    right = model_speed.made_by_act

    def wrong(block, type_, arrays, options):
        call = right(block, type_, arrays, options)
        return lambda copy=False: call(copy) * np.float32(1.001) if copy and not options else call(copy)

    monkeypatch.setattr(model_speed, "made_by_act", wrong)
    block = model_speed.QUICK[0]
    random = np.random.default_rng(0)
    weights = [random.standard_normal(shape, np.float32) for shape in block.operands()]
    with pytest.raises(RuntimeError, match="loops differs from act_matmul_f32"):
        model_speed.measure_cell(block, "f32", 8, weights, None, True)


def test_program():
    script = ROOT / "benchmarks" / "model_speed.py"
    done = subprocess.run([sys.executable, script, "--quick", "--only", "f32 8$"], capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.count("| GPT-2 MLP f32 |") == 1
    nothing = subprocess.run([sys.executable, script, "--quick", "--only", "none"], capture_output=True, text=True)
    assert nothing.returncode == 1 and "nothing measured" in nothing.stderr
