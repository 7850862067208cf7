# accuracy_report.py - docs/accuracy.md, from what accuracy.py measured.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import math

import results
import sweep
from entries import ROOT, entries
from oracle import EDGES

DOCUMENT = ROOT / "docs" / "accuracy.md"
DATA = ROOT / "docs" / "data" / "accuracy.json"
TARGETS = sweep.BOUNDS["targets"]
SHAPES = {e.mnemonic: e.shape for e in entries()}
TITLES = {
    "torch": "PyTorch", "onednn": "oneDNN", "xla": "XLA", "onnxruntime": "onnxruntime", "openvino": "OpenVINO",
}  # fmt: skip


def target(op, type_):
    """What the project wants, in ULP."""
    return TARGETS["ops"].get(op, TARGETS["f32"]) if type_ == "f32" else TARGETS[type_]


def name(cell):
    parameters = ", ".join(f"{k} = {v}" for k, v in cell["setting"].items())
    return f"`{cell['op']}`" + (f" ({parameters})" if parameters else "")


def number(value):
    """An error to read."""
    if value is None:
        return "–"
    if not math.isfinite(value):
        return "wrong"
    if value == 0:
        return "0"
    if value >= 1e4:
        mantissa, exponent = f"{value:.1e}".split("e")
        return f"{mantissa}·10^{int(exponent)}"
    # Up: a bound is not to look kept that is not.
    return f"{math.ceil(value * 1000) / 1000:.3f}" if value < 100 else f"{value:.0f}"


def places(values):
    return ", ".join(f"{v:.9g}" for v in values)


def part(cell, least, most):
    """Per cent of the results with an error above `least`, up to `most`."""
    total = sum(cell["histogram"])
    some = sum(c for e, c in zip(EDGES, cell["histogram"]) if least < e <= most)
    if not some:
        return "·"
    per_cent = 100 * some / total
    return f"{per_cent:.2f}" if per_cent >= 0.005 else f"{per_cent:.0e}"


def select(report, shapes, *types):
    return [c for c in report["cells"] if SHAPES[c["op"]] in shapes and c["type"] in types]


def one_type(cells, type_):
    header = ["op", "max ULP", "target", "at", "≤ ½ %", "≤ 1", "≤ 2", "≤ 4", "> 4", "of its bound"]
    rows = []
    for c in cells:
        wanted = target(c["op"], type_)
        over = " **over**" if c["ulp"] > wanted else ""
        parts = [part(c, *ends) for ends in ((0, 0.5), (0.5, 1), (1, 2), (2, 4), (4, math.inf))]
        rows.append([name(c), number(c["ulp"]) + over, wanted, places(c["at"]), *parts, f"{c['share']:.2f}"])
    return results.table(header, rows)


def halves(report, shapes):
    rows = []
    cells = {(name(c), c["type"]): c for c in select(report, shapes, "f16", "bf16")}
    for n in dict.fromkeys(n for n, _ in cells):
        row = [n]
        for type_ in ("f16", "bf16"):
            c = cells.get((n, type_))
            row += [number(c["ulp"]), f"{c['misrounded']} of {c['count']:,}"] if c else ["–", "–"]
        rows.append(row)
    return results.table(["op", "f16 max ULP", "f16 misrounded", "bf16 max ULP", "bf16 misrounded"], rows)


def row_wise(report):
    types = ("f32", "f16", "bf16", "f64")
    cells = {(name(c), c["type"]): c for c in select(report, ("row",), *types)}
    rows = []
    for n in dict.fromkeys(n for n, _ in cells):
        row = [n]
        for type_ in types:
            c = cells.get((n, type_))
            row += [f"{c['share']:.2f}", number(c["ulp"])] if c else ["–", "–"]
            if type_ in ("f16", "bf16"):
                row.append(f"{1e6 * c['misrounded'] / c['count']:.0f}" if c else "–")
        rows.append(row)
    header = ["op"]
    for type_ in types:
        header += [f"{type_} of its bound", "max ULP"] + ["misrounded"] * (type_ in ("f16", "bf16"))
    return results.table(header, rows)


def beside_peers(report, type_):
    cells = [c for c in report["cells"] if c["type"] == type_ and len(c.get("peers", ())) > 1]
    found = [p for p in TITLES if any(p in c["peers"] for c in cells)]
    rows = []
    for c in cells:
        row = [name(c)]
        for peer in ("act", *found):
            r = c["peers"].get(peer)
            if r is None:
                row.append("–")
            elif SHAPES[c["op"]] == "row":
                row.append(f"{number(r['share'])} of the bound")
            elif type_ != "f32" and "misrounded" in r:
                row.append(f"{number(r['ulp'])} ({r['misrounded']:,})")
            else:
                row.append(number(r["ulp"]))
        rows.append(row)
    return results.table(["op", "act", *(TITLES[p] for p in found)], rows) if rows else ""


