# No op without a row in every table of tests.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Numerics, examples, invalid parameters, round trips and lowering of all types
# are derived from the entries: what can be missing is the data they come from.
# Each op has one lit file of its own.

import re

import checks
import pytest
from checks import ROOT
from entries import entries, operations
from ulp import TYPES

BY_RECORD = {e.record: e for e in entries()}
INVALID = ROOT / "test" / "IR" / "invalid.mlir"


def run_lines(text):
    return [re.sub(r"\s+", " ", line) for line in checks.run_lines(text)]


def has_run(text, *words):
    return any(all(w in line for w in words) for line in run_lines(text))


def missing_in_file(operation, entry):
    """The rows that the lit file of an op lacks."""
    path = ROOT / "test" / "IR" / f"{operation.kebab}.mlir"
    name = f"test/IR/{operation.kebab}.mlir"
    if not path.exists():
        yield f"no {name}: round trip in text and bytecode, fold, canonicalize, expand"
        return
    text = path.read_text(encoding="utf-8")
    if not has_run(text, "act-opt %s | act-opt | FileCheck"):
        yield f"{name}: no round trip in text"
    if not has_run(text, "--emit-bytecode | act-opt | FileCheck"):
        yield f"{name}: no round trip in bytecode"
    if not re.search(rf"\bact\.{operation.mnemonic}\b", text):
        yield f"{name}: does not use act.{operation.mnemonic}"
    if not entry:
        return
    for type_ in TYPES:
        used = rf"act\.{operation.mnemonic} .*: .*(?:\b|x){type_}\b"
        if not re.search(used, text):
            yield f"{name}: no {type_}"
    if entry.shape == "row":
        decompositions = ROOT / "test" / "Transforms" / "decompose.mlir"
        if f"act.{operation.mnemonic} " not in decompositions.read_text(encoding="utf-8"):
            yield "test/Transforms/decompose.mlir: no decomposition"
        return
    if entry.shape == "broadcast":
        decompositions = ROOT / "test" / "Transforms" / "decompose-broadcast.mlir"
        if f"act.{operation.mnemonic} " not in decompositions.read_text(encoding="utf-8"):
            yield "test/Transforms/decompose-broadcast.mlir: no decomposition"
    if not has_run(text, "--canonicalize=test-convergence", "FileCheck"):
        yield f"{name}: no fold and canonicalize"
    if not has_run(text, "--act-expand", "FileCheck"):
        yield f"{name}: no expand"


def missing_in_entry(entry):
    """The fields of an entry that tests and documentation come from."""
    for field, use in (
        ("summary", "docs"),
        ("formula", "docs"),
        ("source", "docs"),
        ("example", "docs example"),
        ("reference", "numerics forward"),
    ):
        if not getattr(entry, field).strip():
            yield f"no {field} ({use})"


def missing(operation):
    if operation.gradient_of:
        # The rest is derived from the entry (test_derived.py, test_gradients.py).
        if not operation.summary or not operation.examples:
            yield "no description"
        if operation.mnemonic != BY_RECORD[operation.gradient_of].mnemonic + "_grad":
            yield "not the name of a gradient"
        return
    entry = BY_RECORD.get(operation.entry)
    yield from missing_in_file(operation, entry)
    if not operation.summary:
        yield "no summary"
    if entry:
        yield from missing_in_entry(entry)
        return
    if not operation.description:
        yield "no description"
    if f"act.{operation.mnemonic}" not in INVALID.read_text(encoding="utf-8"):
        yield "test/IR/invalid.mlir: no case"


@pytest.mark.parametrize("operation", operations(), ids=lambda o: o.mnemonic)
def test_nothing_is_missing(operation):
    found = list(missing(operation))
    assert not found, f"{operation.mnemonic}: " + "; ".join(found)


def test_every_entry_became_an_op():
    ops = {o.entry for o in operations() if o.entry}
    assert {e.record for e in entries()} == ops


def test_every_entry_has_a_gradient():
    ops = {o.gradient_of for o in operations() if o.gradient_of}
    assert {e.record for e in entries()} == ops
    for entry in entries():
        assert entry.shape != "row" or entry.gradient_reference, entry.mnemonic


def test_no_lit_file_without_an_op():
    """A file of an op that was renamed or removed."""
    files = {p.stem for p in (ROOT / "test" / "IR").glob("*.mlir")}
    others = {"bytecode-newer", "bytecode-version-0", "gradients", "invalid", "interfaces", "precise"}
    stale = {f for f in files - others if f not in {o.kebab for o in operations()}}
    prefixes = tuple(o.kebab + "-" for o in operations())
    assert not {f for f in stale if not f.startswith(prefixes)}
