#!/usr/bin/env python3
# bench.py - how fast kernels are beside those of others and beside a copy.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import argparse
import importlib
import inspect
import json
import os
import pathlib
import queue
import re
import signal
import subprocess
import sys
import threading
import time

import kernels
import machine
import performance
import results
from entries import BUILD

OUTPUT = BUILD / "bench" / "performance.json"
# In this order: what is found in L2 tells which peers are worth their time.
SIZES = ("L2", "L1", "DRAM")
TYPES = ("f32", "bf16", "f16")
PEERS = ("torch", "inductor", "onednn", "xla", "onnxruntime", "openvino", "iree")
PARTS = {"kernels": None, "ports": "port_bound", "compiler": "compiler_speed"}
# Milliseconds for a contender in a cell, and into how many rounds they go.
BUDGET, ROUNDS = 12, 12
# The C library keeps what is freed, of any size and for all threads: who allocates
# large arrays is not to be measured by how fast the system maps pages.
MALLOC = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 40), "MALLOC_ARENA_MAX": "1"}
# A process that is silent for so many seconds is ended.
SILENCE = 300


class Failure(Exception):
    """What ends the program, in one line."""


# ===----------------------------------------------------------------------===
# Which cells
# ===----------------------------------------------------------------------===


def about(options):
    """What was measured, where and when."""
    return {
        **machine.describe(),
        "compiler": machine.output(kernels.compiler(), "--version").splitlines()[0],
        "rounds": options.rounds,
        "budget_ms": options.budget,
        "formulas": options.formulas,
    }


def chosen_ops(options):
    """The ops asked for; of a quick run, one of each shape."""
    found = kernels.ops()
    if options.only:
        try:
            wanted = [re.compile(word) for word in options.only.split(",")]
        except re.error as error:
            raise Failure(f"--only: not a regular expression: {error}")
        found = [op for op in found if any(w.fullmatch(op.name) for w in wanted)]
        if not found:
            raise Failure(f"--only: no op matches {options.only}; names are as in docs/operations")
    if options.quick:
        found = [op for op in found if op is next(o for o in found if o.entry.shape == op.entry.shape)]
    return found


def cells(options):
    """By number of threads: what is measured, in order."""
    names = [op.name for op in chosen_ops(options)]
    found, index = {}, 0
    for threads in options.threads:
        for type_ in options.types:
            for size in options.sizes:
                for name in names:
                    cell = {"index": index, "op": name, "type": type_, "size": size}
                    found.setdefault(threads, []).append(cell)
                    index += 1
    return found


def key(cell, threads):
    return cell["op"], cell["type"], cell["size"], threads


# ===----------------------------------------------------------------------===
# Processes
# ===----------------------------------------------------------------------===


class Worker:
    """A process that measures on some CPUs; every library in it sees those only."""

    def __init__(self, plan):
        environment = {**os.environ, **MALLOC, "OMP_NUM_THREADS": str(plan["threads"])}
        affinity = None
        if hasattr(os, "sched_setaffinity"):
            affinity = lambda: os.sched_setaffinity(0, plan["cpus"])
        log = BUILD / "bench" / "worker.log"
        with open(log, "w") as errors:
            self.process = subprocess.Popen(
                [sys.executable, pathlib.Path(__file__).with_name("contest.py")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=environment,
                preexec_fn=affinity,
                start_new_session=True,
            )
        self.log = log
        self.process.stdin.write(json.dumps(plan) + "\n")
        self.process.stdin.close()
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))
        self.lines.put(None)

    def messages(self):
        """Until the end, or until the process is no more."""
        while True:
            try:
                message = self.lines.get(timeout=SILENCE)
            except queue.Empty:
                return
            if message is None:
                return
            yield message

    def stop(self):
        self.process.kill()
        self.process.wait()

    def last_words(self):
        lines = [l for l in _read(self.log).splitlines() if l.strip()]
        return lines[-1][:200] if lines else "no message"


class Progress:
    """One line on stderr."""

    def __init__(self, total, done=0):
        self.total, self.done, self.before = total, done, done
        self.start, self.shown = time.monotonic(), 0

    def show(self, text, final=False):
        now = time.monotonic()
        terminal = sys.stderr.isatty()
        if not final and now - self.shown < (0.2 if terminal else 15):
            return
        self.shown = now
        eta = ""
        if self.done > self.before:
            rate = (now - self.start) / (self.done - self.before)
            left = rate * (self.total - self.done)
            eta = f", {int(left // 60)}:{int(left % 60):02} left"
        counts = f"{self.done}/{self.total}{eta}: " if self.total else ""
        line = f"bench: {counts}{text}"
        end = "\n" if final or not terminal else ""
        print(("\r\033[K" if terminal else "") + line[:110], end=end, file=sys.stderr, flush=True)


