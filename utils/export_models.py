#!/usr/bin/env python3
# export_models.py - writes examples/torch-mlir: models as torch-mlir exports them.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Needs requirements-peers.txt. With --check, compares with the files instead of
# writing them.

import argparse
import importlib.metadata
import sys

import torch
from models import MODELS, TYPES
from record_references import ROOT
from torch_mlir import fx
from torch_mlir.extras.fx_decomp_util import get_decomposition_table

EXPORTS = ROOT / "examples" / "torch-mlir"
HEADER = """\
// {name} - {title}
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Written by utils/export_models.py with {versions}.
// {arguments}

"""


class WithArguments(torch.nn.Module):
    """A module that takes its parameters as arguments behind its input."""

    def __init__(self, module):
        super().__init__()
        self.names = [name for name, _ in module.named_parameters()]
        self.function = lambda *arguments: torch.func.functional_call(module, *arguments)

    def forward(self, x, *parameters):
        return self.function(dict(zip(self.names, parameters)), (x,))


def decompositions():
    """torch-mlir's, but PyTorch's own of gelu: torch-mlir has 0.797724 for the
    √(2/π) of the tanh form, 0.79788456, and computes bf16 in bf16."""
    own = torch._decomp.get_decompositions([torch.ops.aten.gelu])
    return {**get_decomposition_table(), **own}


def export(model, kind):
    """The text of a module, and the names of its arguments."""
    module, inputs = model.build(kind)
    arguments = dict(inputs)
    if model.weights_are_arguments:
        arguments.update(module.named_parameters())
        module = WithArguments(module)
    exported = fx.export_and_import(
        module,
        *arguments.values(),
        output_type="linalg-on-tensors",
        decomposition_table=decompositions(),
    )
    return str(exported).strip() + "\n", list(arguments)


def versions():
    found = {p: importlib.metadata.version(p).split("+")[0] for p in ("torch", "torch-mlir")}
    return " and ".join(f"{p} {v}" for p, v in found.items())


def texts():
    """All files, by path."""
    for name, model in MODELS.items():
        for kind in TYPES:
            text, arguments = export(model, kind)
            path = EXPORTS / (f"{name}.mlir" if kind == "f32" else f"{name}-{kind}.mlir")
            header = HEADER.format(
                name=path.name,
                title=f"{model.module.__name__} of utils/models.py in {kind}.",
                versions=versions(),
                arguments=f"Arguments: {', '.join(arguments)}.",
            )
            yield path, header + text


def main():
    parser = argparse.ArgumentParser(description="Export models by torch-mlir.")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    check = parser.parse_args().check
    found, expected = [], set()
    for path, text in texts():
        expected.add(path)
        if not check:
            EXPORTS.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            print(f"wrote {path.relative_to(ROOT)}")
        elif not path.exists() or path.read_text() != text:
            found.append(f"{path.relative_to(ROOT)} is not what is exported now")
    if check:
        others = sorted(set(EXPORTS.glob("*")) - expected)
        found += [f"{p.relative_to(ROOT)} is not exported by anything" for p in others]
    for difference in found:
        print(difference)
    if check and not found:
        print("the exports are as checked in")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
