# machine.py - what a measurement is made on.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import datetime
import os
import pathlib
import platform
import re
import subprocess

from entries import ROOT, llvm_tool

# Features that say how wide vectors are and what instructions there are.
TOLD = "avx2 fma f16c avx512f avx512bw avx512vl avx512_bf16 avx512_fp16 amx_bf16 asimd sve sve2 bf16".split()
# The C library keeps what is freed, of any size and for all threads: who allocates
# large arrays is not to be measured by how fast the system maps pages.
STEADY_MALLOC = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 40), "MALLOC_ARENA_MAX": "1"}


def _read(path, otherwise=""):
    try:
        return pathlib.Path(path).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return otherwise


def _cpuinfo(*names):
    text = _read("/proc/cpuinfo")
    for name in names:
        match = re.search(rf"^{name}\s*:\s*(.*)$", text, re.MULTILINE)
        if match:
            return match.group(1)
    return ""


def cpu_flags():
    """Names of the CPU's features, as the system has them."""
    return set(_cpuinfo("flags", "Features").split())


def output(*command):
    """What a command prints, or nothing if it fails."""
    try:
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, cwd=ROOT, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def _bytes(text):
    match = re.fullmatch(r"(\d+)([KMG]?)", text)
    return int(match[1]) << {"": 0, "K": 10, "M": 20, "G": 30}[match[2]] if match else 0


def caches():
    """Bytes of the first CPU's L1 and L2 and of the last cache; where they cannot
    be found, usual ones."""
    found = {"L1": 32 << 10, "L2": 1 << 20, "last": 32 << 20}
    sizes = {}
    for index in sorted(pathlib.Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        size = _bytes(_read(index / "size"))
        if size and _read(index / "type") != "Instruction":
            sizes[int(_read(index / "level", "0"))] = size
    if sizes:
        found["last"] = sizes[max(sizes)]
        found.update({f"L{level}": sizes[level] for level in (1, 2) if level in sizes})
    return found


def usable_cpus():
    """CPUs of this process, different cores first."""
    if not hasattr(os, "sched_getaffinity"):
        return list(range(os.cpu_count() or 1))
    cores, others = {}, []
    for cpu in sorted(os.sched_getaffinity(0)):
        topology = f"/sys/devices/system/cpu/cpu{cpu}/topology/"
        core = _read(topology + "physical_package_id", "0"), _read(topology + "core_id", str(cpu))
        if core in cores:
            others.append(cpu)
        else:
            cores[core] = cpu
    # The first one has the most other work to do.
    return [*cores.values()][::-1] + others


def available_memory():
    """Bytes that can be had without swapping; 0 if that is not known."""
    match = re.search(r"^MemAvailable:\s*(\d+) kB", _read("/proc/meminfo"), re.MULTILINE)
    return int(match[1]) << 10 if match else 0


def _commit():
    changed = "+" if output("git", "status", "--porcelain", "--untracked-files=no") else ""
    return (output("git", "rev-parse", "--short=12", "HEAD") or "unknown") + changed


def describe():
    """CPU, caches, system, versions, date, and the commit of the sources (with +
    if they are changed)."""
    known = output(llvm_tool("llc"), "--version")
    cpu = re.search(r"Host CPU: (.*)", known)
    version = re.search(r"LLVM version (\S+)", known)
    flags = cpu_flags()
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d"),
        "commit": _commit(),
        "cpu": _cpuinfo("model name", "Model", "cpu model") or platform.processor() or platform.machine(),
        "target": cpu.group(1) if cpu else "unknown",
        "features": [f for f in TOLD if f in flags],
        "cpus": len(usable_cpus()),
        "caches": caches(),
        "system": " ".join([platform.system(), platform.machine(), *platform.libc_ver()]).strip(),
        "python": platform.python_version(),
        "llvm": version.group(1) if version else "unknown",
    }
