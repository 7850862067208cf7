# model_speed.py - how fast blocks of models are beside their matmuls alone.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How fast blocks of models are: the examples of the MLP of GPT-2 and of the
feed-forward block of LLaMA, in the sizes that those have, on one thread.

act        the example, with matmuls from the library
loops      the same with matmuls in loops of its own
library    the library's matmuls of the block alone, into memory that is there: of
           results in f32 or in the model's type, whichever is faster
eager      PyTorch, and
inductor   PyTorch compiled, if --peers installed it

All multiply by the same weights, which lie as nn.Linear has them, and take turns in
one process. Results are compared before times are taken, those of the library with
NumPy's activation in between. Loops are left out where they would take seconds.
"""

import argparse
import ctypes
import json
import math
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time
from random import Random

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "utils"))

import machine  # noqa: E402
import results  # noqa: E402
from entries import BUILD, ROOT  # noqa: E402

TOKENS = (8, 128, 1024)
TYPES = ("f32", "bf16")
# Seconds for a contender in a cell, beyond the least number of runs.
BUDGET, RUNS = 1.0, 5
# Where memory comes to lie is a process's luck, and worth some percent.
PROCESSES = 3
# Products of numbers from which on loops are left out.
LOOPS_UP_TO = 1 << 36
TARGET = {"LLaMA FFN": 1.03}


class Block:
    """An example at the size of a model. `sizes` maps the example's numbers."""

    def __init__(self, name, example, width, hidden, packed, sizes, bias):
        self.name, self.example, self.sizes, self.bias = name, example, sizes, bias
        self.width, self.hidden, self.packed = width, hidden, packed

    def text(self):
        """The example with these sizes in its types."""
        code = (ROOT / "examples" / f"{self.example}.mlir").read_text()
        size = lambda found: str(self.sizes[found[0]])
        dims = lambda found: re.sub(r"(?<!\d)\d+(?=x)", size, found[0])
        return re.sub(r"tensor<[^>]*>", dims, code)

    def operands(self):
        """Shapes of the weights, in the order of the example's arguments."""
        first, second = (self.packed, self.width), (self.width, self.hidden)
        return [first, (self.packed,), second, (self.width,)] if self.bias else [first, second]

    def products(self, tokens):
        return tokens * self.width * (self.packed + self.hidden)


BLOCKS = (
    Block("GPT-2 MLP", "gpt2-mlp", 768, 3072, 3072, {"48": 768, "192": 3072}, True),
    Block("LLaMA FFN", "llama-ffn", 4096, 11008, 22016, {"64": 4096, "384": 22016, "192": 11008}, False),
)
QUICK = (Block("GPT-2 MLP", "gpt2-mlp", 96, 384, 384, {"48": 96, "192": 384}, True),)


# ===----------------------------------------------------------------------===
# Contenders: functions without arguments that return an array
# ===----------------------------------------------------------------------===


def to_bits(array, type_):
    """f32 numbers in a type: bf16 as its bits, rounded to nearest."""
    import numpy as np

    if type_ == "f32":
        return array
    bits = array.view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def to_float(array):
    import numpy as np

    return array if array.dtype == np.float32 else (array.astype(np.uint32) << 16).view(np.float32)


def made_by_act(block, type_, arrays, options):
    from run_kernel import compile_library, describe, descriptor_type

    library = compile_library(block.text(), options)
    function = getattr(library.library, f"_mlir_ciface_{'main' if type_ == 'f32' else type_}")
    function.restype = None
    free = ctypes.CDLL(None).free
    free.argtypes = [ctypes.c_void_p]
    inputs = [describe(a) for a in arrays]
    pointers = [ctypes.byref(i) for i in inputs]
    result = descriptor_type(2)()

    def call(copy=False):
        import numpy as np

        function(ctypes.byref(result), *pointers)
        found = None
        if copy:
            count = result.sizes[0] * result.sizes[1]
            raw = ctypes.string_at(result.aligned, count * arrays[0].itemsize)
            found = np.frombuffer(raw, arrays[0].dtype).reshape(tuple(result.sizes))
        free(result.allocated)
        return found

    return call


