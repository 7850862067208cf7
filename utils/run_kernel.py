# run_kernel.py - compiles functions and calls them on NumPy arrays.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import ctypes
import fcntl
import hashlib
import math
import pathlib
import subprocess

import numpy as np
from entries import BUILD

_LIBC = ctypes.CDLL(None)
_LIBC.free.argtypes = [ctypes.c_void_p]


def descriptor_type(rank):
    """A memref descriptor, as the C wrappers take it."""

    class Descriptor(ctypes.Structure):
        _fields_ = [
            ("allocated", ctypes.c_void_p),
            ("aligned", ctypes.c_void_p),
            ("offset", ctypes.c_int64),
            ("sizes", ctypes.c_int64 * rank),
            ("strides", ctypes.c_int64 * rank),
        ]

    return Descriptor


def describe(array):
    descriptor = descriptor_type(array.ndim)()
    descriptor.allocated = descriptor.aligned = array.ctypes.data
    descriptor.sizes[:] = array.shape
    descriptor.strides[:] = [s // array.itemsize for s in array.strides]
    return descriptor


def cached(path, make):
    """A file that `make` writes, to a path it is given, if it is not there: once
    for all processes, and whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            scratch = path.with_name(f".{path.name}")
            make(scratch)
            scratch.replace(path)
    return path


def checked(command):
    """Runs a compiler; what it says is in the error if it fails."""
    command = list(map(str, command))
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stderr}")


def compile_library(text, options=()):
    """Compiles a module, the text of a .mlir file, once per compiler and text."""
    compiler = BUILD / "bin" / "act-compile"
    stat = compiler.stat()
    key = repr((text, options, stat.st_mtime_ns, stat.st_size)).encode()
    path = BUILD / "kernels" / f"{hashlib.sha256(key).hexdigest()[:24]}.so"

    def make(library):
        source = path.with_suffix(".mlir")
        source.write_text(text)
        checked([compiler, source, "-o", library, *options])

    # Test workers share the libraries.
    return Library(cached(path, make))


class Library:
    def __init__(self, path: pathlib.Path):
        self.library = ctypes.CDLL(str(path))

    def call(self, name, *arrays):
        """Calls a function from tensors to one tensor of the first one's rank
        and element type."""
        return self.call_all(name, [np.ndim(arrays[0])], *arrays)[0]

    def call_all(self, name, ranks, *arrays):
        """Calls a function from tensors to tensors of these ranks, which have the
        element type of the first array."""
        arrays = [np.asarray(a, order="C") for a in arrays]
        dtype = arrays[0].dtype
        function = getattr(self.library, f"_mlir_ciface_{name}")
        function.restype = None

        class Results(ctypes.Structure):
            _fields_ = [(f"r{i}", descriptor_type(rank)) for i, rank in enumerate(ranks)]

        results = Results()
        inputs = [describe(a) for a in arrays]
        function(ctypes.byref(results), *map(ctypes.byref, inputs))
        found, freed = [], {i.allocated for i in inputs}
        for i in range(len(ranks)):
            result = getattr(results, f"r{i}")
            shape = tuple(result.sizes)
            strides = tuple(s * dtype.itemsize for s in result.strides)
            count = math.prod(shape)
            start = (result.aligned or 0) + result.offset * dtype.itemsize
            # Bytes, because ctypes has no 16-bit floats; a copy, because the
            # result is freed.
            if count:
                assert not strides or strides[-1] == dtype.itemsize, "results are contiguous"
                raw = ctypes.string_at(start, count * dtype.itemsize)
            else:
                raw = b""
            found.append(np.frombuffer(raw, dtype=dtype).reshape(shape))
            # An operand may be a result.
            if result.allocated not in freed:
                _LIBC.free(result.allocated)
                freed.add(result.allocated)
        return found

    def call_on_buffers(self, name, *arrays):
        """Calls a function on memrefs, which are the arrays as they lie: views
        have an offset into the array that they are part of, and strides."""
        function = getattr(self.library, f"_mlir_ciface_{name}")
        function.restype = None
        descriptors = []
        for array in arrays:
            descriptors.append(describe(array))
            base = array if array.base is None else array.base
            offset = array.ctypes.data - base.ctypes.data
            descriptors[-1].allocated = descriptors[-1].aligned = base.ctypes.data
            descriptors[-1].offset = offset // array.itemsize
        function(*map(ctypes.byref, descriptors))


def kernel_module(functions):
    """The text of a module of functions (name, op, operand count, type), where
    `op` maps names of operands to the text of the op."""
    lines = []
    for name, op, count, type_ in functions:
        operands = [f"%{i}" for i in range(count)]
        arguments = ", ".join(f"{o}: {type_}" for o in operands)
        lines += [
            f"func.func @{name}({arguments}) -> {type_} {{",
            f"  %y = {op(operands)}",
            f"  return %y : {type_}",
            "}",
        ]
    return "\n".join(lines) + "\n"


def buffer_function(entry, name, tensor, setting=None, dim=None):
    """A function that writes the op's result into its last argument. `tensor` is
    the type of the first operand."""
    types = [*entry.operand_types(tensor, dim), entry.result_type(tensor, setting or {}, dim)]
    buffers = [t.replace("tensor", "memref") for t in types]
    arguments = ", ".join(f"%b{i}: {b}" for i, b in enumerate(buffers))
    lines = [f"func.func @{name}({arguments}) {{"]
    for i, (type_, buffer) in enumerate(zip(types[:-1], buffers)):
        if type_.startswith("tensor"):
            lines.append(f"  %t{i} = bufferization.to_tensor %b{i} restrict : {buffer} to {type_}")
    values = [f"%t{i}" if t.startswith("tensor") else f"%b{i}" for i, t in enumerate(types[:-1])]
    last = len(values)
    lines += [
        f"  %r = {entry.spell(values, tensor, setting, dim)}",
        f"  bufferization.materialize_in_destination %r in restrict writable %b{last}"
        f" : ({types[-1]}, {buffers[-1]}) -> ()",
        "  return",
        "}",
    ]
    return "\n".join(lines) + "\n"
