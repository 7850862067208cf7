# results.py - measurements as files and tables.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import json
import math
import os
import pathlib
import re
import sys
import tempfile

from entries import BUILD, ROOT

# JSON has no such numbers: they are strings.
_SPECIAL = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}


def write(path, text):
    """Writes a file as a whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    scratch.write_text(text, encoding="utf-8")
    scratch.replace(path)


def portable(text):
    """Text without the paths of this machine, as it can be published."""
    places = {
        BUILD: "build", ROOT: "ROOT", pathlib.Path(sys.prefix): "venv",
        pathlib.Path(tempfile.gettempdir()): "TMP", pathlib.Path(os.path.expanduser("~")): "~",
    }
    named = {str(q): name for p, name in places.items() for q in (p, p.resolve())}
    for path in sorted(named, key=len, reverse=True):
        # Names in a temporary folder are new each time.
        inside = r"(?:/[\w.-]+)?" if named[path] == "TMP" else ""
        if len(path) > 1:
            text = re.sub(re.escape(path) + r"(?![\w-])" + inside, lambda _: named[path], text)
    return text


def first_line(error, length=200):
    """What an error says, in one line without paths."""
    text = str(error).strip() or type(error).__name__
    return portable(" ".join(text.splitlines()[0].split()))[:length]


def _mapped(value, leaf):
    if isinstance(value, dict):
        return {k: _mapped(v, leaf) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_mapped(v, leaf) for v in value]
    return leaf(value)


def save(path, value, digits=None):
    """Writes an object; one line for each object in the lists at the top.
    `digits`: significant ones, all if not given."""

    def leaf(v):
        if not isinstance(v, float):
            return v
        if not math.isfinite(v):
            return str(v)
        return float(f"{v:.{digits}g}") if digits else v

    lines = []
    for name, part in _mapped(value, leaf).items():
        text = json.dumps(part, separators=(",", ":"))
        if isinstance(part, list) and part and isinstance(part[0], dict):
            text = "[\n" + ",\n".join(json.dumps(p, separators=(",", ":")) for p in part) + "\n]"
        lines.append(f"{json.dumps(name)}:{text}")
    write(path, "{" + ",\n".join(lines) + "}\n")


def load(path):
    """The object in a file that `save` wrote."""
    names = lambda v: _SPECIAL.get(v, v) if isinstance(v, str) else v
    return _mapped(json.loads(path.read_text()), names)


def table(head, rows):
    """A table in Markdown: words to the left, numbers to the right."""
    lines = ["| " + " | ".join(map(str, head)) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows]) + "\n"
