# One library for several CPUs: the version that the machine takes.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import ast
import pathlib
import platform
import shutil
import subprocess
import sys

import pytest
from act_run import BIN
from test_symbols import nm

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="for x86-64")
CPUS = ["x86-64-v3", "x86-64-v4", "diamondrapids"]
# diamondrapids has AVX10.2, which no machine so far has together with the rest.
NEEDS = {"x86-64-v4": {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"},
         "x86-64-v3": {"avx2", "fma", "bmi2"}}
MODULE = """
func.func private @twice(%x: f32) -> f32 {
  %0 = arith.addf %x, %x : f32
  return %0 : f32
}
func.func @f(%x: f32) -> f32 {
  %0 = act.gelu %x : f32
  %1 = call @twice(%0) : (f32) -> f32
  return %1 : f32
}
"""
# Prints which function is bound to f, and with `call`, what it returns.
SCRIPT = """
import ctypes, os, sys
library = ctypes.CDLL(sys.argv[1])
address = ctypes.cast(library.f, ctypes.c_void_p).value
name = os.path.basename(sys.argv[1])
with open("/proc/self/maps") as maps:
    base = min(int(m.split("-")[0], 16) for m in maps if m.rstrip().endswith(name))
print(f"{address - base:016x}", flush=True)
if len(sys.argv) > 2:
    library.f.argtypes, library.f.restype = [ctypes.c_float], ctypes.c_float
    print([library.f(i / 7).hex() for i in range(-40, 40)])
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("versions")
    (folder / "f.mlir").write_text(MODULE)
    path = folder / "f.so"
    command = [BIN / "act-compile", folder / "f.mlir", "-o", path, "--cpu", ",".join(CPUS)]
    subprocess.run([*map(str, command)], check=True)
    return path


def bound(library, *arguments, machine=()):
    """The version that is bound, and what else the script prints."""
    command = [*machine, sys.executable, "-I", "-c", SCRIPT, str(library), *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    symbols = subprocess.run([nm(), library], capture_output=True, text=True, check=True).stdout
    offset, _, rest = done.stdout.partition("\n")
    names = [line.split()[2] for line in symbols.splitlines() if line.startswith(offset)]
    assert offset and len(names) == 1, done.stderr
    return names[0], rest, done


def emulated(cpu):
    """A machine without AVX-512, which this emulator has not."""
    emulator = shutil.which("qemu-x86_64")
    if not emulator:
        pytest.skip("no qemu-x86_64")
    return [emulator, "-cpu", cpu]


def test_widest_of_this_machine(library):
    flags = set()
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("flags"):
            flags = set(line.split())
            break
    expected = next(cpu for cpu, needs in NEEDS.items() if needs <= flags)
    assert bound(library)[0] == f"f.{expected}"


def test_without_avx512(library):
    name, there, _ = bound(library, "call", machine=emulated("Haswell"))
    assert name == "f.x86-64-v3"
    # Bits are the same on one target only.
    here, there = ([float.fromhex(x) for x in ast.literal_eval(text)] for text in (bound(library, "call")[1], there))
    assert here and here == pytest.approx(there, rel=2**-22, abs=0)


def test_with_none(library):
    name, there, done = bound(library, "call", machine=emulated("Nehalem"))
    assert name == "act.none"
    assert there == "" and done.returncode != 0
    assert "act: this processor is none of those" in done.stderr
    assert "x86-64-v3" in done.stderr
