# performance.py - what the benchmark found, as tables.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import importlib
import itertools
import json
import math
import pathlib
import sys

import kernels
import results
from entries import ROOT
from kernels import OWN

DOCUMENT = ROOT / "docs" / "performance.md"
DATA = ROOT / "docs" / "data" / "performance.json"
PLOTS = ROOT / "docs" / "plots"
TARGETS = json.loads(pathlib.Path(__file__).with_name("targets.json").read_text())
# What a whole run has; in L2 first, as what is found there tells which peers are
# worth their time.
SIZES = ("L2", "L1", "DRAM")
TYPES = ("f32", "bf16", "f16")
THREADS = (1, 2)
PARTS = {"kernels": None, "models": "model_speed", "ports": "port_bound", "compiler": "compiler_speed"}
HEADS = {"models": "Blocks of models", "ports": "Bounds by ports", "compiler": "The compiler"}
FURTHEST = 20
# Two runs agree if their ratios differ by no more than this.
AGREE = 1.10


# ===----------------------------------------------------------------------===
# Ratios
# ===----------------------------------------------------------------------===


def shapes():
    return {op.name: op.entry.shape for op in kernels.ops()}


class Cell:
    """A cell, and what is made of its times."""

    def __init__(self, data, result, shape):
        self.data, self.result, self.shape = data, result, shape
        self.op, self.type, self.size = data["op"], data["type"], data["size"]
        self.threads = data["threads"]
        self.times = {name: t[0] for name, t in data["times"].items()}
        self.ulp = data.get("ulp", {})

    @property
    def name(self):
        threads = "" if self.threads == 1 else f", {self.threads} threads"
        return f"{self.op} {self.type} {self.size}{threads}"

    @property
    def key(self):
        return self.op, self.type, self.size, self.threads

    @property
    def copy(self):
        return min(self.times[n] for n in ("copy", "copy_nt") if n in self.times)

    @property
    def bytes_per_element(self):
        """Read and written, per element of the first operand."""
        return self.data["bytes"] / math.prod(self.data["shape"])

    @property
    def to_copy(self):
        return self.times["act"] / self.copy

    @property
    def peers(self):
        return [n for n in self.times if n not in OWN]

    @property
    def leads(self):
        """By peer, how many times as fast as it we are: by the function that
        allocates its result if the peer does. The cost of small calls, allocation
        among it, is not part of the times in L1."""
        found = {}
        for name in self.peers:
            allocates = self.result["peers"][name]["allocates"] and self.size != "L1"
            found[name] = self.times[name] / self.times["act+alloc" if allocates else "act"]
        return found

    @property
    def lead(self):
        """Over the fastest peer: the worse of both ways to compare."""
        return min(self.leads.values(), default=None)

    @property
    def fastest(self):
        return min(self.leads, key=self.leads.get, default=None)

    @property
    def scaling(self):
        return self.times["act1"] / self.times["act"] if "act1" in self.times else None

    @property
    def need(self):
        """How many times as fast it has to become for its target; None if it has none."""
        target = {**TARGETS, **TARGETS.get(self.shape, {})}
        if self.size == "DRAM":
            return target["dram"] * self.to_copy
        if self.threads > 1:
            fma = scaling_of_fma(self.result, self.threads)
            return target["scaling"] * fma / self.scaling if fma else None
        need = self.to_copy / target["copy"]
        if need > 1 and self.data.get("lost"):
            return None  # it is not known how fast the fastest peer is
        return min(need, target["lead"] / self.lead) if self.lead else need


