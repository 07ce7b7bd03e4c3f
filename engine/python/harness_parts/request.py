"""Standard input, first part: one line of JSON that says what to do."""

from __future__ import annotations

import os
from json import loads
from typing import Any

from harness_parts.descriptors import move_away

_TASK: dict[str, type] = {"name": str, "job_file": str}
_WITH_VALUES: dict[str, type] = {**_TASK, "settings": dict, "params": dict}
_REQUIRED: dict[Any, dict[str, type]] = {
    "describe": _TASK,
    "run": _WITH_VALUES,
    "options": {**_WITH_VALUES, "function": str},
    "check": _WITH_VALUES,
}
# The folder of the task's copies, the run's working folder, and what the run before it handed on.
_OPTIONAL: dict[str, type] = {"code": str, "folder": str, "checkpoint": dict}


class BadRequest(Exception):
    """What stands on stdin, or the lack of the events descriptor, is not what the server would send."""


def take_request() -> tuple[dict[str, Any], int]:
    """Reads the request and returns it with the descriptor to which stdin was moved."""
    line = _read_line(0)
    lifeline = move_away(0, inheritable=True)
    try:
        request = loads(line)
    except ValueError as error:
        raise BadRequest(f"the request is not JSON: {error}") from None
    _check(request)
    return request, lifeline


def _read_line(descriptor: int) -> bytes:
    received = bytearray()
    while b"\n" not in received:
        chunk = os.read(descriptor, 65536)
        if not chunk:
            raise BadRequest("stdin ended before a whole line was received")
        received += chunk
    return bytes(received.partition(b"\n")[0])


def _check(request: Any) -> None:
    mode = request.get("mode") if isinstance(request, dict) else None
    if mode not in _REQUIRED:
        raise BadRequest(f"the request needs a mode: {', '.join(_REQUIRED)}")
    for field, kind in {**_OPTIONAL, **_REQUIRED[mode]}.items():
        value = request.get(field)
        if not isinstance(value, kind) and (value is not None or field not in _OPTIONAL):
            raise BadRequest(f"the request's {field!r} must be a {kind.__name__}")
