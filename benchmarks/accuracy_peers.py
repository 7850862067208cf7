# accuracy_peers.py - the errors of other implementations, and of ours beside.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import hashlib
import importlib
import json
import pathlib

import inputs
import numpy as np
from entries import ROOT
from measure_errors import broadcast_operands, judged, judged_broadcast, judged_rows
from ulp import lenient

NAMES = ("torch", "onednn", "xla", "onnxruntime", "openvino")
# One in so many f32 bit patterns.
STEP = 1021


def key(versions):
    """Changes when the errors of peers would."""
    names = [__name__, "peers", "peer_spelling", "record_references"]
    files = [pathlib.Path(importlib.import_module(n).__file__) for n in names]
    files += sorted((ROOT / "test" / "Numerics" / "peers").glob("*.json"))
    texts = [f.read_bytes() for f in files]
    return hashlib.sha256(repr((json.dumps(versions), texts)).encode()).hexdigest()[:24]


def operands_of(cell):
    """The same inputs for every peer and for the op itself: finite ones, because
    what happens at infinity would hide all else."""
    shape, type_ = cell.entry.shape, cell.type
    if shape == "row":
        x = inputs.rows(type_.name, 1024, 256)
        x = x[np.isfinite(type_.to_double(x)).all(axis=1)]
        return inputs.row_operands(cell.entry, type_, np.ascontiguousarray(x))
    if shape == "broadcast":
        x, *parameters = broadcast_operands(cell, 1 << 16)
        return [np.ascontiguousarray(x[np.isfinite(type_.to_double(x[:, 0]))]), *parameters]
    if shape == "gated":
        operands = inputs.pairs(type_.name, 1 << 20)
    elif type_.width == 16:
        operands = [inputs.every(type_.name)]
    else:
        bits = np.arange(0, 1 << 32, STEP, dtype=np.uint64).astype(np.uint32)
        operands = [bits.view(np.float32)]
    finite = np.logical_and.reduce([np.isfinite(type_.to_double(o)) for o in operands])
    return [o[finite] for o in operands]


def judge(cell, operands, got):
    wide = [o if o.dtype == np.bool_ else cell.type.to_double(o) for o in operands]
    if cell.entry.shape == "broadcast":
        wide = [np.broadcast_to(w, wide[0].shape) for w in wide]
    exact = cell.reference.double(*wide)
    # A table of what others do not promise would show nothing else.
    got = lenient(cell.type, got, exact)
    if cell.entry.shape == "row":
        return judged_rows(cell, operands, got)
    if cell.entry.shape == "broadcast":
        return judged_broadcast(cell, operands, got)
    return judged(cell, operands, got, exact)


def measure(cell, found):
    """Errors of the peers, and of the op on the same inputs."""
    import peers

    operands = operands_of(cell)
    results = {"act": judge(cell, operands, cell.result(*operands))}
    for peer in found:
        try:
            call = peer.prepare(cell.entry, cell.setting, cell.type, operands)
            call.run()
            got = np.ascontiguousarray(call.result()).reshape(results_shape(cell, operands))
        except peers.Unsupported:
            continue
        results[peer.name] = judge(cell, operands, got)
    kept = ("count", "ulp", "at", "got", "exact", "share", "misrounded")
    return {n: {k: r[k] for k in kept if k in r} for n, r in results.items()}


def results_shape(cell, operands):
    if cell.entry.shape != "row":
        return operands[0].shape
    return (*operands[0].shape[:-1], cell.entry.row_size.of(operands[0].shape[-1], cell.setting))
