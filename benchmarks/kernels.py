# kernels.py - our contenders in the benchmark, and copies to compare them with.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import concurrent.futures
import ctypes
import hashlib
import os
import pathlib
import sys
from dataclasses import dataclass

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "utils"))

import machine
import run_kernel
from entries import BUILD, llvm_tool, matching, setting_name

# What is ours in a cell, and the copies.
OWN = ("act", "act1", "act+alloc", "copy", "copy_nt")

MAX_ARGS = 8
# What a thread gets of an array begins at a multiple of this many elements.
GRANULE = 64
# So many ops are compiled together.
CHUNK = 6


@dataclass(frozen=True)
class Op:
    """An entry with a setting: what a row of the tables is about."""

    name: str
    entry: object
    setting: dict

    @property
    def dim(self):
        return self.entry.dim

    @property
    def has_rows(self):
        return self.dim is not None

    def tensor(self, type_):
        return self.entry.tensor(type_.name)

    def result_shape(self, shape):
        if self.entry.row_size is None:
            return tuple(shape)
        return (*shape[:-1], self.entry.row_size.of(shape[-1], self.setting))

    def __hash__(self):
        return hash(self.name)


def ops(only=None):
    """Every entry with the parameters it must have, and with each other choice;
    those that match a regular expression."""
    return [
        Op(setting_name(e, {k: v for k, v in s.items() if k not in e.required}), e, s)
        for e, s in matching(only)
    ]


# ===----------------------------------------------------------------------===
# Kernels
# ===----------------------------------------------------------------------===


def _symbol(op):
    return "".join(c if c.isalnum() else "_" for c in op.name)


def _chunks():
    """Ops that are compiled together; always the same ones, so that libraries
    of earlier runs can be used again."""
    every = ops()
    return [every[i : i + CHUNK] for i in range(0, len(every), CHUNK)]


def _text(chunk, type_):
    text = ""
    for op in chunk:
        tensor = op.tensor(type_)
        text += run_kernel.buffer_function(op.entry, f"{_symbol(op)}_given", tensor, op.setting, op.dim)
        text += op.entry.function(f"{_symbol(op)}_new", tensor, op.setting, op.dim)
    return text


class Kernels:
    """The compiled functions of ops in one type."""

    def __init__(self, chosen, type_):
        names = {op.name for op in chosen}
        chunks = [c for c in _chunks() if names & {op.name for op in c}]
        texts = [_text(c, type_) for c in chunks]
        self.libraries = {}
        with concurrent.futures.ThreadPoolExecutor(len(machine.usable_cpus())) as pool:
            for chunk, library in zip(chunks, pool.map(run_kernel.compile_library, texts)):
                self.libraries.update({op.name: library for op in chunk})

    def function(self, op, kind):
        library = self.libraries[op.name].library
        name = f"_mlir_ciface_{_symbol(op)}_{kind}"
        return ctypes.cast(getattr(library, name), ctypes.c_void_p).value


# ===----------------------------------------------------------------------===
# The harness
# ===----------------------------------------------------------------------===


class Task(ctypes.Structure):
    _fields_ = [
        ("function", ctypes.c_void_p),
        ("args", ctypes.c_void_p * MAX_ARGS),
        ("count", ctypes.c_int64),
        ("returns", ctypes.c_int64),
        ("repeat", ctypes.c_int64),
    ]


class Streams(ctypes.Structure):
    _fields_ = [
        ("out", ctypes.c_void_p),
        ("out_size", ctypes.c_int64),
        ("rows", ctypes.c_int64),
        ("count", ctypes.c_int64),
        ("inputs", ctypes.c_void_p * MAX_ARGS),
        ("input_size", ctypes.c_int64 * MAX_ARGS),
    ]


def compiler():
    found = llvm_tool("clang")
    if not os.path.exists(found):
        raise RuntimeError("no clang: install clang-22")
    return found


def harness():
    """The library of harness.c."""
    source = pathlib.Path(__file__).with_name("harness.c")
    command = [compiler(), "-std=gnu17", "-O3", "-march=native", "-shared", "-fPIC", "-pthread"]
    key = hashlib.sha256(source.read_bytes() + repr(command).encode()).hexdigest()[:16]
    path = BUILD / "bench" / f"harness-{key}.so"
    make = lambda library: run_kernel.checked([*command, source, "-o", library])
    return ctypes.CDLL(str(run_kernel.cached(path, make)))


