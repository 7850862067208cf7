# Where PyTorch has the function, it computes the same one.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# A check of definitions, defaults and parameters: PyTorch's tails are too
# inexact to be held against ours in ULP.

import json
import pathlib

import numpy as np
import pytest
from entries import entries
from run_kernel import compile_library, kernel_module

HERE = pathlib.Path(__file__).parent
RECORDED = np.load(HERE / "Data" / "torch.npz")
CALLS = json.loads((HERE / "torch.json").read_text())["calls"]
TENSOR = "tensor<?x?xf32>"


def key(call):
    setting = call.get("setting", {})
    return "-".join([call["op"]] + [f"{k}={v}" for k, v in setting.items()])


@pytest.mark.parametrize("call", CALLS, ids=key)
def test_same_function(call):
    (entry,) = [e for e in entries() if e.mnemonic == call["op"]]
    dim = 1 if entry.shape == "row" else None
    spell = lambda names: entry.spell(names, TENSOR, call.get("setting"), dim)
    text = kernel_module([("f", spell, 1, TENSOR)])
    x, expected = RECORDED["x"], RECORDED[key(call)]
    y = compile_library(text).call("f", x)
    scale = np.maximum(1, np.abs(x)) if entry.shape != "row" else 1
    difference = np.abs(y - expected) / scale
    assert difference.max() <= 1e-6, f"at {x.ravel()[difference.argmax()]!r}"


def test_nothing_recorded_is_unused():
    unused = set(RECORDED.files) - set(map(key, CALLS))
    assert unused == {"x", "torch_version", "numpy_version"}
