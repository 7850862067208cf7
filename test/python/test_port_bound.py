# The instrument that says how fast a kernel could be.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import json
import subprocess
import sys
from collections import Counter

import port_bound
import pytest
import x86_code
from entries import ROOT, entries

# An outer loop around two: in the first, the store to 0x18 is skipped most times.
LISTING = """
kernel.so:	file format elf64-x86-64

Disassembly of section .text:

0000000000000000 <f>:
       0:      	xorl	%eax, %eax
       2:      	vmovups	(%rsi,%rax,4), %zmm0
       8:      	vfmadd213ps	0x1c(%rip){1to16}, %zmm1, %zmm0 # zmm0 = (zmm1 * zmm0) + mem
      10:      	vcmpltps	%zmm0, %zmm2, %k1
      16:      	je	0x20 <f+0x20>
      18:      	vmovaps	%zmm3, %zmm0 {%k1}
      1c:      	vmovups	%zmm0, -0x40(%rsp)
      20:      	vdivps	%zmm0, %zmm4, %zmm5
      26:      	vmovups	%zmm5, (%rdi,%rax,4)
      2c:      	addq	$0x10, %rax
      30:      	cmpq	%rdx, %rax
      33:      	jl	0x2 <f+0x2>
      35:      	vaddss	(%rsi), %xmm0, %xmm0
      39:      	decq	%rcx
      3c:      	jne	0x35 <f+0x35>
      3e:      	decq	%r8
      40:      	jne	0x0 <f>
      42:      	callq	0x60 <g>
      47:      	retq
0000000000000060 <g>:
      60:      	popcntq	%rax, %rax
"""


@pytest.fixture(scope="module")
def code():
    return x86_code.parse(LISTING)


def at(code, address):
    return next(i for i in code["f"] if i.address == address)


def test_instructions_are_read(code):
    assert len(code["f"]) == 19 and len(code["g"]) == 1
    fma = at(code, 0x8)
    assert fma.operands == ("0x1c(%rip){1to16}", "%zmm1", "%zmm0")
    assert at(code, 0x33).target == 0x2
    assert [i.address for i in code["f"] if i.loads] == [0x2, 0x8, 0x35]
    assert [i.address for i in code["f"] if i.stores] == [0x1C, 0x26]


def test_instructions_have_classes(code):
    classes = Counter(x86_code.class_of(i) for i in code["f"])
    assert classes == {
        "scalar": 5, "branch": 6, "load": 1, "fma": 1, "min/max/compare": 1,
        "move": 1, "store": 2, "div": 1, "add": 1,
    }
    unknown = x86_code.Instruction(0, "vnewthing", ("%zmm0", "%zmm1"))
    assert x86_code.class_of(unknown) == "other"
    assert x86_code.width(at(code, 0x8)) == "zmm" and x86_code.width(at(code, 0x2C)) == ""


def test_operands_in_memory_are_loads_and_operations(code):
    assert x86_code.forms(at(code, 0x8)) == [
        "vbroadcastss memory, zmm", "vfmadd213ps zmm, zmm, zmm",
    ]
    assert x86_code.forms(at(code, 0x35)) == ["vmovss memory, xmm", "vaddss xmm, xmm, xmm"]
    assert x86_code.forms(at(code, 0x2)) == ["vmovups indexed, zmm"]
    assert x86_code.forms(at(code, 0x26)) == ["vmovups zmm, indexed"]
    assert x86_code.forms(at(code, 0x18)) == ["vmovaps zmm, zmm{%k7}"]
    assert x86_code.forms(at(code, 0x0)) == ["xorl r32, r32 same"]
    assert x86_code.forms(at(code, 0x42)) is None


def test_loops_are_the_innermost(code):
    counts = {i.address: 8 for i in code["f"] if 0x2 <= i.address <= 0x33}
    counts |= {0x18: 1, 0x1C: 1}
    counts |= {a: 30 for a in (0x35, 0x39, 0x3C)}
    counts |= {a: 2 for a in (0x0, 0x3E, 0x40)} | {0x42: 1, 0x47: 1}
    outer, first, second, rest = x86_code.loops(code["f"], counts)
    assert [i.address for i in outer.instructions] == [0x0, 0x3E, 0x40]
    assert first.passes == 8 and len(first.instructions) == 11
    # The rare branch counts as often as it runs, and is not on the main path.
    assert len(first.body) == 9 and sum(first.counts) == 9 * 8 + 2
    assert second.passes == 30 and len(second.body) == 3
    assert [i.name for i in rest.instructions] == ["callq", "retq"]
    forms, unmeasured = port_bound.form_counts(first)
    assert forms["vdivps zmm, zmm, zmm"] == 8 and forms["vmovups zmm, memory"] == 1
    assert unmeasured == {"je": 8, "jl": 8}


def test_written_forms_do_not_wait():
    writer = x86_code.Writer()
    lines = [writer.write("vfmadd213ps zmm, zmm, zmm") for _ in range(8)]
    results = [line.split()[-1] for line in lines]
    assert len(set(results)) == 8
    read = {r.strip(",") for line in lines for r in line.split()[1:-1]}
    assert not read & set(results)
    assert writer.write("vxorps xmm, xmm, xmm same").count("%xmm") == 3
    assert "(%rsi, %rcx, 4)" in writer.write("vmovups indexed, zmm")
    assert "(%rdx)" in writer.write("vmovups zmm, memory")


