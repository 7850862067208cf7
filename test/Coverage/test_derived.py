# What holds for every entry alike: round trips, verification, lowering.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import itertools
import re
import subprocess

import pytest
from checks import act_opt
from entries import BUILD, each_setting, entries, setting_name
from gradient_ops import gradient_ops
from ulp import TYPES

ENTRIES = entries()
IDS = [e.mnemonic for e in ENTRIES]
GRADIENTS = gradient_ops()
GRADIENT_IDS = [g.name for g in GRADIENTS]
ELEMENTWISE = ["{}", "vector<{}>", "vector<3x{}>", "vector<2x[4]x{}>"]
ELEMENTWISE += ["tensor<{}>", "tensor<?x{}>", "tensor<0x3x{}>", "tensor<2x?x1x{}>"]
# Parameters that are operands vary along a dimension.
BROADCAST = ["{}", "vector<3x{}>", "vector<2x[4]x{}>", "tensor<?x{}>", "tensor<0x3x{}>", "tensor<2x?x1x{}>"]
ROWS = ["vector<4x{}>", "vector<2x3x{}>", "tensor<?x{}>", "tensor<4x?x{}>"]


def functions(entry, settings, shapes=None):
    """A function for every setting, type and shape."""
    shapes = shapes or {"row": ROWS, "broadcast": BROADCAST}.get(entry.shape, ELEMENTWISE)
    types = [s.format(t) for s in shapes for t in TYPES]
    text = ""
    dim = 0 if entry.shape in ("row", "broadcast") else None
    for number, (setting, type_) in enumerate((s, t) for s in settings for t in types):
        text += entry.function(f"f{number}", type_, setting, dim)
    return text


def check_round_trip(mnemonic, text):
    code, once, errors = act_opt(text)
    assert code == 0, errors
    assert once.count(f"act.{mnemonic} ") == text.count(f"act.{mnemonic} ")
    assert act_opt(once)[1] == once
    generic = act_opt(text, "--mlir-print-op-generic")[1]
    assert act_opt(generic)[1] == once
    bytecode = subprocess.run(
        [BUILD / "bin" / "act-opt", "--emit-bytecode"], input=text.encode(), capture_output=True
    ).stdout
    done = subprocess.run([BUILD / "bin" / "act-opt"], input=bytecode, capture_output=True)
    assert done.stdout.decode() == once


@pytest.mark.parametrize("entry", ENTRIES, ids=IDS)
def test_round_trip(entry):
    check_round_trip(entry.mnemonic, functions(entry, entry.settings))


def gradient_functions(op, shapes=None):
    """As `functions`, of a gradient."""
    entry = op.entry
    shapes = shapes or {"row": ROWS, "broadcast": BROADCAST}.get(entry.shape, ELEMENTWISE)
    types = [s.format(t) for s in shapes for t in TYPES]
    dim = 0 if entry.shape in ("row", "broadcast") else None
    cases = enumerate((s, t) for s in op.settings for t in types)
    return "".join(op.function(f"f{i}", t, s, dim) for i, (s, t) in cases)


@pytest.mark.parametrize("op", GRADIENTS, ids=GRADIENT_IDS)
def test_gradient_round_trip(op):
    text = gradient_functions(op)
    check_round_trip(op.mnemonic, text)
    assert act_opt(text)[1].count("from<result>") == op.from_result * text.count("from<result>")


@pytest.mark.parametrize("entry", ENTRIES, ids=IDS)
def test_parameters_at_their_default_are_not_printed(entry):
    kinds = ("real", "choice", "flag")
    setting = {p.name: p.default_value for p in entry.parameters if p.kind in kinds}
    setting = {**entry.required, **setting}
    given = act_opt(functions(entry, [setting]))[1]
    assert given == act_opt(functions(entry, entry.settings[:1]))[1]


@pytest.mark.parametrize("entry,setting", each_setting(), ids=[setting_name(*c) for c in each_setting()])
def test_parameters_survive(entry, setting):
    output = act_opt(functions(entry, [setting]))[1]
    for name, value in setting.items():
        shown = f"{name}<{value}>" if isinstance(value, str) else f"{name} = "
        if value is True:
            shown = f"{{{name}}}"
        assert output.count(shown) == output.count(f"act.{entry.mnemonic} ")


# Values for the first parameters of an entry.
TRIED = list(itertools.product((-1.0, 0.0, 1.0), repeat=2))


def bad_settings(entry):
    """Settings that verification refuses, and what it says."""
    for p in entry.parameters:
        if p.kind in ("choice", "flag"):
            continue
        if p.kind != "integer":
            yield f"{p.name} = 0x7FF0000000000000 : f64", f"'{p.name}' to be finite"
            yield f"{p.name} = 0x7FF8000000000000 : f64", f"'{p.name}' to be finite"
        worst = {"positive": 0, "non-negative": -1, "non-zero": 0}
        if p.requirement:
            assert p.requirement in worst, f"no test of {p.requirement}"
            yield p.spell(worst[p.requirement]), f"'{p.name}' to be {p.requirement}"
        yield f"{p.name} = 1 : i32", p.name
    for condition, words in entry.constraints:
        # Which parameters break it is for us to find.
        values = [{p.name: v for p, v in zip(entry.parameters, vs)} for vs in TRIED]
        broken = next(v for v in values if not entry.is_valid(v))
        yield ", ".join(f"{n} = {v} : f64" for n, v in broken.items()), words
    if entry.shape == "row":
        yield "dim = 1 : i64", "'dim' to be in [0, 1)"
        yield "dim = -1 : i64", "'dim' to be in [0, 1)"


