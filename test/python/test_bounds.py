# Compiled code touches nothing behind the end of a buffer.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Buffers end where a page ends, and the page behind it may not be touched."""

import ctypes
import mmap
import os
import subprocess
import sys

from act_run import BIN

LONGEST = 260
MODULE = """
#id = affine_map<(i) -> (i)>
#none = affine_map<(i) -> ()>
func.func @each(%x: memref<?xTYPE>, %y: memref<?xTYPE>) {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%x : memref<?xTYPE>) outs(%y : memref<?xTYPE>) {
  ^bb0(%a: TYPE, %b: TYPE):
    %0 = act.silu %a : TYPE
    linalg.yield %0 : TYPE
  }
  return
}
// Sum of every second element, the last of which ends the buffer.
func.func @gaps(%x: memref<?xTYPE, strided<[2]>>, %y: memref<?xTYPE>) {
  %c0 = arith.constant 0 : index
  %sum = memref.subview %y[0] [1] [1] : memref<?xTYPE> to memref<TYPE, strided<[]>>
  linalg.generic {indexing_maps = [#id, #none], iterator_types = ["reduction"]}
      ins(%x : memref<?xTYPE, strided<[2]>>) outs(%sum : memref<TYPE, strided<[]>>) {
  ^bb0(%a: TYPE, %b: TYPE):
    %0 = arith.addf %a, %b : TYPE
    linalg.yield %0 : TYPE
  }
  return
}
"""


class Descriptor(ctypes.Structure):
    _fields_ = [
        ("allocated", ctypes.c_void_p),
        ("aligned", ctypes.c_void_p),
        ("offset", ctypes.c_int64),
        ("size", ctypes.c_int64),
        ("stride", ctypes.c_int64),
    ]


class Guarded:
    """Zeros of which the last lies right before a page that traps."""

    def __init__(self, count, width):
        size = -(-max(count, 1) * width // mmap.PAGESIZE) * mmap.PAGESIZE
        self.memory = mmap.mmap(-1, size + mmap.PAGESIZE)
        start = ctypes.addressof(ctypes.c_char.from_buffer(self.memory))
        libc = ctypes.CDLL(None, use_errno=True)
        no_access = 0
        assert libc.mprotect(ctypes.c_void_p(start + size), mmap.PAGESIZE, no_access) == 0
        self.address = start + size - count * width

    def descriptor(self, size, stride):
        return ctypes.byref(Descriptor(self.address, self.address, 0, size, stride))


def call_all(library, width):
    code = ctypes.CDLL(library)
    for n in range(LONGEST):
        x, y = Guarded(n, width), Guarded(n, width)
        code._mlir_ciface_each(x.descriptor(n, 1), y.descriptor(n, 1))
        x = Guarded(max(2 * n - 1, 0), width)
        y = Guarded(1, width)
        code._mlir_ciface_gaps(x.descriptor(n, 2), y.descriptor(1, 1))
    # Not to be unmapped while exported to ctypes.
    os._exit(0)


def check(tmp_path, name, width):
    source, library = tmp_path / "module.mlir", tmp_path / "module.so"
    source.write_text(MODULE.replace("TYPE", name))
    subprocess.run([BIN / "act-compile", source, "-o", library], check=True)
    done = subprocess.run([sys.executable, __file__, library, str(width)])
    assert done.returncode == 0


def test_f32(tmp_path):
    check(tmp_path, "f32", 4)


def test_f64(tmp_path):
    check(tmp_path, "f64", 8)


def test_bf16(tmp_path):
    check(tmp_path, "bf16", 2)


if __name__ == "__main__":
    call_all(sys.argv[1], int(sys.argv[2]))
