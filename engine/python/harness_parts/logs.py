"""Log records of the task become events."""

from __future__ import annotations

import contextlib
import logging
import sys
from json import dumps
from typing import Any

from harness_parts.channel import Event, EventChannel
from harness_parts.json_safe import JsonSafe
from harness_parts.text import shorten

# One line that large still says what it has to; the server need not read without bound.
MESSAGE_LIMIT = 64 * 1024

# Fields say what a message is about; they are not the place for data.
FIELDS_COUNT = 20
FIELDS_LIMIT = 2 * 1024
_FIELD_LIMIT = 500

# `message` and `asctime` are added by formatters, `taskName` by Python 3.12.
_OF_EVERY_RECORD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class EventHandler(logging.Handler):
    """Sends each record to the server as a `log` event."""

    def __init__(self, channel: EventChannel) -> None:
        super().__init__()
        self._channel = channel

    def emit(self, record: logging.LogRecord) -> None:
        """Never raises: a wrong format string in a log call must not fail the run."""
        message = shorten(self._message(record), MESSAGE_LIMIT)
        level, logger = str(record.levelname), str(record.name)
        event: Event = {"event": "log", "level": level, "logger": logger, "message": message, "time": record.created}
        fields = _fields(record)
        if fields:
            event["fields"] = fields
        if not self._channel.emit(event):  # in a child the task forked, or after the end
            with contextlib.suppress(Exception):
                print(f"{level} {logger}: {message}", file=sys.stderr)

    def _message(self, record: logging.LogRecord) -> str:
        try:
            return self.format(record)  # appends the traceback of exc_info on lines of its own
        except Exception as error:
            return f"{record.msg} (not formatted, {type(error).__name__}: {error})"


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    """What the task gave as `extra`, within bounds and as JSON can hold it."""
    fields: dict[str, Any] = {}
    room = FIELDS_LIMIT
    for name, value in record.__dict__.items():
        if name in _OF_EVERY_RECORD or len(fields) >= FIELDS_COUNT:
            continue
        kept = JsonSafe([]).convert(value, name)
        written = dumps(kept)
        if len(written) > _FIELD_LIMIT:
            kept = shorten(kept if isinstance(kept, str) else written, _FIELD_LIMIT)
            written = dumps(kept)
        room -= len(str(name)) + len(written) + 6
        if room < 0:
            break
        fields[str(name)] = kept
    return fields


def forward_logging(channel: EventChannel) -> None:
    """Attaches the handler to the root logger, before the task is imported and can configure another."""
    root = logging.getLogger()
    root.addHandler(EventHandler(channel))
    root.setLevel(logging.INFO)
