# peer_spelling.py - how other implementations spell an entry.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What a peer calls is data: test/Numerics/peers/*.json. Where it has no gated op
# but the gate, the op is the product of the gate and the value; where it has
# nothing, it may be given the formula of the entry.

import functools
import inspect
import json
import math
import re
from dataclasses import dataclass

import numpy as np

from entries import entries, setting_name
from record_references import CALLS, inputs, model_inputs, resolve
from reference import Reference


class Unsupported(Exception):
    """The peer has no such function, or does not take the type: one line."""


@dataclass(frozen=True)
class Factor:
    """A call, or None for the operand itself; operands are pairs of a keyword,
    or None, and an array or a number."""

    call: dict
    operands: tuple

    @property
    def spelled(self):
        if self.call is None:
            return "operand"
        return "formula" if "formula" in self.call else self.call["call"]


@functools.lru_cache(None)
def _calls(file):
    return json.loads((CALLS / f"{file}.json").read_text())["calls"]


@functools.lru_cache(None)
def _test_inputs():
    return inputs()


@functools.lru_cache(None)
def _entries():
    return {entry.record: entry for entry in entries()}


def _input_names(call):
    """Pairs of a keyword, or None, and the name of an input or a number."""
    for given in call.get("inputs", ["x"]):
        yield next(iter(given.items())) if isinstance(given, dict) else (None, given)


def settings(entry, file):
    """The settings that a file of calls has the entry with."""
    return [c.get("setting", {}) for c in _calls(file) if c["op"] == entry.mnemonic]


def _fits(call, arrays):
    """Whether operands that are one number are so in the call, too."""
    names = [name for _, name in _input_names(call) if isinstance(name, str)]
    if len(names) != len(arrays):
        return False
    return all((_test_inputs()[n].size == 1) == (a.size == 1) for n, a in zip(names, arrays))


def _packed(layout, arrays):
    gate, value = arrays
    halves = {"value_first": (value, gate), "gate_first": (gate, value)}
    if layout not in halves:
        raise Unsupported(f"operands packed as {layout} are not made here")
    return np.concatenate(halves[layout], axis=-1)


def _direct(file, entry, setting, arrays):
    """The factor that is the whole entry, or None."""
    complete = entry.complete(setting)
    for call in _calls(file):
        if call["op"] != entry.mnemonic or entry.complete(call.get("setting", {})) != complete:
            continue
        given = [_packed(call["layout"], arrays)] if "layout" in call else arrays
        if "layout" not in call and not _fits(call, given):
            continue
        # A parameter that is one number is a tensor of one element for the peers.
        left = iter([a.reshape(1) if a.ndim == 0 else a for a in given])
        names = _input_names(call)
        return Factor(call, tuple((k, next(left) if isinstance(n, str) else n) for k, n in names))
    return None


def _same_function(entry, setting, text, operand):
    """Entries of one operand that are an expression in an operand of an entry."""
    for other in _entries().values():
        if other.shape == "unary" and re.sub(r"\bx\b", operand, other.reference) == text:
            yield other
    # A gate comes first; what follows is the gate at default parameters.
    if operand == "x" and text == entry.reference:
        yield from (_entries()[r] for r in entry.gates[:1])
        if entry.complete(setting) == entry.complete({}):
            yield from (_entries()[r] for r in entry.gates[1:])


def _call_of(file, entry, setting, others, array):
    """A factor that is a call of one of the other entries, or None."""
    default = entry.complete({})
    for other in others:
        known = {p.name for p in other.parameters}
        its = {k: v for k, v in entry.complete(setting).items() if k in known}
        rest = {k for k, v in entry.complete(setting).items() if v != default[k]} - known
        found = None if rest else _direct(file, other, its, [array])
        if found:
            return found
    return None


