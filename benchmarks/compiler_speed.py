# compiler_speed.py - how long the compiler takes.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How long the compiler takes: start-up, one op, one kernel from its text to a
call, and modules that grow.

Times are wall time of whole processes, the least and the median of several runs,
unless they are said to be differences of two such times. Nothing is pinned: act-opt
uses the cores that there are. Modules of n ops come in three shapes:

functions  n functions of one op each, going round all entries: what a library of
           kernels is, and what the target (10,000 ops take at most 100 times as
           long as 100) is held to
buffers    one function, in which every op reads one buffer and writes another:
           n loops behind one another, as between the matmuls of a model
chain      one function, in which every op reads the result of the one before: all
           of them become one loop. No model has that; it shows what grows faster
           than the module
"""

import argparse
import contextlib
import math
import os
import pathlib
import re
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "utils"))

import results  # noqa: E402
from entries import BUILD, entries, matching, one_of_each_shape  # noqa: E402
from progress import countdown  # noqa: E402
from run_kernel import buffer_function  # noqa: E402

SIZES = (100, 300, 1000, 10_000)
QUICK_SIZES = (4, 16)
TARGETS = {"one op": 60.0, "jit": 40.0, "growth": 100.0}
# Seconds after which a run is stopped, or not begun if that can be seen before.
LONGEST = 150.0


def memory():
    """Bytes that a compiler may take."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") * 3 // 4


class Tool:
    def __init__(self, name, *arguments):
        self.command = [str(BUILD / "bin" / name), *map(str, arguments)]

    def run(self, limit=LONGEST):
        """Milliseconds of one run and its peak of memory in MiB, 0 if unknown; None
        and 0 for one that took more than `limit` seconds. It may take 3/4 of the
        memory."""
        with tempfile.TemporaryFile() as errors:
            start = time.perf_counter()
            process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=errors)
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(process.pid, resource.RLIMIT_AS, (memory(), memory()))
            alarm = threading.Timer(limit, process.kill)
            alarm.start()
            _, status, usage = os.wait4(process.pid, 0)
            elapsed = time.perf_counter() - start
            alarm.cancel()
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode == -signal.SIGKILL and elapsed >= limit:
                return None, 0
            if process.returncode:
                errors.seek(0)
                first = (errors.read().decode(errors="replace").splitlines() or ["no message"])[0]
                first = results.portable(first)
                raise RuntimeError(f"{' '.join(self.command)}: exit {process.returncode}: {first}")
        # A child begins with the peak of its parent: below that, it is not known.
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return 1e3 * elapsed, usage.ru_maxrss / 1024 if usage.ru_maxrss > 1.01 * own else 0


def times(tools, runs):
    """The least and the median time of each, run in turns."""
    measured = {name: [] for name in tools}
    for _ in range(runs):
        for name, tool in tools.items():
            measured[name].append(tool.run()[0])
    return {name: summary(values) for name, values in measured.items()}


def summary(values):
    return {
        "min": round(min(values), 2),
        "median": round(statistics.median(values), 2),
        "runs": len(values),
    }


def passes(path):
    """Milliseconds of wall time in each pass, on one thread."""
    command = [BUILD / "bin" / "act-opt", path, "--act-to-llvm", "-o", os.devnull]
    command += ["--mlir-timing", "--mlir-timing-display=list", "--mlir-disable-threading"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True)
    return read_passes(done.stderr)


def read_passes(text):
    """The table of --mlir-timing-display=list without its sums of others."""
    # The last time of a line is wall time.
    line = r"^ *(?:[\d.]+ \( *[\d.]+%\) +)*([\d.]+) \( *[\d.]+%\)  (\S.*)$"
    rows = re.findall(line, text, re.MULTILINE)
    found = {name.strip(): 1e3 * float(seconds) for seconds, name in rows}
    found["total"] = found.pop("root", 0.0)
    return {n: round(ms, 2) for n, ms in found.items() if "Pipeline" not in n and n != "Total"}