BAD = [(e, attribute, message) for e in ENTRIES for attribute, message in bad_settings(e)]


@pytest.mark.parametrize("entry,attribute,message", BAD, ids=[f"{e.mnemonic}-{a}" for e, a, _ in BAD])
def test_bad_parameters_are_refused(entry, attribute, message):
    names = [f"%{n}" for n in entry.operands]
    types = entry.operand_types("tensor<4xf32>")
    arguments = ", ".join(f"{n}: {t}" for n, t in zip(names, types))
    dim = "" if entry.shape != "row" or attribute.startswith("dim") else "dim = 0 : i64, "
    # The other parameters that have to be there.
    others = [
        p.spell(entry.required[p.name])
        for p in entry.parameters
        if p.name in entry.required and not attribute.startswith(f"{p.name} ")
    ]
    attribute = ", ".join([attribute, *others])
    signature = entry.signature("tensor<4xf32>", entry.required, 0)
    op = f"act.{entry.mnemonic} {', '.join(names)} {{{dim}{attribute}}} : {signature}"
    code, _, errors = act_opt(f"func.func @f({arguments}) {{\n  %r = {op}\n  return\n}}\n")
    assert code == 1
    assert message in errors
    assert len(re.findall(r"error:", errors)) == 1


@pytest.mark.parametrize("type_", ["i32", "tensor<*xf32>", "vector<4xf8E5M2>", "f80", "memref<4xf32>"])
@pytest.mark.parametrize("entry", ENTRIES, ids=IDS)
def test_bad_types_are_refused(entry, type_):
    names = [f"%{n}" for n in entry.operands]
    types = entry.operand_types(type_, 0)
    arguments = ", ".join(f"{n}: {t}" for n, t in zip(names, types))
    op = entry.spell(names, type_, entry.required, dim=0 if entry.shape in ("row", "broadcast") else None)
    code, _, errors = act_opt(f"func.func @f({arguments}) {{\n  %r = {op}\n  return\n}}\n")
    assert code == 1 and f"but got '{type_}'" in errors
    assert len(re.findall(r"error:", errors)) == 1


def check_lowering(text):
    """Nothing is left, and nothing has to be linked."""
    code, output, errors = act_opt(text, "--act-to-llvm")
    assert code == 0, errors
    left = set(re.findall(r'^\s*(?:%.*= )?"?((?!llvm\.|builtin\.|module)[a-z_]+\.\w+)', output, re.MULTILINE))
    assert not left
    # No call to a math library, and no intrinsic that would become one.
    allowed = {"malloc", "free", "aligned_alloc", "memrefCopy"}
    # C wrappers call the functions.
    called = set(re.findall(r"llvm\.call @(?!f\d)(\w+)", output))
    assert not called - allowed
    functions_of_libm = "exp|exp2|exp10|log|log2|log10|sin|cos|tan|tanh|pow|fmod"
    assert not set(re.findall(rf"llvm\.intr\.(?:{functions_of_libm})\b", output))


def shapes_at_run_time(entry):
    """Every shape that has a meaning there."""
    shapes = ["vector<4x{}>", "tensor<?x{}>", "tensor<6x{}>"]
    if entry.shape != "row":
        shapes += ["{}", "tensor<2x?x3x{}>"]
    if entry.shape in ("unary", "gated"):
        shapes.append("tensor<{}>")
    return shapes


@pytest.mark.parametrize("entry", ENTRIES, ids=IDS)
def test_lowers_to_llvm(entry):
    check_lowering(functions(entry, entry.settings, shapes_at_run_time(entry)))


@pytest.mark.parametrize("op", GRADIENTS, ids=GRADIENT_IDS)
def test_gradient_lowers_to_llvm(op):
    check_lowering(gradient_functions(op, shapes_at_run_time(op.entry)))


@pytest.mark.parametrize("op", GRADIENTS, ids=GRADIENT_IDS)
def test_gradient_refuses_other_types_for_dy(op):
    dim = 0 if op.entry.shape in ("row", "broadcast") else None
    text = op.function("f", "tensor<6xf32>", None, dim)
    generic = act_opt(text, "--mlir-print-op-generic")[1]
    wrong = re.sub(r"%arg(\d+): tensor<(\d+)xf32>\):", r"%arg\1: tensor<\2xbf16>):", generic)
    wrong = re.sub(r"tensor<(\d+)xf32>\) -> (\(?tensor<\d+xf32>.*)$", r"tensor<\1xbf16>) -> \2", wrong, flags=re.MULTILINE)
    assert wrong != generic
    code, _, errors = act_opt(wrong)
    assert code == 1 and f"'act.{op.mnemonic}' op" in errors


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e.result_constraints], ids=lambda e: e.mnemonic)
def test_gradients_from_results_refuse_what_has_none(entry):
    op = next(g for g in GRADIENTS if g.entry == entry and g.from_result)
    refused = [s for s in entry.settings if not entry.has_result(s)]
    assert refused
    for setting in refused:
        code, _, errors = act_opt(op.function("f", "f32", setting))
        assert code == 1 and "to compute from the result" in errors
