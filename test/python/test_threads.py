# Loops over threads: the same bits for every number of them.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import subprocess

import numpy as np
import pytest
from act_run import BIN, act_run
from run_kernel import compile_library

RANDOM = np.random.default_rng(0)
# Elements from which on a loop is split.
LEAST = 32768

MODULE = """
#i = affine_map<(i) -> (i)>
!v = memref<?xf32, strided<[1], offset: ?>>
!bf = memref<?xbf16, strided<[1], offset: ?>>
func.func @heavy(%x: !v, %y: !v) {
  linalg.generic {indexing_maps = [#i, #i], iterator_types = ["parallel"]} ins(%x : !v) outs(%y : !v) {
  ^bb0(%a: f32, %b: f32):
    %r = act.silu %a : f32
    linalg.yield %r : f32
  }
  return
}
func.func @light(%x: !v, %y: !v) {
  linalg.generic {indexing_maps = [#i, #i], iterator_types = ["parallel"]} ins(%x : !v) outs(%y : !v) {
  ^bb0(%a: f32, %b: f32):
    %r = act.relu %a : f32
    linalg.yield %r : f32
  }
  return
}
func.func @half(%x: !bf, %y: !bf) {
  linalg.generic {indexing_maps = [#i, #i], iterator_types = ["parallel"]} ins(%x : !bf) outs(%y : !bf) {
  ^bb0(%a: bf16, %b: bf16):
    %r = act.tanh %a : bf16
    linalg.yield %r : bf16
  }
  return
}
func.func @rows(%x: memref<?x?xf32>, %y: memref<?x?xf32>) {
  %t = bufferization.to_tensor %x restrict : memref<?x?xf32> to tensor<?x?xf32>
  %r = act.softmax %t {dim = 1 : i64} : tensor<?x?xf32>
  bufferization.materialize_in_destination %r in restrict writable %y : (tensor<?x?xf32>, memref<?x?xf32>) -> ()
  return
}
func.func @total(%x: memref<?xf32>, %sum: memref<f32>) {
  linalg.reduce ins(%x : memref<?xf32>) outs(%sum : memref<f32>) dimensions = [0]
    (%a: f32, %b: f32) {
      %s = arith.addf %a, %b : f32
      linalg.yield %s : f32
    }
  return
}
"""

THREADS = ["--threads=2", "--threads=3", "--threads=0"]
STREAMS = ["--stream-bytes=1", "--stream-bytes=0"]


def bits(array):
    return array.view(f"u{array.itemsize}")


@pytest.mark.parametrize("streams", STREAMS)
@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("name,dtype", [("heavy", np.float32), ("light", np.float32), ("half", np.uint16)])
def test_elementwise(threads, streams, name, dtype):
    one = compile_library(MODULE, ("--stream-bytes=0",))
    many = compile_library(MODULE, (threads, streams))
    longest = 3 * LEAST + 100
    x = RANDOM.uniform(-4, 4, longest).astype(np.float32)
    if dtype == np.uint16:
        x = np.ascontiguousarray(bits(x)[...].view(np.uint16)[1::2])
    for length in (1, LEAST - 1, LEAST, LEAST + 1, LEAST + 63, LEAST + 64, LEAST + 65, longest - 8):
        for start in (0, 1, 7):
            expected, y = np.zeros((2, longest), dtype)
            part = slice(start, start + length)
            one.call_on_buffers(name, x[part], expected[part])
            many.call_on_buffers(name, x[part], y[part])
            assert np.array_equal(bits(y), bits(expected)), (length, start)


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("rows,columns", [(1, 40000), (2, LEAST), (77, 1000), (3, 5), (500, 67)])
def test_rows(threads, rows, columns):
    one, many = compile_library(MODULE), compile_library(MODULE, (threads,))
    x = RANDOM.uniform(-4, 4, (rows, columns)).astype(np.float32)
    expected, y = (np.zeros((rows, columns), np.float32) for _ in range(2))
    one.call_on_buffers("rows", x, expected)
    many.call_on_buffers("rows", x, y)
    assert np.array_equal(bits(y), bits(expected))


def test_one_result():
    """A sum over everything stays with one thread."""
    one, many = compile_library(MODULE), compile_library(MODULE, ("--threads=2",))
    x = RANDOM.uniform(-4, 4, 2 * LEAST).astype(np.float32)
    expected, total = np.zeros(1, np.float32), np.zeros(1, np.float32)
    one.call_on_buffers("total", x, expected.reshape(()))
    many.call_on_buffers("total", x, total.reshape(()))
    assert bits(total) == bits(expected)


def test_act_run():
    module = "func.func @f(%x: tensor<?xf32>) -> tensor<?xf32> {\n  %y = act.relu %x : tensor<?xf32>\n  return %y : tensor<?xf32>\n}"
    x = RANDOM.uniform(-4, 4, 2 * LEAST + 5).astype(np.float32)
    (y,) = act_run(module, [x], options=["--threads=2"])
    assert np.array_equal(y, np.maximum(x, 0))


@pytest.mark.parametrize("option,calls", [((), False), (("--threads=2",), True)])
def test_openmp_only_where_asked_for(tmp_path, option, calls):
    (tmp_path / "f.mlir").write_text(MODULE)
    subprocess.run([BIN / "act-compile", tmp_path / "f.mlir", "-o", tmp_path / "f.ll", *option], check=True)
    assert ("__kmpc" in (tmp_path / "f.ll").read_text()) == calls
