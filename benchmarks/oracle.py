# oracle.py - references compiled to C++, to measure billions of results.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The reference of an entry becomes a C++ template over the number, which
# Oracle.h interprets as a vector of doubles, as long double and as MPFR's numbers,
# and Scan.h compares a kernel's results with it. Double decides what it can of
# f32, long double of f64; MPFR decides the rest.

import ast
import ctypes
import hashlib
import pathlib
import platform

import machine
import numpy as np
import sweep
from entries import BUILD, llvm_tool
from reference import Reference
from run_kernel import cached, checked

FOLDER = pathlib.Path(__file__).resolve().parent
HEADERS = [FOLDER / "Oracle.h", FOLDER / "Scan.h"]

# Upper ends of the bins of the histogram of errors, in ULP; infinity comes last.
EDGES = (0.5, 1, 1.5, 2, 3, 4, 8, 64, 1e30, np.inf)
# Maxima are kept apart by sign and exponent of the operand.
BUCKETS = 512

_OPERATORS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.USub: "-",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip


class _Cpp(ast.NodeVisitor):
    """Writes an expression of reference.py as C++ over a number type E."""

    def visit_Expression(self, node):
        return self.visit(node.body)

    def visit_BinOp(self, node):
        operator = _OPERATORS[type(node.op)]
        return f"({self.visit(node.left)} {operator} {self.visit(node.right)})"

    def visit_UnaryOp(self, node):
        return f"({_OPERATORS[type(node.op)]}{self.visit(node.operand)})"

    def visit_Compare(self, node):
        right = self.visit(node.comparators[0])
        return f"({self.visit(node.left)} {_OPERATORS[type(node.ops[0])]} {right})"

    def visit_IfExp(self, node):
        branches = (f"[&]() -> E {{ return {self.visit(n)}; }}" for n in (node.body, node.orelse))
        return f"select({self.visit(node.test)}, {', '.join(branches)})"

    def visit_Call(self, node):
        name = node.func.id
        if name == "number":
            return self.visit(node.args[0])
        if name == "rounded":
            name = "rounded<Compute>"
        return f"{name}({', '.join(map(self.visit, node.args))})"

    def visit_Name(self, node):
        return {"pi": "pi<E>()", "inf": "number<E>(infinity)"}.get(node.id, node.id)

    def visit_Constant(self, node):
        assert float(node.value) == node.value, "constants are doubles"
        return f"number<E>({_literal(node.value)})"

    def generic_visit(self, node):
        raise ValueError(f"not in the language of references: {ast.dump(node)}")


def _literal(value):
    if np.isinf(value):
        return "infinity" if value > 0 else "-infinity"
    return float(value).hex()


def _expression(reference, text):
    return _Cpp().visit(reference.tree(text, lazy=True))


def _function(reference, name, operands, text):
    """A template for an expression, which has its operands in an array. The
    optional operand has its default."""
    body = _expression(reference, text)
    names = "".join(
        f"  [[maybe_unused]] const E &{operand} = operands[{index}];\n"
        for index, operand in enumerate(operands)
    )
    optional = reference.entry.optional_operand
    if optional:
        default = _expression(reference, reference.entry.optional_default)
        names += f"  [[maybe_unused]] const E {optional} = {default};\n"
    return (
        f"template <typename E>\nstatic E {name}(const E *operands) {{\n"
        f"{names}  return {body};\n}}\n"
    )


def _limit(entry, setting, type_):
    """sweep.limits_of as C++, for what double decides."""
    bound = sweep.bound(entry, type_)
    lines = [f"  Vec limit = splat({_literal(bound)});"]
    if entry.shape == "unary":
        rule = sweep.BOUNDS["zeros"]
        absolute = _literal(rule["absolute"].get(type_.name, 0))
        for zero in sweep.zeros_of(entry, setting, type_.name):
            lines += [
                f"  limit = abs(*x - {_literal(zero)}) <= {_literal(rule['distance'])}"
                f" ? max(limit, {absolute} / spacing(exact)) : limit;"
            ]
        for i in range(len(_rules(entry))):
            lines += [f"  limit = beyond{i}(limit, abs(argument{i}(x)), x, exact);"]
    body = "\n".join(lines)
    return f"static Vec limitAt(const Vec *x, Vec exact) {{\n{body}\n  return limit;\n}}\n"


def _rules(entry):
    return sweep.BOUNDS.get(entry.mnemonic, {}).get("beyond", ())


