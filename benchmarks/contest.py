# contest.py - one process of the benchmark: all contenders side by side.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# bench.py starts it on as many CPUs as it uses threads, and sends a plan as one
# line of JSON. The answer is lines of JSON: what is under way, and cells.

import gc
import itertools
import json
import math
import os
import re
import sys
import time
from dataclasses import dataclass, field

import kernels
import numpy as np
import results
import ulp
from reference import Reference
from ulp import TYPES, errors

ROW = 1024
SAMPLE = 20_000
# Elements of a call whose cost is that of calling.
FEW = 16
# Of a contender, in nanoseconds: one batch of calls.
BATCH = 1e6
# Where calling takes more than this part of a call, its time tells nothing.
LOST = 0.5
# Who takes less than this part of the time of a copy has not written its result.
TOO_FAST = 0.5
# In DRAM, only so many peers take part, the fastest ones in L2.
FASTEST = 2
DRAM_ROUNDS = 3
# A contender that has spent so much in DRAM, in nanoseconds, is called no more.
LARGE = 2.5e8


# ===----------------------------------------------------------------------===
# Sizes and inputs
# ===----------------------------------------------------------------------===


def row_bytes(op, type_, length):
    """Bytes read and written for one row."""
    x = np.dtype(type_.dtype).itemsize
    read = sum(1 if o.is_mask else x for o in op.entry.row_operands) + x
    if op.entry.shape == "gated":
        read += x
    return length * read + op.result_shape((1, length))[1] * x


def dram_bytes(caches):
    """Of an array that no cache holds."""
    return max(4 * caches["last"], 1 << 28)


