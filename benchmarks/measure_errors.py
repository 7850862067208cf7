# measure_errors.py - the errors of one op on one type.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import ctypes
import hashlib
import pathlib
from concurrent.futures import ThreadPoolExecutor

import inputs
import machine
import mpmath
import numpy as np
import oracle
import reference
import row_limits
import run_kernel
import sweep
import ulp
from entries import BUILD, ROOT, setting_name
from reference import Reference
from run_kernel import buffer_function, compile_library
from ulp import error_mp, errors

# Every how many bit patterns, and how many pairs, inputs, rows and so on.
FULL = {"step": 1, "pairs": 10**8, "sample": 1 << 20, "f64": 8 * 10**6, "rows": 512}
QUICK = {"step": 16381, "pairs": 1 << 18, "sample": 1 << 14, "f64": 1 << 12, "rows": 64}
ROW_LENGTHS = (8, 100, 1000, 1024, 4096)
CHUNK = 1 << 22
# By how many ULP double may be wrong where MPFR is not asked: see Scan.h.
DOUBT = 2.0**-16
THREADS = len(machine.usable_cpus())


class Cell:
    """One op with its parameters set, and a type."""

    def __init__(self, entry, setting, type_, text=None):
        self.entry, self.setting, self.type = entry, setting, type_
        self.name = f"{setting_name(entry, setting)}-{type_.name}"
        self.reference = Reference(entry, setting, type_)
        # Another text than the op itself: tests plant errors.
        self.text = text or self._text()

    def _text(self):
        tensor = self.entry.tensor(self.type.name)
        return buffer_function(self.entry, "f", tensor, self.setting, self.entry.dim)

    @property
    def library(self):
        return compile_library(self.text)

    def result(self, *operands):
        """The kernel's results on arrays."""
        shape = operands[0].shape
        if self.entry.shape == "row":
            shape = (*shape[:-1], self.entry.row_size.of(shape[-1], self.setting))
        y = np.empty(shape, self.type.dtype)
        # Its buffers have no offset.
        operands = [o if o.base is None and o.flags.c_contiguous else o.copy() for o in operands]
        self.library.call_on_buffers("f", *operands, y)
        return y

    def key(self, scope):
        """Changes when a measurement would."""
        compiler = (BUILD / "bin" / "act-compile").stat()
        modules = (oracle, inputs, reference, row_limits, run_kernel, sweep, ulp)
        files = [pathlib.Path(f) for f in (__file__, *(m.__file__ for m in modules))]
        files += [*oracle.HEADERS, ROOT / "test" / "Numerics" / "bounds.json"]
        texts = [f.read_bytes() for f in files]
        known = (self.text, compiler.st_mtime_ns, compiler.st_size, scope, self.reference.factors)
        known += (texts, sorted(machine.cpu_flags()))
        return hashlib.sha256(repr(known).encode()).hexdigest()[:24]


# ===----------------------------------------------------------------------===
# Counting
# ===----------------------------------------------------------------------===


def summary(cell, got, exact, error, limit, operands, plain=None):
    """What is said of some results: arrays of errors and of largest ones
    allowed, and the operands, flat. `plain`: which errors count in ULP."""
    type_ = cell.type
    free = np.isinf(limit)
    # Where any number will do, it has to be one.
    wrong = np.isnan(type_.to_double(got)) != np.isnan(exact)
    error, limit = np.where(free, np.where(wrong, np.inf, 0), error), np.where(free, 0, limit)
    if plain is None:
        plain = limit == sweep.bound(cell.entry, type_)
    plain = np.where(plain, error, 0)
    with np.errstate(all="ignore"):
        share = np.where(error > 0, error / limit, 0)
    above = [int(np.count_nonzero(error > edge)) for edge in oracle.EDGES]
    histogram = [a - b for a, b in zip([error.size, *above], above)]
    worst, least = int(np.argmax(plain)), int(np.argmax(share))

    def at(index):
        return [float(type_.to_double(o[index])) for o in operands]

    return {
        "count": int(error.size),
        "exceeded": int(np.count_nonzero(error > limit)),
        "ulp": float(plain[worst]),
        "at": at(worst),
        "got": float(type_.to_double(got[worst])),
        "exact": float(exact[worst]),
        "share": float(share[least]),
        "share_at": at(least),
        "histogram": histogram,
    }


