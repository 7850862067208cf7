# The repository keeps its own rules.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re
import subprocess
import sys

import checks
import pytest
from checks import ROOT, files, show, tracked_files
from entries import BUILD, entries

LICENSE = "SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception"
# Formats without comments, and texts for people.
BINARY = {".mlirbc", ".npz"}
WITHOUT_HEADER = {".json", ".md", ".png", ".svg"} | BINARY
LONGEST = 600


def has_header(path):
    exempt = path.suffix in WITHOUT_HEADER or path.name in ("LICENSE", ".gitignore", ".clang-format")
    return exempt or LICENSE in "".join(path.open(encoding="utf-8").readlines()[:12])


def test_every_file_says_its_license():
    # Lit tests begin with their RUN lines, as upstream.
    tests = ROOT / "test"
    checked = [p for p in tracked_files() if p.suffix != ".mlir" or not p.is_relative_to(tests)]
    assert not [show(p) for p in checked if not has_header(p)]


def test_no_file_is_too_long():
    texts = [p for p in tracked_files() if p.suffix not in BINARY | {".inc"} and p.name != "LICENSE"]
    texts = [p for p in texts if p.parent.name not in ("generated", "data", "plots")]
    texts = [p for p in texts if not p.read_text(encoding="utf-8").startswith("<!-- Written by ")]
    lengths = {show(p): len(p.read_text(encoding="utf-8").splitlines()) for p in texts}
    assert not {name: n for name, n in lengths.items() if n > LONGEST}


def test_names_of_lit_tests_are_kebab_case():
    kebab = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\.mlir")
    assert not [show(p) for p in files(".mlir") if not kebab.fullmatch(p.name)]


def test_names_of_cpp_files_are_camel_case():
    camel = re.compile(r"([A-Z][A-Za-z0-9]*)\.(h|cpp|td)")
    tool = re.compile(r"[a-z]+(-[a-z]+)*\.cpp")
    # The C API follows upstream's mlir-c.
    bad = [
        show(p)
        for p in files(".h", ".cpp", ".td")
        if not camel.fullmatch(p.name)
        and not (p.is_relative_to(ROOT / "tools") and tool.fullmatch(p.name))
    ]
    assert not bad


def test_every_check_is_read():
    unread = [
        f"{show(p)}:{number}: {line}"
        for p in files(".mlir", ".test")
        if p.is_relative_to(ROOT / "test")
        for number, line in checks.unread_checks(p.read_text(encoding="utf-8"))
    ]
    assert not unread, "\n".join(unread)


def test_every_lit_test_runs_something():
    tests = [p for p in files(".mlir") if p.is_relative_to(ROOT / "test")]
    assert tests
    silent = [
        show(p)
        for p in tests
        if not checks.run_lines(p.read_text(encoding="utf-8")) and "Inputs" not in p.parts
    ]
    assert not silent


def test_unread_checks_are_found():
    text = "// RUN: act-opt %s | \\\n// RUN:   FileCheck %s --check-prefixes=A,B\n"
    text += "// A: x\n// B-NEXT: y\n// CHECK: never\n// C-COUNT-2: never\n"
    assert [n for n, _ in checks.unread_checks(text)] == [5, 6]


def test_no_list_of_ops_in_cpp():
    """Ops come into being in TableGen, and C++ does not enumerate them."""
    names = {f"{e.cpp_name}Op" for e in entries() if e.shape != "row"}
    lists = {}
    for path in files(".h", ".cpp"):
        if path.is_relative_to(ROOT / "unittests"):
            continue
        found = names & set(re.findall(r"\b\w+Op\b", path.read_text(encoding="utf-8")))
        if len(found) >= 3:
            lists[show(path)] = sorted(found)
    assert not lists


def test_no_list_of_ops_in_python():
    names = {e.mnemonic for e in entries() if e.mnemonic not in ("tanh", "sigmoid")}
    lists = {}
    for path in files(".py"):
        found = {n for n in names if re.search(rf'["\']{n}["\']', path.read_text(encoding="utf-8"))}
        if len(found) >= 3:
            lists[show(path)] = sorted(found)
    assert not lists


def test_sources_are_formatted():
    sources = [p for p in files(".h", ".cpp")]
    tool = BUILD / "venv" / "bin" / "clang-format"
    if not tool.exists():
        pytest.skip("clang-format comes with ./dev")
    command = [tool, "--dry-run", "--Werror", *sources]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    unformatted = sorted(set(re.findall(r"^(\S+?):\d+:\d+: error", done.stderr, re.MULTILINE)))
    assert done.returncode == 0, f"./dev format: {unformatted}"


def test_nothing_names_a_machine():
    """Paths of home directories belong to one machine."""
    home = re.compile(r"/(?:home|Users|root)/\w")
    texts = [p for p in tracked_files() if p.suffix not in BINARY]
    this = ROOT / "test" / "python" / "test_repository.py"
    assert not [show(p) for p in texts if p != this and home.search(p.read_text(encoding="utf-8"))]


def test_python_is_new_enough():
    assert sys.version_info >= (3, 11)
