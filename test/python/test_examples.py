# Every example in a description or a document works.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

import checks
import pytest
from checks import ROOT, files, show
from entries import operations

EXAMPLES = [(o.mnemonic, text) for o in operations() for text in o.examples]
DOCUMENTS = [p for p in files(".md") if p.is_relative_to(ROOT)]
BLOCK = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def blocks(*languages):
    """The code blocks of all documents, by file and number."""
    found = []
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        for number, match in enumerate(BLOCK.finditer(text)):
            if match.group(1) in languages:
                name = f"{show(path)}-{number}"
                found.append(pytest.param(path, match.group(2), match.start(), id=name))
    return found


def parses(text):
    code, _, errors = checks.act_opt(checks.as_function(text))
    assert code == 0, f"{checks.as_function(text)}\n{errors}"


@pytest.mark.parametrize("mnemonic,text", EXAMPLES, ids=[m for m, _ in EXAMPLES])
def test_example_of_op(mnemonic, text):
    assert f"act.{mnemonic} " in text or f"act.{mnemonic}\n" in text or mnemonic == "prim"
    parses(text)


def test_every_op_has_an_example():
    assert not [o.mnemonic for o in operations() if not o.examples]


@pytest.mark.parametrize("path,text,_", blocks("mlir"))
def test_mlir_in_document(path, text, _):
    parses(text)


# Between a block of MLIR and the next, a document may say which passes make the
# one from the other: `act-opt --act-expand --canonicalize`.
COMMAND = re.compile(r"`act-opt ((?:--[\w={}\"-]+ ?)+)`")


def transformations():
    found = []
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        mlir = [m for m in BLOCK.finditer(text) if m.group(1) == "mlir"]
        for before, after in zip(mlir, mlir[1:]):
            between = text[before.end() : after.start()]
            command = COMMAND.search(between)
            if command:
                name = f"{show(path)}:{text.count(chr(10), 0, before.start()) + 1}"
                options = command.group(1).split()
                found.append(pytest.param(before.group(2), options, after.group(2), id=name))
    return found


def test_the_readme_shows_a_transformation():
    assert any(p.id.startswith("README.md") for p in transformations())


@pytest.mark.parametrize("before,options,after", transformations())
def test_before_and_after(before, options, after):
    code, output, errors = checks.act_opt(before, *options)
    assert code == 0, errors
    assert output.strip() == after.strip()


@pytest.mark.parametrize("path,text,_", blocks("sh"))
def test_paths_in_commands_exist(path, text, _):
    """What a document tells people to run is there."""
    for line in text.splitlines():
        line = line.partition("#")[0]
        for word in re.findall(r"(?:^|\s)((?:\./)?(?:dev|examples|build/bin)\b[\w./-]*)", line):
            assert (ROOT / word).exists(), f"{show(path)}: {word}"


LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("path", DOCUMENTS, ids=show)
def test_links_lead_somewhere(path):
    targets = LINK.findall(path.read_text(encoding="utf-8"))
    assert not [t for t in targets if not (path.parent / t).exists() and not (ROOT / t).exists()]
