# plots.py - what the benchmark found, as pictures. Needs matplotlib.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import io
import re

import matplotlib

matplotlib.use("Agg")
# The same numbers are to give the same file, and text is to be text.
matplotlib.rcParams.update({"svg.hashsalt": "act", "svg.fonttype": "none", "font.size": 8})

import matplotlib.pyplot as plt
import performance
import results

OURS, BEHIND, LINE = "#2a6fb0", "#c8662b", "#555555"
TYPES = {"f32": "#2a6fb0", "bf16": "#c8662b", "f16": "#3f8f4f"}


def save(figure, folder, name):
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None}, bbox_inches="tight")
    plt.close(figure)
    # What is drawn at a thousandth of a point is as good, and half as long.
    text = re.sub(r"\d+\.\d{3,}", lambda m: f"{float(m[0]):.2f}", text.getvalue())
    results.write(folder / f"{name}.svg", text)


def bars(cells, value, target, better_above, title, label):
    """One bar per op, sorted, on a logarithmic axis that starts at 1."""
    values = sorted(((value(c), c.op) for c in cells if value(c)), reverse=better_above)
    if not values:
        return None
    figure, axes = plt.subplots(figsize=(max(4, 0.16 * len(values) + 1), 3.2))
    good = [(v >= target) == better_above or v == target for v, _ in values]
    heights = [v for v, _ in values]
    axes.bar(range(len(values)), [h - 1 for h in heights], bottom=1,
             color=[OURS if g else BEHIND for g in good])
    axes.set_yscale("log")
    axes.axhline(1, color=LINE, linewidth=0.8)
    axes.axhline(target, color=LINE, linewidth=0.8, linestyle=":")
    axes.set_xticks(range(len(values)), [op for _, op in values], rotation=90)
    axes.set_xlim(-0.7, len(values) - 0.3)
    label_ticks(axes.yaxis, min(heights), max(heights), 10, (1, 2, 5))
    axes.set_ylabel(label)
    axes.set_title(title)
    return figure


def label_ticks(axis, low, high, base, steps):
    """Numbers as people write them on a logarithmic axis."""
    powers = [base**e for e in range(-12, 13)]
    ticks = sorted(p * s for p in powers for s in steps if low / 1.3 < p * s < high * 1.3)
    axis.set_ticks(ticks, [f"{t:g}" for t in ticks])
    axis.set_ticks([], minor=True)


def roofline(cells):
    """Elements per nanosecond over the bytes that each of them moves. The line is
    the bandwidth of the fastest copy: a kernel on it cannot be faster."""
    sizes = [s for s in ("L1", "L2", "DRAM") if any(c.size == s for c in cells)]
    figure, all_axes = plt.subplots(1, len(sizes), figsize=(3.2 * len(sizes), 3), squeeze=False)
    figure.subplots_adjust(wspace=0.3)
    for axes, size in zip(all_axes[0], sizes):
        here = [c for c in cells if c.size == size]
        for type_, colour in TYPES.items():
            mine = [c for c in here if c.type == type_]
            if not mine:
                continue
            axes.scatter([c.bytes_per_element for c in mine], [1 / c.times["act"] for c in mine],
                         s=9, color=colour, label=type_, alpha=0.6, linewidths=0)
        axes.set_xscale("log")
        axes.set_yscale("log")
        bandwidth = max(c.bytes_per_element / c.copy for c in here)
        moved = sorted({c.bytes_per_element for c in here})
        ends = [moved[0] / 1.1, moved[-1] * 1.1]
        axes.plot(ends, [bandwidth / e for e in ends], color=LINE, linewidth=0.8,
                  label="fastest copy")
        label_ticks(axes.xaxis, *ends, 2, (1,))
        rates = [1 / c.times["act"] for c in here]
        label_ticks(axes.yaxis, min(rates), bandwidth / ends[0], 10, (1, 2, 5))
        axes.set_xlabel("bytes per element")
        axes.set_title(f"{size}, one thread, {bandwidth:.0f} GB/s")
    all_axes[0][0].set_ylabel("elements per ns")
    all_axes[0][-1].legend(frameon=False)
    return figure


def draw(result, cells, folder):
    """Writes the pictures and returns their names."""
    names = []
    targets = performance.TARGETS
    for type_ in dict.fromkeys(c.type for c in cells):
        for size in ("L2", "DRAM"):
            chosen = [c for c in cells if (c.type, c.size, c.threads) == (type_, size, 1)]
            copy = targets["copy"] if size == "L2" else 1 / targets["dram"]
            kinds = (
                ("peer", lambda c: c.lead, targets["lead"], True, "times as fast as the fastest peer"),
                ("copy", lambda c: c.to_copy, copy, False, "time over that of a copy"),
            )
            for kind, value, target, above, label in kinds:
                title = f"{type_}, {size}, one thread"
                figure = bars(chosen, value, target, above, title, label)
                if figure:
                    names.append(f"{kind}-{type_}-{size.lower()}")
                    save(figure, folder, names[-1])
    one = [c for c in cells if c.threads == 1]
    if one:
        names.append("roofline")
        save(roofline(one), folder, names[-1])
    return names
