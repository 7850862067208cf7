#!/usr/bin/env python3
# bench.py - how fast kernels are beside those of others and beside a copy.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import argparse
import contextlib
import importlib
import inspect
import json
import os
import pathlib
import queue
import signal
import subprocess
import sys
import threading
import time

import contest
import kernels
import machine
import peers
import performance
import results
from progress import Line
import ulp
from entries import BUILD
from performance import PARTS, SIZES, TYPES

OUTPUT = BUILD / "bench" / "performance.json"
# Milliseconds for a contender in a cell, and into how many rounds they go.
BUDGET, ROUNDS = 12, 12
# A process that is silent for so many seconds is ended.
SILENCE = 300
# What a resumed run has to have in common with the one that was stopped.
SAME = ("commit", "cpu", "caches", "llvm", "compiler", "rounds", "budget_ms", "formulas",
        "types", "sizes", "threads", "only", "quick", "peers")
DIED = "the process died or hung"


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
    try:
        found = kernels.ops(options.only)
    except ValueError as error:
        raise Failure(f"--only: {error}")
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


def without_memory(caches):
    """Why nothing is measured in DRAM, or None. An op has four arrays at most, and
    peers that hold copies have their turn after one another."""
    size = contest.dram_bytes(caches)
    available = machine.available_memory()
    if available and 4 * size > 3 * available // 4:
        return f"four arrays of {size >> 20} MiB do not fit in 3/4 of {available >> 20} MiB of memory"
    return None


def header(options):
    """What the lines of an unfinished run belong to."""
    asked = {name: getattr(options, name) for name in SAME if hasattr(options, name)}
    found = {**about(options), **asked}
    return {name: found[name] for name in SAME}


def key(cell, threads):
    return cell["op"], cell["type"], cell["size"], threads


# ===----------------------------------------------------------------------===
# Processes
# ===----------------------------------------------------------------------===


class Worker:
    """A process that measures on some CPUs; every library in it sees those only."""

    command = (sys.executable, pathlib.Path(__file__).with_name("contest.py"))

    def __init__(self, plan):
        environment = {**os.environ, **machine.STEADY_MALLOC, "OMP_NUM_THREADS": str(plan["threads"])}
        affinity = None
        if hasattr(os, "sched_setaffinity"):
            affinity = lambda: os.sched_setaffinity(0, plan["cpus"])
        self.log = BUILD / "bench" / "worker.log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with open(self.log, "w") as errors:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=environment,
                preexec_fn=affinity,
                start_new_session=True,
            )
        # One that is dead already is noticed by its silence.
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(plan) + "\n")
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        try:
            for line in self.process.stdout:
                self.lines.put(json.loads(line))
        except ValueError:
            pass  # half a line: the process died while it wrote
        finally:
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
        # With it end the compilers that it has started: they are in its session.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def last_words(self):
        text = self.log.read_text(encoding="utf-8", errors="replace")
        lines = [line for line in text.splitlines() if line.strip()]
        return results.first_line(lines[-1]) if lines else "no message"


class Progress:
    """One line on stderr."""

    def __init__(self, total, done=0):
        self.total, self.done, self.before = total, done, done
        self.start, self.line = time.monotonic(), Line(15)

    def show(self, text, final=False):
        eta = ""
        if self.done > self.before:
            rate = (time.monotonic() - self.start) / (self.done - self.before)
            left = rate * (self.total - self.done)
            eta = f", {int(left // 60)}:{int(left % 60):02} left"
        counts = f"{self.done}/{self.total}{eta}: " if self.total else ""
        self.line.show(f"bench: {counts}{text}", final)