class Run:
    """All cells of a run, in as many processes as that takes."""

    def __init__(self, options):
        self.options = options
        self.plan = cells(options)
        self.partial = options.output.with_suffix(".partial")
        self.result = {"about": about(options), "peers": {}, "missing": {}, "unsupported": {},
                       "fma": [], "calls": [], "cells": []}
        if options.resume:
            self._resume()
        self.excluded = []

    def _resume(self):
        """Cells that were finished before."""
        if not self.partial.exists():
            raise Failure(f"--resume: there is no {self.partial.name}")
        for line in self.partial.read_text().splitlines():
            try:
                self._take(json.loads(line))
            except json.JSONDecodeError:
                pass  # the last line of a run that was killed
        self.result["about"]["resumed"] = True

    def _take(self, message):
        """Adds what a process found out."""
        result = self.result
        if "done" in message:
            result["cells"].append(message["done"])
        elif "call" in message:
            found = message["call"]
            same = ("shape", "operands", "type", "threads")
            result["calls"] = [c for c in result["calls"] if any(c[k] != found[k] for k in same)]
            result["calls"].append(found)
        elif "fma" in message:
            result["fma"].append([message["threads"], message["fma"]])
        elif "unsupported" in message:
            peer, op, type_ = message["unsupported"]
            names = result["unsupported"].setdefault(peer, {}).setdefault(message["reason"], [])
            if f"{op} {type_}" not in names:
                names.append(f"{op} {type_}")
        elif "missing" in message:
            result["peers"].update(message["peers"])
            result["missing"].update(message["missing"])
        else:
            return False
        return True

    def _keep(self, message, partial):
        """Adds it, and leaves it for a run that resumes this one."""
        if self._take(message):
            partial.write(json.dumps(message, separators=(",", ":")) + "\n")
            partial.flush()

    def measure(self):
        self.options.output.parent.mkdir(parents=True, exist_ok=True)
        total = sum(map(len, self.plan.values()))
        progress = Progress(total, len(self.result["cells"]))
        progress.show("compiling kernels")
        for type_ in self.options.types:
            kernels.Kernels(chosen_ops(self.options), kernels.TYPES[type_])
        kernels.harness()
        with open(self.partial, "a" if self.options.resume else "w") as partial:
            for threads in self.plan:
                self._threads(threads, partial, progress)
        progress.show("done", final=True)
        return self.result

    def finish(self):
        self.partial.unlink(missing_ok=True)

    def _left(self, threads, without):
        done = {key(c, c["threads"]) for c in self.result["cells"]}
        left = [c for c in self.plan[threads] if key(c, threads) not in done]
        return [{**c, "peers": c["index"] not in without} for c in left]

    def _threads(self, threads, partial, progress):
        """Measures with so many threads; a process that dies is replaced by one
        that leaves out what it died of."""
        without, tried = set(), 0
        while left := self._left(threads, without):
            progress.done = len(self.result["cells"])
            worker = Worker(self._plan(threads, left))
            at, ended = {}, False
            try:
                for message in worker.messages():
                    if "at" in message:
                        at = {**({"cell": at["cell"]} if "cell" in at else {}), **message}
                    ended = ended or "end" in message
                    self._keep(message, partial)
                    if "done" in message:
                        at, tried = {"cell": message["cell"] + 1}, 0
                        progress.done = len(self.result["cells"])
                        cell = message["done"]
                        progress.show(f"{cell['op']} {cell['type']} {cell['size']}, {threads} thread(s)")
                    elif at.get("at") != "measuring":
                        progress.show(at.get("at", ""))
            finally:
                worker.stop()
            if ended:
                continue
            tried += 1
            words = worker.last_words()
            if "key" in at and at["at"] != "measuring":
                self.excluded.append(at["key"])
                self._keep({"unsupported": at["key"], "reason": "the process died or hung"}, partial)
            elif tried == 1 and "cell" in at and self.options.peers:
                without.add(at["cell"])
            elif tried > 2 or not self.options.peers:
                raise Failure(f"a measuring process died at {at.get('at', 'its start')}: {words}")

    def _plan(self, threads, left):
        in_l2 = [
            [[c["op"], c["type"]], {name: t[0] for name, t in c["times"].items()}]
            for c in self.result["cells"]
            if c["size"] == "L2" and c["threads"] == threads
        ]
        return {"threads": threads, "cpus": machine.usable_cpus()[:threads], "caches": machine.caches(),
                "rounds": self.options.rounds, "budget": self.options.budget, "cells": left,
                "peers": self.options.peers, "formulas": self.options.formulas,
                "excluded": self.excluded, "in_l2": in_l2}


