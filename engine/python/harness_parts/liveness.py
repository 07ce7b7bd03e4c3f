"""Standard input, second part: the line that tells whether the server is alive."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time

# Together half a second: the server that would do better is gone.
_ROUNDS = 50
_SECONDS_BETWEEN = 0.01


def kill_group_when_server_dies(lifeline: int) -> None:
    """Watches for the end of `lifeline`, which the server holds open and the system closes when the server dies."""
    threading.Thread(target=_wait_and_kill, args=(lifeline,), name="harness-liveness", daemon=True).start()


def _wait_and_kill(lifeline: int) -> None:
    try:
        while os.read(lifeline, 4096):
            pass
    except OSError:
        # A task that closed every descriptor has cut the line. An orphan nobody watches is worse than a failed run.
        pass
    _kill_descendants()
    # Started by hand the process may share a group with a shell, which must survive.
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def _kill_descendants() -> None:
    """Those that left the process group too, which are still below the harness, since it adopts orphans."""
    for _ in range(_ROUNDS):
        found = _descendants()
        if not found:
            return
        for pid in found:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(_SECONDS_BETWEEN)


def _descendants() -> set[int]:
    """All processes below this one that are not zombies. Without /proc there are none."""
    parents: dict[int, int] = {}
    with contextlib.suppress(OSError):
        for name in os.listdir("/proc"):
            if name.isdecimal():
                with contextlib.suppress(OSError), open(f"/proc/{name}/stat", "rb") as file:
                    state, parent, *_ = file.read().rpartition(b")")[2].split()
                    if state != b"Z":
                        parents[int(name)] = int(parent)
    found: set[int] = set()
    fresh = {os.getpid()}
    while fresh:
        fresh = {pid for pid, parent in parents.items() if parent in fresh}
        found |= fresh
    return found
