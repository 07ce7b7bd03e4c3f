"""Standard input, second part: the line that tells whether the server is alive."""

from __future__ import annotations

import os
import signal
import threading


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
    # Started by hand the process may share a group with a shell, which must survive.
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
