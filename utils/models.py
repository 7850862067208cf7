# models.py - blocks of known networks as PyTorch modules, small.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# export_models.py writes examples/torch-mlir from them, record_references.py
# what they compute. Needs requirements-peers.txt.

from dataclasses import dataclass

import torch
from torch.nn import Linear, Module, functional

TYPES = {"f32": torch.float32, "bf16": torch.bfloat16}
TOKENS = 37


class Gpt2Mlp(Module):
    """Four times as wide inside; GPT-2 calls this gelu gelu_new."""

    def __init__(self, width=48):
        super().__init__()
        self.c_fc = Linear(width, 4 * width)
        self.c_proj = Linear(4 * width, width)

    def forward(self, x):
        return self.c_proj(functional.gelu(self.c_fc(x), approximate="tanh"))


class LlamaFfn(Module):
    """Gates and values from one matmul, the gates in front."""

    def __init__(self, width=64, hidden=192):
        super().__init__()
        self.gate_up_proj = Linear(width, 2 * hidden, bias=False)
        self.down_proj = Linear(hidden, width, bias=False)

    def forward(self, x):
        gate, value = self.gate_up_proj(x).chunk(2, dim=-1)
        return self.down_proj(functional.silu(gate) * value)


class VisionMlp(Module):
    """The end of MobileNetV3-Large, a twentieth as wide."""

    def __init__(self):
        super().__init__()
        self.first = Linear(960 // 20, 1280 // 20)
        self.second = Linear(1280 // 20, 1000 // 20)

    def forward(self, x):
        return self.second(functional.hardswish(self.first(x)))


class AttentionScores(Module):
    """Heads come first."""

    def forward(self, q, k, v):
        scores = torch.matmul(q, k.transpose(-2, -1)) * q.shape[-1] ** -0.5
        return torch.matmul(functional.softmax(scores, dim=-1), v)


@dataclass
class Model:
    """A module, the shapes of its inputs and their standard deviation, and
    whether its export takes the weights as arguments, behind the inputs, or
    contains them."""

    module: type
    inputs: dict
    spread: float = 4.0
    weights_are_arguments: bool = False

    def build(self, kind):
        """The module and its inputs in a type, by name: the same numbers,
        rounded, each time."""
        torch.manual_seed(0)
        module = self.module().eval().requires_grad_(False).to(TYPES[kind])
        inputs = {n: self.spread * torch.randn(shape) for n, shape in self.inputs.items()}
        return module, {n: x.to(TYPES[kind]) for n, x in inputs.items()}


HEADS = (3, TOKENS, 64)
MODELS = {
    "gpt2-mlp": Model(Gpt2Mlp, {"x": (TOKENS, 48)}),
    "llama-ffn": Model(LlamaFfn, {"x": (TOKENS, 64)}, weights_are_arguments=True),
    "vision-mlp": Model(VisionMlp, {"x": (TOKENS, 48)}),
    "attention-scores": Model(AttentionScores, {"q": HEADS, "k": HEADS, "v": HEADS}, spread=2.0),
}
