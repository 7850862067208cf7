# gradients.py - the gradient of an entry, by differentiating its reference.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# A reference is evaluated with dual numbers in place of numbers: a value and the
# slope of it with respect to one operand. What nobody differentiated by hand
# can be no mistake of a hand; the slopes of the few functions below are.
#
# At a kink the slope is that of the branch that the reference takes, and that of
# the flat side where the ends of a clip are (`min` and `max`). Where a value is
# that of a constant the slope is `flat`: a gradient there is 0 whatever it
# is multiplied by, NaN and infinity included. What NaN as an operand gives is
# NaN for smooth functions of one operand, and for others not said here: it is
# what the branch gives that the reference takes.

import ast
import dataclasses
import json
import math
import re

import mpmath
import numpy as np
import reference
from entries import ROOT
from reference import HUGE_LONG, HUGE_MP, Reference

# As in reference.py, but its fifth power is finite, and that of its inverse is
# not zero: slopes are products of more than values are.
HUGE = 1e60

DATA = json.loads((ROOT / "test" / "Numerics" / "gradients.json").read_text())
# The same functions of real numbers, in a form whose slope is to be had: where
# the quotient rule would subtract what is nearly equal, and where the reference
# is x only to keep the sign of a zero.
FORMS = DATA["forms"]


def _pick(condition, yes, no):
    if isinstance(condition, np.ndarray):
        return np.where(condition, yes, no)
    return yes if condition else no


def _lift(x):
    return x if isinstance(x, Dual) else Dual(x)


def _value(x):
    return x.value if isinstance(x, Dual) else x


class Dual:
    """A value and its slope, for arrays, for numbers, and for dual numbers: the
    slopes of those are second derivatives. A constant has no slope, None."""

    # Arrays leave their operators to this class.
    __array_ufunc__ = None
    __hash__ = None

    def __init__(self, value, slope=None, flat=True):
        self.value = value
        self.slope = slope
        # Where the slope is that of a constant; it is 0 there.
        self.flat = flat if slope is not None else True

    def through(self, value, slope):
        """A function of this number: its value, and its slope as a function of
        the slope of this."""
        if self.slope is None:
            return Dual(value)
        return Dual(value, _pick(self.flat, 0, slope(self.slope)), self.flat)

    def __neg__(self):
        return self.through(-self.value, lambda s: -s)

    def __add__(self, other):
        other = _lift(other)
        return _sum(self.value + other.value, self, other)

    def __radd__(self, other):
        return _lift(other) + self

    def __sub__(self, other):
        return self + -other

    def __rsub__(self, other):
        return _lift(other) + -self

    def __mul__(self, other):
        if type(other) is int and other == 0:
            # Written so, and no parameter that happens to be 0: a constant.
            return Dual(self.value * 0)
        other = _lift(other)
        value = self.value * other.value
        left = self.through(value, lambda s: s * other.value)
        return _sum(value, left, other.through(value, lambda s: self.value * s))

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        other = _lift(other)
        value = self.value / other.value
        top = _sum(value, self, other.through(value, lambda s: -(value * s)))
        result = top.through(value, lambda s: s / other.value)
        if other.slope is not None and isinstance(value, (np.ndarray, np.floating)):
            # An exponential below the line that overflows, or its slope: the
            # quotient is nothing, and approaches it as this does.
            outgrown = np.isinf(other.value) | np.isinf(other.slope)
            nothing = np.copysign(np.zeros_like(value), -(self.value * other.slope))
            outgrown &= ~np.isnan(value)
            result.slope = np.where(outgrown, nothing, result.slope)
        return result

    def __rtruediv__(self, other):
        return _lift(other) / self

    def __lt__(self, other):
        return self.value < _value(other)

    def __le__(self, other):
        return self.value <= _value(other)

    def __gt__(self, other):
        return self.value > _value(other)

    def __ge__(self, other):
        return self.value >= _value(other)

    def __eq__(self, other):
        return self.value == _value(other)

    def __ne__(self, other):
        return self.value != _value(other)


