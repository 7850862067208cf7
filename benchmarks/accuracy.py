#!/usr/bin/env python3
# accuracy.py - measures the error of every op, on every input where there are few enough.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Measures the error of every op, compiled for this machine, against its reference.

f32, one operand: all 2^32 bit patterns; gated: 10^8 pairs. f16, bf16: all 65,536
inputs, gated: a million pairs. f64: 10^7 inputs or pairs. Row-wise: seeded random
rows. Double decides, and MPFR what double cannot: see oracle.h. Each measurement is
kept under build/accuracy until the compiler, the op or the oracle changes, so that
a run that was interrupted goes on where it stopped."""

import argparse
import pathlib
import re
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "utils"))

import accuracy_peers
import machine
import numpy as np
import oracle
import results
from entries import BUILD, ROOT, entries, setting_name
from measure_errors import FULL, QUICK, THREADS, Cell, measure
from ulp import TYPES

CELLS = BUILD / "accuracy"


class Progress:
    """A bar on stderr: cells done, the share of the current one, time left."""

    def __init__(self, weights):
        self.weights, self.done, self.start = weights, 0.0, time.monotonic()
        self.shown = 0.0

    def show(self, name, share):
        now = time.monotonic()
        if now - self.shown < (0.5 if sys.stderr.isatty() else 30):
            return
        self.shown = now
        part = (self.done + share * self.weights.get(name, 0)) / max(sum(self.weights.values()), 1e-9)
        left = (now - self.start) * (1 - part) / part if part > 0.001 else float("nan")
        bar = "#" * int(30 * part)
        text = f"[{bar:30}] {100 * part:5.1f}%  {left / 60:5.1f} min left  {name:40.40}"
        print(text, end="\r" if sys.stderr.isatty() else "\n", file=sys.stderr, flush=True)

    def finish(self, name):
        self.done += self.weights.pop(name, 0)
        self.weights[""] = self.done


def cells_of(only, types):
    pattern = re.compile(only or "")
    for entry in entries():
        for setting in entry.forms:
            if pattern.search(setting_name(entry, setting)):
                yield from (Cell(entry, setting, TYPES[t]) for t in types)


def weight(cell):
    """About how long a cell takes, to tell the time left."""
    if cell.type.name == "f64":
        return {"unary": 12, "gated": 20}.get(cell.entry.shape, 1)
    if cell.type.name == "f32" and cell.entry.shape == "unary":
        return 18
    return 1


def run(arguments):
    scope = QUICK if arguments.quick else FULL
    chosen = list(cells_of(arguments.only, arguments.types))
    if not chosen:
        sys.exit(f"accuracy.py: no op matches {arguments.only!r}")
    found, versions = [], {}
    if arguments.peers:
        import peers

        found, missing = peers.load(accuracy_peers.NAMES, THREADS)
        versions = {p.name: p.version for p in found}
        for name, reason in missing.items():
            print(f"without {name}: {reason}", file=sys.stderr)
    progress = Progress({c.name: weight(c) for c in chosen})
    found_errors = []
    for cell in chosen:
        found_errors.append(measured(cell, scope, found, versions, arguments, progress))
        progress.finish(cell.name)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return {
        "machine": machine.describe(),
        "peers": versions,
        "scope": scope,
        "edges": [e for e in oracle.EDGES if np.isfinite(e)],
        "cells": found_errors,
    }


def measured(cell, scope, found, versions, arguments, progress):
    """One measurement, from build/accuracy if it is there."""
    path = CELLS / f"{cell.name}{'-quick' if arguments.quick else ''}.json"
    key = cell.key(scope)
    known = results.load(path) if path.exists() and not arguments.fresh else {}
    if known.get("key") != key:
        start = time.monotonic()
        with np.errstate(all="ignore"):
            known = measure(cell, scope, lambda share: progress.show(cell.name, share))
        known = {"key": key, "op": cell.entry.mnemonic, "setting": cell.setting, "type": cell.type.name, **known}
        known["seconds"] = round(time.monotonic() - start, 1)
        results.save(path, known)
    if found and cell.type.name != "f64" and cell.entry.shape != "broadcast" and known.get("peer_versions") != versions:
        with np.errstate(all="ignore"):
            known["peers"] = accuracy_peers.measure(cell, found)
        known["peer_versions"] = versions
        results.save(path, known)
    progress.show(cell.name, 1)
    return {k: v for k, v in known.items() if k not in ("key", "peer_versions")}


def parse(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="REGEX", help="ops whose name, with its parameters, matches: gelu, ^relu$, approximate=tanh")
    parser.add_argument("--types", default="f32,f16,bf16,f64", type=lambda t: t.split(","), help="default: %(default)s")
    parser.add_argument("--quick", action="store_true", help="a thin slice of the inputs: about a minute")
    parser.add_argument("--peers", action="store_true", help="PyTorch, oneDNN, XLA, onnxruntime and OpenVINO on some of the same inputs")
    parser.add_argument("--fresh", action="store_true", help="measure again what was measured before")
    parser.add_argument("--output", type=pathlib.Path, default=CELLS / "accuracy.json", help="default: build/accuracy/accuracy.json")
    parser.add_argument("--record", action="store_true", help="write docs/data/accuracy.json and docs/accuracy.md too")
    chosen = parser.parse_args(arguments)
    unknown = [t for t in chosen.types if t not in TYPES]
    if unknown:
        parser.error(f"unknown type {unknown[0]}; there are {', '.join(TYPES)}")
    try:
        re.compile(chosen.only or "")
    except re.error as error:
        parser.error(f"--only: {error}")
    if chosen.record and (chosen.only or chosen.quick):
        parser.error("--record is for whole runs")
    return chosen


def main(arguments=None):
    import accuracy_report

    chosen = parse(arguments)
    try:
        report = run(chosen)
    except KeyboardInterrupt:
        sys.exit("\ninterrupted; what was measured is kept")
    results.save(chosen.output, report)
    print(accuracy_report.short(report))
    print(f"wrote {chosen.output}")
    if chosen.record:
        for path in accuracy_report.record(report):
            print(f"wrote {path.relative_to(ROOT)}")
    wrong = [c for c in report["cells"] if c["exceeded"]]
    for c in wrong:
        place = ", ".join(f"{v!r}" for v in c["share_at"])
        print(
            f"{c['op']} {c['type']}: {c['exceeded']} of {c['count']} results beyond the bound, "
            f"the worst {c['share']:.4g} times it, at {place}",
            file=sys.stderr,
        )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