def functions(n):
    """n functions of one op each."""
    every = entries()
    parts = []
    for i in range(n):
        entry = every[i % len(every)]
        parts.append(entry.function(f"f{i}", entry.tensor("f32"), dim=entry.dim))
    return "".join(parts)


def cycle(n):
    unary = [e for e in entries() if e.shape == "unary"]
    return [(i, unary[i % len(unary)]) for i in range(n)]


def buffers(n):
    """One function with n ops, each from one buffer to another."""
    tensor, memref = "tensor<?xf32>", "memref<?xf32>"
    lines = [f"func.func @f(%x: {memref}, %y: {memref}) {{"]
    for i, entry in cycle(n):
        lines.append(f"  %t{i} = bufferization.to_tensor %x restrict : {memref} to {tensor}")
        lines.append(f"  %r{i} = {entry.spell([f'%t{i}'], tensor, entry.required)}")
        lines.append(f"  bufferization.materialize_in_destination %r{i} in restrict writable %y")
        lines.append(f"      : ({tensor}, {memref}) -> ()")
    return "\n".join([*lines, "  return", "}"]) + "\n"


def chain(n):
    """One function with n ops, each on the result of the one before."""
    tensor = "tensor<?xf32>"
    lines = [f"func.func @f(%x0: {tensor}) -> {tensor} {{"]
    for i, entry in cycle(n):
        lines.append(f"  %x{i + 1} = {entry.spell([f'%x{i}'], tensor, entry.required)}")
    return "\n".join([*lines, f"  return %x{n} : {tensor}", "}"]) + "\n"


SHAPES = {"functions": functions, "buffers": buffers, "chain": chain}


def expected_time(points, size):
    """What a module of `size` ops will take if it grows as the last two did, in ms."""
    (a, s), (b, t) = points[-2:]
    power = max(1.0, math.log(t / s) / math.log(b / a))
    return t * (size / b) ** power


def grow(shape, sizes, folder, budget, note):
    """Times of modules of one shape, up to the size that would take too long."""
    rows, points = [], []
    for size in sizes:
        if len(points) > 1 and expected_time(points, size) > 1e3 * LONGEST:
            rows.append({"ops": size, "skipped": f"not run: would take more than {LONGEST:.0f} s"})
            break
        note(f"{shape}: {size} ops")
        path = folder / f"{shape}-{size}.mlir"
        path.write_text(SHAPES[shape](size))
        tool = Tool("act-opt", path, "--act-to-llvm", "-o", os.devnull)
        values, peak, start = [], 0.0, time.perf_counter()
        # Long runs are few: noise is small beside them. A module that is too large
        # for the compiler ends the row, and is a result.
        while not values or (len(values) < 5 and time.perf_counter() - start < budget):
            try:
                elapsed, mib = tool.run()
                failure = "" if elapsed else f"stopped after {LONGEST:.0f} s"
            except RuntimeError as error:
                failure = str(error).partition(": ")[2]
            if failure:
                break
            values.append(elapsed)
            peak = max(peak, mib)
        if not values:
            if not points:
                raise RuntimeError(f"{shape}, {size} ops: {failure}")
            rows.append({"ops": size, "skipped": failure})
            break
        rows.append({"ops": size, **summary(values), "peak_mib": round(peak) or None})
        points.append((size, min(values)))
    found = {"sizes": rows}
    first, last = rows[0], [r for r in rows if "min" in r][-1]
    found["ratio"] = round(last["min"] / first["min"], 1)
    found["ratio_of_sizes"] = last["ops"] / first["ops"]
    # Which passes grow faster than the module: at two sizes that do not take long.
    pair = [r["ops"] for r in rows if "min" in r and r["min"] < 2e4][-2:]
    if len(pair) == 2:
        small, large = (passes(folder / f"{shape}-{n}.mlir") for n in pair)
        top = sorted((n for n in large if n != "total"), key=lambda n: -large[n])[:6]
        found["passes"] = {
            "ops": pair,
            "ms": {n: [small.get(n, 0.0), large[n]] for n in [*top, "total"]},
        }
    return found