class Model(port_bound.Ports):
    """A machine with multipliers of one kind and a divider on its own."""

    def __init__(self):
        self.alone = {"m": 1.0, "f": 1.0, "d": 4.0, "n": 2.0, port_bound.SLOT: 0.25}
        self.pairs = {p: 0.5 for p in [("d", "m"), ("d", "f"), ("m", "n"), ("d", "n")]}
        self.pairs |= {("f", "m"): 1.0, ("f", "n"): 0.97}


def test_groups_are_those_in_which_all_compete():
    model = Model()
    counts = {"m": 10, "f": 10, "d": 4, "n": 6}
    groups = {frozenset(members): ns for ns, members in model.groups(counts)}
    assert groups[frozenset("mf")] == pytest.approx(20.0)
    assert groups[frozenset("d")] == pytest.approx(16.0)
    # n competes with f but not with m: the three are no group.
    assert frozenset("mfn") not in groups
    assert model.bound(counts, 30)[0] >= 20.0
    # Many instructions that need nothing are bound by their number.
    assert model.bound({"m": 1}, 400) == (100.0, "number of instructions")


def identities():
    """Entries whose loop can only be loads and stores."""
    found = [e for e in entries() if e.shape == "unary" and e.reference.strip() == "x"]
    assert found
    return found


needs_machine = pytest.mark.skipif(bool(port_bound.unsupported()), reason=str(port_bound.unsupported()))


@pytest.fixture(scope="module")
def copy():
    return port_bound.measure(quick=True, chosen=identities()[:1])


@needs_machine
def test_a_copy_loads_and_stores_each_element_once(copy):
    ((name, row),) = copy["kernels"].items()
    (loop,) = row["loops"]
    assert loop["loads"] == loop["stores"] > 0
    # All elements pass through the vectors of this one loop.
    bits = 512 if "zmm" in row["widths"] else 256
    moved = loop["passes"] * loop["stores"] * bits // 32
    assert 0.9 * row["elements"] <= moved <= row["elements"]
    arithmetic = set(row["per_64_elements"]) & {"fma", "mul", "add", "div", "sqrt", "min/max/compare"}
    assert not arithmetic


@needs_machine
def test_result_is_json_and_table(copy):
    assert json.loads(json.dumps(copy)) == copy
    ((name, row),) = copy["kernels"].items()
    assert f"| {name} | {row['bound']:.3f} |" in port_bound.table(copy)
    assert 0 < row["bound"] and 0 < row["mix"] and 0 < row["measured"] <= row["median"]
    assert copy["not_assembled"] == []
    row["violated"] = True
    assert "the model is wrong" in port_bound.table(copy)
    row["violated"], row["ratio"] = False, port_bound.TARGET
    assert f"{port_bound.TARGET:.2f} ✓ |" in port_bound.table(copy)
    row["ratio"] = port_bound.TARGET + 0.01
    assert f"Beyond it, worst first: {name} {row['ratio']:.2f}." in port_bound.table(copy)
    row["mca"] = None
    assert "unknown CPU" in port_bound.table(copy)


@needs_machine
def test_rows_of_every_shape_have_their_passes():
    """A row is read more than once by an op that needs all of it first."""
    entry = next(
        e for e in entries()
        if e.shape == "row" and len(e.operands) == 1 and "RowsSumToOne" in e.properties
        or e.shape == "row" and len(e.operands) == 1 and e.row_size.factor == 1
    )
    result = port_bound.measure(quick=True, chosen=[entry])
    (row,) = result["kernels"].values()
    assert len(row["loops"]) >= 2
    assert all(loop["bound"] > 0 and loop["limit"] for loop in row["loops"])
    assert sum(loop["bound"] for loop in row["loops"]) <= 1.01 * row["bound"]


@needs_machine
def test_machine_multiplies_as_it_adds_and_divides_more_slowly(tmp_path):
    # The least of so many rounds is found on a machine that does other things, too.
    ports = port_bound.Ports(port_bound.Stepper(tmp_path), tmp_path, 60)
    multiply, divide = "vmulps ymm, ymm, ymm", "vdivps ymm, ymm, ymm"
    ports.measure([multiply, divide, "vmulps xmm, ymm, ymm"])
    assert ports.alone[divide] > ports.alone[multiply] > 0
    assert ports.failed == {"vmulps xmm, ymm, ymm"}
    pair = (divide, multiply)
    ports.measure_pairs({pair, (multiply, multiply)})
    # With itself an instruction competes, and each turn has the same share.
    assert ports.pairs[(multiply, multiply)] > 0.5
    assert set(ports.pairs) >= {pair, (multiply, multiply)}


def test_other_machines_are_skipped(monkeypatch):
    monkeypatch.setattr(port_bound.platform, "machine", lambda: "aarch64")
    result = port_bound.measure(quick=True)
    assert list(result) == ["skipped"] and "aarch64" in result["skipped"]
    assert port_bound.table(result) == f"Skipped: {result['skipped']}.\n"


def test_unknown_op_is_an_error():
    if port_bound.unsupported():
        pytest.skip(port_bound.unsupported())
    script = ROOT / "benchmarks" / "port_bound.py"
    command = [sys.executable, str(script), "--only", "no such op"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == "port_bound: no op matches 'no such op'\n"
