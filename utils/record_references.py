#!/usr/bin/env python3
# record_references.py - records results of other implementations for the tests.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Needs requirements-peers.txt. With --check, compares with the files instead of
# writing them: another machine may differ in the last bits, nothing else.

import argparse
import importlib
import importlib.metadata
import inspect
import json
import os
import pathlib
import platform
import re
import sys

os.environ["JAX_PLATFORMS"] = "cpu"

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "requirements-peers.txt"
CALLS = ROOT / "test" / "Numerics" / "peers"
RESULTS = ROOT / "test" / "Numerics" / "Data"
MODELS = ROOT / "test" / "Integration" / "Data"
WIDTH = 64
TOKENS = 37

# ===----------------------------------------------------------------------===
# Inputs
# ===----------------------------------------------------------------------===

LARGE = [88.8, 89.0, 103.0, 104.0, 1e4, 1e10, 1e19, 1.7e38, np.finfo(np.float32).max]
SMALL = [1e-45, 1e-40, np.finfo(np.float32).tiny]
SPECIAL = [0.0, np.inf, np.nan, *SMALL, *LARGE]
# Where a piecewise function may have a kink, with the default or with the
# parameters of a call.
KINKS = [0.2, 0.3, 0.5, 1.0, 2.0, 2.5, 3.0, 6.0]


def both_signs(values):
    return [sign * v for v in values for sign in (1.0, -1.0)]


def spread(random, count):
    """Both signs, uniform in the exponent."""
    return random.choice([-1.0, 1.0], count) * np.exp2(random.uniform(-30, 6.5, count))


def elementwise_input(random):
    beside = [np.nextafter(np.float32(k), np.float32(to)) for k in KINKS for to in (0, 9)]
    fixed = both_signs(SPECIAL) + both_signs(KINKS) + both_signs(beside)
    grid = np.linspace(-20, 20, 401)
    rest = spread(random, 1024 - len(fixed) - len(grid))
    return np.concatenate([fixed, grid, rest]).astype(np.float32).reshape(-1, 16)


def packed_input(random):
    """Values in the first half of each row, gates in the second; every special
    value meets every other."""
    special = both_signs([0.0, np.inf, np.nan, 1.0, 1e19])
    pairs = np.array([(v, g) for v in special for g in special])
    rest = np.stack([spread(random, 412), 4 * random.standard_normal(412)], axis=1)
    pairs = np.concatenate([pairs, rest]).astype(np.float32)
    return pairs.reshape(-1, 8, 2).swapaxes(1, 2).reshape(-1, 16)


def row_input(random):
    rows = 4 * random.standard_normal((32, 16))
    # The largest element stands first, last, and more than once.
    rows[0], rows[1], rows[2, 3:9] = np.arange(16), -np.arange(16), 20
    rows[3], rows[4], rows[5] = 0, -np.inf, np.finfo(np.float32).max
    rows[6, 2], rows[7, 5], rows[8, 1:] = np.nan, -np.inf, -np.inf
    rows[9, 4], rows[10] = 1e4, 1e4 * rows[10]
    rows[13, 7], rows[14], rows[15, ::2] = np.inf, np.inf, -np.inf
    rows[16, 0], rows[16, 1] = np.inf, -np.inf
    return rows.astype(np.float32)


def inputs():
    """What calls name as inputs."""
    random = np.random.default_rng(0)
    mask = random.random((32, 16)) < 0.7
    mask[11], mask[12] = False, True
    packed = packed_input(random)
    values, gates = np.ascontiguousarray(packed.reshape(-1, 2, 8).swapaxes(0, 1))
    return {
        "x": elementwise_input(random),
        "packed": packed,
        "gates": gates,
        "values": values,
        "rows": row_input(random),
        "mask": mask,
        "slopes": random.uniform(-1, 2, 16).astype(np.float32),
        "slope": np.array([0.25], np.float32),
    }


# ===----------------------------------------------------------------------===
# Peers: from a call and its inputs, arrays or numbers, to an array
# ===----------------------------------------------------------------------===


def resolve(path):
    """The object that a dotted name stands for: torch.nn.functional.gelu."""
    module, *names = path.split(".")
    found = importlib.import_module(module)
    for name in names:
        module += "." + name
        if not hasattr(found, name):
            importlib.import_module(module)
        found = getattr(found, name)
    return found


def call_function(call, arguments, array):
    """A function, or a class whose objects are functions (torch.nn)."""
    function = resolve(call["call"])
    keywords = call.get("arguments", {})
    if inspect.isclass(function):
        function, keywords = function(**keywords), {}
    for name, value in arguments:
        if name:
            keywords = {**keywords, name: array(value)}
    return np.asarray(function(*(array(v) for n, v in arguments if not n), **keywords))


