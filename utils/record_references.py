#!/usr/bin/env python3
# record_references.py - records results of PyTorch for the tests.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Needs requirements-peers.txt. With --check, compares with the files instead of
# writing them: another machine may differ in the last bits, nothing else.

import argparse
import json
import pathlib
import sys

import numpy as np
import torch

ROOT = pathlib.Path(__file__).resolve().parents[1]
CALLS = ROOT / "test" / "Numerics" / "torch.json"
ACTIVATIONS = ROOT / "test" / "Numerics" / "Data" / "torch.npz"
FFN = ROOT / "test" / "Integration" / "Data" / "swiglu-ffn.npz"
WIDTH = 64
TOKENS = 37


def hidden_size(width):
    """8/3 of the width, rounded up to a multiple of 64, as LLaMA has it."""
    return -(-8 * width // 3 // 64) * 64


def versions():
    return {
        "torch_version": np.array(torch.__version__.split("+")[0]),
        "numpy_version": np.array(np.__version__),
    }


def key(call):
    """gelu, gelu-approximate=tanh"""
    setting = call.get("setting", {})
    return "-".join([call["op"]] + [f"{k}={v}" for k, v in setting.items()])


def record_activations():
    random = np.random.default_rng(0)
    sign = random.choice([-1.0, 1.0], 1536)
    x = np.concatenate(
        [
            np.linspace(-20, 20, 1001),
            sign * np.exp2(random.uniform(-30, 6.5, 1536)),
            [0.0, 1e-40, -1e-40, 1e4, -1e4, 88.0, -88.0],
        ]
    ).astype(np.float32)
    x = x[: x.size // 16 * 16].reshape(-1, 16)
    arrays = {"x": x, **versions()}
    for call in json.loads(CALLS.read_text())["calls"]:
        name = call["torch"]
        function = getattr(torch.nn.functional, name, None) or getattr(torch, name)
        y = function(torch.from_numpy(x), **call.get("arguments", {}))
        arrays[key(call)] = y.numpy()
    return arrays


class FeedForward(torch.nn.Module):
    """w_down(silu(w_gate x) * w_up x)"""

    def __init__(self, width):
        super().__init__()
        hidden = hidden_size(width)
        self.w_gate = torch.nn.Linear(width, hidden, bias=False)
        self.w_up = torch.nn.Linear(width, hidden, bias=False)
        self.w_down = torch.nn.Linear(hidden, width, bias=False)

    def forward(self, x):
        return self.w_down(torch.nn.functional.silu(self.w_gate(x)) * self.w_up(x))


def record_ffn():
    torch.manual_seed(0)
    module = FeedForward(WIDTH)
    x = torch.randn(TOKENS, WIDTH)
    with torch.no_grad():
        arrays = {"x": x.numpy(), "y": module(x).numpy(), **versions()}
    # A linear layer stores [out, in]; a matmul from the right wants [in, out].
    for name, weight in module.state_dict().items():
        arrays[name.split(".")[0]] = np.ascontiguousarray(weight.numpy().T)
    return arrays


def differences(path, arrays):
    """How recorded and new arrays differ, in words."""
    if not path.exists():
        yield "does not exist"
        return
    recorded = np.load(path)
    for name in sorted(set(recorded.files) ^ set(arrays)):
        yield f"{name} is in one of the two only"
    for name in sorted(set(recorded.files) & set(arrays)):
        old, new = recorded[name], np.asarray(arrays[name])
        if old.dtype.kind == "U":
            if str(old) != str(new):
                yield f"{name} was {old}, is {new}"
        elif old.shape != new.shape or not np.allclose(old, new, rtol=2e-6, atol=2e-6):
            yield f"{name} differs"


def main():
    parser = argparse.ArgumentParser(description="Record results of PyTorch.")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    check = parser.parse_args().check
    failed = False
    for path, arrays in ((ACTIVATIONS, record_activations()), (FFN, record_ffn())):
        shown = path.relative_to(ROOT)
        if check:
            for difference in differences(path, arrays):
                print(f"{shown}: {difference}")
                failed = True
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            np.savez_compressed(path, **arrays)
            print(f"wrote {shown}")
    if check and not failed:
        print("the references of PyTorch are as recorded")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
