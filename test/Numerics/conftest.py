# Prints the largest errors that a run measured.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

from collections import defaultdict

TYPES = ("f16", "bf16", "f32", "f64")


def pytest_terminal_summary(terminalreporter):
    table = defaultdict(dict)
    for reports in terminalreporter.stats.values():
        for report in reports:
            for key, value in getattr(report, "user_properties", ()):
                if key.startswith("ulp:") and getattr(report, "when", "") == "call":
                    _, name, type_ = key.split(":")
                    table[name][type_] = value
    if not table:
        return
    terminalreporter.section("largest error, ULP")
    width = max(map(len, table))
    terminalreporter.write_line(
        f"{'':{width}}" + "".join(f"{t:>9}" for t in TYPES)
    )
    for name in sorted(table):
        cells = (f"{table[name][t]:9.3f}" if t in table[name] else f"{'':9}" for t in TYPES)
        terminalreporter.write_line(f"{name:{width}}" + "".join(cells))
