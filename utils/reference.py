# reference.py - evaluates the reference of an entry, in double or exactly.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# A reference is an expression in a small Python-like language: + - * /,
# comparisons, `where`, the functions below, `pi`, the operands, and the
# parameters by name. It denotes a function of real numbers. Parameters and
# constants with a decimal point are first rounded to the compute type.
#
# The double rendering needs no SciPy: libm's erf and erfc are more exact, and
# fast enough one by one.

import ast
import functools
import math

import mpmath
import numpy as np

FUNCTIONS = (
    "exp expm1 log1p tanh erf erfc sin cos atan sqrt abs min max where rowmax rowsum"
).split()

# Where double has no infinity to spare, a number so large stands for it: larger
# than any input, small enough that its cube is finite.
HUGE = 1e100
# mpmath has no such limits. It exceeds the squares of all doubles.
HUGE_MP = mpmath.ldexp(1, 2100)
PRECISION = 200


class _Renderer(ast.NodeTransformer):
    """Checks an expression and settles everything that depends on choices."""

    def __init__(self, parameters, operands, compute, lazy):
        # Whether `where` evaluates one branch only: numbers, not arrays.
        self.lazy = lazy
        self.parameters = parameters
        self.operands = operands
        self.compute = compute

    def generic_visit(self, node):
        raise ValueError(f"not in the language of references: {ast.dump(node)}")

    def _children(self, node):
        return super().generic_visit(node)

    def visit_Expression(self, node):
        return self._children(node)

    def visit_BinOp(self, node):
        if not isinstance(node.op, (ast.Add, ast.Sub, ast.Mult, ast.Div)):
            return self.generic_visit(node)
        node.left, node.right = self.visit(node.left), self.visit(node.right)
        return node

    def visit_UnaryOp(self, node):
        if not isinstance(node.op, ast.USub):
            return self.generic_visit(node)
        node.operand = self.visit(node.operand)
        return node

    def visit_Compare(self, node):
        comparisons = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
        if len(node.ops) != 1 or not isinstance(node.ops[0], comparisons):
            return self.generic_visit(node)
        left, right = node.left, node.comparators[0]
        if isinstance(right, ast.Constant) and isinstance(right.value, str):
            choice = self.parameters[left.id]
            same = isinstance(node.ops[0], ast.Eq)
            return ast.Constant((choice == right.value) == same)
        node.left, node.comparators = self.visit(left), [self.visit(right)]
        return node

    def visit_Call(self, node):
        if node.keywords or getattr(node.func, "id", None) not in FUNCTIONS:
            return self.generic_visit(node)
        args = [self.visit(a) for a in node.args]
        if node.func.id == "where" and isinstance(args[0], ast.Constant):
            return args[1] if args[0].value else args[2]
        if node.func.id == "where" and self.lazy:
            return ast.IfExp(*args)
        return ast.Call(node.func, args, [])

    def visit_Name(self, node):
        if node.id in self.parameters:
            value = self.parameters[node.id]
            return self._number(self.compute(value))
        if node.id not in self.operands and node.id not in ("pi", "inf"):
            raise ValueError(f"unknown name {node.id}")
        return node

    def visit_Constant(self, node):
        if isinstance(node.value, float):
            return self._number(self.compute(node.value))
        if isinstance(node.value, int):
            return node
        return self.generic_visit(node)

    def _number(self, value):
        value = float(value)
        if math.isinf(value):
            name = ast.Name("inf", ast.Load())
            return name if value > 0 else ast.UnaryOp(ast.USub(), name)
        if value == int(value):
            return ast.Constant(int(value))
        # A double is written so that it is read back as it is.
        call = ast.Call(ast.Name("number", ast.Load()), [ast.Constant(abs(value))], [])
        return call if value > 0 else ast.UnaryOp(ast.USub(), call)


@functools.lru_cache(None)
def _vectorized(function):
    ufunc = np.frompyfunc(function, 1, 1)
    return lambda x: ufunc(x).astype(np.float64)


def _double_names():
    return {
        "exp": np.exp,
        "expm1": np.expm1,
        "log1p": np.log1p,
        "tanh": np.tanh,
        "erf": _vectorized(math.erf),
        "erfc": _vectorized(math.erfc),
        "sin": np.sin,
        "cos": np.cos,
        "atan": np.arctan,
        "sqrt": np.sqrt,
        "abs": np.abs,
        "min": np.minimum,
        "max": np.maximum,
        "where": np.where,
        "rowmax": lambda x: np.max(x, axis=-1, keepdims=True),
        "rowsum": lambda x: np.sum(x, axis=-1, keepdims=True),
        "pi": np.float64(math.pi),
        "inf": np.float64(np.inf),
        "number": np.float64,
    }


