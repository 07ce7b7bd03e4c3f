"""Events for the server: one JSON object a line on a descriptor of their own."""

from __future__ import annotations

import os
import threading
from json import dumps
from typing import Any, Callable

from harness_parts.descriptors import move_away
from harness_parts.request import BadRequest

Event = dict[str, Any]

_EVENTS_DESCRIPTOR = 3


class EventChannel:
    """Writes whole lines from any thread, and nothing more after the final event."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor
        self._lock = threading.Lock()
        self._writing_thread = 0
        self._postponed: Callable[[], None] | None = None
        os.register_at_fork(after_in_child=self._abandon)

    @classmethod
    def claim(cls) -> EventChannel:
        """Takes the descriptor the server opened for events, and hides it from the task."""
        try:
            return cls(move_away(_EVENTS_DESCRIPTOR, inheritable=False))
        except OSError as error:
            raise BadRequest(f"descriptor {_EVENTS_DESCRIPTOR} is not open for events: {error}") from None

    def emit(self, event: Event) -> bool:
        """Sends one event; False if there is nobody to send it to."""
        return self._send(event, final=False)

    def finish(self, event: Event) -> bool:
        """Sends the final event. Threads the task left running can say nothing after it."""
        return self._send(event, final=True)

    def when_idle(self, action: Callable[[], None]) -> None:
        """Calls `action` now, or as soon as the line is complete that this very thread is writing.

        For signal handlers that raise: half a line would make the next event unreadable too.
        """
        if self._writing_thread == threading.get_ident():
            self._postponed = action
        else:
            action()

    def _send(self, event: Event, *, final: bool) -> bool:
        line = encode(event)
        with self._lock:
            self._writing_thread = threading.get_ident()
            try:
                sent = self._write(line)
                if final:
                    self._descriptor = None
            finally:
                self._writing_thread = 0
        action, self._postponed = self._postponed, None
        if action is not None:
            action()
        return sent

    def _write(self, line: bytes) -> bool:
        if self._descriptor is None:
            return False
        rest = memoryview(line)
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError:  # the task closed every descriptor it could find, or the server has gone
            self._descriptor = None
            return False
        return True

    def _abandon(self) -> None:
        """In a forked child: the parent alone speaks to the server, and no straggler may hold the pipe open."""
        descriptor, self._descriptor = self._descriptor, None
        self._lock = threading.Lock()
        self._writing_thread = 0
        if descriptor is not None:
            os.close(descriptor)


def encode(event: Event) -> bytes:
    """One line of UTF-8. Line ends inside strings are escaped; lone surrogates, which are no text, become U+FFFD."""
    # Imported by name, here and elsewhere: a task may put another function in place of json.dumps.
    text = dumps(event, ensure_ascii=True, allow_nan=False)
    if "\\ud" not in text:
        return text.encode("ascii") + b"\n"
    # An emoji is escaped as a pair of surrogates, a broken file name as half a pair, which no strict reader accepts.
    text = dumps(event, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode() + b"\n"
