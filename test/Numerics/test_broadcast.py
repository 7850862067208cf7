# Activations whose parameters are operands, compiled, against the reference.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import inputs
import mpmath
import numpy as np
import pytest
import sweep
from entries import entries
from reference import Reference
from run_kernel import compile_library
from ulp import TYPES, error_mp

ENTRIES = [e for e in entries() if e.shape == "broadcast"]
IDS = [e.mnemonic for e in ENTRIES]
CHANNELS = 24


def one_number(entry):
    """Whether all parameters may be one number."""
    return all(number for _, number, _ in entry.tensor_parameters)


def call(entry, type_, dim, rank, x, *parameters):
    tensor = "tensor<" + "?x" * rank + f"{type_.name}>"
    types = [tensor]
    for parameter in parameters:
        types.append("tensor<" + "?x" * parameter.ndim + f"{type_.name}>")
    names = [f"%{n}" for n in entry.operands]
    arguments = ", ".join(f"{n}: {t}" for n, t in zip(names, types))
    text = f"func.func @f({arguments}) -> {tensor} {{\n"
    attribute = f" {{dim = {dim} : i64}}" if dim is not None else ""
    text += f"  %y = act.{entry.mnemonic} {', '.join(names)}{attribute} : {', '.join(types)}\n"
    return compile_library(text + f"  return %y : {tensor}\n}}\n").call("f", x, *parameters)


def make(entry, name, per_index):
    """Parameters, one for each channel where they may be."""
    made = []
    for index, (_, _, along) in enumerate(entry.tensor_parameters):
        values = inputs.parameters(name, CHANNELS)
        if along and per_index:
            # Each meets all values of the others.
            made.append(np.roll(values, 7 * index))
        else:
            made.append(values[:1].reshape(()))
    return made


def check(entry, name, x, y, parameters, record_property):
    """x and y have the channels last."""
    type_ = TYPES[name]
    reference = Reference(entry, {}, type_)
    wide = [type_.to_double(x)]
    wide += [np.broadcast_to(type_.to_double(p), x.shape) for p in parameters]
    exact = reference.double(*wide)
    if name == "f64":
        negative = np.signbit(exact)
        with mpmath.workprec(100):
            values = [reference.exact(*map(float, v)) for v in zip(*(w.ravel() for w in wide))]
            error = [
                error_mp(type_, g, e, n) for g, e, n in zip(y.ravel(), values, negative.ravel())
            ]
        error, exact = np.array(error), np.array([float(v) for v in values]).reshape(x.shape)
    else:
        error = sweep.errors_of(entry, {}, type_, y.ravel(), exact.ravel())
    limit = sweep.broadcast_limits(entry, type_, wide[0], exact, reference, wide[1:])
    flat = [np.ascontiguousarray(a).ravel() for a in (y, exact, x)]
    worst = sweep.check(type_, error.ravel(), limit.ravel(), *flat)
    record_property(f"ulp:{entry.mnemonic}:{name}", worst)


def points(name):
    if name in ("f16", "bf16"):
        return inputs.every(name)
    return inputs.spread(name, 1 << (16 if name == "f32" else 7))


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("entry", ENTRIES, ids=IDS)
def test_per_channel(entry, name, record_property):
    x = np.repeat(points(name)[:, None], CHANNELS, axis=1)
    parameters = make(entry, name, per_index=True)
    y = call(entry, TYPES[name], 1, 2, x, *parameters)
    check(entry, name, x, y, parameters, record_property)


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("entry", list(filter(one_number, ENTRIES)), ids=lambda e: e.mnemonic)
def test_one_number(entry, name, record_property):
    x = points(name)
    parameters = make(entry, name, per_index=False)
    y = call(entry, TYPES[name], None, 1, x, *parameters)
    check(entry, name, x, y, parameters, record_property)


SHAPES = [((CHANNELS,), 0), ((3, CHANNELS), 1), ((CHANNELS, 5), 0), ((2, CHANNELS, 3), 1)]
SHAPES += [((2, 3, CHANNELS, 2), 2), ((1, 2, 3, 4, CHANNELS), 4), ((0, CHANNELS), 1)]


@pytest.mark.parametrize("shape, dim", SHAPES, ids=str)
@pytest.mark.parametrize("entry", ENTRIES, ids=IDS)
def test_along_any_dim(entry, shape, dim, record_property):
    x = np.random.default_rng(0).normal(0, 3, shape).astype(np.float32)
    parameters = make(entry, "f32", per_index=True)
    y = call(entry, TYPES["f32"], dim, len(shape), x, *parameters)
    assert y.shape == shape
    if x.size:
        x, y = (np.moveaxis(a, dim, -1) for a in (x, y))
        check(entry, "f32", x, y, parameters, record_property)


@pytest.mark.parametrize("name", ["f16", "bf16"])
@pytest.mark.parametrize("entry", list(filter(one_number, ENTRIES)), ids=lambda e: e.mnemonic)
def test_known_parameters_change_nothing(entry, name):
    """A parameter that is a constant may make another op of it: every input
    gives the same bits, on infinities, NaN and zeros too."""
    type_ = TYPES[name]
    x = inputs.every(name)
    tensor = f"tensor<?x{name}>"
    values = [0.25, 0.0, -0.0, 1.0, -1.0, 2.5, -0.3]
    functions = []
    for index, value in enumerate(values):
        bits = int(np.array(value).astype(type_.dtype).view(type_.bits))
        names = [f"%c{i}" for i in range(len(entry.tensor_parameters))]
        lines = [f"  {n} = arith.constant 0x{bits:04X} : {name}" for n in names]
        types = ", ".join([tensor] + [name] * len(names))
        lines.append(f"  %y = act.{entry.mnemonic} %x, {', '.join(names)} : {types}")
        body = "\n".join(lines)
        functions.append(f"func.func @f{index}(%x: {tensor}) -> {tensor} {{\n{body}\n  return %y : {tensor}\n}}\n")
    library = compile_library("".join(functions))
    for index, value in enumerate(values):
        parameters = [np.array(value).astype(type_.dtype) for _ in entry.tensor_parameters]
        expected = call(entry, type_, None, 1, x, *parameters)
        got = library.call(f"f{index}", x)
        # A copy may leave a signaling NaN alone.
        number = ~np.isnan(type_.to_double(x))
        assert np.array_equal(got.view(type_.bits)[number], expected.view(type_.bits)[number]), value
        assert np.isnan(type_.to_double(got)[~number]).all()
