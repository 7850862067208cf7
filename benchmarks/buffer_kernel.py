# buffer_kernel.py - one op from buffers to a buffer, as a module.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception


def tensor_type(entry, element, columns="?"):
    """The type of the first operand; `columns` is the size of a row."""
    flat = entry.shape in ("unary", "gated")
    return f"tensor<?x{element}>" if flat else f"tensor<?x{columns}x{element}>"


def dimension(entry):
    """The dimension along which rows lie, or None."""
    return None if entry.shape in ("unary", "gated") else 1


def buffer_kernel(name, entry, element, setting=None):
    """A function that reads its operands from buffers that do not overlap and
    writes the result to the last one: nothing is allocated for a result."""
    setting = entry.required if setting is None else setting
    type_, dim = tensor_type(entry, element), dimension(entry)
    types = entry.operand_types(type_, dim)
    result = entry.result_type(type_, setting, dim)

    def buffer(tensor):
        return tensor.replace("tensor", "memref", 1)

    arguments = [f"%b{i}: {buffer(t)}" for i, t in enumerate(types)]
    lines = [f"func.func @{name}({', '.join(arguments)}, %y: {buffer(result)}) {{"]
    for i, t in enumerate(types):
        lines.append(f"  %t{i} = bufferization.to_tensor %b{i} restrict : {buffer(t)} to {t}")
    operands = [f"%t{i}" for i in range(len(types))]
    lines.append(f"  %r = {entry.spell(operands, type_, setting, dim)}")
    lines.append("  bufferization.materialize_in_destination %r in restrict writable %y")
    lines.append(f"      : ({result}, {buffer(result)}) -> ()")
    return "\n".join([*lines, "  return", "}"]) + "\n"