def merged(first, second):
    """Two summaries as one."""
    if first is None:
        return second
    result = dict(first)
    if second["ulp"] > first["ulp"]:
        result.update({k: second[k] for k in ("ulp", "at", "got", "exact")})
    if second["share"] > first["share"]:
        result.update({k: second[k] for k in ("share", "share_at")})
    for name in ("count", "exceeded", "misrounded"):
        if name in result:
            result[name] += second[name]
    result["histogram"] = [a + b for a, b in zip(first["histogram"], second["histogram"])]
    return result


def misrounded(cell, error, operands, got):
    """How many results are not the nearest number; mpmath decides ties."""
    count = int(np.count_nonzero(error > 0.5 + 2.0**-20))
    close = np.flatnonzero(np.abs(error - 0.5) <= 2.0**-20)
    wide = [cell.type.to_double(o) for o in operands]
    with mpmath.workprec(200):
        for i in close:
            exact = cell.reference.exact(*(float(w[i]) for w in wide))
            true = error_mp(cell.type, got[i], exact, exact < 0)
            odd = int(got[i : i + 1].view(cell.type.bits)[0]) & 1
            count += true > 0.5 or (true == 0.5 and odd)
    return int(count)


def _pointers(arrays):
    return (ctypes.c_void_p * len(arrays))(*(a.ctypes.data for a in arrays))


def _errors_by(function, got, operands):
    """Errors, and exact values rounded to double, by a function of the oracle."""
    error, exact = (np.empty(got.size, np.float64) for _ in range(2))

    def part(begin):
        some = slice(begin, begin + 16384)
        parts = [np.ascontiguousarray(o[some]) for o in (*operands, got)]
        function(
            _pointers(parts[:-1]), ctypes.c_void_p(parts[-1].ctypes.data), ctypes.c_uint64(parts[-1].size),
            ctypes.c_void_p(error[some].ctypes.data), ctypes.c_void_p(exact[some].ctypes.data),
        )  # fmt: skip

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(part, range(0, got.size, 16384)))
    return error, exact


def real_errors(library, got, *operands):
    """By MPFR, in f32 and f64."""
    return _errors_by(library.real_errors, got, operands)


def limits(cell, operands, exact):
    """The largest error allowed at each point, of one operand or gated."""
    if cell.entry.shape == "gated":
        return np.full(exact.shape, float(sweep.bound(cell.entry, cell.type)))
    x = cell.type.to_double(operands[0])
    with np.errstate(all="ignore"):
        return sweep.limits_of(cell.entry, cell.setting, cell.type, x, exact)


