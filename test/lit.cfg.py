# Configuration of the lit tests.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os

import lit.formats
from lit.llvm import llvm_config
from lit.llvm.subst import ToolSubst

config.name = "act"
config.test_format = lit.formats.ShTest(not llvm_config.use_lit_shell)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Data"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.act_obj_root, "test")

llvm_config.with_system_environment(["HOME", "TMP", "TEMP"])
llvm_config.with_environment("PATH", config.llvm_tools_dir, append_path=True)

act_bin = os.path.join(config.act_obj_root, "bin")
llvm_config.add_tool_substitutions(
    [
        "act-opt",
        ToolSubst("act-run", unresolved="ignore"),
        ToolSubst("act-compile", unresolved="ignore"),
    ],
    [act_bin],
)
llvm_config.add_tool_substitutions(
    [
        # Strict: variables do not leak between labels, and a prefix without
        # any check line is an error.
        ToolSubst(
            "FileCheck",
            extra_args=["--enable-var-scope", "--allow-unused-prefixes=false"],
        ),
        "not",
        "count",
        "split-file",
        "mlir-opt",
        "mlir-translate",
        "mlir-runner",
        "llc",
        "llvm-nm",
        "llvm-objdump",
        "llvm-readelf",
    ],
    [config.llvm_tools_dir],
)
config.substitutions.append(("%python", config.python))
