# Weights of models: archives of arrays, and constants in the module.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import subprocess

import numpy as np
import pytest
from entries import BUILD

BIN = BUILD / "bin"
RANDOM = np.random.default_rng(0)

DIFFERENCE = """
func.func @main(%a: tensor<?xf32>, %b: tensor<?xf32>) -> tensor<?xf32> {
  %c = arith.subf %a, %b : tensor<?xf32>
  return %c : tensor<?xf32>
}
"""
ONE = """
func.func @main(%a: tensor<?xf32>) -> tensor<?xf32> {
  %c = act.relu %a : tensor<?xf32>
  return %c : tensor<?xf32>
}
"""


def run(tmp_path, text, *inputs, expect=0):
    """What a module returns for these --in, or what is wrong."""
    source = tmp_path / "module.mlir"
    source.write_text(text)
    command = [BIN / "act-run", source, "--out", tmp_path / "y.npy", "--in", *inputs]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert done.returncode == expect, done.stderr
    return done.stderr if expect else np.load(tmp_path / "y.npy")


@pytest.fixture
def arrays(tmp_path):
    a, b = RANDOM.standard_normal((2, 100), np.float32)
    np.savez(tmp_path / "plain.npz", second=b, first=a)
    np.savez_compressed(tmp_path / "small.npz", second=b, first=a)
    np.save(tmp_path / "a.npy", a)
    return a, b


@pytest.mark.parametrize("name", ["plain", "small"])
def test_archives(tmp_path, arrays, name):
    a, b = arrays
    path = tmp_path / f"{name}.npz"
    assert (run(tmp_path, DIFFERENCE, path) == b - a).all()
    assert (run(tmp_path, DIFFERENCE, f"{path}:first", f"{path}:second") == a - b).all()
    assert (run(tmp_path, DIFFERENCE, tmp_path / "a.npy", f"{path}:second") == a - b).all()


def test_mistakes(tmp_path, arrays):
    plain = tmp_path / "plain.npz"
    error = lambda *inputs: run(tmp_path, DIFFERENCE, *inputs, expect=1)
    assert "plain.npz': there is no array 'third'" in error(f"{plain}:third", plain)
    assert "none.npz': no such file or directory" in error(tmp_path / "none.npz")
    assert "got 3 inputs for the 2 arguments" in error(plain, tmp_path / "a.npy")
    assert "got 1 inputs for the 2 arguments" in error(f"{plain}:first")
    (tmp_path / "no.npz").write_text("not an archive")
    assert "no.npz': not a .npz file" in error(tmp_path / "no.npz")
    np.savez(tmp_path / "double.npz", a=np.zeros(100))
    assert "double.npz:a': dtype is f8, expected f4" in run(tmp_path, ONE, tmp_path / "double.npz", expect=1)


