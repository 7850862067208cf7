#!/usr/bin/env python3
# generate_docs.py - writes docs/generated from what act-opt says of the table.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# With --check, compares with the files instead of writing them.

import argparse
import json
import subprocess
import sys

from entries import BUILD, ROOT

FOLDER = ROOT / "docs" / "generated"
NOTE = "<!-- Written by utils/generate_docs.py: do not edit. -->"


def listing():
    """The table as act-opt prints it."""
    command = [BUILD / "bin" / "act-opt", "--act-list=json"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def cell(text):
    """Text inside a table of Markdown."""
    return text.replace("|", "\\|").replace("\n", " ")


def formula(entry):
    """GitHub renders `$`...`$` with nothing in between touched by Markdown."""
    text = " ".join(entry["formula"].split()).replace("|", "\\vert ")
    return f"$`{text}`$"


def parameter(p):
    default = {"required": "required", "optional": "absent", "flag": "unit"}.get(
        p["kind"], p["default"]
    )
    return f"`{p['name']}` [{default}]"


def section(shape, entries):
    yield f"## {shape[0].upper()}{shape[1:]}"
    yield ""
    yield "| op | what it is | formula | parameters [default] | range | also known as |"
    yield "|---|---|---|---|---|---|"
    for e in entries:
        least, greatest = e["range"]
        cells = [
            f"[`{e['name']}`](#{e['name']})",
            cell(e["summary"]),
            formula(e),
            cell(", ".join(map(parameter, e["parameters"]))),
            cell(f"`[{least}, {greatest}]`"),
            cell(", ".join(e["aliases"])),
        ]
        yield "| " + " | ".join(cells) + " |"
    yield ""


def details(e):
    yield f"### {e['name']}"
    yield ""
    yield f"{e['summary'][0].upper()}{e['summary'][1:]}. Source: {e['source']}."
    yield ""
    for p in e["parameters"]:
        must = f"; must be {p['requirement']}" if p["requirement"] else ""
        yield f"* {parameter(p)}: {p['description']}{must}"
    for constraint in e["constraints"]:
        yield f"* requires {constraint}"
    if e["properties"]:
        yield "* properties: " + "; ".join(e["properties"])
    if e["parameters"] or e["constraints"] or e["properties"]:
        yield ""
    yield "```mlir"
    yield e["example"]
    yield "```"
    yield ""


def markdown(entries):
    yield NOTE
    yield ""
    yield "# The operations"
    yield ""
    yield "What `act-opt --act-list` prints, with more of it. Ranges are of the exact function; where a bound depends on"
    yield "parameters, it is written in them."
    yield ""
    shapes = list(dict.fromkeys(e["shape"] for e in entries))
    for shape in shapes:
        yield from section(shape, [e for e in entries if e["shape"] == shape])
    yield "## One by one"
    yield ""
    for e in sorted(entries, key=lambda e: e["name"]):
        yield from details(e)


def files():
    text = listing()
    yield FOLDER / "operations.json", text
    yield FOLDER / "operations.md", "\n".join(markdown(json.loads(text))).rstrip() + "\n"


def main():
    parser = argparse.ArgumentParser(description="Write docs/generated from the table.")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    check = parser.parse_args().check
    drifted = False
    FOLDER.mkdir(exist_ok=True)
    for path, text in files():
        current = path.read_text(encoding="utf-8") if path.exists() else None
        if current == text:
            continue
        shown = path.relative_to(ROOT)
        if check:
            print(f"{shown} is not what the table says; run ./dev docs")
            drifted = True
        else:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {shown}")
    return 1 if drifted else 0


if __name__ == "__main__":
    sys.exit(main())