def _erfc(x):
    # mpmath's fails beyond the range of double; the result underflows anyway.
    if abs(x) < 1e6:
        return mpmath.erfc(x)
    tail = mpmath.exp(-x * x) / abs(x)
    return tail if x > 0 else 2 - tail


def _mp_names(rows):
    """For one number at a time, or for arrays of them."""
    names = {
        "exp": mpmath.exp,
        "expm1": mpmath.expm1,
        "log1p": mpmath.log1p,
        "tanh": mpmath.tanh,
        "erf": lambda x: 1 - _erfc(x) if abs(x) > 1 else mpmath.erf(x),
        "erfc": _erfc,
        "sin": mpmath.sin,
        "cos": mpmath.cos,
        "atan": mpmath.atan,
        "sqrt": mpmath.sqrt,
        "abs": abs,
    }
    if rows:
        names = {k: np.frompyfunc(f, 1, 1) for k, f in names.items()}
        elementwise = ("min", "max", "where", "rowmax", "rowsum")
        names.update({k: _double_names()[k] for k in elementwise})
    else:
        names.update(min=min, max=max)
    names.update(pi=+mpmath.pi, inf=mpmath.inf, number=mpmath.mpf)
    return names


class Reference:
    """The reference of an entry with its parameters set, for inputs of a type."""

    def __init__(self, entry, setting, type_):
        self.entry = entry
        self.parameters = entry.complete(setting)
        self.compute = type_.compute
        self.code = self._render(entry.reference)
        self.lazy_code = self._render(entry.reference, lazy=True)

    def _render(self, text, lazy=False):
        tree = ast.parse(text, mode="eval")
        renderer = _Renderer(self.parameters, self.entry.operands, self.compute, lazy)
        tree = ast.fix_missing_locations(renderer.visit(tree))
        return compile(tree, f"<reference of {self.entry.mnemonic}>", "eval")

    def bound(self, text):
        """An end of a range as a number."""
        return float(eval(self._render(text), {**_double_names(), "__builtins__": {}}))

    def _eval(self, operands, names, lazy=False):
        code = self.lazy_code if lazy else self.code
        return eval(code, {**names, "__builtins__": {}}, operands)

    def double(self, *operands):
        """In double, for arrays; infinite inputs give the limit."""
        operands = [np.asarray(x, dtype=np.float64) for x in operands]
        names = _double_names()
        with np.errstate(all="ignore"):
            if self.entry.shape == "row":
                y = self._eval({"x": operands[0]}, names)
                return np.broadcast_to(y, operands[0].shape)
            x, rest = operands[0], operands[1:]
            infinite = np.isinf(x)
            bounded = np.where(infinite, np.copysign(HUGE, x), x)
            y = self._eval(dict(zip(self.entry.operands, (bounded, *rest))), names)
            y = np.broadcast_to(y, x.shape).astype(np.float64)
            if infinite.any():
                # The factor of a gated product is a limit, the product IEEE's.
                ones = [np.ones_like(x)] * len(rest)
                limit = self._eval(dict(zip(self.entry.operands, (bounded, *ones))), names)
                limit = np.broadcast_to(limit, x.shape)
                large = np.abs(limit) > np.sqrt(HUGE)
                limit = np.where(large, np.copysign(np.inf, limit), limit)
                for factor in rest:
                    limit = limit * factor
                y = np.where(infinite, limit, y)
        for operand in operands:
            y = np.where(np.isnan(operand), np.nan, y)
        return y

    def exact(self, *operands):
        """For one number per operand, as an mpf."""
        if any(map(math.isnan, operands)):
            return mpmath.nan
        with mpmath.workprec(PRECISION):
            names = _mp_names(rows=False)
            x, *rest = map(mpmath.mpf, operands)
            if not mpmath.isinf(x) and not any(map(mpmath.isinf, rest)):
                return +self._eval(dict(zip(self.entry.operands, (x, *rest))), names, lazy=True)
            ones = [mpmath.mpf(1)] * len(rest)
            bounded = mpmath.sign(x) * HUGE_MP if mpmath.isinf(x) else x
            y = self._eval(dict(zip(self.entry.operands, (bounded, *ones))), names, lazy=True)
            if abs(y) > mpmath.sqrt(HUGE_MP):
                y = mpmath.sign(y) * mpmath.inf
            for factor in rest:
                y = y * factor
            return y

    def exact_row(self, row):
        """For one row, as an array of mpf."""
        with mpmath.workprec(PRECISION):
            x = np.array([mpmath.mpf(float(v)) for v in row], dtype=object)
            return self._eval({"x": x}, _mp_names(rows=True))
