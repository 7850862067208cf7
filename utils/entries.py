# entries.py - table 1 as Python objects, read from TableGen.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Everything that tests know about activations comes from here: no list of ops
# exists in Python.

import functools
import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import Optional

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"


def cmake_variable(name):
    """A variable of the build's cache, or None."""
    cache = BUILD / "CMakeCache.txt"
    if not cache.exists():
        return None
    match = re.search(rf"^{name}:\w+=(.*)$", cache.read_text(), re.MULTILINE)
    return match.group(1) if match else None


@functools.lru_cache(None)
def llvm_prefix():
    """The LLVM that the build uses, or the one in PATH."""
    mlir = cmake_variable("MLIR_DIR")
    if mlir:
        return pathlib.Path(mlir).parents[2]
    config = shutil.which("llvm-config-22") or "llvm-config"
    done = subprocess.run([config, "--prefix"], capture_output=True, text=True, check=True)
    return pathlib.Path(done.stdout.strip())


def llvm_tool(name):
    """A tool of that LLVM; where it has none, of $CC or from PATH."""
    beside = llvm_prefix() / "bin" / name
    if beside.exists():
        return str(beside)
    chosen = [os.environ["CC"]] if name == "clang" and "clang" in os.environ.get("CC", "") else []
    found = [p for p in map(shutil.which, (*chosen, f"{name}-22", name)) if p]
    return found[0] if found else str(beside)


@functools.lru_cache(None)
def records():
    """All TableGen records of the dialect."""
    command = [llvm_tool("llvm-tblgen"), "-dump-json"]
    command += ["-I", ROOT / "include", "-I", llvm_prefix() / "include"]
    command.append(ROOT / "include" / "act" / "IR" / "Act.td")
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def _get(reference):
    return records()[reference["def"]] if reference else None


@dataclass(frozen=True)
class Parameter:
    name: str
    kind: str  # real | required | optional | choice | flag
    default: str
    cases: tuple
    requirement: str

    @property
    def default_value(self):
        """What the formula sees if nothing is given; an absent one is inf. None
        if it has to be given."""
        if self.kind == "choice":
            return self.default
        defaults = {"required": None, "integer": None, "optional": float("inf"), "flag": False}
        return defaults[self.kind] if self.kind in defaults else float(self.default)

    @property
    def values(self):
        """Values other than the default that tests try."""
        if self.kind == "choice":
            return [case for case in self.cases if case != self.default]
        if self.kind == "flag":
            return [True]
        if self.kind == "integer":
            # They divide the sizes that tests use.
            return [2, 1]
        allowed = {
            "": lambda v: True,
            "positive": lambda v: v > 0,
            "non-negative": lambda v: v >= 0,
            "non-zero": lambda v: v != 0,
        }[self.requirement]
        candidates = (0.3, 2.5, -0.7, 0.0, 1.0, -1.0)
        if self.kind == "optional":
            candidates = (20.0, 1.5, -1.0)
        return [v for v in candidates if allowed(v) and v != self.default_value]


    def spell(self, value):
        """A value as an attribute."""
        if self.kind == "integer":
            return f"{self.name} = {value} : i64"
        return f"{self.name} = {float(value)!r} : f64"


@dataclass(frozen=True)
class RowOperand:
    """An operand of a row-wise op beside x."""

    name: str
    is_mask: bool


@dataclass(frozen=True)
class RowSize:
    """The size of a row-wise result: factor * n + constant, which is a number
    or the getter of a parameter."""

    factor: int
    constant: str
    multiple_of: str

    def _number(self, text, setting):
        for name, value in setting.items():
            getter = "get" + "".join(w.capitalize() for w in name.split("_")) + "()"
            text = text.replace(getter, str(value))
        return int(text)

    def of(self, n, setting):
        """The size for a size of x, a number or "?"."""
        constant = self._number(self.constant, setting)
        if n == "?":
            return n if self.factor else constant
        return self.factor * int(n) + constant

    def granule(self, setting):
        """What the size of x must be a multiple of."""
        return self._number(self.multiple_of, setting)


@dataclass(frozen=True)
class Range:
    lo: str
    hi: str


