# port_bound.py - how fast a kernel could be, from the instructions it runs.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How fast each kernel could be on this machine if only its instructions
counted, and how fast it is. Arrays take half of the first-level cache.

The instructions are counted, not guessed: the kernel is called once step by step
(the trap flag), so that rare branches and all the loops of a row-wise op count as
often as they run. Each belongs to the innermost loop around it. Then, in the same
process:

alone   every form of instruction (vmulps zmm, zmm, zmm) is timed in a loop of
        independent ones. An operand in memory is a load and the operation.
pairs   every two forms that matter in a loop are timed in turns, each with an
        equal share of the time. If that takes as long as the one behind the
        other, the two compete for the same ports; a set in which all pairs do is
        a group, and costs the sum of its members, times the least of the ratios
        just measured.
bound   of a loop: the greatest of its groups; of what its instructions keep all
        vector units busy, which is measured in pairs with a bitwise and, as that
        can run on any of them; and of their number, at the rate of one that only
        takes a slot. The bound of a kernel is the sum over its loops. Groups that
        share a port only in part are counted as if they did not: the bound is low
        rather than high.
mix     the main path of each loop with its registers renamed, so that nothing
        waits for anything: what this machine makes of this very mixture. Not a
        bound, as another order may do a little better.

What lies between bound and mix is what the groups do not see; between mix and
measured, waiting (latencies, spills that are read again, rare branches). A measured
time under the bound by more than noise means that the model is wrong, and is
printed as such. llvm-mca gives its own opinion of the main path, in cycles of the
clock measured here.
"""

import argparse
import contextlib
import ctypes
import json
import os
import pathlib
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "utils"))

import numpy as np  # noqa: E402
import results  # noqa: E402
import x86_code  # noqa: E402
from entries import ROOT, entries, matching, one_of_each_shape  # noqa: E402
from machine import caches, cpu_flags  # noqa: E402
from port_model import SLOT, Ports, Stepper, run, tool  # noqa: E402
from progress import countdown  # noqa: E402
from run_kernel import buffer_function, compile_library, describe  # noqa: E402

TYPES = {"f32": np.float32, "bf16": np.uint16, "f16": np.float16}
COLUMNS = 512
NOISE = 0.95  # of the bound: what is measured below that violates it
TARGET = json.loads((ROOT / "benchmarks" / "targets.json").read_text())["port"]


def unsupported():
    """Why this machine is not supported, or None."""
    if platform.machine() not in ("x86_64", "AMD64") or not sys.platform.startswith("linux"):
        return f"port bounds are for x86-64 Linux, not {platform.machine()} {sys.platform}"
    flags = cpu_flags()
    if not {"avx2", "fma"} <= flags:
        return "port bounds need AVX2 and FMA"
    return None


@contextlib.contextmanager
def pinned():
    """On one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class Kernel:
    """One entry on one type, compiled, with its arrays."""

    def __init__(self, entry, element, library, symbols, name):
        self.entry, self.element, self.name = entry, element, name
        function = library.library[f"_mlir_ciface_{name}"]
        self.function = ctypes.cast(function, ctypes.c_void_p)
        everything = [i for code in symbols.values() for i in code]
        self.code = sorted(everything, key=lambda i: i.address)
        base = self.function.value - symbols[f"_mlir_ciface_{name}"][0].address
        self.low = self.code[0].address
        self.begin, self.size = base + self.low, self.code[-1].address + 16 - self.low
        self.times, self.places = [], []
        self.place()
        self.elements = self.arrays[0].size

    def place(self):
        """Puts the arrays where they have not been: caches that look at part of
        an address may take two lines of one place for the same."""
        self.arrays = self._arrays()
        self.descriptors = [describe(a) for a in self.arrays]
        pointers = [ctypes.addressof(d) for d in self.descriptors]
        self.arguments = (ctypes.c_void_p * 6)(*pointers, *[None] * (6 - len(pointers)))

    def _arrays(self):
        setting, dim = self.entry.required, self.entry.dim
        type_ = self.entry.tensor(self.element)
        types = self.entry.operand_types(type_, dim)
        types.append(self.entry.result_type(type_, setting, dim))
        itemsize = np.dtype(TYPES[self.element]).itemsize
        budget = caches()["L1"] // 2
        full = sum(t.count("?") == types[0].count("?") for t in types)
        n = max(COLUMNS, budget // (full * itemsize) // COLUMNS * COLUMNS)
        sizes = [n] if dim is None else [max(1, n // COLUMNS), COLUMNS]
        shapes = []
        for index, text in enumerate(types):
            dims = re.findall(r"(\d+|\?)x", text)
            known = sizes if len(dims) == len(sizes) else sizes[-1:]
            if index == len(types) - 1 and self.entry.row_size:
                known = [sizes[0], self.entry.row_size.of(COLUMNS, setting)]
            shapes.append([k if d == "?" else int(d) for k, d in zip(known, dims)])
        dtypes = [np.dtype(np.uint8 if "i1>" in t else TYPES[self.element]) for t in types]
        hall = np.zeros(sum(int(np.prod(s)) * 8 + 8192 for s in shapes), np.uint8)
        self.places.append(hall)
        start = -hall.ctypes.data % 4096
        arrays = []
        random = np.random.default_rng(1)
        for number, (dtype, shape) in enumerate(zip(dtypes, shapes)):
            # Aligned, one behind the other; what is written is half a page away
            # from what is read, or loads wait for stores to other pages.
            start = -(-start // 64) * 64
            if number == len(shapes) - 1:
                start += (arrays[0].ctypes.data - hall.ctypes.data + 2048 - start) % 4096
            bytes_ = int(np.prod(shape)) * dtype.itemsize
            array = hall[start : start + bytes_].view(dtype).reshape(shape)
            start += bytes_
            values = random.uniform(-4, 4, shape).astype(np.float32)
            if dtype == np.uint8:
                array[...] = values > 0
            elif self.element == "bf16":
                array[...] = (np.asarray(values).view(np.uint32) >> 16).astype(np.uint16)
            else:
                array[...] = values
            arrays.append(array)
        return arrays

    def count(self, stepper):
        stepper.time(self.function, self.arguments, 1)
        counts, self.outside = stepper.count(self.function, self.arguments, self.begin, self.size)
        counts = {a + self.low: c for a, c in counts.items()}
        self.loops = x86_code.loops(self.code, counts)
        return counts


def form_counts(loop):
    """How often each form is run in all passes, and what cannot be measured."""
    counts, unmeasured = Counter(), Counter()
    for instruction, n in zip(loop.instructions, loop.counts):
        found = x86_code.forms(instruction)
        if found is None:
            unmeasured[instruction.name] += n
        else:
            for form in found:
                counts[form] += n
    return counts, unmeasured


def mixes(loops, ports):
    """The main path of each loop with registers that nothing waits for."""
    wholes = [[(x86_code.forms(i, whole=True) or [SLOT])[0] for i in loop.body] for loop in loops]
    known = set(ports.assemble(sorted(set().union(*map(set, wholes)))))
    texts = []
    for forms in wholes:
        writer = x86_code.Writer()
        # Jumps and what else is not measured take a slot; the last jump is the loop's own.
        lines = [writer.write(f if f in known else SLOT) for f in forms]
        texts.append(lines[:-1] or lines)
    return texts


def mca(body, folder):
    """Cycles of one pass by llvm-mca, or None if it does not know the CPU."""
    path = folder / "mca.s"
    texts = [i.text for i in body if i.target < 0 and not i.name.startswith(("call", "jmp", "ret"))]
    path.write_text("".join(t + "\n" for t in texts) or "nop\n")
    command = [tool("llvm-mca"), "-mtriple=x86_64", "-mcpu=native", "-iterations=100", path]
    try:
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    except OSError:
        return None
    match = re.search(r"^Total Cycles:\s+(\d+)", done.stdout, re.MULTILINE)
    return int(match[1]) / 100 if match and not done.returncode else None


def measure(quick=False, chosen=None, progress=None, types=None):
    """All of it as a dictionary that JSON can hold. `chosen`: entries, all if not
    given; `types` defaults to f32, in full also bf16 and f16."""
    reason = unsupported()
    if reason:
        return {"skipped": reason}
    types = types or (["f32"] if quick else list(TYPES))
    chosen = chosen or entries()
    if quick:
        chosen = one_of_each_shape(chosen)[:2]
    note = countdown("port bound", progress)
    with tempfile.TemporaryDirectory() as folder, pinned():
        folder = pathlib.Path(folder)
        stepper = Stepper(folder)
        kernels = []
        for element in types:
            note(f"compiling {len(chosen)} kernels on {element}")
            kernels += load(chosen, element)
        rounds = 4 if quick else 12
        return assess(kernels, stepper, Ports(stepper, folder, rounds), folder, rounds, note)


def load(chosen, element):
    library = compile_library("".join(buffer_function(e, f"k_{e.mnemonic}", e.tensor(element), e.required, e.dim) for e in chosen))
    path = library.library._name
    command = [tool("llvm-objdump"), "-d", "--no-show-raw-insn", path]
    symbols = x86_code.parse(run(command))
    return [Kernel(e, element, library, symbols, f"k_{e.mnemonic}") for e in chosen]


def assess(kernels, stepper, ports, folder, rounds, note):
    for index, kernel in enumerate(kernels):
        note(f"counting {kernel.entry.mnemonic} on {kernel.element}", index, len(kernels))
        kernel.count(stepper)
        kernel.counted = [form_counts(loop) for loop in kernel.loops]

    def sweep():
        # Between other measurements: what disturbs one sweep is gone in the next.
        for kernel in kernels:
            kernel.place()
            kernel.times.append(stepper.time(kernel.function, kernel.arguments, 3 * rounds))

    sweep()
    note("timing instructions alone")
    ports.measure({f for k in kernels for counts, _ in k.counted for f in counts})
    pairs = set().union(*(ports.pairs_of(counts) for k in kernels for counts, _ in k.counted))
    note(f"timing {len(pairs)} pairs of instructions")
    sweep()
    ports.measure_pairs(pairs)
    sweep()
    note("timing the mixtures of the loops")
    loops = [loop for k in kernels for loop in k.loops]
    times = stepper.loops(mixes(loops, ports), rounds, folder, ports.wide)
    for loop, ns in zip(loops, times):
        loop.mix = ns * loop.passes
    sweep()
    sweep()
    result = {"cycle_ns": round(ports.cycle, 4), "l1": caches()["L1"], "kernels": {}}
    for index, kernel in enumerate(kernels):
        note(f"llvm-mca on {kernel.entry.mnemonic}", index, len(kernels))
        result["kernels"][f"{kernel.entry.mnemonic} {kernel.element}"] = verdict(kernel, ports, folder)
    result["forms"] = {f: round(t, 4) for f, t in sorted(ports.alone.items())}
    result["not_assembled"] = sorted(ports.failed)
    return result


def verdict(kernel, ports, folder):
    """What is known about one kernel; times in ns per element of x."""
    n = kernel.elements
    rows, classes, widths, unmeasured = [], Counter(), Counter(), Counter()
    for loop, (counts, rest) in zip(kernel.loops, kernel.counted):
        unmeasured += rest
        for instruction, times_ in zip(loop.instructions, loop.counts):
            classes[x86_code.class_of(instruction)] += times_
            widths[x86_code.width(instruction) or "scalar"] += times_
            if instruction.loads and x86_code.class_of(instruction) != "load":
                classes["load"] += times_
        jumps = sum(c for i, c in zip(loop.instructions, loop.counts) if i.target >= 0)
        ns, limit = ports.bound(counts, sum(loop.counts) - jumps)
        rows.append({"bound": ns, "limit": limit, "mix": loop.mix, "loop": loop})
    total = {key: sum(r[key] for r in rows) for key in ("bound", "mix")}
    shown = sorted(rows, key=lambda r: -r["bound"])
    shown = [r for r in shown if r["bound"] >= 0.05 * total["bound"]]
    found = []
    clocks = 0.0
    for r in rows:
        # mca is slow and the rest hardly counts.
        cycles = mca(r["loop"].body, folder) if r in shown else 0.0
        clocks = None if cycles is None or clocks is None else clocks + cycles * r["loop"].passes
        if r in shown:
            body = r["loop"].body
            found.append({
                "passes": r["loop"].passes,
                "instructions": len(body),
                "loads": sum(i.loads for i in body),
                "stores": sum(i.stores for i in body),
                "bound": round(r["bound"] / n, 4),
                "limit": r["limit"],
                "mix": round(r["mix"] / n, 4),
            })
    measured = min(kernel.times)
    ratio = measured / total["bound"]
    return {
        "elements": n,
        "bound": round(total["bound"] / n, 4),
        "limit": max(rows, key=lambda r: r["bound"])["limit"],
        "mix": round(total["mix"] / n, 4),
        "measured": round(measured / n, 4),
        "median": round(statistics.median(kernel.times) / n, 4),
        "ratio": round(ratio, 3),
        "violated": ratio < NOISE,
        "mca": None if clocks is None else round(clocks * ports.cycle / n, 4),
        "loops": found,
        "per_64_elements": {k: round(64 * v / n, 2) for k, v in classes.most_common()},
        "widths": {k: round(64 * v / n, 2) for k, v in widths.most_common()},
        "unmeasured": dict(unmeasured.most_common()),
        "outside": kernel.outside,
    }


def table(result):
    """The result in Markdown."""
    if "skipped" in result:
        return f"Skipped: {result['skipped']}.\n"
    rows = sorted(result["kernels"].items(), key=lambda item: -item[1]["ratio"])
    lines = [
        f"Arrays in half of a first-level cache of {result['l1'] // 1024} KiB; ns per element of the",
        f"first operand; a cycle is {result['cycle_ns']:.3f} ns. Furthest from the bound first; ✓: at most",
        f"{TARGET} times the bound, which is the target.",
        "",
        "| kernel | bound | limited by | mix | measured | measured / bound | llvm-mca | loops |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, row in rows:
        opinion = "unknown CPU" if row["mca"] is None else f"{row['mca']:.3f}"
        mark = " ✓" if row["ratio"] <= TARGET else ""
        mark = " **below the bound: the model is wrong**" if row["violated"] else mark
        bound, mix, measured = (f"{row[k]:.3f}" for k in ("bound", "mix", "measured"))
        cells = [name, bound, row["limit"], mix, measured, f"{row['ratio']:.2f}{mark}", opinion]
        lines.append(f"| {' | '.join(cells)} | {len(row['loops'])} |")
    beyond = [f"{name} {row['ratio']:.2f}" for name, row in rows if row["ratio"] > TARGET]
    lines += ["", f"{len(rows) - len(beyond)} of {len(rows)} are on target."]
    if beyond:
        lines += ["", f"Beyond it, worst first: {', '.join(beyond)}."]
    heads = [c for c in [*(n for n, _ in x86_code.CLASSES), "load", "store", "other"]
             if any(c in r["per_64_elements"] for _, r in rows)]
    lines += ["", "Instructions for 64 elements; one with an operand in memory is also a load.", ""]
    lines += [f"| kernel | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    for name, row in sorted(rows):
        cells = (row["per_64_elements"].get(c, 0) for c in heads)
        lines.append(f"| {name} | {' | '.join(f'{c:.0f}' if c else '' for c in cells)} |")
    speeds = {}
    for form, ns in result["forms"].items():
        key = x86_code.class_of_form(form), x86_code.width_of(form)
        speeds.setdefault(key, []).append(ns)
    lines += ["", "ns per instruction of each class, cheapest to dearest form that occurs:", ""]
    lines += ["| class | zmm | ymm | xmm | scalar |", "|---|---|---|---|---|"]
    for kind in sorted({k for k, _ in speeds}):
        cells = (speeds.get((kind, w)) for w in ("zmm", "ymm", "xmm", ""))
        texts = (f"{min(c):.2f}–{max(c):.2f}" if c else "" for c in cells)
        lines.append(f"| {kind} | {' | '.join(texts)} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="two ops at most, f32 only")
    parser.add_argument("--only", metavar="REGEX", help="ops in whose names it is found: ^gelu$ for one")
    parser.add_argument("--types", nargs="+", choices=TYPES, help="default: all; with --quick f32")
    parser.add_argument("--json", metavar="FILE", type=pathlib.Path, help="write the result there too")
    options = parser.parse_args()
    try:
        chosen = list(dict.fromkeys(e for e, _ in matching(options.only)))
        result = measure(
            options.quick, chosen, lambda text: print(text, file=sys.stderr), options.types
        )
        if options.json:
            results.save(options.json, result)
    except (RuntimeError, ValueError, OSError) as error:
        sys.exit(f"port_bound: {results.first_line(error)}")
    print(table(result), end="")


if __name__ == "__main__":
    main()
