#!/usr/bin/env python3
# count_results.py - adds up the JUnit files of the parts of a test run.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter


def outcome(case):
    """passed, failed or skipped: of one <testcase>."""
    if any(case.find(tag) is not None for tag in ("failure", "error")):
        return "failed"
    # GoogleTest and CTest say it in an attribute.
    if case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
        return "skipped"
    return "failed" if case.get("status") == "fail" else "passed"


def count(path):
    """The outcomes in one file; a file that cannot be read is one failure."""
    try:
        root = ElementTree.parse(path).getroot()
    except (OSError, ElementTree.ParseError):
        print(f"{path}: no results", file=sys.stderr)
        return Counter(failed=1)
    return Counter(map(outcome, root.iter("testcase")))


def main():
    total = Counter()
    for path in sys.argv[1:]:
        total += count(path)
    line = f"{total['passed']} passed, {total['failed']} failed"
    if total["skipped"]:
        line += f", {total['skipped']} skipped"
    print(line)
    return 1 if total["failed"] or not total["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