def call_torch(call, arguments):
    import torch

    return call_function(call, arguments, torch.as_tensor)


def call_jax(call, arguments):
    import jax.numpy

    return call_function(call, arguments, jax.numpy.asarray)


# The newest that onnxruntime knows.
OPSET = 26


def model_inputs(factors):
    """The arrays among operands, each once."""
    arrays = [a for _, operands in factors for a in operands if isinstance(a, np.ndarray)]
    return list({id(a): a for a in arrays}.values())


def product_model(factors):
    """An ONNX model of the product of calls, each a pair of a call, or None for
    the operand itself, and its operands. An operation is `Op` or `domain.Op`; a
    number that is no array is a constant of the model."""
    from onnx import helper, numpy_helper

    arrays = model_inputs(factors)
    inputs = [
        helper.make_tensor_value_info(f"x{i}", helper.np_dtype_to_tensor_dtype(a.dtype), a.shape)
        for i, a in enumerate(arrays)
    ]
    name_of = {id(a): f"x{i}" for i, a in enumerate(arrays)}
    nodes, constants, parts = [], [], []
    opsets = {"": min(c.get("opset", OPSET) if c else OPSET for c, _ in factors)}
    for call, operands in factors:
        names = []
        for value in operands:
            if id(value) in name_of:
                names.append(name_of[id(value)])
            else:
                names.append(f"c{len(constants)}")
                value = np.asarray(value, arrays[0].dtype)
                constants.append(numpy_helper.from_array(value, names[-1]))
        if call is None:
            parts += names
            continue
        domain, _, operator = call["call"].rpartition(".")
        opsets.setdefault(domain, 1)
        parts.append("y" if len(factors) == 1 else f"y{len(parts)}")
        keywords = call.get("arguments", {})
        nodes.append(helper.make_node(operator, names, parts[-1:], domain=domain, **keywords))
    if len(factors) > 1:
        nodes.append(helper.make_node("Mul", parts, ["y"]))
    result_type = helper.np_dtype_to_tensor_dtype(arrays[0].dtype)
    result = helper.make_tensor_value_info("y", result_type, None)
    graph = helper.make_graph(nodes, "call", inputs, [result], constants)
    imports = [helper.make_opsetid(domain, version) for domain, version in opsets.items()]
    return helper.make_model(graph, opset_imports=imports, ir_version=10)


def one_node_model(call, arrays):
    return product_model([(call, arrays)])


def call_onnxruntime(call, arguments):
    """A newer operator than onnxruntime knows is left to ONNX's own evaluator."""
    import onnxruntime
    from onnx.reference import ReferenceEvaluator

    onnxruntime.set_default_logger_severity(3)
    arrays = [np.asarray(value) for _, value in arguments]
    model = one_node_model(call, arrays)
    if call.get("opset", OPSET) > OPSET:
        session = ReferenceEvaluator(model)
    else:
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), providers=["CPUExecutionProvider"]
        )
    (result,) = session.run(None, {f"x{i}": a for i, a in enumerate(arrays)})
    return result


PEERS = {
    "torch": (call_torch, ["torch"]),
    "jax": (call_jax, ["jax", "jaxlib"]),
    "onnxruntime": (call_onnxruntime, ["onnxruntime", "onnx"]),
}

# ===----------------------------------------------------------------------===
# What is recorded
# ===----------------------------------------------------------------------===


def versions(packages):
    found = {p: importlib.metadata.version(p) for p in packages}
    found["python"] = platform.python_version()
    return {f"{p}_version": np.array(v.split("+")[0]) for p, v in found.items()}


def key(call):
    """gelu, gelu-approximate=tanh; a call of the same op and setting has a name."""
    setting = call.get("setting", {})
    words = [call["op"]] + [f"{k}={v}" for k, v in setting.items()]
    return call.get("name", "-".join(words))


def named_inputs(call, arrays):
    """Pairs of a keyword, or None, and an array."""
    for given in call.get("inputs", ["x"]):
        keyword, name = next(iter(given.items())) if isinstance(given, dict) else (None, given)
        yield keyword, arrays[name] if isinstance(name, str) else np.float32(name)


def record_peer(peer):
    function, packages = PEERS[peer]
    arrays = inputs()
    results = {}
    for call in json.loads((CALLS / f"{peer}.json").read_text())["calls"]:
        assert key(call) not in results, f"{key(call)} is recorded twice"
        with np.errstate(all="ignore"):
            result = function(call, list(named_inputs(call, arrays)))
        assert result.dtype == np.float32, f"{key(call)} is {result.dtype}"
        results[key(call)] = result
    return {**arrays, **results, **versions(packages + ["numpy"])}


