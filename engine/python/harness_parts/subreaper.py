"""Keeping the descendants of a run where the server can find them."""

from __future__ import annotations

import contextlib
import sys

_PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """Makes this process the parent of every orphan below it, so that a daemon that left its group is still ours.

    Linux only; elsewhere, and in a Python without ctypes, nothing happens. Orphans that end stay as zombies until this
    process ends, which is soon. They are not reaped here, because a process number that the task itself waits for must
    not be taken from it; a task that waits for any child (`os.wait()`) may be told of one it did not start.
    """
    if not sys.platform.startswith("linux"):
        return
    with contextlib.suppress(ImportError, OSError, AttributeError):
        import ctypes  # 1.5 ms, and the only way to prctl in the standard library

        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