def one_op(chosen, runs, folder, note):
    """The kernel of each entry: to the LLVM dialect, to an object, to a call.
    Start-up is measured in turns with them and taken off where that is said."""
    empty = folder / "empty.mlir"
    empty.write_text("module {}\n")
    result = {"start": {}, "entries": {}}
    startup = {
        "act-opt --version": Tool("act-opt", "--version"),
        "act-opt, an empty module": Tool("act-opt", empty),
        "act-opt --act-to-llvm, an empty module": Tool("act-opt", empty, "--act-to-llvm"),
        "act-run --version": Tool("act-run", "--version"),
        "act-compile --version": Tool("act-compile", "--version"),
    }
    for tool in startup.values():
        tool.run()
    result["start"] = times(startup, max(runs, 3))
    measured = {e.mnemonic: {} for e in chosen}
    # All of them several times rather than each several times in a row: what
    # disturbs the machine for a second does not make one op slow.
    for turn in range(runs):
        for index, entry in enumerate(chosen):
            note(f"one op: {entry.mnemonic}", turn * len(chosen) + index, runs * len(chosen))
            path = folder / f"{entry.mnemonic}.mlir"
            path.write_text(buffer_function(entry, "f", entry.tensor("f32"), entry.required, entry.dim))
            tools = {
                "act-opt": Tool("act-opt", path, "--act-to-llvm", "-o", os.devnull),
                "llvm-ir": Tool("act-compile", path, "-o", folder / "out.ll"),
                "object": Tool("act-compile", path, "-o", folder / "out.o"),
                "act-run": Tool("act-run", path, *shapes(entry)),
                "start": startup["act-run --version"],
            }
            for name, tool in tools.items():
                measured[entry.mnemonic].setdefault(name, []).append(tool.run()[0])
    for mnemonic, values in measured.items():
        row = {name: summary(v) for name, v in values.items()}
        start = row.pop("start")["min"]
        row["jit"] = round(row["act-run"]["min"] - start, 2)
        row["llvm"] = round(row["object"]["min"] - row["llvm-ir"]["min"], 2)
        result["entries"][mnemonic] = row
    slowest = max(result["entries"], key=lambda m: result["entries"][m]["act-opt"]["min"])
    tables = [passes(folder / f"{slowest}.mlir") for _ in range(3)]
    result["passes"] = {"entry": slowest, "ms": min(tables, key=lambda t: t["total"])}
    return result


def shapes(entry):
    """Tiny inputs, so that the call itself costs nothing."""
    flat = entry.shape in ("unary", "gated")
    type_ = entry.tensor("f32")
    types = entry.operand_types(type_, entry.dim)
    types.append(entry.result_type(type_, entry.required, entry.dim))
    sizes = []
    for index, t in enumerate(types):
        dims = re.findall(r"(\d+|\?)x", t)
        columns = 16
        if entry.row_size and index == len(types) - 1:
            columns = entry.row_size.of(16, entry.required)
        known = ["16"] if flat else ["4", str(columns)] if len(dims) == 2 else ["16"] * len(dims)
        sizes.append("x".join(k if d == "?" else d for k, d in zip(known, dims)))
    return [a for size in sizes for a in ("--shape", size)] if all(sizes) else []


def measure(quick=False, chosen=None, progress=None):
    """All of it as a dictionary that JSON can hold. `chosen`: the entries that are
    measured alone, all if not given."""
    chosen = chosen or entries()
    if quick:
        chosen = one_of_each_shape(chosen)
    note = countdown("compiler speed", progress)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        result = {"targets": TARGETS, **one_op(chosen, 1 if quick else 5, folder, note)}
        sizes = QUICK_SIZES if quick else SIZES
        budget = 0.0 if quick else 10.0
        result["modules"] = {s: grow(s, sizes, folder, budget, note) for s in SHAPES}
    return result


def cell(times_):
    return f"{times_['min']:.0f} / {times_['median']:.0f}"


