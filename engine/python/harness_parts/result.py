"""What `execute` returned, as the final event."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from json import dumps, loads
from typing import Any

from harness_parts.json_safe import Unusable, written
from harness_parts.reports import without_exception
from harness_parts.text import article, shorten

# A result is a summary for people. Data belongs into a database or a file.
RESULT_LIMIT = 4 * 1024 * 1024

_COUNTERS = {"records_processed", "records_success", "records_failed"}
_OLD_WRAPPER = {"status", "job_id", "job_name", "start_time", "execution_time_seconds", "result"}


def result_event(returned: Any) -> dict[str, Any]:
    """A `result`, or the `error` that the value stands for or amounts to."""
    try:
        result = _checked(returned)
    except Unusable as problem:
        return without_exception("invalid_result", shorten(str(problem), 16 * 1024), type(returned).__name__)
    if result.get("status") == "error" and "error" in result:
        return _reported_error(result)
    return {"event": "result", "result": _unwrapped(result)}


def _checked(returned: Any) -> dict[str, Any]:
    """The dict as JSON has it, within the limit. Raises Unusable."""
    if returned is None:
        raise Unusable("The task returned nothing; execute must return a dict.")
    if not isinstance(returned, dict):
        kind = article(type(returned).__name__)
        raise Unusable(f"The task returned {kind}; execute must return a dict.{_hint(returned)}")
    text = written(returned, "result")
    result: dict[str, Any] = loads(text)
    if len(text) > RESULT_LIMIT:
        result = _cut(result, len(text) - RESULT_LIMIT)
    return result


def _hint(returned: Any) -> str:
    if hasattr(returned, "__await__"):
        return " Was an `await` forgotten?"
    if isinstance(returned, (Generator, AsyncGenerator)):
        return " A function that contains `yield` returns nothing else."
    return ""


def _cut(result: dict[str, Any], excess: int) -> dict[str, Any]:
    """Puts a note in place of the largest entries: the work is done, whatever it has to tell about it.

    The server, which keeps much less, does the same. Raises Unusable for a dict of too many small entries.
    """
    sizes = {key: len(dumps(value)) for key, value in result.items()}
    for key in sorted(sizes, key=lambda key: sizes[key], reverse=True):
        note = f"(not kept: {sizes[key]} bytes; a result may have 64 KiB)"
        if excess <= 0 or sizes[key] <= len(note):
            break
        result[key] = note
        excess -= sizes[key] - len(note) - 2
    if excess > 0:
        raise Unusable(f"The result takes {excess:,} characters more than the {RESULT_LIMIT:,} that are accepted.")
    return result


def _unwrapped(returned: dict[str, Any]) -> dict[str, Any]:
    """Jobs of the old service wrap their records; a task of today may have a key `result` of its own."""
    inner = returned.get("result")
    if not isinstance(inner, dict):
        return returned
    if returned.get("status") == "success" and returned.keys() <= _OLD_WRAPPER:
        return inner
    if inner.keys() & _COUNTERS and not returned.keys() & _COUNTERS:
        return {**{key: value for key, value in returned.items() if key != "result"}, **inner}
    return returned


def _reported_error(returned: dict[str, Any]) -> dict[str, Any]:
    """Jobs of the old service return their failure instead of raising it."""
    context = returned.get("error_context")
    stack = context.get("stack_trace") if isinstance(context, dict) else None
    message = shorten(str(returned["error"]), 16 * 1024)
    event = without_exception("exception", message, str(returned.get("error_type") or "Error"))
    event["traceback"] = shorten(stack, 32 * 1024) if isinstance(stack, str) else ""
    return event
