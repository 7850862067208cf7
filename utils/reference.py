# reference.py - evaluates the reference of an entry, in double or exactly.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# A reference is an expression in a small Python-like language: + - * /,
# comparisons, `where`, the functions below, `pi`, the operands, and the
# parameters by name. It denotes a function of real numbers; `rounded` rounds to
# the compute type. Parameters and constants with a decimal point are first
# rounded to that type. That of a gated entry is the gate at x, and a second one
# what it is multiplied by, at v. That of a row-wise entry is a function of rows,
# the last dimension; what `row...` gives is of size 1 there, or a row.
#
# The double rendering needs no SciPy: libm's erf and erfc are more exact, and
# fast enough one by one.

import ast
import functools
import math

import mpmath
import numpy as np

FUNCTIONS = (
    "exp expm1 log1p tanh erf erfc sin cos atan sqrt abs min max where rounded "
    "log rowmax rowsum rowfirst rowthreshold rowgroupmax rowconcat rowpart rowgroupgradient"
).split()

# Where double has no infinity to spare, a number so large stands for it: larger
# than any input, small enough that its cube is finite.
HUGE = 1e100
# mpmath has no such limits. It exceeds the squares of all doubles.
HUGE_MP = mpmath.ldexp(1, 2100)
# As does this one, in the long double of x86 (64 bits) and of 128 bits.
HUGE_LONG = np.ldexp(np.longdouble(1), 2100) if np.finfo(np.longdouble).maxexp > 2100 else None
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
        if isinstance(node.op, ast.Div) and isinstance(node.left, ast.Constant):
            # A ratio of integers is not to be a double.
            node.left = self._call_number(node.left)
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
        call = self._call_number(ast.Constant(abs(value)))
        return call if value > 0 else ast.UnaryOp(ast.USub(), call)

    @staticmethod
    def _call_number(constant):
        return ast.Call(ast.Name("number", ast.Load()), [constant], [])


@functools.lru_cache(None)
def _vectorized(function):
    ufunc = np.frompyfunc(function, 1, 1)
    return lambda x: ufunc(x).astype(np.float64)


def _first(condition):
    """Where the first of the true ones of a row is."""
    count = np.cumsum(condition, axis=-1)
    return condition & (count == 1)


def _threshold(z, power, sqrt=np.sqrt):
    """The t with sum(max(z - t, 0)^power) = 1, by sorting: of the thresholds
    for the k largest elements the last that those elements are not below."""
    s = -np.sort(-z, axis=-1)
    k = np.arange(1, z.shape[-1] + 1)
    if power == 1:
        t = (np.cumsum(s, axis=-1) - 1) / k
    else:
        mean, squares = np.cumsum(s, axis=-1) / k, np.cumsum(s * s, axis=-1) / k
        rest = 1 / (k + 0 * mean) - (squares - mean * mean)
        t = mean - sqrt(np.where(rest > 0, rest, 0 * rest))
    t = np.where(t <= s, t, -np.inf)
    return np.max(t, axis=-1, keepdims=True)


def _group_max(x, groups):
    groups = int(groups)
    members = x.shape[-1] // groups
    grouped = x.reshape(x.shape[:-1] + (groups, members))
    return np.max(grouped, axis=-1, initial=-np.inf)


def _group_gradient(x, dy, groups):
    """dy, of which there is one for each group, at its first maximum."""
    grouped = x.reshape(x.shape[:-1] + (int(groups), -1))
    first = _first(grouped == np.max(grouped, axis=-1, keepdims=True))
    return np.where(first, dy[..., None], 0).reshape(x.shape)


def _part(x, index, count):
    """Part `index` of a row of `count` parts."""
    size = x.shape[-1] // int(count)
    return x[..., int(index) * size : (int(index) + 1) * size]


