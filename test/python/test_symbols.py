# No op that the pipeline lets through becomes a call of a library.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import subprocess

import pytest
from act_run import BIN

ONE = ("absf", "ceil", "floor", "roundeven", "sqrt", "trunc")
TESTS = ("isfinite", "isinf", "isnan", "isnormal")
BITS = ("absi", "ctlz", "cttz", "ctpop")
# Powers of two: LLVM returns other vectors of bf16 element by element, by a call.
SHAPES = ("{}", "vector<{}>", "vector<4x{}>", "vector<8x{}>", "vector<64x{}>", "vector<2x8x{}>")


def function(op, shape, element, number):
    type = shape.format(element)
    result = shape.format("i1") if op in TESTS else type
    arity = {"fma": 3, "copysign": 2}.get(op, 1)
    arguments = [f"%a{i}" for i in range(arity)]
    return f"""func.func @f{number}({", ".join(f"{a}: {type}" for a in arguments)}) -> {result} {{
  %0 = math.{op} {", ".join(arguments)} : {type}
  return %0 : {result}
}}
"""


def functions():
    floats = [(op, t) for op in (*ONE, *TESTS, "fma", "copysign") for t in ("f16", "bf16", "f32", "f64")]
    integers = [(op, t) for op in BITS for t in ("i8", "i16", "i32", "i64")]
    cases = [(op, shape, t) for op, t in floats for shape in SHAPES]
    # Upstream lowers absi on one dimension only.
    cases += [(op, shape, t) for op, t in integers for shape in SHAPES[:-1]]
    return "".join(function(*case, number) for number, case in enumerate(cases))


def nm():
    cache = (BIN.parent / "CMakeCache.txt").read_text()
    for line in cache.splitlines():
        if line.startswith("LLVM_DIR:"):
            return line.split("=", 1)[1].removesuffix("/lib/cmake/llvm") + "/bin/llvm-nm"
    raise AssertionError("LLVM_DIR is not in the cache")


@pytest.mark.parametrize("cpu", ["x86-64-v3", "x86-64-v4", "neoverse-v1"])
def test_no_undefined_symbol(cpu, tmp_path):
    (tmp_path / "all.mlir").write_text(functions())
    command = [BIN / "act-compile", tmp_path / "all.mlir", "-o", tmp_path / "all.o", "--cpu", cpu]
    subprocess.run([*map(str, command), "-O1"], check=True)
    done = subprocess.run([nm(), "-u", tmp_path / "all.o"], capture_output=True, text=True, check=True)
    assert done.stdout == ""
