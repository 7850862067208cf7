# Gradients along rows, and with respect to parameters that are operands.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import gradient_sweep
import inputs
import numpy as np
import pytest
import sweep
from entries import entries
from gradient_ops import GradientOp
from gradients import Gradient, RowGradient
from reference import Reference
from run_kernel import compile_library
from ulp import TYPES, errors

ROWS = sweep.of_shape("row")
BASE = [c for c in ROWS if c[1] == 0]
BROADCAST = [e for e in entries() if e.shape == "broadcast"]
CHANNELS = 24


def unit(type_):
    """The unit roundoff of the compute type."""
    return 2.0 ** -(53 if type_.width == 64 else 24)


def call(op, setting, type_, dim, ranks, *arrays):
    tensors = ["tensor<" + "?x" * a.ndim + f"{type_.name}>" for a in arrays]
    return compile_library(op.function("f", tensors[0], setting, dim)).call_all("f", ranks, *arrays)


# ===----------------------------------------------------------------------===
# Rows
# ===----------------------------------------------------------------------===


def along(array, dim, shape):
    """Rows of the last dimension as `shape` with rows along `dim`."""
    moved = [n for i, n in enumerate(shape) if i != dim] + [array.shape[-1]]
    return np.ascontiguousarray(np.moveaxis(array.reshape(moved), -1, dim))


def check_rows(case, name, shape, dim):
    entry, index = case
    setting, type_ = entry.settings[index], TYPES[name]
    n = shape[dim] // entry.row_size.granule(setting) * entry.row_size.granule(setting)
    count = int(np.prod(shape)) // shape[dim]
    random = np.random.default_rng(n)
    # Uniform to nearly one-hot, with ties.
    x = (random.normal(0, 1, (count, n)) * np.exp2(random.uniform(-5, 4, (count, 1)))).astype(type_.dtype)
    x[:: 5] = x[:: 5].astype(np.int32).astype(type_.dtype)
    first = x
    if entry.gradient_from_result:
        first = Reference(entry, setting, type_).double(type_.to_double(x), *others(entry, x)).astype(type_.dtype)
    dy = random.normal(0, 1, (count, entry.row_size.of(n, setting))).astype(type_.dtype)
    (got,) = call(GradientOp(entry), setting, type_, dim, [len(shape)], along(first, dim, shape), along(dy, dim, shape))
    got = np.ascontiguousarray(np.moveaxis(got, dim, -1)).reshape(count, -1)
    reference = RowGradient(entry, setting, type_)
    wide = type_.to_double(first), type_.to_double(dy)
    exact = np.broadcast_to(reference.double(*wide), got.shape)
    terms = reference.terms(sweep.BOUNDS["gradients"][entry.mnemonic]["terms"], *wide)
    half = 0.501
    allowed = 4 * unit(type_) * terms + half * sweep.spacing(type_, exact)
    error = np.abs(type_.to_double(got) - exact)
    if type_.width == 64:
        # The oracle is no better than what it measures.
        allowed *= 4
    worst = np.unravel_index(np.argmax(error - allowed), error.shape)
    assert (error <= allowed).all(), (
        f"{int((error > allowed).sum())} of {error.size} are wrong, the worst at {worst}: "
        f"got {got[worst]}, exact {exact[worst]}, allowed {np.broadcast_to(allowed, error.shape)[worst]:.3g}"
    )


def others(entry, x):
    """The operands beside x."""
    for operand in entry.row_operands:
        yield inputs.masks(x.shape[-1], x.shape[0]) if operand.is_mask else np.zeros(x.shape)


@pytest.mark.parametrize("case", ROWS, ids=sweep.name_of)
@pytest.mark.parametrize("name", TYPES)
def test_rows(case, name):
    check_rows(case, name, (40, 50), 1)


@pytest.mark.parametrize("case", BASE, ids=sweep.name_of)
@pytest.mark.parametrize("shape, dim", [((3, 4096), 1), ((2000, 4), 0), ((5, 64, 4), 1), ((1, 1, 34), 2), ((64,), 0)], ids=str)
def test_rows_along_any_dim(case, shape, dim):
    check_rows(case, "f32", shape, dim)


