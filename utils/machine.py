# machine.py - what a measurement was made on.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import pathlib
import platform
import re
import subprocess

from entries import ROOT, llvm_tool

# Features that say how wide vectors are and what instructions there are.
TOLD = "avx2 fma f16c avx512f avx512bw avx512vl avx512_bf16 avx512_fp16 amx_bf16 asimd sve sve2 bf16".split()


def _cpuinfo(*names):
    path = pathlib.Path("/proc/cpuinfo")
    text = path.read_text() if path.exists() else ""
    for name in names:
        match = re.search(rf"^{name}\s*:\s*(.*)$", text, re.MULTILINE)
        if match:
            return match.group(1)
    return ""


def caches():
    """Bytes of the data caches by level, as this CPU sees them; None if the
    system does not tell."""
    found = {}
    for folder in sorted(pathlib.Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        if (folder / "type").read_text().strip() == "Instruction":
            continue
        size = (folder / "size").read_text().strip()
        scale = {"K": 1 << 10, "M": 1 << 20}.get(size[-1], 1)
        found[int((folder / "level").read_text())] = int(size.rstrip("KM")) * scale
    return found


def describe():
    """CPU, caches, system and compiler."""
    host = subprocess.run([llvm_tool("llc"), "--version"], capture_output=True, text=True).stdout
    cpu = re.search(r"Host CPU: (.*)", host)
    version = re.search(r"LLVM version (\S+)", host)
    features = set(_cpuinfo("flags", "Features").split())
    return {
        "cpu": _cpuinfo("model name") or platform.processor() or platform.machine(),
        "family": " ".join(f"{n} {_cpuinfo(n)}" for n in ("cpu family", "model", "stepping") if _cpuinfo(n)),
        "target": cpu.group(1) if cpu else "",
        "features": [f for f in TOLD if f in features],
        "caches": {f"L{level}": size for level, size in caches().items()},
        "cpus": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "system": " ".join([platform.system(), platform.machine(), *platform.libc_ver()]).strip(),
        "llvm": version.group(1) if version else "",
        "python": platform.python_version(),
    }


def commit():
    """The commit of the sources, with + if they are changed."""
    def git(*arguments):
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
        return done.stdout.strip() if done.returncode == 0 else ""

    changed = git("status", "--porcelain", "--untracked-files=no")
    return git("rev-parse", "--short=12", "HEAD") + ("+" if changed else "")
