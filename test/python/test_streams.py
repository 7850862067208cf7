# Stores past the caches: the same bits, nothing else touched, at every start.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import platform
import subprocess

import numpy as np
import pytest
from act_run import BIN
from run_kernel import compile_library

RANDOM = np.random.default_rng(0)
# Rows of eight steps or more are streamed if told to be: that many bytes are.
FORCED = "--stream-bytes=1"
NEVER = "--stream-bytes=0"

MODULE = """
#i = affine_map<(i) -> (i)>
#ij = affine_map<(i, j) -> (i, j)>
!vf32 = memref<?xf32, strided<[1], offset: ?>>
!vf64 = memref<?xf64, strided<[1], offset: ?>>
!vi16 = memref<?xi16, strided<[1], offset: ?>>
!rows = memref<?x?xf32, strided<[?, 1], offset: ?>>
func.func @f32(%x: !vf32, %y: !vf32) {
  linalg.generic {indexing_maps = [#i, #i], iterator_types = ["parallel"]} ins(%x : !vf32) outs(%y : !vf32) {
  ^bb0(%a: f32, %b: f32):
    %r = act.leaky_relu %a {alpha = 0.25 : f64} : f32
    linalg.yield %r : f32
  }
  return
}
func.func @f64(%x: !vf64, %y: !vf64) {
  linalg.generic {indexing_maps = [#i, #i], iterator_types = ["parallel"]} ins(%x : !vf64) outs(%y : !vf64) {
  ^bb0(%a: f64, %b: f64):
    %r = act.leaky_relu %a {alpha = 0.25 : f64} : f64
    linalg.yield %r : f64
  }
  return
}
func.func @i16(%x: !vi16, %y: !vi16) {
  linalg.generic {indexing_maps = [#i, #i], iterator_types = ["parallel"]} ins(%x : !vi16) outs(%y : !vi16) {
  ^bb0(%a: i16, %b: i16):
    %r = arith.addi %a, %a : i16
    linalg.yield %r : i16
  }
  return
}
func.func @two(%x: !vf32, %y: !vf32, %z: !vf64) {
  linalg.generic {indexing_maps = [#i, #i, #i], iterator_types = ["parallel"]} ins(%x : !vf32) outs(%y, %z : !vf32, !vf64) {
  ^bb0(%a: f32, %b: f32, %c: f64):
    %r = act.leaky_relu %a {alpha = 0.25 : f64} : f32
    %s = arith.extf %a : f32 to f64
    linalg.yield %r, %s : f32, f64
  }
  return
}
func.func @rows(%x: !rows, %y: !rows) {
  linalg.generic {indexing_maps = [#ij, #ij], iterator_types = ["parallel", "parallel"]} ins(%x : !rows) outs(%y : !rows) {
  ^bb0(%a: f32, %b: f32):
    %r = act.leaky_relu %a {alpha = 0.25 : f64} : f32
    linalg.yield %r : f32
  }
  return
}
"""


def leaky(x):
    return np.where(x > 0, x, x * x.dtype.type(0.25)).astype(x.dtype)


def view(array, start, length):
    """Elements behind a multiple of 64 bytes."""
    to_line = -array.ctypes.data % 64 // array.itemsize
    return array[to_line + start :][:length]


def values(count, dtype):
    return RANDOM.integers(-100, 100, count).astype(dtype)


@pytest.mark.parametrize("option", [FORCED, NEVER])
@pytest.mark.parametrize(
    "name,dtype,function",
    [("f32", np.float32, leaky), ("f64", np.float64, leaky), ("i16", np.int16, lambda x: x + x)],
)
def test_starts_and_lengths(option, name, dtype, function):
    library = compile_library(MODULE, (option,))
    lines = 64 // np.dtype(dtype).itemsize
    x = values(1300, dtype)
    for length in [*range(508, 517), 1024, 1100, *(1024 + k for k in range(-2, 3))]:
        for start in range(lines):
            y = values(1300 + 64, dtype)
            expected = y.copy()
            out = view(y, start, length)
            first = (out.ctypes.data - y.ctypes.data) // y.itemsize
            source = x[start // 2 :][:length]
            expected[first : first + length] = function(source)
            library.call_on_buffers(name, source, out)
            assert np.array_equal(y, expected), (start, length)


@pytest.mark.parametrize("option", [FORCED, NEVER])
@pytest.mark.parametrize("starts", [(0, 0), (3, 3), (3, 6), (1, 0), (0, 1)])
def test_two_results(option, starts):
    library = compile_library(MODULE, (option,))
    x = values(1000, np.float32)
    y, z = np.zeros(1100, np.float32), np.zeros(1100, np.float64)
    out, wide = view(y, starts[0], 1000), view(z, starts[1], 1000)
    library.call_on_buffers("two", x, out, wide)
    assert np.array_equal(out, leaky(x)) and np.array_equal(wide, x)
    assert np.count_nonzero(y) == np.count_nonzero(out)
    assert np.count_nonzero(z) == np.count_nonzero(wide)


@pytest.mark.parametrize("option", [FORCED, NEVER])
@pytest.mark.parametrize("width,gap", [(512, 0), (512, 3), (600, 16), (1025, 7), (100, 5)])
def test_rows(option, width, gap):
    library = compile_library(MODULE, (option,))
    x = values(7 * width, np.float32).reshape(7, width)
    y = values(7 * (width + gap) + 8, np.float32)
    expected = y.copy()

    def part(array):
        return array[5:][: 7 * (width + gap)].reshape(7, width + gap)[:, :width]

    part(expected)[:] = leaky(x)
    # A view of a view: its base is the whole array.
    library.call_on_buffers("rows", x, part(y))
    assert np.array_equal(y, expected)


def test_in_place():
    library = compile_library(MODULE, (FORCED,))
    x = values(1000, np.float32)
    expected = leaky(x)
    library.call_on_buffers("f32", x, x)
    assert np.array_equal(x, expected)


@pytest.mark.skipif(platform.machine() != "x86_64", reason="streams on x86 only")
@pytest.mark.parametrize("op,is_light", [("relu", True), ("gelu", False)])
def test_light_ops_are_streamed(tmp_path, op, is_light):
    """Also into a buffer whose alignment is known, where LLVM could take both
    ways of storing for one."""
    (tmp_path / "f.mlir").write_text(
        f"func.func @f(%x: tensor<?xf32>) -> tensor<?xf32> {{\n"
        f"  %y = act.{op} %x : tensor<?xf32>\n  return %y : tensor<?xf32>\n}}\n"
    )
    subprocess.run([BIN / "act-compile", tmp_path / "f.mlir", "-o", tmp_path / "f.ll"], check=True)
    text = (tmp_path / "f.ll").read_text()
    assert ("!nontemporal" in text) == is_light
    assert ("call void @llvm.x86.sse.sfence" in text) == is_light
