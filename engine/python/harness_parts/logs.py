"""Log records of the task become events."""

from __future__ import annotations

import contextlib
import logging
import sys

from harness_parts.channel import EventChannel
from harness_parts.text import shorten

# One line that large still says what it has to; the server need not read without bound.
MESSAGE_LIMIT = 64 * 1024


class EventHandler(logging.Handler):
    """Sends each record to the server as a `log` event."""

    def __init__(self, channel: EventChannel) -> None:
        super().__init__()
        self._channel = channel

    def emit(self, record: logging.LogRecord) -> None:
        """Never raises: a wrong format string in a log call must not fail the run."""
        message = shorten(self._message(record), MESSAGE_LIMIT)
        level, logger = str(record.levelname), str(record.name)
        event = {"event": "log", "level": level, "logger": logger, "message": message, "time": record.created}
        if not self._channel.emit(event):  # in a child the task forked, or after the end
            with contextlib.suppress(Exception):
                print(f"{level} {logger}: {message}", file=sys.stderr)

    def _message(self, record: logging.LogRecord) -> str:
        try:
            return self.format(record)  # appends the traceback of exc_info on lines of its own
        except Exception as error:
            return f"{record.msg} (not formatted, {type(error).__name__}: {error})"


def forward_logging(channel: EventChannel) -> None:
    """Attaches the handler to the root logger, before the task is imported and can configure another."""
    root = logging.getLogger()
    root.addHandler(EventHandler(channel))
    root.setLevel(logging.INFO)
