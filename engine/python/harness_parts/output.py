"""The task's own stdout and stderr."""

from __future__ import annotations

import contextlib
import sys


def buffer_by_line() -> None:
    """Makes both streams pass on whole lines, where `-u` alone would make a write of every argument of print.

    What UTF-8 cannot hold is escaped: a strange file name in a print must not fail a run.
    """
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        with contextlib.suppress(OSError):  # closed from the start: leave what Python made of it
            stream = open(  # noqa: SIM115 - it lives as long as the process
                descriptor, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False
            )
            setattr(sys, name, stream)


def flush() -> None:
    """Passes on unfinished lines. The task may have replaced or closed the streams, so nothing is taken for granted."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
