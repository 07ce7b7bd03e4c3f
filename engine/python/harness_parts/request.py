"""Standard input, first part: one line of JSON that says what to do."""

from __future__ import annotations

import json
import os
from typing import Any

from harness_parts.descriptors import move_away

_REQUIRED: dict[Any, dict[str, type]] = {
    "describe": {"name": str, "job_file": str},
    "run": {"name": str, "job_file": str, "settings": dict, "params": dict},
}


class BadRequest(Exception):
    """What stands on stdin, or the lack of the events descriptor, is not what the server would send."""


def take_request() -> tuple[dict[str, Any], int]:
    """Reads the request and returns it with the descriptor to which stdin was moved."""
    line = _read_line(0)
    lifeline = move_away(0, inheritable=True)
    try:
        request = json.loads(line)
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
        raise BadRequest("the request needs a mode, 'describe' or 'run'")
    for field, kind in _REQUIRED[mode].items():
        if not isinstance(request.get(field), kind):
            raise BadRequest(f"the request's {field!r} must be a {kind.__name__}")