def library_file():
    found = BUILD / "lib" / "libActMatmul.so"
    return found if found.exists() else None


def activated(block, product, first_bias):
    """What NumPy makes of the first product: the hidden values, in f32."""
    import numpy as np

    x = product.astype(np.float64)
    if block.bias:
        x = x + first_bias
        return (0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))).astype(np.float32)
    gate, value = np.split(x, 2, axis=1)
    with np.errstate(over="ignore"):
        return (gate / (1 + np.exp(-gate)) * value).astype(np.float32)


def matmuls_alone(block, type_, arrays, name):
    """Both matmuls by the library's function of a name, the second on the hidden
    values, which NumPy makes of the first. The call's argument has it return
    the block's result."""
    import numpy as np

    function = getattr(ctypes.CDLL(str(library_file())), name)
    integer, pointer = ctypes.c_int64, ctypes.c_void_p
    function.argtypes = [integer] * 3 + [pointer, integer] * 3 + [ctypes.c_int32]
    function.restype = None
    x = arrays[0]
    weights = [a for a in arrays[1:] if a.ndim == 2]
    biases = [to_float(a) for a in arrays[1:] if a.ndim == 1] or [0, 0]
    wide = type_ == "f32" or name.endswith("_f32")
    hidden = np.empty((len(x), block.hidden), x.dtype)
    out = [np.empty((len(x), n), np.float32 if wide else x.dtype) for n in (block.packed, block.width)]
    transposed_b = 2
    arguments = []
    for a, b, c in zip((x, hidden), weights, out):
        (m, k), n = a.shape, len(b)
        call = (m, n, k, a.ctypes.data, k, b.ctypes.data, k, c.ctypes.data, n, transposed_b)
        arguments.append([t(v) for t, v in zip(function.argtypes, call)])
    function(*arguments[0])
    hidden[...] = to_bits(activated(block, to_float(out[0]), biases[0]), type_)

    def call(copy=False, _kept=hidden):
        for values in arguments:
            function(*values)
        return to_bits(to_float(out[1]) + np.float32(biases[1]), type_) if copy else None

    return call


def modules(block, type_, arrays):
    """By name, PyTorch's contenders."""
    import torch
    from models import Gpt2Mlp, LlamaFfn

    class_ = {"gpt2-mlp": Gpt2Mlp, "llama-ffn": LlamaFfn}[block.example]
    as_tensor = lambda a: torch.from_numpy(a) if type_ == "f32" else torch.from_numpy(a).view(torch.bfloat16)
    x, *weights = map(as_tensor, arrays)
    with torch.device("meta"):
        module = class_(block.width) if block.bias else class_(block.width, block.hidden)
    state = dict(zip([n for n, _ in module.named_parameters()], weights))
    module.load_state_dict(state, assign=True)
    module = module.eval().requires_grad_(False)

    def caller(function):
        def call(copy=False):
            with torch.no_grad():
                y = function(x)
            return (y if type_ == "f32" else y.view(torch.uint16)).numpy() if copy else None

        return call

    return {"eager": caller(module), "inductor": caller(torch.compile(module, fullgraph=True, dynamic=False))}


def prepare_torch():
    """Its version; None if it is not there."""
    try:
        import torch
        import torch._inductor.config
    except ImportError:
        return None
    torch.set_num_threads(1)
    torch._inductor.config.cpp.cxx = (os.environ.get("CXX", "clang++-22"),)
    torch._inductor.config.compile_threads = 1
    return f"torch {torch.__version__}"


# ===----------------------------------------------------------------------===
# Measuring
# ===----------------------------------------------------------------------===


def take_turns(contenders, budget, runs):
    """The times of each, in ms, one of each round."""
    taken = {name: [] for name in contenders}
    order, random = list(contenders.items()), Random(0)
    start = time.perf_counter()
    while min(map(len, taken.values())) < runs or time.perf_counter() - start < budget * len(taken):
        # What the one before leaves in the caches is not always the same.
        random.shuffle(order)
        for name, call in order:
            before = time.perf_counter_ns()
            call()
            taken[name].append((time.perf_counter_ns() - before) / 1e6)
        if len(taken[name]) == 1000:
            break
    return taken


