#!/usr/bin/env python3
# accuracy.py - measures the error of every op, on every input where there are few enough.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Measures the error of every op, compiled for this machine, against its reference.

f32, one operand: all 2^32 bit patterns; gated: 10^8 pairs. f16, bf16: all 65,536
inputs, gated: a million pairs. f64: 10^7 inputs or pairs. Row-wise: seeded random
rows. Double decides, and MPFR what double cannot: see Oracle.h. Each measurement is
kept under build/accuracy until the compiler, the op or the oracle changes, so that
a run that was interrupted goes on where it stopped."""

import argparse
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "utils"))

import accuracy_peers
import machine
import numpy as np
import oracle
import results
from entries import BUILD, ROOT, matching
from measure_errors import DOUBT, FULL, QUICK, THREADS, Cell, measure
from progress import Line
from ulp import TYPES

CELLS = BUILD / "accuracy"


class Progress:
    """A bar on stderr: the share of all that is done, and the time left."""

    def __init__(self, weights):
        self.weights, self.done, self.start = weights, 0.0, time.monotonic()
        self.total, self.line = max(sum(weights.values()), 1e-9), Line(30)

    def show(self, name, share):
        part = (self.done + share * self.weights[name]) / self.total
        spent = time.monotonic() - self.start
        left = f"{spent * (1 - part) / part / 60:5.1f} min left" if part > 0.001 else ""
        bar = "#" * int(30 * part)
        self.line.show(f"[{bar:30}] {100 * part:5.1f}%  {left:14}  {name:40.40}")

    def finish(self, name):
        self.done += self.weights[name]


def cells_of(only, types):
    return [Cell(entry, setting, TYPES[t]) for entry, setting in matching(only) for t in types]


def weight(cell):
    """About how long a cell takes, to tell the time left."""
    if cell.type.name == "f64":
        return {"unary": 12, "gated": 20}.get(cell.entry.shape, 1)
    if cell.type.name == "f32" and cell.entry.shape == "unary":
        return 18
    return 1


def run(arguments):
    scope = QUICK if arguments.quick else FULL
    chosen = cells_of(arguments.only, arguments.types)
    found, versions = [], {}
    if arguments.peers:
        import peers

        found, missing = peers.load(accuracy_peers.NAMES, THREADS)
        versions = {p.name: p.version for p in found}
        for name, reason in missing.items():
            print(f"without {name}: {reason}", file=sys.stderr)
    known = {c.name: kept(c, scope, arguments) for c in chosen}
    progress = Progress({c.name: 0 if known[c.name] else weight(c) for c in chosen})
    measured = []
    for cell in chosen:
        measured.append(one(cell, known[cell.name], scope, found, versions, arguments, progress))
        progress.finish(cell.name)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return {
        "machine": machine.describe(),
        "peers": versions,
        "scope": scope,
        "edges": [e for e in oracle.EDGES if np.isfinite(e)],
        "cells": measured,
    }


def path_of(cell, arguments):
    return CELLS / f"{cell.name}{'-quick' if arguments.quick else ''}.json"


def kept(cell, scope, arguments):
    """What was measured before and would be the same again, or None."""
    path = path_of(cell, arguments)
    if arguments.fresh or not path.exists():
        return None
    known = results.load(path)
    return known if known.get("key") == cell.key(scope) else None


def one(cell, known, scope, found, versions, arguments, progress):
    """One measurement, and the peers' beside it."""
    path = path_of(cell, arguments)
    if known is None:
        start = time.monotonic()
        with np.errstate(all="ignore"):
            known = measure(cell, scope, lambda share: progress.show(cell.name, share))
        known = {"op": cell.entry.mnemonic, "setting": cell.setting, "type": cell.type.name, **known}
        known = {"key": cell.key(scope), **known, "seconds": round(time.monotonic() - start, 1)}
        results.save(path, known)
    if found and cell.type.name != "f64":
        key = accuracy_peers.key(versions)
        if known.get("peer_key") != key:
            # A peer that takes the process with it is not asked a second time.
            known.update(peer_key=key, peers={})
            results.save(path, known)
            with np.errstate(all="ignore"):
                known["peers"] = accuracy_peers.measure(cell, found)
            results.save(path, known)
    progress.show(cell.name, 1)
    hidden = {"key", "peer_key"} | (set() if found else {"peers"})
    return {k: v for k, v in known.items() if k not in hidden}


def parse(arguments=None):
    parser = argparse.ArgumentParser(prog="./dev accuracy", allow_abbrev=False, description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
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
        matching(chosen.only)
    except ValueError as error:
        parser.error(f"--only: {error}")
    if chosen.record and (chosen.only or chosen.quick or len(chosen.types) < len(TYPES) or not chosen.peers):
        parser.error("--record is for whole runs with --peers")
    return chosen


def main(arguments=None):
    import accuracy_report

    chosen = parse(arguments)
    try:
        report = run(chosen)
    except KeyboardInterrupt:
        sys.exit("\ninterrupted; what was measured is kept")
    except (RuntimeError, OSError) as error:
        lines = [line for line in str(error).splitlines() if "error" in line]
        sys.exit(f"accuracy.py: {(lines or str(error).splitlines() or [type(error).__name__])[0]}")
    results.save(chosen.output, report)
    if chosen.record:
        for path in accuracy_report.record(report):
            print(f"wrote {path.relative_to(ROOT)}")
    print(accuracy_report.short(report))
    print(f"wrote {chosen.output}")
    doubtful = [c for c in report["cells"] if c["type"] == "f32" and c.get("doubt", 0) >= DOUBT]
    for c in doubtful:
        print(f"{c['op']} {c['type']}: double misjudges errors by {c['doubt']:.1e} ULP", file=sys.stderr)
    wrong = [c for c in report["cells"] if c["exceeded"]]
    for c in wrong:
        place = ", ".join(f"{v!r}" for v in c["share_at"])
        print(
            f"{c['op']} {c['type']}: {c['exceeded']} of {c['count']} results beyond the bound, "
            f"the worst {c['share']:.4g} times it, at {place}",
            file=sys.stderr,
        )
    return 1 if wrong or doubtful else 0


if __name__ == "__main__":
    sys.exit(main())