def points(cell, count):
    """A sample of f32 or f64, a quarter more than `count`, and boundaries."""
    if cell.entry.shape == "unary":
        return [inputs.spread(cell.type.name, count)]
    x, v = inputs.pairs(cell.type.name, count * 5 // 4)
    # An infinite value times what underflows is IEEE's affair.
    return [o[~np.isinf(v)] for o in (x, v)]


def close_errors(cell, library, got, operands):
    """In f64: by long double, and by MPFR where that says that the error is one
    of the largest, or near its limit. Third comes by how much MPFR changed an
    error."""
    error, exact = _errors_by(library.long_errors, got, operands)
    limit = limits(cell, operands, exact)
    with np.errstate(all="ignore"):
        score = np.maximum(error, np.where(limit > 0, error / limit, 0) * 1e6 * (error > limit / 2))
    chosen = np.argsort(-score, kind="stable")[:8000]
    known = error[chosen]
    error[chosen], exact[chosen] = real_errors(library, got[chosen], *(o[chosen] for o in operands))
    finite = np.isfinite(known) & np.isfinite(error[chosen])
    return error, exact, float(np.abs(known[finite] - error[chosen][finite]).max(initial=0.0))


# ===----------------------------------------------------------------------===
# Measurements, by shape and type
# ===----------------------------------------------------------------------===


def scan(cell, scope, progress):
    """f32 of one operand or gated, in C++."""
    library = oracle.compile_oracle(cell.entry, cell.setting, cell.type)
    kernel = ctypes.cast(cell.library.library._mlir_ciface_f, ctypes.c_void_p)
    gated = cell.entry.shape == "gated"
    step = scope["step"]
    total = scope["pairs"] if gated else -(-(1 << 32) // step)

    def part(begin):
        tally, size = oracle.Tally(), min(CHUNK, total - begin)
        if gated:
            library.scan_pairs(kernel, ctypes.c_uint64(begin), ctypes.c_uint64(size), ctypes.byref(tally))
        else:
            library.scan_patterns(
                kernel, ctypes.c_uint64(begin * step), ctypes.c_uint64(step),
                ctypes.c_uint64(size), ctypes.byref(tally),
            )  # fmt: skip
        return tally

    tally, done = oracle.Tally(), 0
    with ThreadPoolExecutor(THREADS) as pool:
        for other in pool.map(part, range(0, total, CHUNK)):
            tally.add(other)
            done += other.count
            progress(done / total)
    found = places(cell, library, tally)
    if gated:
        # Zeros, subnormals, infinities and NaN meet each other.
        found = merged(found, sampled(cell, inputs.pairs("f32", scope["sample"])))
    return found


def places(cell, library, tally):
    """The summary of a tally: what double found to be the worst, by MPFR."""
    gated = cell.entry.shape == "gated"
    found = [p for p in tally.buckets if p.error > 0]
    chosen = [*found, tally.share]
    bits = np.array([[p.got, *p.at] for p in chosen], dtype=np.uint32)
    got, *operands = (np.ascontiguousarray(bits[:, i]).view(np.float32) for i in range(2 + gated))
    error, exact = real_errors(library, got, *operands)
    double = np.array([p.error for p in found])
    finite = np.isfinite(double)
    doubt = np.abs(error[:-1] - double)[finite].max(initial=0.0)
    doubt = max(doubt, doubt_of(cell, library))
    worst = int(np.argmax(np.where(np.isnan(error[:-1]), np.inf, error[:-1]))) if found else -1
    return {
        "count": tally.count,
        "exceeded": tally.exceeded,
        "ulp": float(error[worst]) if found else 0.0,
        "at": [float(o[worst]) for o in operands],
        "got": float(got[worst]),
        "exact": float(exact[worst]),
        "share": tally.share.error,
        "share_at": [float(o[-1]) for o in operands],
        "histogram": list(tally.histogram),
        "doubt": float(doubt),
    }


def doubt_of(cell, library):
    """By how much double, as the scans use it, misjudges errors of a sample."""
    operands = points(cell, 4096)
    got, exact = cell.result(*operands), np.empty(operands[0].size)
    library.double_values(
        _pointers(operands), ctypes.c_uint64(got.size), ctypes.c_void_p(exact.ctypes.data)
    )
    by_double = errors(cell.type, got, exact)
    by_mpfr, exact = real_errors(library, got, *operands)
    counts = np.isfinite(by_double) & np.isfinite(by_mpfr)
    counts &= limits(cell, operands, exact) == sweep.bound(cell.entry, cell.type)
    return float(np.abs(by_double[counts] - by_mpfr[counts]).max(initial=0.0))


def _forgiven(cell, operands, error, got):
    """An infinite value times a gate that underflows follows IEEE."""
    gate, value = (cell.type.to_double(o) for o in operands)
    tiny = np.abs(cell.reference.gate(gate)) < np.finfo(cell.type.compute).smallest_subnormal
    return np.where(np.isinf(value) & tiny & np.isnan(cell.type.to_double(got)), 0, error)


def sampled(cell, operands):
    """One operand, or gated, in NumPy's double."""
    type_ = cell.type
    operands = [np.ascontiguousarray(o) for o in operands]
    got = cell.result(*operands)
    return judged(cell, operands, got, cell.reference.double(*(type_.to_double(o) for o in operands)))


def judged(cell, operands, got, exact):
    """The summary of given results."""
    type_ = cell.type
    error = sweep.errors_of(cell.entry, cell.setting, type_, got, exact)
    if cell.entry.shape == "gated":
        error = _forgiven(cell, operands, error, got)
    limit = limits(cell, operands, exact)
    found = summary(cell, got, exact, error, limit, operands)
    if type_.width == 16:
        found["misrounded"] = misrounded(cell, error, operands, got)
    return found




def scan_64(cell, scope, progress):
    """f64, by long double and MPFR."""
    library = oracle.compile_oracle(cell.entry, cell.setting, cell.type)
    everything = points(cell, scope["f64"])
    total, found, doubt = everything[0].size, None, 0.0
    for begin in range(0, total, CHUNK // 16):
        operands = [np.ascontiguousarray(o[begin : begin + CHUNK // 16]) for o in everything]
        got = cell.result(*operands)
        error, exact, more = close_errors(cell, library, got, operands)
        doubt = max(doubt, more)
        limit = limits(cell, operands, exact)
        found = merged(found, summary(cell, got, exact, error, limit, operands))
        progress((begin + operands[0].size) / total)
    return {**found, "doubt": doubt}


def rows(cell, scope, progress):
    """Row-wise: rows of several lengths and scales."""
    entry, type_ = cell.entry, cell.type
    found = None
    for index, length in enumerate(ROW_LENGTHS):
        count = scope["rows"]
        if type_.name == "f64":
            count //= 8 if length <= 100 else 32
        granule = entry.row_size.granule(cell.setting)
        x = inputs.rows(type_.name, length, count)[:, : length // granule * granule]
        operands = inputs.row_operands(entry, type_, np.ascontiguousarray(x))
        if type_.name == "f64":
            # Double is not exact enough: mpmath, for a few rows, finite ones.
            if length > 1000 or count < 8:
                continue
            finite = np.isfinite(operands[0]).all(axis=1)
            for mask in (o for o in operands if o.dtype == np.bool_):
                finite &= mask.any(axis=1)
            operands = [np.ascontiguousarray(o[finite]) for o in operands]
        got = cell.result(*operands)
        found = merged(found, judged_rows(cell, operands, got))
        progress((index + 1) / len(ROW_LENGTHS))
    return found


def judged_rows(cell, operands, got):
    type_, entry = cell.type, cell.entry
    wide = [o if o.dtype == np.bool_ else type_.to_double(o) for o in operands]
    if type_.name == "f64":
        values = np.stack([cell.reference.exact_row(*row) for row in zip(*operands)])
        exact = values.astype(np.float64)
        flat = row_limits.with_sign(entry, got, exact)
        with mpmath.workprec(100):
            error = [error_mp(type_, g, e, np.signbit(g)) for g, e in zip(flat, values.ravel())]
        error = np.array(error)
    else:
        exact = cell.reference.double(*wide)
        error = errors(type_, row_limits.with_sign(entry, got, exact), exact.ravel())
    limit = row_limits.limits(entry, cell.setting, type_, wide, exact).ravel()
    # Which element of which row, and how long it is, says where.
    rows, columns = (i.ravel() for i in np.indices(got.shape))
    place = [np.full(rows.shape, wide[0].shape[-1]), rows, columns]
    flat = summary(cell, got.ravel(), exact.ravel(), error, limit, place, plain=np.isfinite(limit))
    if type_.width == 16:
        flat["misrounded"] = int(np.count_nonzero(error > 0.5))
    return flat


CHANNELS = 24


def broadcast_operands(cell, count):
    """Each x with all channels, and parameters of their own for these."""
    entry, type_ = cell.entry, cell.type
    x = inputs.every(type_.name) if type_.width == 16 else inputs.spread(type_.name, count)
    parameters = []
    for index, (_, _, along) in enumerate(entry.tensor_parameters):
        values = inputs.parameters(type_.name, CHANNELS)
        parameters.append(np.roll(values, 7 * index) if along else values[:1].reshape(()))
    return [np.repeat(x[:, None], CHANNELS, axis=1), *parameters]


def judged_broadcast(cell, operands, got):
    entry, type_ = cell.entry, cell.type
    operands = [np.broadcast_to(o, got.shape).ravel() for o in operands]
    got = got.ravel()
    wide = [type_.to_double(o) for o in operands]
    if type_.name == "f64":
        library = oracle.compile_oracle(entry, cell.setting, type_)
        error, exact = real_errors(library, got, *operands)
    else:
        exact = cell.reference.double(*wide)
        error = sweep.errors_of(entry, cell.setting, type_, got, exact)
    limit = sweep.broadcast_limits(entry, type_, wide[0], exact, cell.reference, wide[1:])
    found = summary(cell, got, exact, error, limit, operands)
    if type_.width == 16:
        found["misrounded"] = misrounded(cell, error, operands, got)
    return found


def broadcast(cell, scope, progress):
    """Parameters that are operands: each channel has its own."""
    operands = broadcast_operands(cell, scope["sample"] // 4)
    found = judged_broadcast(cell, operands, cell.result(*operands))
    progress(1)
    return found


def measure(cell, scope, progress=lambda share: None):
    """The errors of an op on a type, as a dictionary."""
    shape, type_ = cell.entry.shape, cell.type
    if shape == "row":
        return rows(cell, scope, progress)
    if shape == "broadcast":
        return broadcast(cell, scope, progress)
    if type_.name == "f64":
        return scan_64(cell, scope, progress)
    if type_.name == "f32":
        return scan(cell, scope, progress)
    if shape == "unary":
        return sampled(cell, [inputs.every(type_.name)])
    return sampled(cell, inputs.pairs(type_.name, scope["sample"]))