def test_damaged_archive(tmp_path, arrays):
    """A changed byte is noticed by the checksum, a lost end by the directory."""
    data = bytearray((tmp_path / "plain.npz").read_bytes())
    data[len(data) // 4] ^= 1
    (tmp_path / "bad.npz").write_bytes(data)
    assert "the archive is damaged" in run(tmp_path, DIFFERENCE, tmp_path / "bad.npz", expect=1)
    (tmp_path / "cut.npz").write_bytes(data[: len(data) // 2])
    assert "not a .npz file" in run(tmp_path, DIFFERENCE, tmp_path / "cut.npz", expect=1)


def test_arguments_are_not_changed(tmp_path):
    """A file is mapped for a tensor, and copied for a memref, which is written."""
    text = """
    func.func @main(%a: memref<?xf32>) {
      %c0 = arith.constant 0 : index
      %f = arith.constant 7.0 : f32
      memref.store %f, %a[%c0] : memref<?xf32>
      return
    }
    """
    path = tmp_path / "x.npy"
    x = RANDOM.standard_normal(100_000, np.float32)
    np.save(path, x)
    found = run(tmp_path, text, path)
    assert found[0] == 7 and (found[1:] == x[1:]).all()
    assert (np.load(path) == x).all()
    # The result of a function that returns its argument, and an output in place
    # of an input.
    same = "func.func @main(%a: tensor<?xf32>) -> tensor<?xf32> {\n  return %a : tensor<?xf32>\n}"
    assert (run(tmp_path, same, path) == x).all()
    source = tmp_path / "one.mlir"
    source.write_text(ONE)
    subprocess.run([BIN / "act-run", source, "--in", path, "--out", path], check=True, capture_output=True)
    assert (np.load(path) == np.maximum(x, 0)).all()


# ===----------------------------------------------------------------------===
# Large models
# ===----------------------------------------------------------------------===

ROWS, WIDTH = 4096, 4096
BYTES = ROWS * WIDTH * 4
MATMUL = """
#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (n, k)>
#c = affine_map<(m, n, k) -> (m, n)>
func.func @main(%x: tensor<?x{k}xf32>{argument}) -> tensor<?x{n}xf32> {{
  %c0 = arith.constant 0 : index
  %z = arith.constant 0.0 : f32
  {constant}
  %m = tensor.dim %x, %c0 : tensor<?x{k}xf32>
  %e = tensor.empty(%m) : tensor<?x{n}xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<?x{n}xf32>) -> tensor<?x{n}xf32>
  %y = linalg.matmul indexing_maps = [#a, #b, #c] ins(%x, %w : tensor<?x{k}xf32>, tensor<{n}x{k}xf32>)
         outs(%f : tensor<?x{n}xf32>) -> tensor<?x{n}xf32>
  return %y : tensor<?x{n}xf32>
}}
"""


def peak(command):
    """Bytes that a process had in memory, and what it printed."""
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, process.stderr.read()
    return usage.ru_maxrss * 1024


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """64 MiB of weights: as a constant in text and in bytecode, and in a file."""
    folder = tmp_path_factory.mktemp("model")
    weights = RANDOM.standard_normal((ROWS, WIDTH), np.float32)
    x = RANDOM.standard_normal((3, WIDTH), np.float32)
    np.save(folder / "w.npy", weights)
    np.save(folder / "x.npy", x)
    constant = f"%w = arith.constant dense_resource<w> : tensor<{ROWS}x{WIDTH}xf32>"
    text = MATMUL.format(k=WIDTH, n=ROWS, argument="", constant=constant)
    with open(folder / "constant.mlir", "w") as file:
        file.write(text + '{-#\n  dialect_resources: {\n    builtin: {\n      w: "0x04000000')
        file.write(weights.tobytes().hex())
        file.write('"\n    }\n  }\n#-}\n')
    subprocess.run(
        [BIN / "act-opt", folder / "constant.mlir", "--emit-bytecode", "-o", folder / "constant.mlirbc"],
        check=True,
    )
    argument = f", %w: tensor<{ROWS}x{WIDTH}xf32>"
    (folder / "argument.mlir").write_text(MATMUL.format(k=WIDTH, n=ROWS, argument=argument, constant=""))
    (folder / "small.mlir").write_text(ONE)
    expected = x.astype(np.float64) @ weights.T.astype(np.float64)
    return folder, expected, peak([BIN / "act-run", folder / "small.mlir"])


@pytest.mark.parametrize(
    "name, inputs, copies",
    [
        # Text: the file, a number for two digits twice (the parser's string and the
        # attribute), and no other.
        ("constant.mlir", ["x.npy"], 4),
        ("constant.mlirbc", ["x.npy"], 1),
        ("argument.mlir", ["x.npy", "w.npy"], 1),
    ],
)
def test_large_weights_are_not_copied(model, name, inputs, copies):
    folder, expected, base = model
    files = [folder / i for i in inputs]
    used = peak([BIN / "act-run", folder / name, "--in", *files, "--out", folder / "y.npy"])
    y = np.load(folder / "y.npy")
    assert np.abs(y - expected).max() <= 1e-5 * np.abs(expected).max()
    # The matmul library itself takes some.
    assert used - base <= (copies + 0.75) * BYTES