def _sum(value, a, b):
    """`value` with the sum of two slopes. That of a constant adds nothing, and
    leaves the sign of a zero alone."""
    if a.slope is None or b.slope is None:
        other = b if a.slope is None else a
        return Dual(value, other.slope, other.flat)
    slope = _pick(a.flat, b.slope, _pick(b.flat, a.slope, a.slope + b.slope))
    return Dual(value, slope, a.flat & b.flat)


def _where(condition, a, b):
    a, b = _lift(a), _lift(b)
    value = _pick(condition, a.value, b.value)
    if a.slope is None and b.slope is None:
        return Dual(value)
    slopes = [0 if d.slope is None else d.slope for d in (a, b)]
    return Dual(value, _pick(condition, *slopes), _pick(condition, a.flat, b.flat))


def _at(condition, a, b):
    """`where` with a condition that holds at one number: the value there says
    nothing about the slope."""
    a, b = _lift(a), _lift(b)
    return Dual(_pick(condition, a.value, b.value), b.slope, b.flat)


def _extreme(before):
    """`min` or `max`; of two that are equal, the one that is flat."""

    def extreme(a, b):
        a, b = _lift(a), _lift(b)
        tie = (a.value == b.value) & (a.flat | np.logical_not(b.flat))
        nan = a.value != a.value
        return _where(before(a.value, b.value) | tie | nan, a, b)

    return extreme


def _tanh_slope(f, x, y):
    # 1 - y * y would cancel.
    e = f["exp"](-2 * f["abs"](x))
    return 4 * e / ((1 + e) * (1 + e))


def _erf_slope(f, x, y):
    return 2 / f["sqrt"](f["pi"]) * f["exp"](-x * x)


# The slope of each function at x, where it is y.
SLOPES = {
    "exp": lambda f, x, y: y,
    "expm1": lambda f, x, y: f["exp"](x),
    "log": lambda f, x, y: 1 / x,
    "log1p": lambda f, x, y: 1 / (1 + x),
    "tanh": _tanh_slope,
    "erf": _erf_slope,
    "erfc": lambda f, x, y: -_erf_slope(f, x, y),
    "sin": lambda f, x, y: f["cos"](x),
    "cos": lambda f, x, y: -f["sin"](x),
    "atan": lambda f, x, y: 1 / (1 + x * x),
    # Of zero the root is taken where it is that of x * x: no slope, not 0 / 0.
    "sqrt": lambda f, x, y: 1 / (2 * y + (y == 0)),
    # At 0 that of the left, as that of max(x, 0) is: where the sum of the two has
    # no kink its slope is right.
    "abs": lambda f, x, y: _pick(x > 0, 1, -1),
    "rounded": lambda f, x, y: 1,
}


def _lifted(names):
    """Functions of numbers as functions of dual numbers."""
    functions = dict(names)

    def lift(name):
        def apply(x):
            if not isinstance(x, Dual):
                return names[name](x)
            y = apply(x.value)
            return x.through(y, lambda s: SLOPES[name](functions, x.value, y) * s)

        return apply

    functions.update({name: lift(name) for name in SLOPES})
    functions.update(where=_where, at=_at)
    functions["min"] = _extreme(lambda a, b: a < b)
    functions["max"] = _extreme(lambda a, b: a > b)
    return functions


def _lifted_arrays(names, huge):
    """An exponential that is no zero, where double has no more numbers: what it
    is multiplied by and added to has the right sign."""
    least = huge ** -5
    return _lifted({**names, "exp": lambda x: np.maximum(np.exp(x), least)})


class _Renderer(reference._Renderer):
    """Tells what a reference says from what parameters happen to be, and a value
    at one number from a branch."""

    def visit_Name(self, node):
        value = self.parameters.get(node.id)
        if type(value) in (int, float) and self.compute(value) == 0:
            return self._call_number(ast.Constant(0))
        return super().visit_Name(node)

    def visit_Call(self, node):
        condition = node.args[0] if node.args else None
        if (
            getattr(node.func, "id", None) == "where"
            and isinstance(condition, ast.Compare)
            and isinstance(condition.ops[0], ast.Eq)
            and getattr(condition.left, "id", None) in self.operands
        ):
            args = [self.visit(a) for a in node.args]
            return ast.Call(ast.Name("at", ast.Load()), args, [])
        return super().visit_Call(node)