@pytest.mark.parametrize("case", BASE, ids=sweep.name_of)
def test_vectors_are_like_tensors(case):
    entry, index = case
    setting, type_ = entry.settings[index], TYPES["f32"]
    op = GradientOp(entry)
    for dim in range(2):
        vector = "vector<6x4xf32>"
        types = [*op.operand_types(vector, setting, dim), vector]
        tensors = [t.replace("vector", "tensor") for t in types]
        text = op.function("v", vector, setting, dim)
        text += f"func.func @f(%a: {tensors[0]}, %b: {tensors[1]}) -> {tensors[2]} {{\n"
        text += "  %c = arith.constant 0 : index\n  %p = arith.constant 0.0 : f32\n"
        inside = "{in_bounds = [true, true]}"
        for n, t, v in zip("ab", tensors, types):
            text += f"  %v{n} = vector.transfer_read %{n}[%c, %c], %p {inside} : {t}, {v}\n"
        text += f"  %y = func.call @v(%va, %vb) : ({types[0]}, {types[1]}) -> {vector}\n"
        text += f"  %e = tensor.empty() : {tensors[2]}\n"
        text += f"  %r = vector.transfer_write %y, %e[%c, %c] {inside} : {vector}, {tensors[2]}\n"
        text += f"  return %r : {tensors[2]}\n}}\n"
        random = np.random.default_rng(dim)
        shapes = [[int(s) for s in t[7:-5].split("x")] for t in tensors[:2]]
        arrays = [random.random(s, np.float32) for s in shapes]
        (got,) = compile_library(text).call_all("f", [2], *arrays)
        (expected,) = call(op, setting, type_, dim, [2], *arrays)
        np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-6)


# ===----------------------------------------------------------------------===
# Parameters that are operands
# ===----------------------------------------------------------------------===


def check_parameters(entry, name, shape, dim, per_index):
    type_ = TYPES[name]
    random = np.random.default_rng(len(shape))
    x = random.normal(0, 3, shape).astype(type_.dtype)
    dy = random.normal(0, 1, shape).astype(type_.dtype)
    parameters = []
    for _, _, may_vary in entry.tensor_parameters:
        size = (shape[dim],) if may_vary and per_index else ()
        parameters.append(random.normal(0.5, 1, size).astype(type_.dtype))
    tensor = "tensor<" + "?x" * len(shape) + f"{name}>"
    op = GradientOp(entry)
    types = [tensor] + ["tensor<" + "?x" * p.ndim + f"{name}>" for p in parameters]
    names = [f"%{o}" for o in op.operands]
    arguments = ", ".join(f"{n}: {t}" for n, t in zip(names, [*types, tensor]))
    results = ", ".join(f"%r{i}" for i in range(len(types)))
    joined = ", ".join(types)
    text = f"func.func @f({arguments}) -> ({joined}) {{\n  {results} = act.{op.mnemonic} {', '.join(names)} "
    text += f"{{dim = {dim} : i64}} : {joined}\n  return {results} : {joined}\n}}\n"
    ranks = [len(shape), *(p.ndim for p in parameters)]
    got = compile_library(text).call_all("f", ranks, x, *parameters, dy)
    # Channels last.
    wide = [np.moveaxis(type_.to_double(a), dim, -1) for a in (x, dy)]
    spread = [np.broadcast_to(type_.to_double(p), wide[0].shape) for p in parameters]
    exact = Gradient(entry, {}, type_).double(wide[0], *spread, dy=wide[1])
    first = np.moveaxis(got[0], dim, -1)
    limit = gradient_sweep.bound(entry, type_) + (4 if entry.zeros else 0)
    if name == "f64":
        np.testing.assert_allclose(first, exact[0], rtol=1e-14, atol=1e-15)
    else:
        assert errors(type_, np.ascontiguousarray(first), exact[0]).max() <= limit
    for value, terms, parameter in zip(got[1:], exact[1:], parameters):
        axes = tuple(range(terms.ndim - parameter.ndim))
        total, size = terms.sum(axis=axes), np.abs(terms).sum(axis=axes)
        count = max(2, terms.size // max(1, parameter.size))
        # Terms with an error of their own, in the compute type.
        allowed = (4 + np.log2(count)) * unit(type_) * size
        if type_.width == 16:
            allowed = allowed + 0.501 * sweep.spacing(type_, total)
        assert value.shape == parameter.shape
        assert (np.abs(type_.to_double(value) - total) <= allowed).all()


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("entry", BROADCAST, ids=lambda e: e.mnemonic)
def test_parameters(entry, name):
    check_parameters(entry, name, (200, CHANNELS), 1, True)


SHAPES = [((CHANNELS,), 0), ((CHANNELS, 50), 0), ((2, CHANNELS, 30), 1), ((2, 3, CHANNELS, 2), 2), ((1, 70000), 0)]


@pytest.mark.parametrize("shape, dim", SHAPES, ids=str)
@pytest.mark.parametrize("entry", BROADCAST, ids=lambda e: e.mnemonic)
def test_parameters_along_any_dim(entry, shape, dim):
    check_parameters(entry, "f32", shape, dim, True)


@pytest.mark.parametrize("entry", [e for e in BROADCAST if all(n for _, n, _ in e.tensor_parameters)], ids=lambda e: e.mnemonic)
def test_one_number(entry):
    check_parameters(entry, "f32", (37, 41), 1, False)