def _beyond(entry, reference, bound):
    """Where arguments of periodic functions are large."""
    text = ""
    for i, rule in enumerate(_rules(entry)):
        text += _function(reference, f"argument{i}", ["x"], rule["of"])
        allowed = "splat(infinity)"
        if rule["absolute"] is not None:
            text += _function(reference, f"absolute{i}", ["x"], rule["absolute"])
            allowed = f"max(limit, {_literal(bound)} + absolute{i}(x) / spacing(exact))"
        text += (
            f"static Vec beyond{i}(Vec limit, Vec argument, const Vec *x, Vec exact) {{\n"
            f"  return argument > {_literal(rule['from'])} ? {allowed} : limit;\n}}\n"
        )
    return text


def source(entry, setting, type_):
    """The C++ for an entry with its parameters set and a type."""
    reference = Reference(entry, setting, type_)
    operands = ["x", "v"] if entry.shape == "gated" else list(entry.operands)
    text = '#include "Scan.h"\n'
    text += f"typedef {'double' if type_.name == 'f64' else 'float'} Compute;\n"
    for index, (name, factor) in enumerate(reference.factors):
        names = [name, *operands[1:]] if entry.shape != "gated" else [name]
        text += _function(reference, f"factor{index}", names, factor)
    text += _beyond(entry, reference, sweep.bound(entry, type_))
    text += _limit(entry, setting, type_)
    definition = {
        "factors": len(reference.factors),
        "operands": len(operands),
        "hasLimits": "NoLimit" not in entry.properties,
        "isIdentity": sweep.is_identity(entry, setting),
        "bound": sweep.bound(entry, type_),
    }
    return text + _definition(definition)


def _definition(d):
    second = "factor1" if d["factors"] == 2 else "factor0"
    return f"""
struct Function {{
  static constexpr int factors = {d["factors"]};
  static constexpr int operands = {d["operands"]};
  static constexpr bool hasLimits = {int(d["hasLimits"])};
  static constexpr bool isIdentity = {int(d["isIdentity"])};
  static constexpr double bound = {_literal(d["bound"])};
  template <typename E>
  static E factor(int index, const E *operands) {{
    return index ? {second}<E>(operands) : factor0<E>(operands);
  }}
  static Vec limit(const Vec *x, Vec exact) {{ return limitAt(x, exact); }}
}};
ACT_DEFINE_SCANS(Function, Compute)
"""


class Place(ctypes.Structure):
    _fields_ = [
        ("error", ctypes.c_double),
        ("at", ctypes.c_uint64 * 2),  # bits of the operands
        ("got", ctypes.c_uint64),
    ]


class Tally(ctypes.Structure):
    """What Scan.h counts."""

    _fields_ = [
        ("count", ctypes.c_uint64),
        ("exceeded", ctypes.c_uint64),  # results beyond their limit
        ("histogram", ctypes.c_uint64 * len(EDGES)),
        ("share", Place),  # the largest error over its limit
        ("buckets", Place * BUCKETS),  # the largest errors where the bound is ULP alone
    ]

    def add(self, other):
        self.count += other.count
        self.exceeded += other.exceeded
        for i in range(len(EDGES)):
            self.histogram[i] += other.histogram[i]
        if other.share.error > self.share.error:
            self.share = other.share
        for i in range(BUCKETS):
            if other.buckets[i].error > self.buckets[i].error:
                self.buckets[i] = other.buckets[i]


def _libmvec():
    """Whether there are vectors of all functions: glibc 2.35 and later on x86-64."""
    name, version = platform.libc_ver()
    numbers = tuple(map(int, version.split(".")[:2])) if name == "glibc" else (0, 0)
    return platform.machine() == "x86_64" and numbers >= (2, 35)


def compile_oracle(entry, setting, type_):
    """The shared library of an entry's oracle, from build/oracles."""
    text = source(entry, setting, type_)
    key = hashlib.sha256(text.encode())
    for header in HEADERS:
        key.update(header.read_bytes())
    # -march=native depends on the machine.
    key.update(repr(sorted(machine.cpu_flags())).encode())
    path = BUILD / "oracles" / f"{key.hexdigest()[:24]}.so"

    def make(library):
        code = path.with_suffix(".cpp")
        code.write_text(text)
        command = [llvm_tool("clang++"), "-std=c++17", "-O2", "-march=native", "-fno-math-errno"]
        command += ["-ffp-contract=off", "-shared", "-fPIC", "-Wno-psabi", "-I", FOLDER]
        command += [code, "-o", library, "-lmpfr", "-lgmp", "-lm"]
        checked(command + (["-DACT_LIBMVEC", "-lmvec"] if _libmvec() else []))

    cached(path, make)
    library = ctypes.CDLL(str(path))
    assert library.tally_size() == ctypes.sizeof(Tally), "Scan.h and oracle.py differ"
    return library