# ===----------------------------------------------------------------------===
# The command
# ===----------------------------------------------------------------------===


def words(allowed, convert=str):
    def parse(text):
        found = [convert(w) for w in text.split(",")]
        if unknown := [w for w in found if w not in allowed]:
            raise argparse.ArgumentTypeError(f"{unknown[0]}: not one of {', '.join(map(str, allowed))}")
        return [w for w in allowed if w in found]

    return parse


def parse(arguments):
    cpus = len(machine.usable_cpus())
    parser = argparse.ArgumentParser(
        prog="./dev bench",
        description="Measures every kernel beside those of other libraries and beside a copy: all in"
        " one process, side by side. Prints the tables and leaves JSON in build/bench.",
        epilog="With ./dev bench --peers, PyTorch, JAX, onnxruntime, OpenVINO and IREE are installed"
        " (6 GB) and take part. A full run takes half an hour.",
    )
    add = parser.add_argument
    add("--only", metavar="NAMES", help="ops, as regular expressions with commas between them: gelu.*,softmax")
    add("--types", type=words(TYPES), default=list(TYPES), help="of f32,bf16,f16 (all)")
    add("--sizes", type=words(SIZES), default=list(SIZES), help="of L2,L1,DRAM (all)")
    add("--threads", type=words(range(1, 65), int), default=[1, 2][:cpus], help="numbers of threads (1,2)")
    add("--peers", metavar="NAMES", nargs="?", const=",".join(PEERS), type=words(PEERS),
        default=[], help="peers to compare with, of those installed; all of them without NAMES")
    add("--formulas", action="store_true",
        help="peers that compile also run what they have no function for, written as its formula")
    add("--part", choices=tuple(PARTS), help="measure this only")
    add("--quick", action="store_true", help="one op of each shape, f32, in caches, no peers: seconds")
    add("--output", type=pathlib.Path, default=OUTPUT, help="the JSON (build/bench/performance.json)")
    add("--record", action="store_true", help="write docs/performance.md, its data and plots, too")
    add("--compare", type=pathlib.Path, metavar="OLD.json", help="list what differs from an earlier run")
    add("--resume", action="store_true", help="continue a run that was stopped")
    add("--show", action="store_true", help="measure nothing, print the tables of --output")
    options = parser.parse_args(arguments)
    options.budget, options.rounds = BUDGET, ROUNDS
    if options.quick:
        options.types, options.sizes, options.threads = ["f32"], ["L1", "L2"], [1]
        options.rounds, options.peers = 5, []
    if max(options.threads) > cpus:
        parser.error(f"--threads: this process may use {cpus} CPU(s)")
    return options


def read(path):
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise Failure(f"{path}: {error}")


def measure_part(part, options):
    """One of the parts in other files; not each knows all options."""
    measure = importlib.import_module(PARTS[part]).measure
    line = Progress(0)
    known = {"quick": options.quick, "only": options.only, "types": options.types,
             "progress": lambda text, *_: line.show(text)}
    taken = inspect.signature(measure).parameters
    try:
        return measure(**{name: value for name, value in known.items() if name in taken})
    except ValueError as error:
        raise Failure(f"{part}: {error}")


def run(options):
    if options.show:
        return read(options.output)
    parts = [options.part] if options.part else ["kernels"] if options.quick else list(PARTS)
    result, measured = {}, None
    if "kernels" in parts:
        measured = Run(options)
        result = measured.measure()
    else:
        result = {"about": about(options)}
    for part in parts:
        if part == "kernels":
            continue
        if not pathlib.Path(__file__).with_name(f"{PARTS[part]}.py").exists():
            if options.part:
                raise Failure(f"there is no part {part} yet")
            continue
        result[part] = measure_part(part, options)
    results.save(options.output, result)
    if measured:
        measured.finish()
    return result


def main(arguments=None):
    options = parse(arguments)
    # A run that is ended takes its processes with it.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        # Read first: it may be where the output goes.
        old = read(options.compare) if options.compare else None
        result = run(options)
        print(performance.document(result))
        if old:
            print(performance.compare(old, result))
        if options.record:
            performance.record(result)
        if not options.show:
            print(f"bench: wrote {os.path.relpath(options.output)}", file=sys.stderr)
    except (Failure, RuntimeError, OSError) as error:
        sys.exit(f"bench: {str(error).strip().splitlines()[0]}")
    except KeyboardInterrupt:
        print("\nbench: stopped; --resume continues", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
