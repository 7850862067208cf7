# checks.py - what tests of the repository itself share.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import functools
import re
import subprocess

from entries import BUILD, ROOT


@functools.lru_cache(None)
def tracked_files():
    """Files that git knows or would add."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    paths = {ROOT / name for name in done.stdout.split("\0") if name}
    return sorted(p for p in paths if p.is_file())


def files(*suffixes):
    return [p for p in tracked_files() if p.suffix in suffixes]


def show(path):
    return str(path.relative_to(ROOT))


def act_opt(text, *options):
    """What act-opt makes of a module: exit code, output, errors."""
    done = subprocess.run(
        [str(BUILD / "bin" / "act-opt"), *options],
        input=text,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout, done.stderr


_TYPE = r"(?:tensor|vector|memref)<[^>]*>|bf16|f\d+|i\d+|index"
_OP = re.compile(r"^\s*(?:(%[\w, %]+) = )?(?:act)\.\w+", re.MULTILINE)


def as_function(example):
    """A function around one line of MLIR whose operands are of the types behind
    its colon, or all of the one that stands there. Module-level text stays as it
    is."""
    if re.search(r"^\s*(module|func\.func)\b", example, re.MULTILINE):
        return example
    defined, used = set(), {}
    for line in filter(str.strip, example.splitlines()):
        left, _, right = line.partition(" = ") if " = " in line else ("", "", line)
        signature = right[right.rindex(" : ") :] if " : " in right else ""
        types = re.findall(_TYPE, signature.partition("->")[0])
        names = re.findall(r"%\w+", right)
        if 1 < len(types) == len(names) - 1:
            # The gradient of a result, like the first operand.
            types = types + types[:1]
        if len(types) != len(names):
            types = types[:1] * len(names)
        for name, type_ in zip(names, types):
            if name not in defined:
                used.setdefault(name, type_)
        defined.update(re.findall(r"%\w+", left))
    arguments = ", ".join(f"{name}: {type_}" for name, type_ in used.items())
    return f"func.func @example({arguments}) {{\n{example}\n  return\n}}\n"


# A RUN line may go on in the next line.
_RUN = re.compile(r"^\s*(?://|#|;)\s*RUN:(.*)$", re.MULTILINE)


def run_lines(text):
    joined, pending = [], ""
    for line in _RUN.findall(text):
        line = pending + line.strip()
        if line.endswith("\\"):
            pending = line[:-1] + " "
            continue
        joined.append(line)
        pending = ""
    return joined


def read_prefixes(text):
    """The prefixes that the FileCheck calls of a lit test read, and whether
    -verify-diagnostics is used."""
    prefixes = set()
    for line in run_lines(text):
        for command in re.split(r"\||&&|;", line):
            if not re.search(r"\bFileCheck\b", command):
                continue
            given = re.findall(r"--?check-prefix(?:es)?[= ]([\w,.-]+)", command)
            for names in given or ["CHECK"]:
                prefixes.update(names.split(","))
    return prefixes


_DIRECTIVE = re.compile(
    r"^\s*(?://|#|;)\s*([A-Z][A-Z0-9_.-]*?)"
    r"(?:-(?:NEXT|SAME|EMPTY|NOT|DAG|LABEL|COUNT-\d+))?(?:\{LITERAL\})?:",
    re.MULTILINE,
)
# Words in front of a colon that are no checks.
_NOT_CHECKS = {"RUN", "REQUIRES", "UNSUPPORTED", "XFAIL", "DEFINE", "REDEFINE", "END", "NOTE"}


def unread_checks(text):
    """Lines that look like checks, with prefixes that no FileCheck reads."""
    read = read_prefixes(text)
    for match in _DIRECTIVE.finditer(text):
        if match.group(1) not in read | _NOT_CHECKS:
            number = text.count("\n", 0, match.start(1)) + 1
            yield number, match.group(0).strip()
