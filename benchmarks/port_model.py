# port_model.py - how fast instructions are here, alone and in pairs.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What port_bound.py measures of the machine, and the bounds that follow."""

import ctypes
import pathlib
import re
import subprocess

import numpy as np
import x86_code
from entries import llvm_tool as tool
from machine import cpu_flags

COPIES = 96  # of an instruction in a loop, so that the loop itself does not count
# The least ratio of a pair to its sum that counts as competing. Less is not a port
# in common but one that is lent: fma and stores on Zen 4 reach 0.92 in turns, and
# less in loops.
SHARED = 0.96
MATTERS = 0.02  # of the time in a loop, for a form to be paired


def run(command, **more):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **more)
    if done.returncode:
        first = (done.stderr.strip().splitlines() or ["no message"])[0]
        raise RuntimeError(f"{command[0]}: exit {done.returncode}: {first}")
    return done.stdout


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


def is_arithmetic(form):
    """Whether a form needs a unit that computes with vectors."""
    name, _, rest = form.removesuffix(" same").partition(" ")
    kinds = [k.partition("{")[0] for k in x86_code.split_operands(rest)]
    vectors = all(k in ("xmm", "ymm", "zmm", "k") or k.startswith("$") for k in kinds)
    moves = re.match(r"v?mov[au]p|vmovdq[au]", name) and "{" not in form
    idiom = form.endswith(" same")
    return vectors and bool(x86_code.width_of(rest)) and not moves and not idiom


def reference(form):
    """The cheapest arithmetic of the width, if a form may need vector units."""
    wanted = is_arithmetic(form) or x86_code.class_of_form(form) in ("convert", "mask")
    return REFERENCE[x86_code.width_of(form) or "ymm"] if wanted else None


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
        wanted = self.assemble(wanted)
        texts = []
        for form in wanted:
            writer = x86_code.Writer()
            texts.append([writer.write(form) for _ in range(COPIES)])
        # The clock: additions that wait for one another take a cycle each.
        texts.append(["addq $1, %r8"] * COPIES)
        times = self.stepper.loops(texts, self.rounds, self.folder, self.wide)
        self.cycle = times.pop() / COPIES
        self.alone.update((f, t / COPIES) for f, t in zip(wanted, times))

    def assemble(self, forms):
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
            # Twice, as what disturbs a pair makes it look like competition.
            first, again = (
                self.stepper.loops(texts, self.rounds, self.folder, self.wide) for _ in range(2)
            )
            times = map(min, first, again)
            self.pairs.update((p, t / s) for p, t, s in zip(wanted, times, sums))

    def heavy(self, counts):
        """The forms that matter in a loop, the dearest first."""
        cost = {f: n * self.alone[f] for f, n in counts.items() if f in self.alone}
        total = sum(cost.values())
        return [f for f in sorted(cost, key=lambda f: -cost[f]) if cost[f] >= MATTERS * total]

    def pairs_of(self, counts):
        forms = self.heavy(counts)
        found = {tuple(sorted((f, g))) for i, f in enumerate(forms) for g in forms[:i]}
        return found | {tuple(sorted((f, reference(f)))) for f in forms if reference(f)}

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

    def occupies(self, form):
        """Nanoseconds in which a form keeps all vector units from doing others."""
        other = reference(form)
        if not other:
            return 0.0
        least = self.alone[other] if is_arithmetic(form) else 0.0
        ratio = self.pairs.get(tuple(sorted((form, other))), 0.5)
        # Beside as much time of what needs all of them: 1/2 is not at all, 1 all.
        return max(least, min(1.0, 2 * ratio - 1) * self.alone[form])

    def bound(self, counts, instructions):
        """Nanoseconds that these instructions take at least, and why."""
        bounds = [(ns, f"{names(group)}") for ns, group in self.groups(counts)]
        units = sum(n * self.occupies(f) for f, n in counts.items() if f in self.alone)
        bounds.append((units, "all vector units"))
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
