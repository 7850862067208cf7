# docs/generated is what the table says, and so is act-opt's listing.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import json
import subprocess
import sys

import pytest
from entries import BUILD, ROOT, entries


def act_list(form):
    command = [str(BUILD / "bin" / "act-opt"), f"--act-list{form}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def listed():
    return {e["name"]: e for e in json.loads(act_list("=json"))}


def test_generated_files_are_up_to_date():
    command = [sys.executable, str(ROOT / "utils" / "generate_docs.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_entry_is_listed(listed):
    assert set(listed) == {e.mnemonic for e in entries()}


@pytest.mark.parametrize("entry", entries(), ids=lambda e: e.mnemonic)
def test_fields_are_those_of_the_table(listed, entry):
    fields = listed[entry.mnemonic]
    for field in ("summary", "formula", "source", "example"):
        assert fields[field] == getattr(entry, field)
    parameters = [(p["name"], p["kind"], p["default"]) for p in fields["parameters"]]
    assert parameters == [(p.name, p.kind, p.default) for p in entry.parameters]
    assert fields["range"] == [entry.range.lo, entry.range.hi]
    # Nothing of LaTeX is left in plain text.
    assert not set("\\{}") & set(fields["text"])


def test_text_has_a_line_for_each():
    lines = act_list("").splitlines()
    names = [line.split()[0] for line in lines if line and not line.startswith("#")]
    assert sorted(set(names) - {"name"}) == sorted(e.mnemonic for e in entries())
    assert not [line for line in lines if line != line.rstrip()]


def test_an_unknown_form_is_an_error():
    command = [str(BUILD / "bin" / "act-opt"), "--act-list=yaml"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode != 0 and "act-list" in done.stderr
