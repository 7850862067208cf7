# Calls act-run on NumPy arrays.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import pathlib
import subprocess
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("ACT_BIN", ROOT / "build" / "bin"))


def act_run(module, inputs, outputs=1, entry=None, options=()):
    """Compiles `module`, the text of a .mlir file, and calls it.

    Returns a list with `outputs` arrays. bf16 comes as 2-byte raw data: view it
    as np.uint16."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "module.mlir").write_text(module)
        command = [BIN / "act-run", folder / "module.mlir"]
        if entry:
            command += ["--entry", entry]
        for index, array in enumerate(inputs):
            path = folder / f"in{index}.npy"
            np.save(path, array)
            command += ["--in", path]
        results = [folder / f"out{index}.npy" for index in range(outputs)]
        for path in results:
            command += ["--out", path]
        done = subprocess.run(
            [*map(str, command), *options], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return [np.load(path) for path in results]
