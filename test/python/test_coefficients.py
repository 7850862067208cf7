# The coefficients and tables of the primitives are what Sollya makes of the
# scripts.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import shutil
import subprocess

import pytest
from entries import ROOT


@pytest.mark.skipif(not shutil.which("sollya"), reason="Sollya is not installed")
def test_generated_constants_are_those_of_the_scripts():
    command = ["sh", str(ROOT / "utils" / "generate-coefficients.sh"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
