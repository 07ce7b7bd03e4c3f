"""SIGTERM: somebody cancelled the run."""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType
from typing import TYPE_CHECKING, Any

from harness_parts.channel import EventChannel

if TYPE_CHECKING:
    import asyncio


class RunCancelled(KeyboardInterrupt):
    """Raised in synchronous task code. Like Ctrl-C, it passes by `except Exception`."""


class Cancellation:
    """Interrupts task code once, and never the harness while it reports.

    A plain signal handler, not asyncio's: that one goes through a pipe that forked children share, so terminating a
    multiprocessing pool would cancel the run that owns it.
    """

    def __init__(self, channel: EventChannel) -> None:
        self.requested = False
        self._channel = channel
        self._over = False
        self._task: asyncio.Task[Any] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def install(self) -> None:
        """From here on SIGTERM no longer ends the process; in forked children it still does."""
        os.register_at_fork(before=_hold_back, after_in_parent=_let_through, after_in_child=_restore_default)
        signal.signal(signal.SIGTERM, self._on_signal)

    def attach(self, task: asyncio.Task[Any] | None, loop: asyncio.AbstractEventLoop) -> None:
        """From here on the task is cancelled, instead of an exception raised wherever the process happens to be."""
        self._task, self._loop = task, loop

    def settle(self) -> None:
        """The outcome is known: a signal that comes now is too late to change it."""
        self._over = True

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._over or self.requested:
            return
        self.requested = True
        self._channel.when_idle(self._interrupt)

    def _interrupt(self) -> None:
        if self._over:
            return
        if self._task is None or self._loop is None:
            raise RunCancelled
        import asyncio

        # A coroutine that computes or sleeps without await would not notice for as long as it does so.
        if asyncio.current_task(self._loop) is self._task:
            raise asyncio.CancelledError
        self._loop.call_soon_threadsafe(self._task.cancel)


# Between the fork and the default being restored, Python would take a SIGTERM for the child and forget it; whoever
# terminates and then joins a process it has just started (a small multiprocessing pool) would wait for ever.
_mask_of = threading.local()


def _hold_back() -> None:
    _mask_of.thread = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})


def _let_through() -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, _mask_of.thread)


def _restore_default() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _let_through()
