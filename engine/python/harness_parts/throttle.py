"""Sending a state that changes often, less often."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from typing import Callable

from harness_parts.channel import Event, EventChannel


class Throttle:
    """Sends the newest state: the first at once, later ones at most every `interval` seconds.

    A change that has to wait is sent by a timer, so that a run that is killed loses no more than `interval`. Whoever
    needs more than one step for a change takes `lock` for it.
    """

    def __init__(self, channel: EventChannel, interval: float, state: Callable[[], Event]) -> None:
        self._channel = channel
        self._interval = interval
        self._state = state
        self._unsent = False
        self._next = 0.0
        self._timer: threading.Timer | None = None
        self._unlock()
        os.register_at_fork(after_in_child=self._unlock)

    def changed(self) -> None:
        """The state is another one now."""
        with self.lock:
            self._unsent = True
            self._send_or_wait()

    def flush(self) -> None:
        """Sends at once what has not been sent."""
        with self.lock:
            if self._unsent:
                self._send()

    def _send_or_wait(self) -> None:
        wait = self._next - time.monotonic()
        if wait <= 0:
            self._send()
        elif self._timer is None:
            timer = threading.Timer(wait, self._waited)
            timer.daemon = True
            with contextlib.suppress(RuntimeError):  # no more threads: the next change or the end sends it
                timer.start()
                self._timer = timer

    def _waited(self) -> None:
        with self.lock:
            self._timer = None
            if self._unsent:
                self._send_or_wait()

    def _send(self) -> None:
        self._channel.emit(self._state())
        # Last: if a cancel interrupts the lines above, the state is sent once more rather than not at all.
        self._next = time.monotonic() + self._interval
        self._unsent = False

    def _unlock(self) -> None:
        """Also in a forked child: the thread that held the lock was not copied."""
        self.lock = threading.RLock()