def differ(found, expected):
    """The largest difference, of the largest value."""
    import numpy as np

    found, expected = to_float(found), to_float(expected)
    return float(np.abs(found - expected).max() / np.abs(expected).max())


def measure_cell(block, type_, tokens, weights, torch_version, quick):
    import numpy as np

    x = np.random.default_rng(tokens).standard_normal((tokens, block.width), np.float32)
    arrays = [to_bits(x, type_), *weights]
    contenders = {}
    alone = {}
    if library_file():
        contenders["act"] = made_by_act(block, type_, arrays, ("--matmul-library",))
        names = ["act_matmul_f32"] if type_ == "f32" else ["act_matmul_bf16", "act_matmul_bf16_f32"]
        alone = {name: matmuls_alone(block, type_, arrays, name) for name in names}
    if block.products(tokens) * (1 if type_ == "f32" else 4) <= LOOPS_UP_TO or quick:
        contenders["loops"] = made_by_act(block, type_, arrays, ())
    if torch_version:
        contenders.update(modules(block, type_, arrays))
    contenders.update(alone)
    outputs = {name: call(copy=True) for name, call in contenders.items()}
    reference = next(n for n in ("eager", *alone, *outputs) if n in outputs)
    errors = {n: differ(y, outputs[reference]) for n, y in outputs.items() if n != reference}
    limit = 1e-5 if type_ == "f32" else 2.0**-7
    if worst := [n for n in errors if not errors[n] <= limit and n in ("act", "loops", *alone)]:
        raise RuntimeError(f"{block.name} {type_}: {worst[0]} differs from {reference} by {errors[worst[0]]:.1e}")
    times = take_turns(contenders, 0.01 if quick else BUDGET, 2 if quick else RUNS)
    if alone:
        fastest = min(alone, key=lambda name: statistics.median(times[name]))
        times = {**{n: t for n, t in times.items() if n not in alone}, "library": times[fastest]}
    # Of two that take turns, what slows down both at times does not count.
    ratios = {n: statistics.median(x / y for x, y in zip(t, times["act"])) for n, t in times.items() if alone}
    return {"block": block.name, "type": type_, "tokens": tokens, "errors": errors, "times_act": ratios,
            "ms": {name: [min(t), statistics.median(t)] for name, t in times.items()}}


def work(quick, peers, only):
    """Measures in this process and prints JSON, a line for each cell."""
    import numpy as np

    version = prepare_torch() if peers else None
    print(json.dumps({"torch": version}), flush=True)
    for block in QUICK if quick else BLOCKS:
        random = np.random.default_rng(0)
        real = [
            random.standard_normal(shape, np.float32) / np.float32(math.sqrt(shape[-1]))
            for shape in block.operands()
        ]
        for type_ in TYPES:
            weights = [to_bits(w, type_) for w in real]
            for tokens in TOKENS[:2] if quick else TOKENS:
                if not re.search(only, f"{block.name} {type_} {tokens}"):
                    continue
                cell = measure_cell(block, type_, tokens, weights, version, quick)
                print(json.dumps(cell), flush=True)


def library_version():
    """The library that the matmuls come from."""
    if not library_file():
        return None
    try:
        cache = (BUILD / "CMakeCache.txt").read_text()
        folder = pathlib.Path(re.search(r"^ACT_DNNL_INCLUDE:PATH=(.*)$", cache, re.MULTILINE)[1])
        header = (folder / "oneapi" / "dnnl" / "dnnl_version.h").read_text()
        parts = [re.search(rf"DNNL_VERSION_{part} (\d+)", header)[1] for part in ("MAJOR", "MINOR", "PATCH")]
        return "oneDNN " + ".".join(parts)
    except (OSError, TypeError):
        return "oneDNN"