class Harness:
    def __init__(self, cpus):
        """Threads for several tasks at once, each on one of the CPUs."""
        self.library = harness()
        self.cpus = cpus
        self.library.act_bench_run.restype = None
        for index, cpu in enumerate(cpus[1:], 1):
            if self.library.act_bench_start(index, cpu):
                raise RuntimeError("cannot start a thread")

    def address(self, name):
        return ctypes.cast(getattr(self.library, f"act_bench_{name}"), ctypes.c_void_p).value

    def call(self, tasks, repeat=1):
        """A contender that runs tasks at once."""
        return OwnCall(self.library.act_bench_run, tasks, repeat)


@dataclass
class Part:
    """A task and what has to live as long."""

    function: int
    arguments: list
    returns: bool = False


class OwnCall:
    """Like the calls of peers: run()."""

    def __init__(self, run, parts, repeat):
        self.parts = parts
        self.tasks = (Task * len(parts))()
        for task, part in zip(self.tasks, parts):
            task.function = part.function
            for i, argument in enumerate(part.arguments):
                task.args[i] = ctypes.addressof(argument)
            task.count = len(part.arguments)
            task.returns = part.returns
        self.set_repeat(repeat)
        pointer, count = ctypes.byref(self.tasks), ctypes.c_int(len(parts))
        # What is called lives as long as the call.
        self.run = lambda parts=parts: run(pointer, count)

    def set_repeat(self, repeat):
        """How often one run calls."""
        self.repeat = repeat
        for task in self.tasks:
            task.repeat = repeat


def split(op, arrays, result, threads):
    """The arrays of each thread."""
    size = arrays[0].shape[0]
    granule = 1 if op.has_rows else GRANULE
    ends = [min(size, -(-size * i // (threads * granule)) * granule) for i in range(threads + 1)]
    whole = {i for i, _ in enumerate(op.entry.tensor_parameters, 1)}
    parts = []
    for low, high in zip(ends, ends[1:]):
        if low < high or not parts:
            mine = [a if i in whole else a[low:high] for i, a in enumerate(arrays)]
            parts.append((mine, result[low:high]))
    return parts


def given(harness, kernels, op, arrays, result, threads):
    """Our kernel with the result in a buffer of the caller."""
    function = kernels.function(op, "given")
    return harness.call(
        [
            Part(function, [run_kernel.describe(a) for a in (*mine, out)])
            for mine, out in split(op, arrays, result, threads)
        ]
    )


def new(harness, kernels, op, arrays, result, threads):
    """Our kernel as a function that allocates its result, which is freed."""
    function = kernels.function(op, "new")
    return harness.call(
        [
            Part(
                function,
                [run_kernel.descriptor_type(out.ndim)(), *map(run_kernel.describe, mine)],
                returns=True,
            )
            for mine, out in split(op, arrays, result, threads)
        ]
    )


def streams_of(op, arrays):
    """The operands that are read once: parameters of channels stay in caches."""
    return [a for i, a in enumerate(arrays) if not 1 <= i <= len(op.entry.tensor_parameters)]


def copy(harness, op, arrays, result, threads, past_caches):
    """A copy that reads and writes as much, or None if it cannot be."""
    parts = []
    name = "copy_nt" if past_caches else "copy"
    for mine, out in split(op, arrays, result, threads):
        s = Streams()
        read = streams_of(op, mine)
        # Arrays of the same shape are one row.
        rows = 1 if all(a.nbytes == out.nbytes for a in read) else out.shape[0]
        s.out, s.out_size, s.rows, s.count = out.ctypes.data, out.nbytes // rows, rows, len(read)
        for i, a in enumerate(read):
            s.inputs[i], s.input_size[i] = a.ctypes.data, a.nbytes // rows
        if past_caches and (s.out % 64 or s.out_size % 64 and rows > 1):
            return None
        parts.append(Part(harness.address(name), [s]))
    return harness.call(parts)


def fma(harness, threads, count):
    """A loop of FMAs that is done by so many threads."""
    return harness.call(
        [Part(harness.address("fma"), [ctypes.c_int64(count // threads)]) for _ in range(threads)]
    )