def table(result):
    """The result in Markdown."""
    if "skipped" in result:
        return f"Skipped: {result['skipped']}.\n"
    lines = ["Wall time in ms, least / median of whole processes.", "",
             "| start-up | ms |", "|---|---|"]
    lines += [f"| {name} | {cell(t)} |" for name, t in result["start"].items()]
    lines += [
        "",
        "One kernel on buffers, f32. `jit` is `act-run` on 16 elements (parse, lower, compile, call,",
        "print) less `act-run --version`; `llvm` is what `act-compile` takes longer for an object",
        "than for LLVM IR: both of the least times.",
        "",
    ]
    columns = ["act-opt", "llvm-ir", "object", "act-run"]
    names = ["act-opt --act-to-llvm", "act-compile .ll", "act-compile .o", "act-run"]
    lines += [f"| op | {' | '.join(names)} | jit | llvm |", "|---" * (len(names) + 3) + "|"]
    rows = sorted(result["entries"].items(), key=lambda item: -item[1]["act-opt"]["min"])
    shown = rows if len(rows) <= 8 else rows[:5] + [rows[len(rows) // 2]] + rows[-2:]
    for mnemonic, row in shown:
        cells = [cell(row[c]) for c in columns]
        lines.append(f"| {mnemonic} | {' | '.join(cells)} | {row['jit']:.0f} | {row['llvm']:.0f} |")
    for key, name in (("act-opt", "one op"), ("jit", "jit")):
        values = [r[key]["min"] if key == "act-opt" else r[key] for _, r in rows]
        over = sum(v > TARGETS[name] for v in values)
        middle, worst = statistics.median(values), max(values)
        lines += ["", f"{name}: median {middle:.0f} ms, worst {worst:.0f} ms; {over} of {len(values)}"]
        lines += [f"above the target of {TARGETS[name]:.0f} ms."]
    lines += ["", f"Where the time of {result['passes']['entry']} goes (one thread):", ""]
    lines += pass_lines({n: [ms] for n, ms in result["passes"]["ms"].items()}, ["ms"])
    for shape, found in result["modules"].items():
        lines += ["", f"### Modules: {shape}", ""]
        lines += ["| ops | ms | ms per op | peak MiB |", "|---|---|---|---|"]
        for row in found["sizes"]:
            if "skipped" in row:
                lines.append(f"| {row['ops']} | {row['skipped']} | | |")
            else:
                per = row["min"] / row["ops"]
                lines.append(f"| {row['ops']} | {cell(row)} | {per:.1f} | {row['peak_mib'] or '–'} |")
        times_, ratio = found["ratio_of_sizes"], found["ratio"]
        lines += ["", f"{times_:.0f} times the ops take {ratio:.0f} times as long."]
        if "passes" in found:
            small, large = found["passes"]["ops"]
            lines.append("")
            lines += pass_lines(found["passes"]["ms"], [f"ms, {small} ops", f"ms, {large} ops"])
    return "\n".join(lines) + "\n"


def pass_lines(rows, heads):
    lines = [f"| pass | {' | '.join(heads)} | of all |", "|---" * (len(heads) + 2) + "|"]
    total = rows["total"][-1]
    top = sorted((n for n in rows if n != "total"), key=lambda n: -rows[n][-1])[:8]
    for name in [*top, "total"]:
        cells = [f"{v:.1f}" for v in rows[name]]
        lines.append(f"| {name} | {' | '.join(cells)} | {100 * rows[name][-1] / total:.0f}% |")
    return lines


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="one op of each shape, small modules")
    parser.add_argument("--only", metavar="REGEX", help="single ops in whose names it is found")
    parser.add_argument("--json", metavar="FILE", type=pathlib.Path, help="write the result there too")
    options = parser.parse_args()
    try:
        chosen = list(dict.fromkeys(e for e, _ in matching(options.only)))
        result = measure(options.quick, chosen, lambda text: print(text, file=sys.stderr))
        if options.json:
            results.save(options.json, result)
    except (RuntimeError, ValueError, OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"compiler_speed: {results.first_line(error)}")
    print(table(result), end="")


if __name__ == "__main__":
    main()
