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
bound   of a loop: the greatest of its groups; of all its vector arithmetic at the
        rate of the cheapest there is, a bitwise and of that width; and of all its
        instructions at the rate of one that only takes a slot. The bound of a kernel is the sum over
        its loops. Groups that share a port only in part are counted as if they
        did not: the bound is low rather than high.
mix     the main path of each loop with its registers renamed, so that nothing
        waits for anything: what the ports allow this very mixture in this order.

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
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "utils"))

import numpy as np  # noqa: E402
import x86_code  # noqa: E402
from buffer_kernel import buffer_kernel, dimension, tensor_type  # noqa: E402
from entries import BUILD, entries, llvm_tool  # noqa: E402
from run_kernel import _describe, compile_library  # noqa: E402

TYPES = {"f32": np.float32, "bf16": np.uint16, "f16": np.float16}
COLUMNS = 512
COPIES = 96  # of an instruction in a loop, so that the loop itself does not count
SHARED = 0.92  # the least ratio of a pair to its sum that counts as competing
MATTERS = 0.02  # of the time in a loop, for a form to be paired
NOISE = 0.95  # of the bound: what is measured below that violates it


def unsupported():
    """Why this machine is not supported, or None."""
    if platform.machine() not in ("x86_64", "AMD64") or not sys.platform.startswith("linux"):
        return f"port bounds are for x86-64 Linux, not {platform.machine()} {sys.platform}"
    flags = cpu_flags()
    if not {"avx2", "fma"} <= flags:
        return "port bounds need AVX2 and FMA"
    return None


def cpu_flags():
    match = re.search(r"^flags\s*:(.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return set(match[1].split()) if match else set()


def tool(name):
    path = llvm_tool(name)
    return path if os.path.exists(path) else shutil.which(f"{name}-22") or name


def run(command, **more):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **more)
    if done.returncode:
        first = (done.stderr.strip().splitlines() or ["no message"])[0]
        raise RuntimeError(f"{command[0]}: exit {done.returncode}: {first}")
    return done.stdout


