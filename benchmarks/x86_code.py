# x86_code.py - instructions of x86-64: what they are, and loops made of them.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reads what llvm-objdump prints. The *form* of an instruction is its name with
the kinds of its operands, `vmulps zmm, zmm, zmm`; a form can be written out with
registers of our choice, so that no instruction waits for another."""

import re
from dataclasses import dataclass

# Presentation only: speed is measured per form.
CLASSES = (
    ("branch", r"j\w+|call\w*|ret\w*"),
    ("div", r"vdiv|div[ps]"),
    ("sqrt", r"vr?sqrt"),
    ("approx", r"vrcp"),
    ("fma", r"vfn?m(add|sub)"),
    ("mul", r"vmul"),
    ("add", r"v(add|sub)[ps]"),
    ("min/max/compare", r"v(min|max|cmp\w*|range|fpclass)[ps]|vu?comis|vpcmp|vp(min|max)"),
    ("scale", r"v(scalef|getexp|getmant|rndscale|round|reduce|fixupimm)"),
    ("convert", r"vcvt|vpmov[sz]x|vpmov\w*[wdq][bwd]$"),
    ("shuffle", r"vperm|vp?unpck|vpunpck|vp?shuf|vp?align|vextract|vinsert|vp?broadcast|vpack|vpinsr"
                r"|vpextr|vmov(s[hl]|d)dup|vmov(hl|lh)ps|vps[lr]ldq|vp?compress|vp?expand"),
    ("logic/blend", r"v(and|andn|or|xor)p|vp(and|andn|or|xor|ternlog|test)|vp?blend|vtest"),
    ("integer vector", r"vp(add|sub|sll|srl|sra|mul|abs|sign|avg|lzcnt|madd|rol|ror)"),
    ("mask", r"k\w+"),
    ("move", r"v?mov[au]p[sd]|vmovdq[au]\w*|vmovs[sdh]|vmov[dqw]"),
    ("scalar", r"(add|sub|inc|dec|cmp|test|lea|mov|and|or|xor|sh[lr]|sa[lr]|ro[lr]|neg|not|imul|cmov"
               r"|set|nop|bt|tz|lz|popcnt|adc|sbb)\w*"),
)
# Their operands are not all written, or a run of them alone means nothing.
UNMEASURED = re.compile(
    r"j\w+|call|ret|push|pop|leave|i?div[bwlq]?$|mul[bwlq]$|cqt|clt|cwt|vzero|rep|ud2|int|endbr"
    r"|data16|xchg|cmpxchg|lock|prefetch|vmovnt|vp?gather|vp?scatter|.*fence|cpuid|rdtsc|cs$"
)
NO_RESULT = re.compile(r"cmp[bwlq]?$|test[bwlq]$|vu?comis|vptest$|vtest|kortest|ktest|bt[wlq]?$")
# Old operand is read too.
UPDATES = re.compile(r"vf|vpermi2|vpermt2|vpternlog|vfixup|vpdp|vdpbf16")
PLAIN_MOVES = re.compile(r"mov|lea|set|vmov|tz|lz|popcnt")
LOADS_AS_THEY_ARE = re.compile(r"v?mov|kmov|vcvt|vpmov|vp?broadcast|vp?insr|vinsert|vextract")
IDIOMS = re.compile(r"vp?xor|vpsub|vpcmp(eq|gt)|xor|sub|vsub")

GPR = {}
for _names in ("rax eax ax al", "rbx ebx bx bl", "rcx ecx cx cl", "rdx edx dx dl", "rsi esi si sil",
               "rdi edi di dil", "rbp ebp bp bpl", "rsp esp sp spl",
               *(f"r{n} r{n}d r{n}w r{n}b" for n in range(8, 16))):
    for _kind, _name in zip(("r64", "r32", "r16", "r8"), _names.split()):
        GPR[_name] = _kind
SUFFIX = {"r64": "", "r32": "d", "r16": "w", "r8": "b"}


@dataclass(frozen=True)
class Instruction:
    address: int
    name: str
    operands: tuple
    target: int = -1  # of a jump

    @property
    def text(self):
        """For an assembler, with the jump to no matter where."""
        if self.target >= 0:
            return f"{self.name} 1f"
        return f"{self.name} {', '.join(self.operands)}".rstrip()

    @property
    def memory(self):
        """The index of the operand in memory, or -1."""
        if self.name.startswith(("lea", "nop")):
            return -1
        return next((i for i, o in enumerate(self.operands) if "(" in o), -1)

    @property
    def loads(self):
        last = self.memory == len(self.operands) - 1
        return self.memory >= 0 and (not last or bool(NO_RESULT.match(self.name)))

    @property
    def stores(self):
        return self.memory >= 0 and not self.loads


def split_operands(text):
    """At commas outside of parentheses."""
    return tuple(o.strip() for o in re.split(r",(?![^(]*\))", text) if o.strip())


def parse(text):
    """The instructions that llvm-objdump --no-show-raw-insn printed, by symbol."""
    symbols, current = {}, None
    for line in text.splitlines():
        head = re.fullmatch(r"([0-9a-f]+) <(.+)>:", line)
        if head:
            current = symbols.setdefault(head[2], [])
            continue
        match = re.match(r"\s*([0-9a-f]+):\s+(\S.*)$", line)
        if not match or current is None:
            continue
        words = match[2].split("#")[0].strip()
        name, _, rest = words.partition("\t") if "\t" in words else words.partition(" ")
        if name in ("data16", "rep", "lock", "cs", "notrack"):
            name, rest = f"{name}", ""
        target = -1
        jump = re.match(r"(?:0x)?([0-9a-f]+)(?: <.*>)?$", rest.strip())
        if name.startswith("j") and jump:
            target = int(jump[1], 16)
        rest = re.sub(r"<[^>]*>", "", rest)
        current.append(Instruction(int(match[1], 16), name, split_operands(rest), target))
    return symbols


def class_of(instruction):
    """What kind of instruction this is, for people."""
    moves = re.match(r"[vk]?mov|vp?broadcast", instruction.name)
    if moves and instruction.loads:
        return "load"
    if moves and instruction.stores:
        return "store"
    for name, pattern in CLASSES:
        if re.match(pattern, instruction.name):
            return name
    return "other"


def width(instruction):
    """The widest register of an instruction: zmm, ymm, xmm or none."""
    text = " ".join(instruction.operands)
    return next((w for w in ("zmm", "ymm", "xmm") if w in text), "")


def _kind(operand):
    """(kind, suffix such as {1to16} or masks)"""
    match = re.match(r"([^{\s]*)\s*((?:\{[^}]*\}\s*)*)$", operand)
    body, suffix = (match[1], match[2].replace(" ", "")) if match else (operand, "")
    suffix = re.sub(r"%k\d", "%k7", suffix)
    if "(" in body:
        indexed = re.search(r"\([^)]*,\s*%", body)
        return ("indexed" if indexed else "memory"), suffix
    if body.startswith("$"):
        return body, suffix
    register = body.lstrip("%")
    vector = re.fullmatch(r"([xyz]mm|k)\d+", register)
    if vector:
        return vector[1], suffix
    if register == "cl":
        return "%cl", suffix
    return GPR.get(register, "?" + register), suffix


def forms(instruction, whole=False):
    """The forms that an instruction counts as: itself, or for an operand in
    memory that is folded in, a load and the operation on a register, unless it
    is wanted `whole`. None if it cannot be measured."""
    name = instruction.name
    if UNMEASURED.match(name) and not name.startswith("vdiv"):
        return None
    kinds = [_kind(o) for o in instruction.operands]
    # %cl is what shifts read; a loop of ours needs it to stay 0.
    if any(k.startswith("?") for k, _ in kinds) or (kinds and kinds[-1][0] == "%cl"):
        return None
    found = []
    if instruction.loads and not whole and not LOADS_AS_THEY_ARE.match(name):
        at = instruction.memory
        wide = width(instruction)
        if wide:
            broadcast = "{1to" in kinds[at][1]
            move = "vbroadcastss" if broadcast else "vmovups"
            found.append(f"{move} {kinds[at][0]}, {wide}")
            kinds[at] = (wide, "")
            if NO_RESULT.match(name) or re.search(r"s[sdh]$", name):
                kinds[at] = ("xmm", "")
                found[-1] = f"vmovss {_kind(instruction.operands[at])[0]}, xmm"
        else:
            letters = dict(zip("bwlq", ("r8", "r16", "r32", "r64")))
            size = next((k for k, _ in kinds if k in SUFFIX), letters.get(name[-1], "r64"))
            letter = next(n for n, s in letters.items() if s == size)
            found.append(f"mov{letter} {kinds[at][0]}, {size}")
            kinds[at] = (size, "")
    scalar = not width(instruction) and not name.startswith("k")
    texts = []
    for kind, suffix in kinds:
        if scalar and kind.startswith("$"):
            kind = "$1"
        texts.append(kind + suffix)
    form = f"{name} {', '.join(texts)}".rstrip()
    sources = instruction.operands[:-1] if not NO_RESULT.match(name) else instruction.operands
    same = [o for o in sources if o.startswith("%")]
    two = instruction.operands if len(instruction.operands) == 2 else same
    if IDIOMS.match(name) and len(two) == 2 and two[0] == two[1]:
        form += " same"
    return [*found, form]


class Writer:
    """Writes forms out, each with registers that nothing before has written if
    the form reads them. %rdi counts, %rsi is read from, %rdx written to, %rcx 0."""

    # Sixteen registers are all that every form can name. What a form updates
    # needs many, so that it does not wait; what it only writes is renamed.
    UPDATED, WRITTEN, READ = range(10), range(10, 12), range(12, 16)

    def __init__(self):
        self.counter = {}

    def _next(self, what, choices):
        n = self.counter[what] = self.counter.get(what, -1) + 1
        return choices[n % len(choices)]

    def write(self, form):
        same = form.endswith(" same")
        name, _, rest = form.removesuffix(" same").partition(" ")
        kinds = split_operands(rest)
        result = len(kinds) - 1 if kinds and not NO_RESULT.match(name) else -1
        texts = []
        for index, operand in enumerate(kinds):
            kind, brace, suffix = operand.partition("{")
            suffix = brace + suffix
            merges = suffix.startswith("{%k") and "{z}" not in suffix
            updates = bool(UPDATES.match(name)) or merges
            texts.append(self._operand(kind, index == result, updates, name) + suffix)
        if same:
            texts[0] = texts[1] = texts[-1] if len(texts) == 2 else texts[0]
        return f"{name} {', '.join(texts)}".rstrip()

    def _operand(self, kind, is_result, updates, name):
        if kind in ("xmm", "ymm", "zmm"):
            choices = (self.UPDATED if updates else self.WRITTEN) if is_result else self.READ
            which = ("v", is_result, updates)
            return f"%{kind}{self._next(which, choices)}"
        if kind == "k":
            return f"%k{self._next(('k', is_result), (1, 2, 3, 4) if is_result else (5, 6, 7))}"
        if kind in SUFFIX:
            moved = PLAIN_MOVES.match(name)
            choices = ((8, 9) if moved else (10, 11, 14, 15)) if is_result else (12, 13)
            return f"%r{self._next(('r', is_result, bool(moved)), choices)}{SUFFIX[kind]}"
        if kind in ("memory", "indexed"):
            base = "%rdx" if is_result else "%rsi"
            offset = 64 * self._next(("m", is_result), range(16))
            return f"{offset}({base}{', %rcx, 4' if kind == 'indexed' else ''})"
        return kind


# Odd numbers: 0 or 1 might be easier to divide.
START = """
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    xorl %ecx, %ecx
    movl $1, %r12d
    movl $1, %r13d
