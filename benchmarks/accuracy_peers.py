# accuracy_peers.py - the errors of other implementations, and of ours beside.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import inputs
import numpy as np
from measure_errors import judged, judged_rows

NAMES = ("torch", "onednn", "xla", "onnxruntime", "openvino")
# One in so many f32 bit patterns.
STEP = 1021


def operands_of(cell):
    """The same inputs for every peer and for the op itself."""
    shape, type_ = cell.entry.shape, cell.type
    if shape == "row":
        x = inputs.rows(type_.name, 1024, 256)
        return inputs.row_operands(cell.entry, type_, np.ascontiguousarray(x))
    if shape == "gated":
        return list(inputs.pairs(type_.name, 1 << 20))
    if type_.width == 16:
        return [inputs.every(type_.name)]
    return [np.arange(0, 1 << 32, STEP, dtype=np.uint64).astype(np.uint32).view(np.float32)]


def judge(cell, operands, got):
    if cell.entry.shape == "row":
        return judged_rows(cell, operands, got)
    wide = [cell.type.to_double(o) for o in operands]
    return judged(cell, operands, got, cell.reference.double(*wide))


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
    kept = ("ulp", "at", "got", "exact", "share", "misrounded")
    return {n: {k: r[k] for k in kept if k in r} for n, r in results.items()}


def results_shape(cell, operands):
    if cell.entry.shape != "row":
        return operands[0].shape
    return (*operands[0].shape[:-1], cell.entry.row_size.of(operands[0].shape[-1], cell.setting))