@dataclass(frozen=True)
class Entry:
    record: str
    shape: str  # unary | gated | broadcast | row
    mnemonic: str
    cpp_name: str
    summary: str
    formula: str
    source: str
    reference: str
    transform_reference: str  # gated: of the factor, at v
    example: str
    parameters: tuple
    constraints: tuple  # conditions on parameters, in C++ that is Python too
    optional_operand: str
    optional_default: str
    tensor_parameters: tuple  # of a broadcast: (name, may be one number, may be one per index)
    zeros: tuple
    grad_zeros: tuple
    # Of a unary entry: the derivative as a function of the result, if it is one,
    # and conditions on parameters for that.
    result_reference: str
    derivative_reference: str  # where it is not that of the reference
    # Of a row-wise entry: the gradient, from the result or not.
    gradient_reference: str
    gradient_from_result: bool
    result_constraints: tuple
    properties: frozenset
    range: Range
    identity_on: Optional[Range]
    # Records of entries that times something are this one.
    self_gate: Optional[str]
    gates: tuple
    row_operands: tuple = ()
    row_size: Optional[RowSize] = None

    @property
    def kebab(self):
        return self.mnemonic.replace("_", "-")

    @property
    def operands(self):
        """The names of the operands that are always there."""
        if self.shape == "gated":
            return ("g", "v")
        more = tuple(o.name for o in self.row_operands)
        return ("x", *(name for name, _, _ in self.tensor_parameters), *more)

    @property
    def dim(self):
        """The dimension of rows or channels of what `tensor` gives, if any."""
        return 1 if self.shape in ("row", "broadcast") else None

    def tensor(self, element):
        """A type for the first operand."""
        return f"tensor<?x{element}>" if self.dim is None else f"tensor<?x?x{element}>"

    def operand_types(self, type_, dim=None):
        """The types of the operands where the first has `type_`. Parameters that
        are operands are one number for each index of `dim` if they may be."""
        masks = {o.name for o in self.row_operands if o.is_mask}
        mask = re.sub(r"^((?:.*[x<])?)\w+(>?)$", r"\1i1\2", type_)
        types = [mask if name in masks else type_ for name in self.operands]
        match = re.fullmatch(r"(tensor|vector)<((?:[\d?\[\]]+x)*)(\w+)>", type_)
        if self.tensor_parameters and match:
            kind, sizes, element = match.groups()
            sizes = sizes.split("x")[:-1]
            dim = 1 if dim is None else dim
            for index, (_, number, per_index) in enumerate(self.tensor_parameters, 1):
                along = f"{sizes[dim]}x" if per_index and dim < len(sizes) else ""
                assert along or number, f"{self.mnemonic} has no meaning on {type_}"
                types[index] = f"{kind}<{along}{element}>"
        return types

    def result_type(self, type_, setting, dim):
        """The type of the result; that of x where it is no tensor or vector."""
        if self.row_size is None:
            return type_
        match = re.fullmatch(r"(\w+)<((?:(?:\d+|\?)x)+)(\w+)>", type_)
        if not match or dim is None:
            return type_
        sizes = match.group(2)[:-1].split("x")
        if not 0 <= dim < len(sizes):
            return type_
        sizes[dim] = str(self.row_size.of(sizes[dim], setting))
        return f"{match.group(1)}<{'x'.join(sizes)}x{match.group(3)}>"

    def signature(self, type_, setting=None, dim=None):
        """What stands behind the colon."""
        types = self.operand_types(type_, dim)
        if self.shape != "broadcast":
            masks = zip(self.row_operands, types[1:])
            types = types[:1] + [t for operand, t in masks if operand.is_mask]
        text = ", ".join(types)
        if self.row_size and (self.row_size.factor, self.row_size.constant) != (1, "0"):
            text += " -> " + self.result_type(type_, setting or {}, dim)
        return text

    def function(self, name, type_, setting=None, dim=None):
        """A function that is the op."""
        setting = self.required if setting is None else setting
        names = [f"%{operand}" for operand in self.operands]
        arguments = ", ".join(f"{n}: {t}" for n, t in zip(names, self.operand_types(type_, dim)))
        result = self.result_type(type_, setting, dim)
        op = self.spell(names, type_, setting, dim)
        return (
            f"func.func @{name}({arguments}) -> {result} {{\n"
            f"  %r = {op}\n  return %r : {result}\n}}\n"
        )

    @property
    def required(self):
        """A setting of the parameters that have to be given."""
        names = [p for p in self.parameters if p.kind in ("required", "integer")]
        return {p.name: p.values[i] for i, p in enumerate(names)}

    @property
    def settings(self):
        """Settings that tests run: the default, then one parameter changed."""
        base = self.required
        changed = [{**base, p.name: v} for p in self.parameters for v in p.values]
        return [base] + [s for s in changed if s != base and self.is_valid(s)]

    @property
    def forms(self):
        """Settings that are functions of their own: the default, then each
        other case of a choice."""
        choices = [p for p in self.parameters if p.kind == "choice"]
        return [self.required] + [{**self.required, p.name: v} for p in choices for v in p.values]

    def is_valid(self, setting):
        """Whether the parameters go together."""
        return self._holds(setting, (c for c, _ in self.constraints))

    def has_result(self, setting):
        """Whether the gradient can be computed from the result."""
        return bool(self.result_reference) and self._holds(setting, self.result_constraints)

    def _holds(self, setting, conditions):
        names = {**self.complete(setting), "inf": float("inf")}
        # C++ that is Python but for one word.
        return all(eval(c.replace("&&", "and"), {"__builtins__": {}}, names) for c in conditions)

    def complete(self, setting):
        """All parameters by name."""
        return {p.name: setting.get(p.name, p.default_value) for p in self.parameters}

    def spell(self, operands, type_, setting=None, dim=None):
        """The op as text, without a result: `act.gelu %x approximate<tanh> : f32`.
        The type is that of x."""
        setting = setting or {}
        choices, attributes = "", []
        if dim is not None:
            attributes.append(f"dim = {dim} : i64")
        for p in self.parameters:
            if p.name not in setting:
                continue
            if p.kind == "choice":
                choices += f" {p.name}<{setting[p.name]}>"
            elif p.kind == "flag":
                attributes += [p.name] * setting[p.name]
            else:
                attributes.append(p.spell(setting[p.name]))
        dictionary = " {" + ", ".join(attributes) + "}" if attributes else ""
        types = self.signature(type_, setting, dim)
        return f"act.{self.mnemonic} {', '.join(operands)}{choices}{dictionary} : {types}"