def shape_of(op, type_, size, caches, threads=1):
    """The shape of the first operand, so that all streams fill half a cache, or
    each one is larger than all caches."""
    x = np.dtype(type_.dtype).itemsize
    if size == "call":
        return (1, FEW) if op.has_rows else (FEW,)
    if size == "DRAM":
        count = dram_bytes(caches) // x
        return (count // ROW, ROW) if op.has_rows else (count,)
    budget = caches[size] // 2
    if not op.has_rows:
        return (budget // row_bytes(op, type_, 64) * 64,)
    # The parameters of channels are to be small beside x.
    length = ROW // 4 if op.entry.shape == "broadcast" and size == "L1" else ROW
    least = 1 if threads == 1 else 2 * threads
    while budget < least * row_bytes(op, type_, length) and length > 64:
        length //= 2
    rows = budget // row_bytes(op, type_, length) // threads * threads
    return (max(threads, rows), length)


class Memory:
    """Arrays in places that stay the same, 1024 bytes apart modulo the size of
    a page, and apart from where an allocation begins: reads do not wait for
    writes to the same place in another page."""

    def __init__(self):
        self.places, self.filled = {}, {}

    def take(self, place, shape, dtype):
        size = int(np.prod(shape)) * np.dtype(dtype).itemsize
        if place not in self.places or self.places[place].size < size + (1 << 15):
            self.places[place] = None
            # Touched, so that no page is mapped while something is timed.
            self.places[place] = np.full(size + (1 << 15), 1, np.uint8)
            self.filled.pop(place, None)
        buffer = self.places[place]
        start = -buffer.ctypes.data % 4096 + 1024 * (place + 1)
        return buffer[start : start + size].view(dtype).reshape(shape)

    def numbers(self, place, shape, type_, make):
        """An array of numbers that are made block by block."""
        dtype = np.dtype(bool if type_ is None else type_.dtype)
        array = self.take(place, shape, dtype)
        key = (make.__name__, dtype.name, array.size)
        if self.filled.get(place) != key:
            block = make(np.random.default_rng(place), 1 << 18).astype(dtype)
            flat = array.reshape(-1)
            for start in range(0, flat.size, block.size):
                part = flat[start : start + block.size]
                part[:] = block[: part.size]
            self.filled[place] = key
        return array


def normal(random, count):
    return random.normal(0, 4, count)


def slopes(random, count):
    return random.uniform(0.1, 1, count)


def mask(random, count):
    return random.random(count) < 0.7


def operands(memory, op, type_, shape):
    """One array per operand, and the result."""
    arrays = [memory.numbers(0, shape, type_, normal)]
    if op.entry.shape == "gated":
        arrays.append(memory.numbers(1, shape, type_, normal))
    for _, _, per_index in op.entry.tensor_parameters:
        place = len(arrays)
        arrays.append(memory.numbers(place, shape[-1:] if per_index else (), type_, slopes))
    for operand in op.entry.row_operands:
        place = len(arrays)
        made = (None, mask) if operand.is_mask else (type_, normal)
        arrays.append(memory.numbers(place, shape, *made))
    return arrays, memory.take(len(arrays), op.result_shape(shape), type_.dtype)


# ===----------------------------------------------------------------------===
# Errors
# ===----------------------------------------------------------------------===


class Exact:
    """What a sample of the results should be, and where to look."""

    def __init__(self, op, type_, arrays):
        import sweep

        rows = max(1, SAMPLE // arrays[0].shape[-1]) if op.has_rows else SAMPLE
        whole = range(1, 1 + len(op.entry.tensor_parameters))
        sample = [a if i in whole else a[:rows] for i, a in enumerate(arrays)]
        wide = [a if a.dtype == np.bool_ else type_.to_double(a) for a in sample]
        shape = wide[0].shape
        wide = [np.broadcast_to(a, shape) for a in wide]
        self.type_ = type_
        exact = Reference(op.entry, op.setting, type_).double(*wide)
        self.exact = np.broadcast_to(exact, op.result_shape(shape))
        bound = sweep.bound(op.entry, type_)
        if op.entry.shape in ("unary", "gated"):
            limits = sweep.limits_of(op.entry, op.setting, type_, wide[0], self.exact)
            self.counts = limits <= bound
        else:
            # Sums cancel where a result is small beside others of its row.
            size = np.abs(self.exact)
            self.counts = size >= size.max(axis=-1, keepdims=True) / 16

    def largest(self, result, lenient=False):
        """The largest error of a result in ULP; `lenient`: whatever the sign of
        zeros and the kind of NaNs, which peers do not promise."""
        got = np.asarray(result).reshape(-1)[: self.exact.size].reshape(self.exact.shape)
        if lenient:
            got = ulp.lenient(self.type_, got, self.exact)
        error = errors(self.type_, got, self.exact)[self.counts]
        return float(error.max()) if error.size else None


# ===----------------------------------------------------------------------===
# Times
# ===----------------------------------------------------------------------===


@dataclass
class Contender:
    name: str
    call: object
    batch: int = 1
    times: list = field(default_factory=list)

    @property
    def own(self):
        return self.name in kernels.OWN

    @property
    def per_run(self):
        return self.call.repeat if self.own else 1


class Clock:
    def __init__(self, cpus, rounds, budget):
        self.cpus, self.rounds, self.budget = cpus, rounds, budget * 1e6

    def _place(self, contender):
        """Our threads have a CPU each; peers place theirs. A pause lets threads
        of the one before fall asleep."""
        if len(self.cpus) > 1:
            time.sleep(0.002)
            if hasattr(os, "sched_setaffinity"):
                os.sched_setaffinity(0, self.cpus[:1] if contender.own else self.cpus)

    def _batch(self, contender):
        run, rounds = contender.call.run, itertools.repeat(None, contender.batch)
        now = time.perf_counter_ns
        start = now()
        for _ in rounds:
            run()
        return (now() - start) / contender.batch / contender.per_run

    def _calibrate(self, contender, loop):
        self._place(contender)
        contender.call.run()
        once = max(min(self._batch(contender) for _ in range(2)), 10.0)
        if loop and contender.own:
            contender.call.set_repeat(max(1, int(BATCH / once)))
        else:
            contender.batch = max(1, int(BATCH / once))

    def measure(self, contenders, loop=False, large=False):
        """The time of a call of each; of a large one a few calls only. `loop`:
        our own calls are repeated in C."""
        gc.disable()
        for c in contenders:
            if not large:
                self._calibrate(c, loop)
            elif c.name == "act+alloc":
                # Peers have been called; after this, there is memory for it, too.
                c.call.run()
        rounds = min(DRAM_ROUNDS, self.rounds) if large else self.rounds
        for number in range(rounds):
            shift = number % len(contenders)
            for c in contenders[shift:] + contenders[:shift]:
                spent = sum(c.times) * c.batch * c.per_run
                if spent > (LARGE if large else 3 * self.budget) and (large or len(c.times) >= 3):
                    continue
                self._place(c)
                if not large:
                    c.call.run()
                c.times.append(self._batch(c))
        gc.enable()
        if len(self.cpus) > 1 and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, self.cpus)


def short(value):
    """Four digits are enough."""
    if value is None or not math.isfinite(value):
        return value if value is None else "inf"
    return float(f"{value:.4g}")


# ===----------------------------------------------------------------------===
# The contest
# ===----------------------------------------------------------------------===


class Contest:
    def __init__(self, plan, send):
        self.plan, self.send = plan, send
        self.threads = plan["threads"]
        self.harness = kernels.Harness(plan["cpus"])
        self.clock = Clock(plan["cpus"], plan["rounds"], plan["budget"])
        self.memory = Memory()
        self.ops = {op.name: op for op in kernels.ops()}
        self.calls, self.costs = {}, {}
        self.in_l2 = {tuple(k): v for k, v in plan["in_l2"]}
        self.unsupported = set()
        self.peers, missing = [], {}
        if plan["peers"]:
            send({"at": "loading peers"})
            import peers

            self.peers, missing = peers.load(plan["peers"], self.threads, plan["formulas"])
        versions = {p.name: {"version": p.version, "allocates": p.allocates} for p in self.peers}
        send({"peers": versions, "missing": missing})

    def run(self):
        cells = self.plan["cells"]
        for name, group in itertools.groupby(cells, key=lambda c: c["type"]):
            group = list(group)
            self.type_ = TYPES[name]
            chosen = [self.ops[n] for n in dict.fromkeys(c["op"] for c in group)]
            self.kernels = kernels.Kernels(chosen, self.type_)
            self.scaling()
            for key, members in self.groups(chosen).items():
                self.call_costs(key, members)
            for cell in group:
                self.cell(cell)

    @staticmethod
    def groups(chosen):
        """Ops whose calls cost the same."""
        groups = {}
        for op in chosen:
            groups.setdefault((op.entry.shape, len(op.entry.operands)), []).append(op)
        return groups

    def scaling(self):
        """How much faster a loop of FMAs is on all threads."""
        if self.threads == 1:
            return
        count = 400_000
        best = 0.0
        # What peers have started may still be at work: the best of three.
        for _ in range(3):
            one = Contender("act1", kernels.fma(self.harness, 1, count))
            many = Contender("act", kernels.fma(self.harness, self.threads, count))
            self.clock.measure([one, many])
            best = max(best, min(one.times) / min(many.times))
        self.send({"fma": short(best), "threads": self.threads})

    def own(self, op, arrays, result, large):
        """Our contenders and the copies."""
        n = self.threads
        made = {
            "act": kernels.given(self.harness, self.kernels, op, arrays, result, n),
            "act1": n > 1 and kernels.given(self.harness, self.kernels, op, arrays, result, 1),
            "act+alloc": kernels.new(self.harness, self.kernels, op, arrays, result, n),
            "copy": kernels.copy(self.harness, op, arrays, result, n, False),
            # Only beyond caches it may win.
            "copy_nt": large and kernels.copy(self.harness, op, arrays, result, n, True),
        }
        return [Contender(name, call) for name, call in made.items() if call]

    def prepare(self, peer, op, arrays):
        """A contender that was called, or None if the peer cannot."""
        import peers

        key = (peer.name, op.name, self.type_.name)
        if key in self.unsupported or list(key) in self.plan["excluded"]:
            return None
        self.send({"at": f"{peer.name}: {op.name} {self.type_.name}", "key": key})
        try:
            call = peer.prepare(op.entry, op.setting, self.type_, arrays)
        except peers.Unsupported as error:
            self.refuse(key, str(error))
            return None
        except Exception as error:  # a peer's own failure is a result, too
            words = results.first_line(error, 120)
            self.refuse(key, f"failed: {type(error).__name__}: {words}")
            return None
        self.send({"at": "measuring"})
        return Contender(peer.name, call)

    def refuse(self, key, reason):
        self.unsupported.add(key)
        # The same words for all ops, so that they can be listed together.
        reason = re.sub(rf"has no {re.escape(key[1])}.*", "has no such function", results.portable(reason))
        self.send({"unsupported": key, "reason": reason})

    def call_costs(self, group, members):
        """What a call costs: the time for a few elements. Of peers it is subtracted
        in caches; ours are repeated in C there, which costs nothing."""
        found = {}
        for op in members:
            arrays, result = operands(self.memory, op, self.type_, shape_of(op, self.type_, "call", None))
            contenders = []
            if not found:
                contenders = self.own(op, arrays, result, large=False)
            contenders += [
                c
                for p in self.peers
                if p.name not in found and (c := self.prepare(p, op, arrays))
            ]
            if contenders:
                self.clock.measure(contenders)
                found.update({c.name: min(c.times) for c in contenders})
            if all(p.name in found for p in self.peers):
                break
        self.calls[group] = {p.name: found[p.name] for p in self.peers if p.name in found}
        times = {name: short(t) for name, t in found.items()}
        shape, count = group
        self.send({"call": {"shape": shape, "operands": count, "type": self.type_.name,
                            "threads": self.threads, "times": times}})

    def costs_of(self, op):
        """What a call of each peer costs: of this op, or of one like it where
        another shape would be compiled for long."""
        key = (op.name, self.type_.name)
        if key not in self.costs:
            known = self.calls.get((op.entry.shape, len(op.entry.operands)), {})
            arrays, _ = operands(self.memory, op, self.type_, shape_of(op, self.type_, "call", None))
            quick = [p for p in self.peers if not p.slow]
            contenders = [c for p in quick if (c := self.prepare(p, op, arrays))]
            if contenders:
                self.clock.measure(contenders)
            found = {p.name: known[p.name] for p in self.peers if p.slow and p.name in known}
            self.costs[key] = {**found, **{c.name: min(c.times) for c in contenders}}
        return self.costs[key]

    def left_out(self, cell, costs, count):
        """Peers that are not worth their time in DRAM, and those that would spend
        most of it in L1 on being called, by what they take in L2."""
        times = self.in_l2.get((cell["op"], cell["type"]), {})
        known = sorted((p.name for p in self.peers if p.name in times), key=times.get)
        if cell["size"] == "L1":
            lost = [n for n in known if costs.get(n, 0) > LOST * (costs.get(n, 0) + times[n] * count)]
            return [], lost
        return (known[FASTEST:] if cell["size"] == "DRAM" else []), []

    def peers_in(self, op, arrays, without, most):
        """Peers that take part, no more than so many of them."""
        found = []
        for p in self.peers:
            if len(found) < most and p.name not in without and (c := self.prepare(p, op, arrays)):
                found.append(c)
        return found

    def cell(self, cell):
        op, size = self.ops[cell["op"]], cell["size"]
        self.send({"at": "measuring", "cell": cell["index"]})
        shape = shape_of(op, self.type_, size, self.plan["caches"], self.threads)
        large = size == "DRAM"
        count = math.prod(shape)
        costs = {} if large or not cell.get("peers", True) else self.costs_of(op)
        arrays, result = operands(self.memory, op, self.type_, shape)
        slow, lost = self.left_out(cell, costs, count)
        contenders = self.own(op, arrays, result, large)
        if cell.get("peers", True):
            # Each of them may hold copies of all arrays.
            known = (op.name, cell["type"]) in self.in_l2
            most = FASTEST if large and not known else len(self.peers)
            found = self.peers_in(op, arrays, slow + lost, most)
            if len(found) == most:
                tried = {c.name for c in found} | {n for n, o, _ in self.unsupported if o == op.name}
                slow += [p.name for p in self.peers if p.name not in {*tried, *slow, *lost}]
            contenders += found
        self.clock.measure(contenders, loop=not large, large=large)
        times = {}
        copied = min(min(c.times) for c in contenders if c.name == "copy")
        for c in contenders:
            cost = costs.get(c.name, 0.0)
            if cost > LOST * min(c.times):
                lost.append(c.name)
                continue
            net = [(t - cost) / count for t in c.times]
            if size == "L2" and not c.own and min(net) * count < TOO_FAST * copied:
                self.refuse((c.name, op.name, self.type_.name), "faster than any copy: writes no result")
                continue
            times[c.name] = [short(min(net)), short(float(np.median(net))), len(net)]
        done = {"op": op.name, "type": cell["type"], "size": size, "threads": self.threads,
                "shape": shape, "bytes": self.bytes(op, arrays, result), "times": times}
        done.update({key: names for key, names in (("slow", slow), ("lost", lost)) if names})
        if size == "L2":
            self.in_l2[cell["op"], cell["type"]] = {n: t[0] for n, t in times.items()}
            if self.threads == 1:
                done["ulp"] = self.errors(op, arrays, result, contenders)
        self.send({"done": done, "cell": cell["index"]})

    @staticmethod
    def bytes(op, arrays, result):
        return sum(a.nbytes for a in kernels.streams_of(op, arrays)) + result.nbytes

    def errors(self, op, arrays, result, contenders):
        exact, found = Exact(op, self.type_, arrays), {}
        for c in contenders:
            if c.name == "act":
                c.call.run()
                found["act"] = short(exact.largest(result))
            elif not c.own:
                c.call.run()
                found[c.name] = short(exact.largest(c.call.result(), lenient=True))
        return found


def main():
    plan = json.loads(sys.stdin.readline())
    # Libraries may print; only answers go to where they are expected.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)

    def send(message):
        answers.write(json.dumps(message, separators=(",", ":")) + "\n")

    Contest(plan, send).run()
    send({"end": True})
    # Some libraries crash when they are unloaded.
    answers.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