@contextlib.contextmanager
def pinned():
    """On one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class Stepper:
    """stepper.c, compiled."""

    def __init__(self, folder):
        source = pathlib.Path(__file__).with_name("stepper.c")
        path = folder / "stepper.so"
        run([tool("clang"), "-O2", "-shared", "-fPIC", "-mno-red-zone", source, "-o", path])
        self.library = ctypes.CDLL(str(path))
        self.library.time_call.restype = ctypes.c_double

    def count(self, function, arguments, begin, size):
        """How often each instruction of [begin, begin + size) is run, by its
        distance from begin, and the number of those run elsewhere."""
        counts = np.zeros(size + 1, np.uint32)
        failed = self.library.count_call(
            function, arguments, ctypes.c_uint64(begin), ctypes.c_uint64(size),
            counts.ctypes.data_as(ctypes.c_void_p),
        )
        if failed or not counts[:size].any():
            raise RuntimeError("this machine cannot run programs step by step (SIGTRAP)")
        found = np.flatnonzero(counts[:size])
        return {int(a): int(counts[a]) for a in found}, int(counts[size])

    def time(self, function, arguments, rounds):
        once = self.library.time_call(function, arguments, 3, 3)
        calls = max(3, int(20_000 / once))
        return self.library.time_call(function, arguments, calls, rounds)

    def loops(self, texts, rounds, folder, wide):
        """Nanoseconds of a pass through each list of instructions."""
        times = []
        for start in range(0, len(texts), 2000):
            times += self._loops(texts[start : start + 2000], rounds, folder, wide)
        return times

    def _loops(self, texts, rounds, folder, wide):
        path = folder / f"loops{len(list(folder.glob('loops*.s')))}.s"
        lines = [".text\n", *(x86_code.loop(f"l{i}", t, wide) for i, t in enumerate(texts))]
        path.write_text("".join(lines))
        run([tool("clang"), "-shared", "-nostdlib", path, "-o", path.with_suffix(".so")])
        library = ctypes.CDLL(str(path.with_suffix(".so")))
        n = len(texts)
        functions = (ctypes.c_void_p * n)(
            *(ctypes.cast(library[f"l{i}"], ctypes.c_void_p).value for i in range(n))
        )
        memory = np.full(16384, 0.73, np.float32)
        memory[:16] = np.linspace(0.7, 1.3, 16)
        begin = -(-memory.ctypes.data // 4096) * 4096
        # Not at one distance from a multiple of 4096, or loads wait for stores.
        read, written = ctypes.c_void_p(begin), ctypes.c_void_p(begin + 8192 + 2048)
        times = np.zeros(n)
        passes = np.full(n, 20, np.uint32)
        for r in (2, rounds):
            self.library.time_loops(
                functions, n, passes.ctypes.data_as(ctypes.c_void_p), r, read, written,
                times.ctypes.data_as(ctypes.c_void_p),
            )
            passes = np.maximum(20, 15_000 / times).astype(np.uint32)
        return times.tolist()


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
        self.arrays = self._arrays()
        self.descriptors = [_describe(a) for a in self.arrays]
        pointers = [ctypes.addressof(d) for d in self.descriptors]
        self.arguments = (ctypes.c_void_p * 6)(*pointers, *[None] * (6 - len(pointers)))
        self.elements = self.arrays[0].size

    def _arrays(self):
        setting, dim = self.entry.required, dimension(self.entry)
        type_ = tensor_type(self.entry, self.element)
        types = self.entry.operand_types(type_, dim)
        types.append(self.entry.result_type(type_, setting, dim))
        itemsize = np.dtype(TYPES[self.element]).itemsize
        budget = l1_size() // 2
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
        arrays = []
        random = np.random.default_rng(1)
        for number, (text, shape) in enumerate(zip(types, shapes)):
            mask = "i1>" in text
            dtype = np.dtype(np.uint8 if mask else TYPES[self.element])
            bytes_ = int(np.prod(shape)) * dtype.itemsize
            # Aligned, and not a multiple of 4096 bytes from one another.
            hall = np.zeros(bytes_ + 8192, np.uint8)
            offset = -hall.ctypes.data % 4096 + 320 * number
            array = hall[offset : offset + bytes_].view(dtype).reshape(shape)
            values = random.uniform(-4, 4, shape).astype(np.float32)
            if mask:
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


def l1_size():
    try:
        size = os.sysconf("SC_LEVEL1_DCACHE_SIZE")
    except (ValueError, OSError):
        size = 0
    return size if size > 0 else 32768


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


def is_arithmetic(form):
    """Whether a form needs a unit that computes with vectors."""
    name, _, rest = form.removesuffix(" same").partition(" ")
    kinds = [k.partition("{")[0] for k in x86_code.split_operands(rest)]
    vectors = all(k in ("xmm", "ymm", "zmm", "k") or k.startswith("$") for k in kinds)
    moves = re.match(r"v?mov[au]p|vmovdq[au]", name) and "{" not in form
    idiom = form.endswith(" same")
    return vectors and bool(x86_code.width_of(rest)) and not moves and not idiom


# What takes a slot and no port. Pairs of nops become one on some machines.
SLOT = "xorl r32, r32 same"
REFERENCE = {w: f"vandps {w}, {w}, {w}" for w in ("zmm", "ymm", "xmm")}


class Ports:
    """What this machine says about forms, alone and in pairs."""

    def __init__(self, stepper, folder, rounds):
        self.stepper, self.folder, self.rounds = stepper, folder, rounds
        self.wide = "avx512vl" in cpu_flags()
        self.alone, self.pairs, self.failed = {}, {}, set()

    def measure(self, forms):
        references = [f for w, f in REFERENCE.items() if w != "zmm" or self.wide]
        wanted = sorted({*forms, *references, SLOT} - set(self.alone) - self.failed)
        wanted = self._assemble(wanted)
        texts = []
        for form in wanted:
            writer = x86_code.Writer()
            texts.append([writer.write(form) for _ in range(COPIES)])
        # The clock: additions that wait for one another take a cycle each.
        texts.append(["addq $1, %r8"] * COPIES)
        times = self.stepper.loops(texts, self.rounds, self.folder, self.wide)
        self.cycle = times.pop() / COPIES
        self.alone.update((f, t / COPIES) for f, t in zip(wanted, times))

    def _assemble(self, forms):
        """Without those that the assembler does not take."""
        path = self.folder / "forms.s"
        path.write_text("".join(x86_code.Writer().write(f) + "\n" for f in forms))
        command = [tool("clang"), "-c", path, "-o", self.folder / "forms.o"]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        bad = {int(n) - 1 for n in re.findall(r"forms\.s:(\d+):\d+: error", done.stderr)}
        self.failed |= {forms[n] for n in bad}
        return [f for n, f in enumerate(forms) if n not in bad]

    def measure_pairs(self, wanted):
        wanted = [p for p in sorted(wanted) if p not in self.pairs]
        texts, sums = [], []
        for f, g in wanted:
            cheap, dear = sorted((f, g), key=lambda x: self.alone[x])
            ratio = self.alone[dear] / self.alone[cheap]
            few = max(1, round(24 / ratio)) * (2 if ratio < 24 else 1)
            many = max(1, round(few * ratio))
            writer = x86_code.Writer()
            lines, done = [], 0
            for i in range(few):
                lines.append(writer.write(dear))
                upto = (i + 1) * many // few
                lines += [writer.write(cheap) for _ in range(upto - done)]
                done = upto
            texts.append(lines)
            sums.append(few * self.alone[dear] + many * self.alone[cheap])
        if texts:
            times = self.stepper.loops(texts, self.rounds, self.folder, self.wide)
            self.pairs.update((p, t / s) for p, t, s in zip(wanted, times, sums))

    def heavy(self, counts):
        """The forms that matter in a loop, the dearest first."""
        cost = {f: n * self.alone[f] for f, n in counts.items() if f in self.alone}
        total = sum(cost.values())
        return [f for f in sorted(cost, key=lambda f: -cost[f]) if cost[f] >= MATTERS * total]

    def pairs_of(self, counts):
        forms = self.heavy(counts)
        return {tuple(sorted((f, g))) for i, f in enumerate(forms) for g in forms[:i]}

    def groups(self, counts):
        """(nanoseconds, members) of each set in which all compete with all."""
        forms = self.heavy(counts)
        found = []
        for seed in forms:
            group, least = [seed], 1.0
            for f in forms:
                ratios = [self.pairs[tuple(sorted((f, g)))] for g in group if g != f]
                if f != seed and min(ratios) >= SHARED:
                    group.append(f)
                    least = min(least, *ratios)
            found.append((least * sum(counts[f] * self.alone[f] for f in group), group))
        return found

    def bound(self, counts, instructions):
        """Nanoseconds that these instructions take at least, and why."""
        bounds = [(ns, f"{names(group)}") for ns, group in self.groups(counts)]
        arithmetic = 0.0
        for form, n in counts.items():
            if form in self.alone and is_arithmetic(form):
                arithmetic += n * self.alone.get(REFERENCE[x86_code.width_of(form)], 0.0)
        bounds.append((arithmetic, "all vector units"))
        bounds.append((instructions * self.alone[SLOT], "number of instructions"))
        return max(bounds)


def names(group):
    """The classes in a group of forms, the dearest first."""
    kinds = []
    for form in group:
        kind = x86_code.class_of_form(form)
        if kind not in kinds:
            kinds.append(kind)
    return " + ".join(kinds)


def mix_text(body, known):
    """The instructions of a loop with registers that nothing waits for."""
    writer = x86_code.Writer()
    lines = []
    for instruction in body:
        # Jumps and what else is not measured take a slot; the last jump is the loop's own.
        found = x86_code.forms(instruction) or [SLOT]
        lines += [writer.write(f if f in known else SLOT) for f in found]
    return lines[:-1] or [writer.write(SLOT)]


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


def measure(quick=False, only=None, progress=None, types=None):
    """All of it as a dictionary that JSON can hold. `only` is a mnemonic or a
    part of one, `types` defaults to f32, in full also bf16 and f16."""
    reason = unsupported()
    if reason:
        return {"skipped": reason}
    types = types or (["f32"] if quick else list(TYPES))
    chosen = [e for e in entries() if only in (None, e.mnemonic)]
    chosen = chosen or [e for e in entries() if only in e.mnemonic]
    if not chosen:
        raise ValueError(f"no entry has {only!r} in its name")
    if quick:
        chosen = list({e.shape: e for e in reversed(chosen)}.values())[:2]
    began = time.perf_counter()

    def note(text, done=0, of=0):
        if progress:
            spent = time.perf_counter() - began
            left = f", {spent / done * (of - done):.0f} s left of this part" if done else ""
            progress(f"port bound: {text}{left}")

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
    library = compile_library("".join(buffer_kernel(f"k_{e.mnemonic}", e, element) for e in chosen))
    path = library.library._name
    command = [tool("llvm-objdump"), "-d", "--no-show-raw-insn", path]
    symbols = x86_code.parse(run(command))
    return [Kernel(e, element, library, symbols, f"k_{e.mnemonic}") for e in chosen]


def assess(kernels, stepper, ports, folder, rounds, note):
    for index, kernel in enumerate(kernels):
        note(f"counting {kernel.entry.mnemonic} on {kernel.element}", index, len(kernels))
        kernel.count(stepper)
        kernel.counted = [form_counts(loop) for loop in kernel.loops]
        kernel.times = []

    def sweep():
        # Between other measurements: what disturbs one sweep is gone in the next.
        for kernel in kernels:
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
    mixes = stepper.loops([mix_text(loop.body, ports.alone) for loop in loops], rounds, folder, ports.wide)
    for loop, ns in zip(loops, mixes):
        loop.mix = ns * loop.passes
    sweep()
    sweep()
    result = {"cycle_ns": round(ports.cycle, 4), "l1": l1_size(), "kernels": {}}
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
        f"Arrays in half of a first-level cache of {result['l1'] // 1024} KiB; ns per element of the first "
        f"operand; a cycle is {result['cycle_ns']:.3f} ns. Furthest from the bound first.",
        "",
        "| kernel | bound | limited by | mix | measured | measured / bound | llvm-mca | loops |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, row in rows:
        opinion = "unknown CPU" if row["mca"] is None else f"{row['mca']:.3f}"
        mark = " **below the bound: the model is wrong**" if row["violated"] else ""
        lines.append(
            f"| {name} | {row['bound']:.3f} | {row['limit']} | {row['mix']:.3f} | {row['measured']:.3f} "
            f"| {row['ratio']:.2f}{mark} | {opinion} | {len(row['loops'])} |"
        )
    heads = [c for c in [*(n for n, _ in x86_code.CLASSES), "load", "store", "other"]
             if any(c in r["per_64_elements"] for _, r in rows)]
    lines += ["", "Instructions for 64 elements, all loops; one with an operand in memory is also a load.", ""]
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
    parser.add_argument("--only", metavar="TEXT", help="the op of that name, or those with TEXT in it")
    parser.add_argument("--types", nargs="+", choices=TYPES, help="default: all; with --quick f32")
    parser.add_argument("--json", metavar="FILE", type=pathlib.Path, help="write the result there too")
    options = parser.parse_args()
    try:
        result = measure(
            options.quick, options.only, lambda text: print(text, file=sys.stderr), options.types
        )
    except (RuntimeError, ValueError, OSError) as error:
        sys.exit(f"port_bound: {str(error).splitlines()[0]}")
    if options.json:
        part = options.json.with_name(options.json.name + ".part")
        part.write_text(json.dumps(result, indent=1) + "\n")
        part.replace(options.json)
    print(table(result), end="")


if __name__ == "__main__":
    main()