class _Expressions(Reference):
    """The expressions of a reference, for dual numbers."""

    def tree(self, text, lazy=False):
        renderer = _Renderer(self.parameters, self._operands(), self.compute, lazy)
        return ast.fix_missing_locations(renderer.visit(ast.parse(text, mode="eval")))


class Gradient:
    """The gradient of an entry with its parameters set, for inputs of a type, with
    respect to each operand but an optional one. That of a parameter that is an
    operand is of the shape of x: nothing is summed."""

    def __init__(self, entry, setting, type_):
        assert entry.shape in ("unary", "gated", "broadcast")
        self.entry = entry
        self.reference = Reference(entry, setting, type_)
        # The slope itself, where the entry defines it to be another one.
        self.given = entry.derivative_reference and Reference(
            dataclasses.replace(entry, reference=entry.derivative_reference), setting, type_
        )
        form = FORMS.get(entry.mnemonic, entry.reference)
        self.expressions = _Expressions(
            dataclasses.replace(entry, reference=form), setting, type_
        )
        # Where a wave goes on for ever its slope has no limit, even if it has one.
        texts = [text for _, text in self.expressions.factors]
        self.no_limit = "NoLimit" in entry.properties or any("sin(" in t for t in texts)

    @property
    def has_long(self):
        return self.reference.has_long

    def _names(self):
        """The operands to differentiate with respect to, of one factor."""
        return ["x"] if self.entry.shape == "unary" else list(self.entry.operands)

    def _slope(self, index, name, operands, names, huge):
        """The slope of a factor and where it is flat, for arrays; the limit where
        the first of the operands is infinite."""
        x = next(iter(operands.values()))
        infinite = np.isinf(x)
        first = self.expressions.factors[index][0]
        operands = {**operands, first: np.where(infinite, np.copysign(x.dtype.type(huge), x), x)}
        operands[name] = Dual(operands[name], np.ones_like(x), False)
        result = _lift(self.expressions._eval(index, operands, names))
        flat = np.broadcast_to(result.flat, x.shape)
        slope = np.broadcast_to(0 if result.slope is None else result.slope, x.shape)
        slope = slope.astype(x.dtype)
        large, small = np.abs(slope) > np.sqrt(huge), np.abs(slope) < 1 / np.sqrt(huge)
        limit = np.where(large, np.copysign(np.inf, slope), slope)
        limit = np.where(small, np.copysign(0, slope), limit)
        if self.no_limit:
            limit = np.full_like(slope, np.nan)
        slope = np.where(infinite & ~flat, limit, slope)
        if "Smooth" in self.entry.properties and name == "x":
            slope = np.where(np.isnan(x), x, slope)
        return slope, flat

    def _arrays(self, operands, dy, dtype, names, huge):
        operands = [np.asarray(o, dtype=dtype) for o in operands]
        dy = np.asarray(dy, dtype=dtype)
        lifted = _lifted_arrays(names, dtype(huge))
        found = []
        with np.errstate(all="ignore"):
            if self.entry.shape == "gated":
                # The value beside each slope; that of the reference itself.
                limits = reference.HUGE if dtype == np.float64 else HUGE_LONG
                values = [
                    self.reference._factor(i, o, {}, names, limits)
                    for i, o in enumerate(operands)
                ]
                for i, other in enumerate(reversed(values)):
                    name = self.expressions.factors[i][0]
                    slope, flat = self._slope(i, name, {name: operands[i]}, lifted, huge)
                    found.append((slope * other, flat))
            elif self.given:
                found = [(self.given._factor(0, operands[0], {}, names, huge), False)]
            else:
                named = dict(zip(["x", *self.expressions._others()], operands))
                found = [self._slope(0, n, named, lifted, huge) for n in self._names()]
            return [np.where(flat, dtype(0), slope * dy) for slope, flat in found]

    def double(self, *operands, dy):
        """In double, for arrays of one shape: an array for each operand."""
        names = reference._double_names(self.reference.compute)
        return self._arrays(operands, dy, np.float64, names, HUGE)

    def long(self, *operands, dy):
        """The same in long double, within some units in the last place of it."""
        names = reference._long_names(self.reference.compute)
        return self._arrays(operands, dy, np.longdouble, names, HUGE_LONG)

    def _exact_slope(self, index, name, operands, names):
        """None where it is flat."""
        first = self.expressions.factors[index][0]
        infinite = mpmath.isinf(operands[first])
        if infinite:
            operands = {**operands, first: mpmath.sign(operands[first]) * HUGE_MP}
        operands = {**operands, name: Dual(operands[name], mpmath.mpf(1), False)}
        result = _lift(self.expressions._eval(index, operands, names, lazy=True))
        if result.flat:
            return None
        if infinite and self.no_limit:
            return mpmath.nan
        if infinite and abs(result.slope) > mpmath.sqrt(HUGE_MP):
            return mpmath.sign(result.slope) * mpmath.inf
        return mpmath.mpf(result.slope)

    def exact(self, *operands, dy):
        """For one number per operand, a list of mpf. They know no sign of zero: a
        limit that is zero is left as tiny as it is at HUGE_MP, and is not meant to
        be multiplied by infinity."""
        names = self._names()
        if any(map(math.isnan, operands)):
            return [mpmath.nan] * len(names)
        with mpmath.workprec(reference.PRECISION):
            plain = reference._mp_names(rows=False, compute=self.reference.compute)
            lifted = _lifted(plain)
            dy, operands = mpmath.mpf(dy), [mpmath.mpf(x) for x in operands]
            if self.entry.shape == "gated":
                values = [
                    self.reference._exact_factor(i, o, {}, plain)
                    for i, o in enumerate(operands)
                ]
                found = []
                for i, other in enumerate(reversed(values)):
                    name = self.expressions.factors[i][0]
                    slope = self._exact_slope(i, name, {name: operands[i]}, lifted)
                    found.append(slope if slope is None else slope * other)
            elif self.given:
                found = [self.given._exact_factor(0, operands[0], {}, plain)]
            else:
                named = dict(zip(["x", *self.expressions._others()], operands))
                found = [self._exact_slope(0, n, named, lifted) for n in names]
            return [mpmath.mpf(0) if slope is None else slope * dy for slope in found]

    def second(self, *operands):
        """The second derivative of a unary entry with respect to x, at numbers."""
        assert self.entry.shape == "unary"
        with mpmath.workprec(reference.PRECISION):
            plain = reference._mp_names(rows=False, compute=self.reference.compute)
            x, *rest = (mpmath.mpf(x) for x in operands)
            inner = Dual(x, mpmath.mpf(1), False)
            named = {"x": Dual(inner, mpmath.mpf(1), False)}
            named.update(zip(self.expressions._others(), rest))
            result = _lift(self.expressions._eval(0, named, _lifted(plain), lazy=True))
            slope = _lift(0 if result.slope is None else result.slope)
            return mpmath.mpf(0 if slope.slope is None else slope.slope)


class ResultGradient:
    """The gradient of a unary entry as a function of its result."""

    def __init__(self, entry, setting, type_):
        # References speak of x.
        text = re.sub(r"\by\b", "x", entry.result_reference)
        self.slope = Reference(dataclasses.replace(entry, reference=text), setting, type_)

    def double(self, y, dy):
        """In double, for arrays."""
        with np.errstate(all="ignore"):
            return self.slope.value(self.slope.entry.reference, x=np.asarray(y)) * dy

    def exact(self, y, dy):
        """For numbers, an mpf."""
        return self.slope.exact(y) * mpmath.mpf(dy)


class RowGradient(Reference):
    """The gradient of a row-wise entry, from its result or its operand, and dy."""

    def __init__(self, entry, setting, type_):
        super().__init__(dataclasses.replace(entry, reference=entry.gradient_reference), setting, type_)

    def _operands(self):
        return ["x", "y", "dy"]

    def terms(self, text, first, dy):
        """An expression in the first operand and dy, in double. Rows are the last
        dimension."""
        name = "y" if self.entry.gradient_from_result else "x"
        return self.value(text, **{name: first, "dy": dy})

    def double(self, first, dy):
        return self.terms(self.entry.reference, first, dy)