def hidden_size(width):
    """8/3 of the width, rounded up to a multiple of 64, as LLaMA has it."""
    return -(-8 * width // 3 // 64) * 64


def record_ffn():
    """w_down(silu(w_gate x) * w_up x)"""
    import torch

    class FeedForward(torch.nn.Module):
        def __init__(self, width):
            super().__init__()
            hidden = hidden_size(width)
            self.w_gate = torch.nn.Linear(width, hidden, bias=False)
            self.w_up = torch.nn.Linear(width, hidden, bias=False)
            self.w_down = torch.nn.Linear(hidden, width, bias=False)

        def forward(self, x):
            return self.w_down(torch.nn.functional.silu(self.w_gate(x)) * self.w_up(x))

    torch.manual_seed(0)
    module = FeedForward(WIDTH)
    x = torch.randn(TOKENS, WIDTH)
    with torch.no_grad():
        arrays = {"x": x.numpy(), "y": module(x).numpy(), **versions(["torch", "numpy"])}
    # A linear layer stores [out, in]; a matmul from the right wants [in, out].
    for name, weight in module.state_dict().items():
        arrays[name.split(".")[0]] = np.ascontiguousarray(weight.numpy().T)
    return arrays


def numpy_array(tensor):
    """bf16 as bits: NumPy has no such type."""
    import torch

    bits = tensor.view(torch.uint16) if tensor.dtype == torch.bfloat16 else tensor
    return bits.numpy()


def record_model(name):
    """Inputs, weights and y of a model of models.py, in each type: bf16.x."""
    import models

    arrays = versions(["torch", "numpy"])
    for kind in models.TYPES:
        module, inputs = models.MODELS[name].build(kind)
        tensors = {**inputs, **module.state_dict(), "y": module(**inputs)}
        arrays.update({f"{kind}.{n}": numpy_array(t) for n, t in tensors.items()})
    return arrays


def model_names():
    import models

    return list(models.MODELS)


# ===----------------------------------------------------------------------===
# Comparison
# ===----------------------------------------------------------------------===


def required_versions():
    lines = REQUIREMENTS.read_text().splitlines()
    return dict(m.groups() for m in (re.match(r"([\w-]+)==(\S+)$", l) for l in lines) if m)


def wrong_packages():
    """Installed packages that are not those of the requirements."""
    for package, version in required_versions().items():
        installed = importlib.metadata.version(package).split("+")[0]
        if installed != version:
            yield f"{package} is {installed}, {REQUIREMENTS.name} has {version}"


def is_same(old, new):
    """Element by element. Another machine may add in another order: bits of bf16
    stand for numbers that are right to an ULP of the largest."""
    if old.dtype != np.uint16:
        return np.isclose(old, new, rtol=2e-6, atol=2e-6, equal_nan=True)
    old, new = (bits.astype(np.uint32) << 16 for bits in (old, new))
    old, new = old.view(np.float32), new.view(np.float32)
    return np.abs(old - new) <= 2.0**-7 * np.abs(old).max()


def differences(path, arrays):
    """How recorded and new arrays differ, in words."""
    if not path.exists():
        yield "does not exist"
        return
    recorded = np.load(path)
    for name in sorted(set(recorded.files) ^ set(arrays)):
        yield f"{name} is in one of the two only"
    for name in sorted(set(recorded.files) & set(arrays)):
        old, new = recorded[name], np.asarray(arrays[name])
        if name == "python_version":
            continue
        if old.dtype.kind == "U":
            if str(old) != str(new):
                yield f"{name} was {old}, is {new}"
        elif (old.shape, old.dtype) != (new.shape, new.dtype):
            yield f"{name} has another shape or type"
        else:
            same = is_same(old, new)
            if not same.all():
                at = np.unravel_index(np.argmin(same), same.shape)
                count, place = np.count_nonzero(~same), [int(i) for i in at]
                yield f"{name} differs {count} times: at {place} it was {old[at]}, is {new[at]}"


def main():
    parser = argparse.ArgumentParser(
        description="Record results of PyTorch, JAX and onnxruntime."
    )
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    check = parser.parse_args().check
    found = []
    if check:
        found += list(wrong_packages())
    recorded = {RESULTS / f"{peer}.npz": lambda peer=peer: record_peer(peer) for peer in PEERS}
    recorded[MODELS / "swiglu-ffn.npz"] = record_ffn
    for name in model_names():
        recorded[MODELS / f"{name}.npz"] = lambda name=name: record_model(name)
    for path, record in recorded.items():
        shown = path.relative_to(ROOT)
        if check:
            found += [f"{shown}: {d}" for d in differences(path, record())]
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            np.savez_compressed(path, **record())
            print(f"wrote {shown}")
    for difference in found:
        print(difference)
    if check and not found:
        print("the references are as recorded")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