def run_worker(command, environment, affinity, log, note):
    """The version of PyTorch and the cells of one process."""
    version, cells = None, []
    with open(log, "w") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True,
                                   env=environment, preexec_fn=affinity)
        try:
            for line in process.stdout:
                message = json.loads(line)
                if "torch" in message:
                    version = message["torch"]
                    continue
                cells.append(message)
                note(f"{message['block']} {message['type']}, {message['tokens']} tokens")
            process.wait()
        finally:
            process.kill()
            process.wait()
    lines = [l for l in log.read_text(errors="replace").splitlines() if l.strip()]
    if process.returncode or not cells:
        raise RuntimeError(f"models: {lines[-1] if lines else 'nothing measured'}")
    return version, cells


def merge(cells):
    """One cell of those that several processes measured."""
    middle = lambda key, name: statistics.median(c[key][name] for c in cells)
    names = cells[0]["ms"]
    return {**cells[0],
            "errors": {n: max(c["errors"][n] for c in cells) for n in cells[0]["errors"]},
            "times_act": {n: middle("times_act", n) for n in cells[0]["times_act"]},
            "ms": {n: [min(c["ms"][n][0] for c in cells), statistics.median(c["ms"][n][1] for c in cells)]
                   for n in names}}


def measure(quick=False, peers=(), progress=None, cells=""):
    """All cells in whose names `cells` is found, in processes of their own that are
    bound to a core."""
    command = [sys.executable, __file__, "--worker"] + ["--quick"] * quick + ["--peers"] * bool(peers)
    command += ["--only", cells]
    environment = {**os.environ, **machine.STEADY_MALLOC, "OMP_NUM_THREADS": "1",
                   "TORCHINDUCTOR_CACHE_DIR": str(BUILD / "inductor")}
    affinity = None
    if hasattr(os, "sched_setaffinity"):
        affinity = lambda: os.sched_setaffinity(0, machine.usable_cpus()[:1])
    log = BUILD / "bench" / "models.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    processes = 1 if quick else PROCESSES
    found = []
    for number in range(processes):
        note = lambda text: progress and progress(f"{text} ({number + 1} of {processes})")
        version, measured = run_worker(command, environment, affinity, log, note)
        found.append(measured)
    return {"library": library_version(), "torch": version, "cells": [merge(same) for same in zip(*found)]}


# ===----------------------------------------------------------------------===
# The table
# ===----------------------------------------------------------------------===

NAMES = ("act", "library", "loops", "eager", "inductor")


def table(result):
    if "skipped" in result:
        return f"Skipped: {result['skipped']}.\n"
    lines = ["Blocks in the sizes of the models (GPT-2: 768 → 3072; LLaMA 7B: 4096 → 11008, gates and",
             "values packed), one thread, weights as `nn.Linear` has them. Least time in ms, ratios as medians over",
             f"rounds and processes; `library` are the matmuls alone, by {result['library'] or 'no library'}; `loops` is `act`",
             f"without a library ({result['torch'] or 'without torch'}).", ""]
    rows = []
    for cell in result["cells"]:
        times = [f"{cell['ms'][n][0]:.2f}" if n in cell["ms"] else "–" for n in NAMES]
        found = cell["times_act"]
        ratios = [1 / found["library"] if found else None, found.get("eager"), found.get("inductor")]
        rows.append([f"{cell['block']} {cell['type']}", cell["tokens"], *times,
                     *(f"{r:.2f}" if r else "–" for r in ratios)])
    head = ["block", "tokens", *NAMES, "act / library", "eager / act", "inductor / act"]
    lines.append(results.table(head, rows))
    for name, target in TARGET.items():
        found = [1 / c["times_act"]["library"] for c in result["cells"] if c["block"] == name and c["times_act"]]
        if found:
            lines += [f"{name}: at most {max(found):.3f} times its library's matmuls alone (target {target}).", ""]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="one small block")
    parser.add_argument("--peers", action="store_true", help="PyTorch too")
    parser.add_argument("--only", metavar="REGEX", default="", help="cells such as 'LLaMA FFN bf16 128'")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        return work(options.quick, options.peers, options.only)
    try:
        result = measure(options.quick, options.peers, lambda text: print(text, file=sys.stderr), options.only)
    except (RuntimeError, ValueError, OSError) as error:
        sys.exit(f"model_speed: {results.first_line(error)}")
    print(table(result), end="")


if __name__ == "__main__":
    main()