def scaling_of_fma(result, threads):
    found = sorted(s for n, s in result.get("fma", ()) if n == threads)
    return found[len(found) // 2] if found else None


def all_cells(result):
    known = shapes()
    return [Cell(c, result, known.get(c["op"], "")) for c in result.get("cells", ())]


# ===----------------------------------------------------------------------===
# Tables
# ===----------------------------------------------------------------------===


def number(value, digits=3):
    """Without an exponent."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if abs(value) >= 1e5:
        return f"{value:.1e}"
    if abs(value) >= 10 ** (digits - 1):
        return f"{value:.0f}"
    text = f"{value:.{digits}g}"
    return f"{value:.4f}".rstrip("0") if "e" in text else text


def some(values, share):
    """The value below which that share of the sorted ones is."""
    return number(values[min(len(values) - 1, int(share * len(values)))])


def peer_names(result):
    used = {n for c in result.get("cells", ()) for n in c["times"]} - set(OWN)
    return [n for n in result.get("peers", ()) if n in used]


def met(value):
    """Marks what reaches its target."""
    return f"{number(value, 3)}" + (" ✓" if value is not None and value <= 1 else "")


def main_table(cells, result, type_):
    """L2, one thread."""
    peers = peer_names(result)
    head = ["op", "act", "act+alloc", "copy", *peers, "× fastest peer", "× copy", "need"]
    head += ["ULP act", *(f"ULP {p}" for p in peers)]
    rows = []
    for c in cells:
        times = [number(c.times.get(p)) + ("" if p != c.fastest else "°") for p in peers]
        rows.append(
            [c.op, number(c.times["act"]), number(c.times["act+alloc"]), number(c.copy), *times]
            + [number(c.lead), number(c.to_copy), met(c.need)]
            + [number(c.ulp.get(n), 2) for n in ("act", *peers)]
        )
    return results.table(head, rows)


def ratios(cell):
    if cell is None:
        return ["–"] * 3
    lost, slow = cell.data.get("lost"), cell.data.get("slow")
    lead = "≤ " * bool(lost and cell.lead) + number(cell.lead) + "*" * bool(slow) + "†" * bool(lost)
    return [lead, number(cell.to_copy), met(cell.need)]


def compact_table(cells, types, threads, size):
    """Ratios of all types beside each other."""
    found = {c.key: c for c in cells}
    head, rows = ["op"], []
    types = [t for t in types if any(k[1:] == (t, size, threads) for k in found)]
    if not types:
        return None
    scaling = threads > 1 and size != "DRAM"
    for t in types:
        head += [f"{t} × peer", "× copy"] + (["scaling"] if scaling else []) + ["need"]
    for op in dict.fromkeys(c.op for c in cells):
        row = [op]
        for t in types:
            cell = found.get((op, t, size, threads))
            values = ratios(cell)
            if scaling:
                values.insert(2, number(cell.scaling if cell else None))
            row += values
        rows.append(row)
    return results.table(head, rows)


def calls_table(result):
    """Costs of calls in nanoseconds, of the first type."""
    calls = result.get("calls", ())
    names = [n for n in ("act", "act+alloc", "copy") if calls] + peer_names(result)
    rows = [
        [f"{c['shape']}, {c['operands']} operand(s), {c['type']}, {c['threads']} thread(s)"]
        + [number(c["times"].get(n), 4) for n in names]
        for c in calls
        if c["type"] == calls[0]["type"]
    ]
    return results.table(["call of", *names], rows)


def furthest(cells, count=FURTHEST):
    found = sorted((c for c in cells if c.need and c.need > 1), key=lambda c: -c.need)
    rows = [
        [c.name, number(c.need), number(c.times["act"]), number(c.to_copy)]
        + [f"{c.fastest} {number(c.lead)}" if c.fastest else "–", number(c.scaling)]
        for c in found[:count]
    ]
    head = ["cell", "need", "ns per element", "× copy", "× fastest peer", "scaling"]
    return results.table(head, rows) if rows else "None.\n"


def summary(cells):
    """How many cells of each kind are where they should be."""
    kinds = {}
    for c in cells:
        if c.need:
            kinds.setdefault((c.size, c.threads), []).append(c.need)
    rows = []
    for (size, threads), needs in kinds.items():
        needs.sort()
        reached = sum(n <= 1 for n in needs)
        shares = [some(needs, share) for share in (0.5, 0.9, 1)]
        rows.append([f"{size}, {threads} thread(s)", len(needs), reached, *shares])
    return results.table(["cells", "all", "on target", "median need", "90%", "largest"], rows)


def noise(cells):
    """How quiet the machine was."""
    over = sorted(t[1] / t[0] for c in cells for t in c.data["times"].values() if t[2] > 1)
    return (f"The median of the rounds is {some(over, 0.5)} times the least in half of all"
            f" measurements, up to {some(over, 0.9)} times in 90% and {some(over, 0.99)} in 99%.\n")


METHOD = """\
Times are in nanoseconds per element of the first operand, the least of all rounds. Every contender
of a cell is in the same process, on the same CPUs, and has its turn in every round. All arrays of
an op together fill half of the first or second cache; in DRAM each is four times the last cache,
at least 256 MiB. Rows are of {length} elements, of fewer where they would not fit. Inputs are normal with a deviation of 4.

- **act** writes into a buffer it is given; **act+alloc** returns a new buffer, which is freed.
  A peer whose calls return new buffers is compared with the latter, another one with the former;
  **× fastest peer** is the least of these ratios (°: the peer), above 1 where we are faster.
- **copy** reads and writes as much in as many streams: a loop of vectors, in DRAM also one with
  stores past the caches; the faster one counts. **× copy** is our time over that of the copy.
- All calls are made from Python; what that costs is in a table below. In caches it is subtracted from
  the times of peers, which are left out (†) where it is more than half of them, and ours are repeated
  in C instead; in DRAM nothing is subtracted.
- **need** is how many times as fast a kernel has to become (✓: it is on target): {lead} times the speed
  of the fastest peer ({row_lead} times for rows) or {copy} times the time of the copy, whichever is easier; in
  DRAM {dram} of the speed of the copy; on several threads {scaling} of the scaling of a loop of FMAs.
- **ULP** is the largest error in a sample of the input, apart from where the function crosses
  zero, and of rows where a result is below 1/16 of the largest. Fast and wrong is no win.
- In DRAM a contender is called three times at most, a slow one once, and of the peers only the
  two that are fastest in L2 (*: there are others). Whatever is freed stays with the C library, so
  that nobody is timed while pages are mapped.
"""


def document(result):
    """The tables as a document."""
    cells = all_cells(result)
    about = result["about"]
    lines = ["<!-- Written by ./dev bench --record. Do not edit. -->", "# Performance", ""]
    sizes = ", ".join(f"{k} {v >> 10} KiB" for k, v in about["caches"].items())
    features = ", ".join([about["target"], *about["features"]])
    lines += [f"{about['cpu']} ({features}), {about['cpus']} CPU(s), caches: {sizes}; {about['system']}, "
              f"LLVM {about['llvm']}, Python {about['python']}; {about['date']}, {about['commit']}.", ""]
    for again in result.get("again", []):
        size, threads = again["where"]
        lines += [f"{size} with {threads} thread(s): {again['date']}, {again['commit']}.", ""]
    if versions := [p["version"] for p in result.get("peers", {}).values()]:
        lines += [f"Peers: {', '.join(dict.fromkeys(versions))}.", ""]
        if about.get("formulas"):
            lines += ["Those that compile run the formula of an op that they have no function for.", ""]
    for name, reason in result.get("missing", {}).items():
        lines += [f"Without {name}: {reason}.", ""]
    for name, reason in result.get("skipped", {}).items():
        lines += [f"Nothing is measured in {name}: {reason}.", ""]
    if cells:
        lines += _of_kernels(cells, result)
    for part, head in HEADS.items():
        if part in result:
            lines += [f"## {head}", ""]
            if then := result[part].get("about"):
                where = f" on {then['cpu']}" if then.get("cpu", about["cpu"]) != about["cpu"] else ""
                lines += [f"Measured{where}, {then['date']}, {then['commit']}.", ""]
            lines += [importlib.import_module(PARTS[part]).table(result[part])]
    return "\n".join(lines).rstrip() + "\n"


def _of_kernels(cells, result):
    rows = TARGETS["row"]["lead"]
    lines = ["## How it is measured", METHOD.format(length=1024, row_lead=rows, **TARGETS)]
    lines += ["## Overview", summary(cells), noise(cells)]
    for threads in sorted({c.threads for c in cells} - {1}):
        if fma := scaling_of_fma(result, threads):
            lines += [f"A loop of FMAs is {number(fma)} times as fast on {threads} threads.", ""]
    types = list(dict.fromkeys(c.type for c in cells))
    lines += ["## Furthest from target"]
    for size in dict.fromkeys(c.size for c in cells):
        chosen = [c for c in cells if c.size == size]
        lines += [f"### {size}", furthest([c for c in chosen if c.lead])]
        if alone := [c for c in chosen if not c.lead]:
            lines += ["What no peer has, or not measurably, beside a copy alone:", "", furthest(alone, FURTHEST // 2)]
    for type_ in types:
        chosen = [c for c in cells if (c.type, c.size, c.threads) == (type_, "L2", 1)]
        if chosen:
            lines += [f"## {type_}, L2, one thread", main_table(chosen, result, type_)]
    for threads in sorted({c.threads for c in cells}):
        for size in dict.fromkeys(c.size for c in cells):
            if (size, threads) != ("L2", 1) and (text := compact_table(cells, types, threads, size)):
                of = "one thread" if threads == 1 else f"{threads} threads"
                lines += [f"## {size}, {of}", text]
    lines += ["## Calls", "In nanoseconds, for 16 elements.", "", calls_table(result)]
    if result["unsupported"]:
        lines += ["## What peers do not have", ""]
        for peer, reasons in result["unsupported"].items():
            lacks = [n for names in reasons.values() for n in names]
            lines.append(f"- {peer}: {ops_of(lacks, types)}")
        lines += ["", "The data has the reasons.", ""]
    return lines


def ops_of(names, types):
    """Ops, with their types where not all of them are meant."""
    by_op = {}
    for name in names:
        op, type_ = name.rsplit(" ", 1)
        by_op.setdefault(op, set()).add(type_)
    texts = [
        op if found >= set(types) else f"{op} ({', '.join(sorted(found))})"
        for op, found in sorted(by_op.items())
    ]
    return ", ".join(texts)


def absent(result):
    """Names of cells that a whole run has and this one lacks."""
    found = {c.key for c in all_cells(result)}
    wanted = itertools.product((op.name for op in kernels.ops()), TYPES, SIZES, THREADS)
    return [f"{op} {t} {size}, {n} thread(s)" for op, t, size, n in wanted if (op, t, size, n) not in found]


def pictures(names):
    return "\n## Plots\n" + "".join(f"![{n}](plots/{n}.svg)\n" for n in names) if names else ""


def beside(kept, result):
    """What is kept, but for the cells that were measured again."""
    place = lambda cell: (cell["op"], cell["type"], cell["size"], cell["threads"])
    again = {place(cell): cell for cell in result["cells"]}
    where = sorted({(cell["size"], cell["threads"]) for cell in result["cells"]})
    about = {key: result["about"][key] for key in ("date", "commit")}
    before = [a for a in kept.get("again", []) if a["where"] not in map(list, where)]
    return {
        **kept,
        "cells": [again.get(place(cell), cell) for cell in kept["cells"]],
        "again": before + [{"where": list(w), **about} for w in where],
    }


def record(result, part=None):
    """What is checked in: of a whole run, or of one part, beside what is there."""
    if part and part != "kernels":
        kept = json.loads(DATA.read_text(encoding="utf-8"))
        about = {key: result["about"][key] for key in ("date", "commit", "cpu")}
        later = {} if about.items() <= kept["about"].items() else {"about": about}
        result = {**kept, part: {**result[part], **later}}
    elif part and DATA.exists():
        kept = json.loads(DATA.read_text(encoding="utf-8"))
        about = {key: kept["about"][key] for key in ("date", "commit", "cpu")}
        if about["cpu"] != result["about"]["cpu"]:
            raise ValueError("--record: the rest was measured on another CPU")
        if absent(result):
            result = beside(kept, result)
        else:
            result = {**result, **{p: {"about": about, **kept[p]} for p in HEADS if p in kept}}
    if lacks := absent(result):
        raise ValueError(f"--record: {len(lacks)} cells are missing, {lacks[0]} among them")
    # As who reads the data sees it.
    result = json.loads(json.dumps(result))
    text, names = document(result), []
    try:
        import plots
    except ImportError as error:
        words = results.first_line(error)
        print(f"bench: no plots: {words}; ./dev bench --peers installs what they need", file=sys.stderr)
    else:
        names = plots.draw(result, all_cells(result), PLOTS)
    results.save(DATA, result)
    results.write(DOCUMENT, text + pictures(names))
    print("bench: wrote docs/performance.md and its data", file=sys.stderr)
    return result


# ===----------------------------------------------------------------------===
# Comparison of runs
# ===----------------------------------------------------------------------===


def compare(old, new):
    """What differs between two runs, in ratios: absolute times mean little."""
    before = {c.key: c for c in all_cells(old)}
    pairs = [(before[c.key], c) for c in all_cells(new) if c.key in before]
    if not pairs:
        return "No cell is in both runs.\n"
    changes, rows = [], []
    for a, b in pairs:
        for what in ("to_copy", "lead"):
            x, y = getattr(a, what), getattr(b, what)
            if not x or not y:
                continue
            changes.append(max(x / y, y / x))
            if changes[-1] > AGREE:
                words = {"to_copy": "× copy", "lead": "× fastest peer"}[what]
                rows.append((changes[-1], [b.name, words, number(x), number(y), number(y / x)]))
    changes.sort()
    if not changes:
        return "No ratio is in both runs.\n"
    median, most, nearly, largest = (some(changes, share) for share in (0.5, 0.9, 0.99, 1))
    lines = [f"{len(changes)} ratios in both runs; factors between them: median {median}, "
             f"90% {most}, 99% {nearly}, largest {largest}.",
             f"{len(rows)} differ by more than {AGREE - 1:.0%}.", ""]
    rows.sort(key=lambda row: -row[0])
    if rows:
        lines.append(results.table(["cell", "ratio", "old", "new", "new/old"], [r for _, r in rows]))
    return "\n".join(lines)
