# The feed-forward block of LLaMA gives what PyTorch's module gives.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pathlib
import subprocess

import numpy as np
from entries import BUILD, ROOT

DATA = pathlib.Path(__file__).parent / "Data" / "swiglu-ffn.npz"
INPUTS = ("x", "w_gate", "w_up", "w_down")


def test_equals_pytorch(tmp_path):
    recorded = np.load(DATA)
    command = [BUILD / "bin" / "act-run", ROOT / "examples" / "swiglu-ffn.mlir"]
    for name in INPUTS:
        path = tmp_path / f"{name}.npy"
        np.save(path, recorded[name])
        command += ["--in", path]
    command += ["--out", tmp_path / "y.npy"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    y, expected = np.load(tmp_path / "y.npy"), recorded["y"]
    assert y.shape == expected.shape and y.dtype == expected.dtype
    assert np.abs(y - expected).max() <= 1e-5 * np.abs(expected).max()


def test_shapes_are_those_of_llama():
    recorded = np.load(DATA)
    width = recorded["x"].shape[1]
    hidden = recorded["w_gate"].shape[1]
    assert recorded["w_down"].shape == (hidden, width)
    assert hidden % 64 == 0 and 0 <= hidden - 8 * width / 3 < 64
    assert str(recorded["torch_version"]) and str(recorded["numpy_version"])
