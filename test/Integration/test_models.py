# Blocks of known networks give what PyTorch's modules give, written by hand and
# as torch-mlir exports them.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import functools
import pathlib
import re
import subprocess

import ml_dtypes
import numpy as np
import pytest
from act_run import act_run
from entries import BUILD, ROOT

DATA = pathlib.Path(__file__).parent / "Data"
EXAMPLES = ROOT / "examples"
EXPORTS = EXAMPLES / "torch-mlir"
KINDS = ("f32", "bf16")
# Arguments in order: inputs, and weights, which an export may contain.
MODELS = {
    "gpt2-mlp": (["x"], ["c_fc.weight", "c_fc.bias", "c_proj.weight", "c_proj.bias"]),
    "llama-ffn": (["x"], ["gate_up_proj.weight", "down_proj.weight"]),
    "vision-mlp": (["x"], ["first.weight", "first.bias", "second.weight", "second.bias"]),
    "attention-scores": (["q", "k", "v"], []),
}


@functools.lru_cache(None)
def recorded(model):
    return np.load(DATA / f"{model}.npz")


def shape(model, name):
    return recorded(model)[f"f32.{name}"].shape


def as_floats(array):
    """bf16 is recorded and written as bits."""
    if array.dtype == np.float32:
        return array
    return (array.view(np.uint16).astype(np.uint32) << 16).view(np.float32)


def tolerance(kind, expected):
    """A part of the largest result; in bf16, two roundings of it, by half an ULP
    each."""
    largest = np.abs(expected).max()
    return 1e-5 * largest if kind == "f32" else 2.0 ** (np.floor(np.log2(largest)) - 7)


def equals_pytorch(path, model, kind, names, entry=None):
    """Calls a file's function with recorded arrays."""
    arrays = recorded(model)
    inputs = [arrays[f"{kind}.{name}"] for name in names]
    (y,) = act_run(path.read_text(encoding="utf-8"), inputs, entry=entry)
    y, expected = as_floats(y), as_floats(arrays[f"{kind}.y"])
    assert y.shape == expected.shape
    assert np.abs(y - expected).max() <= tolerance(kind, expected)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("model", MODELS)
def test_by_hand(model, kind):
    inputs, weights = MODELS[model]
    entry = "main" if kind == "f32" else kind
    equals_pytorch(EXAMPLES / f"{model}.mlir", model, kind, inputs + weights, entry)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("model", MODELS)
def test_exported(model, kind):
    path = EXPORTS / (f"{model}.mlir" if kind == "f32" else f"{model}-{kind}.mlir")
    names = re.search(r"^// Arguments: (.*)\.$", path.read_text(encoding="utf-8"), re.MULTILINE)
    names = names.group(1).split(", ")
    inputs, weights = MODELS[model]
    assert names in (inputs, inputs + weights)
    equals_pytorch(path, model, kind, names)


def test_exports_contain_weights_or_take_them():
    texts = [p.read_text(encoding="utf-8") for p in EXPORTS.glob("*.mlir")]
    assert len(texts) == len(MODELS) * len(KINDS)
    assert any(".weight" in t for t in texts) and any("dense_resource" in t for t in texts)


COMMAND = re.compile(r"^//   (?:\./dev run|act-run) (examples/.*)$", re.MULTILINE)


@pytest.mark.parametrize("model", MODELS)
def test_commands_work(model):
    """Those in the comment of the file."""
    commands = COMMAND.findall((EXAMPLES / f"{model}.mlir").read_text(encoding="utf-8"))
    assert len(commands) == 2
    for command in commands:
        command = [str(BUILD / "bin" / "act-run"), *command.split()]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert "result 0: " in done.stdout


@pytest.mark.parametrize("model", MODELS)
def test_bf16_is_f32_rounded(model):
    """The weights and inputs are the same in both types."""
    arrays = recorded(model)
    for name in [n for names in MODELS[model] for n in names]:
        rounded = arrays[f"f32.{name}"].astype(ml_dtypes.bfloat16)
        assert (rounded.view(np.uint16) == arrays[f"bf16.{name}"]).all()
    assert str(arrays["torch_version"]) and str(arrays["numpy_version"])


def test_shapes_are_those_of_the_networks():
    hidden, width = shape("gpt2-mlp", "c_fc.weight")
    assert hidden == 4 * width and shape("gpt2-mlp", "c_proj.weight") == (width, hidden)

    width, hidden = shape("llama-ffn", "down_proj.weight")
    assert hidden % 64 == 0 and 0 <= hidden - 8 * width / 3 < 64
    assert shape("llama-ffn", "gate_up_proj.weight") == (2 * hidden, width)

    hidden, features = shape("vision-mlp", "first.weight")
    classes, _ = shape("vision-mlp", "second.weight")
    assert (20 * features, 20 * hidden, 20 * classes) == (960, 1280, 1000)

    heads, tokens, size = shape("attention-scores", "q")
    assert heads > 1 and tokens % 16 and size == 64
