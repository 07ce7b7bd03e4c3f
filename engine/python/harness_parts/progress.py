"""How far a run has come."""

from __future__ import annotations

import logging
import math
from typing import Any, Union

from harness_parts.channel import Event, EventChannel
from harness_parts.text import cut
from harness_parts.throttle import Throttle

_SECONDS_BETWEEN = 0.1
_TEXT_LIMIT = 200

Number = Union[int, float]


class Progress:
    """Reports the newest state. Nothing that a task hands it fails the run: a progress bar is not worth that."""

    def __init__(self, channel: EventChannel) -> None:
        self._state: Event = {}
        self._warned = False
        self._throttle = Throttle(channel, _SECONDS_BETWEEN, lambda: self._state)
        self.flush = self._throttle.flush

    def report(self, done: Any, total: Any, text: Any) -> None:
        finished, expected = _number(done), _number(total)
        if finished is None:
            return self._warn(done, total)
        if (total is not None and (expected is None or expected < 0)) or finished < 0:
            self._warn(done, total)
        finished = max(finished, 0)
        # Of nothing, nothing is done: there is no share to show.
        expected = expected if expected is not None and expected > 0 else None
        if expected is not None and finished > expected:
            self._warn(done, total)
            finished = expected
        self._state = {"event": "progress", "done": finished, "total": expected, "text": _line(text)}
        self._throttle.changed()

    def _warn(self, done: Any, total: Any) -> None:
        if not self._warned:
            self._warned = True
            shown = ", ".join(cut(_line(value) or "?", 40) for value in (done, total))
            logging.getLogger("progress").warning("progress(%s) makes no sense, so it is not shown as it is", shown)


def _number(value: Any) -> Number | None:
    """A whole number as an int. None for what is no number, and for NaN and infinity."""
    if isinstance(value, (str, bytes, bool)):
        return None
    try:
        number = float(value)
    except Exception:
        return None
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() else number


def _line(text: Any) -> str | None:
    """On one line."""
    if text is None:
        return None
    try:
        return cut(" ".join(str(text).split()), _TEXT_LIMIT)
    except Exception:
        return None