def furthest(report):
    over = [c for c in report["cells"] if SHAPES[c["op"]] != "row" and c["ulp"] > target(c["op"], c["type"])]
    over.sort(key=lambda c: -c["ulp"] / target(c["op"], c["type"]))
    if not over:
        return "Every cell reaches its target.\n"
    rows = [[name(c), c["type"], number(c["ulp"]), target(c["op"], c["type"]), places(c["at"])] for c in over]
    return results.table(["op", "type", "max ULP", "target", "at"], rows)


def machine(report):
    m = report["machine"]
    text = f"{m['cpu']} ({m['target']}, {', '.join(m['features'])}), {m['system']}, LLVM {m['llvm']}"
    if report["peers"]:
        text += "; " + ", ".join(report["peers"].values())
    return text


def document(report):
    scope = report["scope"]
    doubt = max((c.get("doubt", 0) for c in report["cells"] if c["type"] == "f32"), default=0)
    out = [
        "<!-- Written by ./dev accuracy --peers --record. Do not edit. -->",
        "# Accuracy\n",
        "The numbers, and where errors are the largest, are in [data/accuracy.json](data/accuracy.json).\n",
        f"Measured on {report['machine']['date']} at commit {report['machine']['commit']} on {machine(report)}, `accuracy=precise`.\n",
        "An error is the distance of a result from the exact value of the op's `reference` in units in the last place of the",
        "result's type at the exact value; below the smallest normal number, units of the smallest number. Infinity stands one",
        "unit past the largest number, NaN equals NaN, a zero of the wrong sign is wrong. Parameters and decimal constants are",
        "those rounded to the compute type. The reference is evaluated in double; MPFR (128 bits) decides the largest error of",
        "each binade and whatever lies within 2^-16 ULP of a bound; mpmath decides ties of 16-bit results. Where MPFR was asked",
        f"for a maximum of f32, double had it right within {doubt:.1e} ULP. f64 is screened in long double, and MPFR decides the",
        "8,000 largest errors of every 262,144 results, first those near their bound.\n",
        "`max ULP` leaves out the neighbourhood of a zero that an entry lists (no relative bound can hold there; 1/4 to each side)",
        "and, for periodic functions, large arguments; `of its bound` is the largest error anywhere as a part of what",
        "`test/Numerics/bounds.json` allows there. The columns of per cent are parts of all inputs; `·` is none.\n",
        "## f32, one operand: every input\n",
        f"All 2^32 bit patterns{'' if scope['step'] == 1 else ' / ' + str(scope['step'])}.\n",
        one_type(select(report, ("unary",), "f32"), "f32"),
        "## f32, gated and with parameters as operands\n",
        f"Gated: {scope['pairs']:,} pairs, half of them of any bit patterns, half about normal with standard deviation 4, and special",
        "values against each other. Parameters as operands: 24 channels.\n",
        one_type(select(report, ("gated", "broadcast"), "f32"), "f32"),
        "## f16 and bf16\n",
        "One operand: every input. Others: as in f32, a million. Misrounded: not the nearest number, however near to the middle.\n",
        halves(report, ("unary", "gated", "broadcast")),
        "## f64\n",
        f"About {scope['f64'] * 1.25:.0e} inputs or pairs: spread over all bit patterns, more where functions are neither constant nor",
        "linear, and boundaries. Parameters as operands: 24 channels.\n",
        one_type(select(report, ("unary", "gated", "broadcast"), "f64"), "f64"),
        "## Row-wise\n",
        f"{scope['rows']} seeded random rows of each of 8 to 4096 elements, from uniform to one-hot, with infinities and NaN (f64: an eighth",
        "or less, to 1000, finite). Bounds grow with the distance from the maximum, or are absolute: the part of the bound is what",
        "counts, `max ULP` is that of any element; misrounded: parts per million.\n",
        row_wise(report),
    ]  # fmt: skip
    tables = {t: beside_peers(report, t) for t in ("f32", "bf16", "f16")}
    if any(tables.values()):
        out += [
            "## Beside others, on the same inputs\n",
            "Largest error in ULP, outside the neighbourhood of zeros, on finite inputs: f32: every 1021st bit pattern, or a million",
            "pairs; 16-bit: every input, and in parentheses how many results are misrounded; rows: 250 of 1024 elements. The sign of a",
            "zero and the kind of a NaN, which others do not promise, do not count here. `wrong`: not a number, or infinite, where it",
            "is not. –: no such function or type.\n",
        ]
        for type_, text in tables.items():
            out += [f"### {type_}\n", text] if text else []
    out += ["## Furthest from target\n", furthest(report)]
    return "\n".join(out)


def short(report):
    """For a terminal."""
    lines = [f"{'':36}{'max ULP':>10}{'of bound':>10}{'misrounded':>12}"]
    for c in report["cells"]:
        words = "-".join([c["op"], *(f"{k}={v}" for k, v in c["setting"].items())])
        lines.append(
            f"{words + ' ' + c['type']:36}{number(c['ulp']):>10}{c['share']:10.2f}{c.get('misrounded', ''):>12}"
        )
    return "\n".join(lines)


def record(report):
    """Writes the document and its data."""
    results.save(DATA, report, digits=9)
    results.write(DOCUMENT, document(results.load(DATA)))
    return DATA, DOCUMENT
