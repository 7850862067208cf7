"""A wrong LLVM is a clear error when configuring."""
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def configure(build, mlir_dir):
    # The compilers of the build at hand: there may be no others.
    cache = (ROOT / "build/CMakeCache.txt").read_text()
    compilers = re.findall(r"^CMAKE_(C|CXX)_COMPILER:[A-Z]*=(.*)$", cache, re.M)
    arguments = [f"-DCMAKE_{language}_COMPILER={path}" for language, path in compilers]
    return subprocess.run(
        ["cmake", "-G", "Ninja", "-S", ROOT, "-B", build, f"-DMLIR_DIR={mlir_dir}"]
        + arguments,
        capture_output=True,
        text=True,
    )


def test_other_version(tmp_path):
    fake = tmp_path / "mlir"
    fake.mkdir()
    (fake / "MLIRConfig.cmake").write_text(
        "set(LLVM_VERSION_MAJOR 19)\nset(LLVM_PACKAGE_VERSION 19.1.7)\n"
        f"set(LLVM_DIR {tmp_path}/llvm)\n"
    )
    result = configure(tmp_path / "build", fake)
    assert result.returncode != 0
    message = " ".join(result.stderr.split())
    assert "act needs LLVM/MLIR 22" in message
    assert "19.1.7" in message


def test_nothing_found(tmp_path):
    result = configure(tmp_path / "build", tmp_path)
    if result.returncode == 0:
        # Found in a standard place all the same.
        assert "Using LLVM 22" in result.stdout
        return
    message = " ".join(result.stderr.split())
    assert "MLIR 22 not found" in message
    assert "libmlir-22-dev" in message and "-DMLIR_DIR=" in message