"""
FILL = "    vbroadcastss {offset}(%rsi), %ymm{n}\n"
WIDE_FILL = "    vbroadcastss {offset}(%rsi), %zmm{n}\n"
MASKS = "".join(f"    kxnorw %k{n}, %k{n}, %k{n}\n" for n in range(1, 8))
END = """    decq %rdi
    jnz 2b
1:
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    vzeroupper
    ret
"""


def loop(name, lines, wide):
    """A function that runs the lines as often as its first argument says."""
    fill = WIDE_FILL if wide else FILL
    text = f".globl {name}\n.p2align 6\n{name}:" + START
    text += "".join(fill.format(n=n, offset=4 * (n % 8)) for n in range(16))
    text += MASKS if wide else ""
    return text + ".p2align 6\n2:\n" + "".join(f"    {line}\n" for line in lines) + END


@dataclass
class Loop:
    """Instructions that one backward jump repeats, without loops inside."""

    instructions: list
    counts: list

    @property
    def passes(self):
        return max(self.counts)

    @property
    def body(self):
        """What most passes run: not the rare branches."""
        return [i for i, c in zip(self.instructions, self.counts) if 2 * c >= self.passes]


def loops(instructions, counts):
    """Each instruction that was run belongs to the innermost loop around it;
    what is in no loop is the last one."""
    run = [i for i in instructions if counts.get(i.address)]
    spans = {}
    for i in run:
        if 0 <= i.target <= i.address:
            # Several jumps back to one place are one loop.
            start, end = spans.get(i.target, (i.target, 0))
            spans[i.target] = (start, max(end, i.address))
    found = {}
    for i in run:
        around = [s for s in spans.values() if s[0] <= i.address <= s[1]]
        inner = min(around, key=lambda s: s[1] - s[0], default=(1 << 62, 0))
        found.setdefault(inner, Loop([], []))
        found[inner].instructions.append(i)
        found[inner].counts.append(counts[i.address])
    return [found[key] for key in sorted(found)]


def width_of(form):
    return next((w for w in ("zmm", "ymm", "xmm") if w in form), "")


def class_of_form(form):
    """The class of a form, as of an instruction."""
    name, _, rest = form.removesuffix(" same").partition(" ")
    operands = (re.sub(r"^(memory|indexed)", "(%rsi)", o) for o in split_operands(rest))
    return class_of(Instruction(0, name, tuple(operands)))