def _product(file, entry, setting, arrays):
    """Two factors, of a gated entry or of one that is its operand times another."""
    if entry.shape == "gated":
        parts = [("x", entry.reference, arrays[0]), ("v", entry.transform_reference, arrays[1])]
        for operand, text, array in parts:
            if text == operand:
                yield Factor(None, ((None, array),))
            else:
                same = _same_function(entry, setting, text, operand)
                yield _call_of(file, entry, setting, same, array)
    elif entry.self_gate:
        yield Factor(None, ((None, arrays[0]),))
        yield _call_of(file, entry, setting, [_entries()[entry.self_gate]], arrays[0])


def formula(entry, setting, type_, arrays):
    """One factor, which is the formula of the entry."""
    names = ["x", "v"] if entry.shape == "gated" else entry.operands
    texts = Reference(entry, setting, type_).settled()
    # Integers may be of 32 bits for a peer.
    texts = [re.sub(r"(?<![\w.])(\d{10,})(?![\w.])", r"\1.0", t) for t in texts]
    text = f"lambda {', '.join(names)}: {' * '.join(f'({t})' for t in texts)}"
    return [Factor({"formula": text}, tuple((None, a) for a in arrays))]


def spelling(file, entry, setting, arrays):
    """The factors that a file of calls has for an entry."""
    found = _direct(file, entry, setting, arrays)
    if found:
        return [found]
    factors = list(_product(file, entry, setting, arrays))
    if factors and all(factors):
        return factors
    raise Unsupported(f"{file}.json has no {setting_name(entry, setting)}")


def _of_number_too(number, array):
    """A function of an array, and of what is a number of Python."""
    return lambda x: number(x) if isinstance(x, (int, float)) else array(x)


def language(clamp, *modules):
    """What formulas call, out of modules of functions on arrays."""

    def bound(builtin, side):
        def function(a, b):
            if isinstance(a, (int, float)):
                a, b = b, a
            both = isinstance(a, (int, float))
            return builtin(a, b) if both else clamp(a, **{side: b})

        return function

    def where(condition, a, b):
        if isinstance(condition, bool):
            return a if condition else b
        return modules[0].where(condition, a, b)

    words = {"pi": math.pi, "inf": math.inf, "number": float, "where": where}
    words |= {"min": bound(min, "max"), "max": bound(max, "min")}
    for name in "exp expm1 log log1p tanh erf erfc sin cos atan sqrt".split():
        array = next(getattr(m, name) for m in modules if hasattr(m, name))
        words[name] = _of_number_too(getattr(math, name), array)
    return words | {
        "rowmax": lambda x: modules[0].amax(x, axis=-1, keepdims=True),
        "rowsum": lambda x: modules[0].sum(x, axis=-1, keepdims=True),
        "rowconcat": lambda *parts: modules[0].concatenate(parts, axis=-1),
    }


def function_of(factors, constant, words):
    """A function of the arrays of the factors, and those arrays; `words` is the
    language of formulas. Each function has its own code: compilers keep what they
    compiled for a code object."""
    arrays = model_inputs([(f.call, [v for _, v in f.operands]) for f in factors])
    argument = {id(a): f"x{i}" for i, a in enumerate(arrays)}
    names, terms = {}, []
    for factor in factors:
        given = []
        for keyword, value in factor.operands:
            word = argument.get(id(value))
            if word is None:
                word = f"c{len(names)}"
                names[word] = constant(value, arrays[0].dtype)
            given.append(f"{keyword}={word}" if keyword else word)
        if factor.call is None:
            terms += given
            continue
        keywords = factor.call.get("arguments", {})
        if "formula" in factor.call:
            function = eval(factor.call["formula"], dict(words))
        else:
            function = resolve(factor.call["call"])
        if inspect.isclass(function):
            function, keywords = function(**keywords), {}
        word = f"f{len(names)}"
        names[word] = function
        given += [f"{k}={v!r}" for k, v in keywords.items()]
        terms.append(f"{word}({', '.join(given)})")
    text = f"lambda {', '.join(argument.values())}: {' * '.join(terms)}"
    return eval(text, names), arrays
