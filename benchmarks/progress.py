# progress.py - one line on stderr that says how far a long job is.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import sys
import time


class Line:
    """Written over itself on a terminal; elsewhere a line each `seldom` seconds."""

    def __init__(self, seldom):
        self.seldom, self.shown = seldom, 0.0

    def show(self, text, final=False):
        now, terminal = time.monotonic(), sys.stderr.isatty()
        if not final and now - self.shown < (0.2 if terminal else self.seldom):
            return
        self.shown = now
        end = "\n" if final or not terminal else ""
        print(("\r\033[K" if terminal else "") + text[:110], end=end, file=sys.stderr, flush=True)


def countdown(part, progress):
    """A function of a text, and perhaps of how much is done and of how much there
    is, that calls progress(text) with the time left; `progress` may be None."""
    began = time.perf_counter()

    def note(text, done=0, of=0):
        if progress:
            spent = time.perf_counter() - began
            left = f", {spent / done * (of - done):.0f} s left of this part" if done else ""
            progress(f"{part}: {text}{left}")

    return note
