"""Taking inherited descriptors out of the task's reach."""

from __future__ import annotations

import contextlib
import fcntl
import os

# Events; see harness.py.
_LAST_OF_OURS = 3
# Far above what a task opens, below the usual limit of 1024.
_OUT_OF_THE_WAY = 500
_STILL_ALLOWED = 10


def close_strays() -> None:
    """Closes what is open besides the standard streams and the events: whoever started the server left it so."""
    with contextlib.suppress(FileNotFoundError):  # no /proc
        for name in os.listdir("/proc/self/fd"):
            if int(name) > _LAST_OF_OURS:
                with contextlib.suppress(OSError):  # the one that listed them
                    os.close(int(name))


def move_away(descriptor: int, *, inheritable: bool) -> int:
    """Moves `descriptor` to a high number that child programs do not inherit, and leaves /dev/null in its place.

    The place is filled, not emptied: a task that closes, reads or writes the old number then does no harm, neither to
    the server's pipe nor to itself. `inheritable` says whether child programs get the /dev/null.
    """
    try:
        moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _OUT_OF_THE_WAY)
    except OSError:  # the limit on open files is lower than that, or `descriptor` is not open at all
        moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _STILL_ALLOWED)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, descriptor, inheritable=inheritable)
    os.close(nothing)
    return moved