def _row_names():
    """What works on arrays of doubles and of mpf alike."""
    return {
        "rowmax": lambda x: np.max(x, axis=-1, keepdims=True),
        "rowsum": lambda x: np.sum(x, axis=-1, keepdims=True),
        "rowfirst": _first,
        "rowthreshold": _threshold,
        "rowgroupmax": _group_max,
        "rowpart": _part,
        "rowgroupgradient": _group_gradient,
        "rowconcat": lambda x, y: np.concatenate([x, y], axis=-1),
    }


def _long_names(compute):
    """For arrays of long double; there is no erf."""
    number = np.longdouble
    return {
        **_double_names(compute),
        "sqrt": lambda x: np.sqrt(np.asarray(x, dtype=number)),
        "rounded": lambda x: np.asarray(x).astype(compute).astype(number),
        "pi": number("3.14159265358979323846264338327950288"),
        "inf": number(np.inf),
        "number": number,
    }


def _double_names(compute=np.float64):
    return {
        "exp": np.exp,
        "expm1": np.expm1,
        "log": np.log,
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
        "rounded": lambda x: np.asarray(x).astype(compute).astype(np.float64),
        **_row_names(),
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


def _mp_rounded(compute):
    def rounded(x):
        # Double holds the product of two f32 exactly.
        with np.errstate(over="ignore"):
            return mpmath.mpf(float(compute(float(x))))

    return rounded


def _mp_names(rows, compute=np.float64):
    """For one number at a time, or for arrays of them."""
    names = {
        "exp": mpmath.exp,
        "expm1": mpmath.expm1,
        "log": mpmath.log,
        "log1p": mpmath.log1p,
        "tanh": mpmath.tanh,
        "erf": lambda x: 1 - _erfc(x) if abs(x) > 1 else mpmath.erf(x),
        "erfc": _erfc,
        "sin": mpmath.sin,
        "cos": mpmath.cos,
        "atan": mpmath.atan,
        "sqrt": mpmath.sqrt,
        "abs": abs,
        "rounded": _mp_rounded(compute),
    }
    if rows:
        names = {k: np.frompyfunc(f, 1, 1) for k, f in names.items()}
        names.update({k: _double_names()[k] for k in ("min", "max", "where")})
        names.update(_row_names())
        names["rowthreshold"] = functools.partial(_threshold, sqrt=names["sqrt"])
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
        # What the entry is a product of, each with the name of its operand.
        self.factors = [("x", entry.reference)]
        if entry.shape == "gated":
            self.factors.append(("v", entry.transform_reference))
        self.codes = [
            tuple(self._render(text, lazy) for lazy in (False, True))
            for _, text in self.factors
        ]

    def _operands(self):
        return ["x", "v", *self._others()]

    def _others(self):
        """The names of operands after the first, but for the gated value."""
        if self.entry.optional_operand:
            return [self.entry.optional_operand]
        return list(self.entry.operands[1:]) if self.entry.shape != "gated" else []

    def tree(self, text, lazy=False):
        """An expression with its parameters set, as Python's syntax tree."""
        renderer = _Renderer(self.parameters, self._operands(), self.compute, lazy)
        return ast.fix_missing_locations(renderer.visit(ast.parse(text, mode="eval")))

    def _render(self, text, lazy=False):
        tree = self.tree(text, lazy)
        return compile(tree, f"<reference of {self.entry.mnemonic}>", "eval")

    def settled(self):
        """The expression of each factor, with numbers in place of parameters."""
        return [ast.unparse(self.tree(text)) for _, text in self.factors]

    def value(self, text, **operands):
        """An expression in the parameters and operands in double."""
        names = {**_double_names(self.compute), "__builtins__": {}}
        with np.errstate(all="ignore"):
            return eval(self._render(text), names, operands)

    def bound(self, text):
        """An end of a range as a number."""
        return float(self.value(text))

    def _eval(self, factor, operands, names, lazy=False):
        code = self.codes[factor][lazy]
        optional = self.entry.optional_operand
        if optional and optional not in operands:
            default = self._render(self.entry.optional_default, lazy)
            operands = {**operands, optional: eval(default, {**names, "__builtins__": {}})}
        return eval(code, {**names, "__builtins__": {}}, operands)

    def gate(self, x):
        """The first factor of a gated entry in double."""
        with np.errstate(all="ignore"):
            return self._factor(0, np.asarray(x), {}, _double_names(self.compute))

    def _factor(self, index, x, rest, names, huge=HUGE):
        """One factor in the type of x; at infinities, its limit."""
        name = self.factors[index][0]
        infinite = np.isinf(x)
        bounded = np.where(infinite, np.copysign(huge, x), x)
        y = self._eval(index, {name: bounded, **rest}, names)
        y = np.broadcast_to(y, x.shape).astype(x.dtype)
        # What overflows the type is finite nevertheless: nothing is NaN for it.
        y = np.clip(y, -np.finfo(x.dtype).max, np.finfo(x.dtype).max)
        large = np.abs(y) > np.sqrt(huge)
        limit = np.where(large, np.copysign(np.inf, y), y)
        if "NoLimit" in self.entry.properties:
            limit = np.full_like(y, np.nan)
        return np.where(infinite, limit, y)

    def double(self, *operands):
        """In double, for arrays; infinite inputs give the limit, and the product
        of limits is IEEE's."""
        names = _double_names(self.compute)
        if self.entry.shape == "row":
            with np.errstate(all="ignore"):
                return self._eval(0, dict(zip(self.entry.operands, operands)), names)
        return self._arrays(operands, np.float64, names, HUGE)

    def long(self, *operands):
        """The same in long double, within some units in the last place of it."""
        return self._arrays(operands, np.longdouble, _long_names(self.compute), HUGE_LONG)

    @property
    def has_long(self):
        return HUGE_LONG is not None and not any("erf" in text for _, text in self.factors)

    def _arrays(self, operands, dtype, names, huge):
        operands = [np.asarray(x, dtype=dtype) for x in operands]
        with np.errstate(all="ignore"):
            rest = dict(zip(self._others(), operands[1:]))
            y = self._factor(0, operands[0], rest, names, huge)
            if self.entry.shape == "gated":
                y = y * self._factor(1, operands[1], rest, names, huge)
        for operand in operands:
            y = np.where(np.isnan(operand), dtype(np.nan), y)
        return y

    def _exact_factor(self, index, x, rest, names):
        bounded = mpmath.sign(x) * HUGE_MP if mpmath.isinf(x) else x
        name = self.factors[index][0]
        y = self._eval(index, {name: bounded, **rest}, names, lazy=True)
        if mpmath.isinf(x) and "NoLimit" in self.entry.properties:
            return mpmath.nan
        if mpmath.isinf(x) and abs(y) > mpmath.sqrt(HUGE_MP):
            return mpmath.sign(y) * mpmath.inf
        return y

    def exact(self, *operands):
        """For one number per operand, as an mpf."""
        if any(map(math.isnan, operands)):
            return mpmath.nan
        with mpmath.workprec(PRECISION):
            names = _mp_names(rows=False, compute=self.compute)
            operands = [mpmath.mpf(x) for x in operands]
            rest = dict(zip(self._others(), operands[1:]))
            y = self._exact_factor(0, operands[0], rest, names)
            if self.entry.shape == "gated":
                y = y * self._exact_factor(1, operands[1], rest, names)
            return +y

    def exact_row(self, *operands):
        """For one row of each operand, as an array of mpf."""
        with mpmath.workprec(PRECISION):
            rows = [
                np.array([mpmath.mpf(float(v)) for v in row], dtype=object)
                if row.dtype != np.bool_
                else row
                for row in operands
            ]
            return self._eval(0, dict(zip(self.entry.operands, rows)), _mp_names(rows=True))