class Run:
    """All cells of a run, in as many processes as that takes."""

    def __init__(self, options):
        self.options = options
        self.kept = [{"header": header(options)}]
        self.excluded, self.skipped = [], {}
        if "DRAM" in options.sizes and (reason := without_memory(machine.caches())):
            options.sizes = [s for s in options.sizes if s != "DRAM"]
            self.skipped["DRAM"] = reason
            if not options.sizes:
                raise Failure(f"DRAM: {reason}")
        self.plan = cells(options)
        self.partial = options.output.with_suffix(".partial")
        self.result = {"about": about(options), "peers": {}, "missing": {}, "unsupported": {},
                       "skipped": self.skipped, "fma": [], "calls": [], "cells": []}
        if options.resume:
            self._resume()

    def _resume(self):
        """Cells that were finished before, by a run like this one."""
        if not self.partial.exists():
            raise Failure(f"--resume: there is no {self.partial.name}")
        messages = []
        for line in self.partial.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                messages.append(json.loads(line))
            except ValueError:
                break  # the last line of a run that was killed
        before, now = (messages[0].get("header", {}) if messages else {}), self.kept[0]["header"]
        if differs := [name for name in SAME if before.get(name) != now[name]]:
            raise Failure(f"--resume: the run that was stopped had another {', '.join(differs)}")
        self.kept = messages
        for message in messages[1:]:
            self._take(message)
            if message.get("reason") == DIED:
                self.excluded.append(message["unsupported"])
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
            kernels.Kernels(chosen_ops(self.options), ulp.TYPES[type_])
        kernels.harness()
        lines = [json.dumps(message, separators=(",", ":")) for message in self.kept]
        results.write(self.partial, "\n".join(lines) + "\n")
        with open(self.partial, "a", encoding="utf-8") as partial:
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
                self._keep({"unsupported": at["key"], "reason": DIED}, partial)
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
        allow_abbrev=False,
        description="Measures every kernel beside those of other libraries and beside a copy: all in"
        " one process, side by side. Prints the tables and leaves JSON in build/bench.",
        epilog="With ./dev bench --peers, PyTorch, JAX, onnxruntime, OpenVINO and IREE are installed"
        " (6 GB) and take part. A full run takes half an hour.",
    )
    add = parser.add_argument
    add("--only", metavar="REGEX", help="ops in whose names it is found (^gelu$ for one), as in the"
        " tables; without --part, of the kernels alone")
    add("--types", type=words(TYPES), help="of f32,bf16,f16 (all)")
    add("--sizes", type=words(SIZES), help="of L2,L1,DRAM (all)")
    add("--threads", type=words(range(1, 65), int), help="numbers of threads (1,2)")
    add("--peers", metavar="NAMES", nargs="?", const=",".join(peers.NAMES), type=words(peers.NAMES),
        default=[], help="peers to compare with, of those installed; all of them without NAMES")
    add("--formulas", action="store_true",
        help="peers that can compose or compile functions also take part where they have none of that"
        " name, with its formula")
    add("--part", choices=tuple(PARTS), help="measure this only")
    add("--quick", action="store_true", help="one op of each shape, f32, in caches, no peers: seconds")
    add("--output", type=pathlib.Path, default=OUTPUT, help="the JSON (build/bench/performance.json)")
    add("--record", action="store_true",
        help="write docs/performance.md, its data and plots, too; with --part, that part of them; with"
        " --part kernels, also some --sizes or --threads beside what was measured of the others")
    add("--compare", type=pathlib.Path, metavar="OLD.json", help="list what differs from an earlier run")
    add("--resume", action="store_true", help="continue a run that was stopped")
    add("--show", action="store_true", help="measure nothing, print the tables of --output")
    options = parser.parse_args(arguments)
    narrow = [n for n in ("quick", "only", "types", "sizes", "threads") if getattr(options, n)]
    # Sizes and numbers of threads can be measured again, one after the other.
    again = ("sizes", "threads") if options.part == "kernels" else ()
    if options.record and (narrow_for := [n for n in narrow if n not in again]):
        parser.error(f"--record is of a whole run: not with --{narrow_for[0]}")
    if options.quick and options.peers:
        parser.error("--quick is without peers")
    options.budget, options.rounds = BUDGET, ROUNDS
    if options.quick:
        options.types, options.sizes, options.threads = ["f32"], ["L1", "L2"], [1]
        options.rounds = 5
    options.types = options.types or list(TYPES)
    options.sizes = options.sizes or list(SIZES)
    options.threads = options.threads or [1, 2][:cpus]
    if max(options.threads) > cpus:
        parser.error(f"--threads: this process may use {cpus} CPU(s)")
    return options


def read(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Failure(f"{path}: {error}")


def measure_part(part, options):
    """One of the parts in other files; not each knows all options."""
    measure = importlib.import_module(PARTS[part]).measure
    line = Progress(0)
    chosen = list(dict.fromkeys(op.entry for op in chosen_ops(options)))
    known = {"quick": options.quick, "chosen": chosen, "types": options.types,
             "peers": options.peers, "progress": lambda text, *_: line.show(text)}
    taken = inspect.signature(measure).parameters
    return measure(**{name: value for name, value in known.items() if name in taken})


def run(options):
    if options.show:
        return read(options.output)
    alone = options.quick or options.only
    parts = [options.part] if options.part else ["kernels"] if alone else list(PARTS)
    result, measured = {"about": about(options)}, None
    for part in parts:
        if part == "kernels":
            measured = Run(options)
            result = measured.measure()
        else:
            try:
                result[part] = measure_part(part, options)
            except (RuntimeError, OSError, ValueError, subprocess.CalledProcessError) as error:
                if options.part:
                    raise Failure(f"{part}: {results.first_line(error)}")
                # What was measured before is not lost for that.
                result[part] = {"skipped": results.first_line(error)}
                print(f"bench: without {part}: {result[part]['skipped']}", file=sys.stderr)
        results.save(options.output, result)
    if measured:
        measured.finish()
    return result


def show(text):
    """Prints, also where signs are missing or nobody reads."""
    try:
        sys.stdout.reconfigure(errors="replace")
        print(text, flush=True)
    except (OSError, ValueError, AttributeError):
        # What is left is not to fail once more when Python ends.
        sys.stdout = open(os.devnull, "w")


def main(arguments=None):
    options = parse(arguments)
    # A run that is ended takes its processes with it.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        # Read first: it may be where the output goes.
        old = read(options.compare) if options.compare else None
        result = run(options)
        if options.record:
            result = performance.record(result, options.part)
        show(performance.document(result))
        if old:
            show(performance.compare(old, result))
        if not options.show:
            print(f"bench: wrote {os.path.relpath(options.output)}", file=sys.stderr)
    except (Failure, RuntimeError, OSError, ValueError) as error:
        sys.exit(f"bench: {results.first_line(error)}")
    except KeyboardInterrupt:
        partial = options.output.with_suffix(".partial").exists()
        print("\nbench: stopped" + "; --resume continues" * partial, file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