def _parameter(record):
    return Parameter(
        record["name"],
        record["kind"],
        record["defaultValue"],
        tuple(record.get("cases", ())),
        record["requirement"],
    )


def _entry(name, shape):
    record = records()[name]
    ranges = {}
    for field in ("range", "identityOn"):
        r = _get(record.get(field))
        ranges[field] = Range(r["lo"], r["hi"]) if r else None
    return Entry(
        name,
        shape,
        record["mnemonic"],
        record["cppName"],
        record["summary"] or "",
        record["formula"] or "",
        record["source"] or "",
        record["reference"] or "",
        record.get("transformReference", ""),
        record["example"] or "",
        tuple(_parameter(_get(p)) for p in record["params"]),
        tuple((c["condition"], c["words"]) for c in map(_get, record["constraints"])),
        record.get("optionalOperand", ""),
        record.get("optionalDefault", ""),
        tuple(
            (p["name"], bool(p["mayBeNumber"]), bool(p["mayBePerIndex"]))
            for p in map(_get, record.get("tensorParams", ()))
        ),
        tuple(record.get("zeros", ())),
        tuple(record.get("gradZeros", ())),
        record.get("resultReference", ""),
        record["derivativeReference"],
        record.get("gradientReference", "") or "",
        bool(record.get("gradientFromResult", False)),
        tuple(c["condition"] for c in map(_get, record.get("resultConstraints", ()))),
        frozenset(p["def"].removeprefix("Act_") for p in record.get("properties", ())),
        ranges["range"],
        ranges["identityOn"],
        record.get("selfGate") or None,
        tuple(g["def"] for g in record.get("gates", ())),
        tuple(
            RowOperand(o["name"], bool(o["isMask"]))
            for o in map(_get, record.get("rowOperands", ()))
        ),
        _row_size(record),
    )


def _row_size(record):
    size = _get(record.get("size"))
    return size and RowSize(size["factor"], size["constant"], record["multipleOf"])


@functools.lru_cache(None)
def entries():
    """Every entry of table 1."""
    classes = {"unary": "Act_Entry", "gated": "Act_GatedEntryBase", "broadcast": "Act_BroadcastEntry", "row": "Act_RowEntry"}
    instances = records()["!instanceof"]
    found = [
        _entry(name, shape)
        for shape, class_ in classes.items()
        for name in instances.get(class_, ())
    ]
    return tuple(sorted(found, key=lambda e: e.mnemonic))


@dataclass(frozen=True)
class Operation:
    """An op of the dialect, generated from an entry or not."""

    mnemonic: str
    summary: str
    description: str
    entry: Optional[str]
    gradient_of: Optional[str] = None

    @property
    def kebab(self):
        return self.mnemonic.replace("_", "-")

    @property
    def examples(self):
        """The code blocks of the description."""
        return re.findall(r"```mlir\n(.*?)```", self.description, re.DOTALL)


@functools.lru_cache(None)
def operations():
    """Every op of the dialect."""
    found = []
    for name in records()["!instanceof"].get("Act_Op", ()):
        record = records()[name]
        entry = record.get("entry")
        found.append(
            Operation(
                record["opName"],
                record["summary"] or "",
                record["description"] or "",
                entry["def"] if entry else None,
                record["gradientOf"]["def"] if record.get("gradientOf") else None,
            )
        )
    return tuple(sorted(found, key=lambda o: o.mnemonic))


def each_setting(*, defaults_only=False):
    """All pairs of an entry and a setting of its parameters."""
    return list(
        itertools.chain.from_iterable(
            ((e, s) for s in (e.settings[:1] if defaults_only else e.settings))
            for e in entries()
        )
    )


def setting_name(entry, setting):
    """For the names of tests: gelu, gelu-approximate=tanh."""
    return "-".join([entry.mnemonic] + [f"{k}={v}" for k, v in setting.items()])


def one_of_each_shape(chosen):
    """The first entry of each shape."""
    return list({e.shape: e for e in reversed(chosen)}.values())


def matching(only=None):
    """The entries and the forms of them whose name a regular expression is found
    in; all without one. A ValueError of one line if it is none or finds nothing."""
    try:
        pattern = re.compile(only or "")
    except re.error as error:
        raise ValueError(f"{only!r} is not a regular expression: {error}") from None
    found = []
    for entry in entries():
        for setting in entry.forms:
            # With and without the parameters that have to be given.
            free = {k: v for k, v in setting.items() if k not in entry.required}
            if any(pattern.search(setting_name(entry, s)) for s in (setting, free)):
                found.append((entry, setting))
    if not found:
        raise ValueError(f"no op matches {only!r}")
    return found
