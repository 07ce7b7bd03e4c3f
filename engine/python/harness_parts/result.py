"""What `execute` returned, as the final event."""

from __future__ import annotations

import json
from typing import Any

from harness_parts.json_safe import why_not_json
from harness_parts.text import article, shorten

# A result is a summary for people. Data belongs into a database or a file.
RESULT_LIMIT = 4 * 1024 * 1024

_OLD_WRAPPER = {"status", "job_id", "job_name", "start_time", "execution_time_seconds", "result"}


def result_event(returned: Any) -> dict[str, Any]:
    """A `result`, or the `error` that the value stands for or amounts to."""
    problem = _why_invalid(returned)
    if problem is not None:
        return _error("invalid_result", type(returned).__name__, problem)
    if returned.get("status") == "error" and "error" in returned:
        return _reported_error(returned)
    return {"event": "result", "result": _unwrapped(returned)}


def _why_invalid(returned: Any) -> str | None:
    if returned is None:
        return "The task returned nothing; execute must return a dict."
    if not isinstance(returned, dict):
        hint = " Was an `await` forgotten?" if hasattr(returned, "__await__") else ""
        return f"The task returned {article(type(returned).__name__)}; execute must return a dict.{hint}"
    problem = why_not_json(returned)
    if problem is not None:
        return problem
    size = len(json.dumps(returned))
    if size > RESULT_LIMIT:
        return f"The result takes {size:,} characters as JSON; at most {RESULT_LIMIT:,} are kept."
    return None


def _unwrapped(returned: dict[str, Any]) -> dict[str, Any]:
    """Jobs of the old service wrap their records; a task of today may have a key `result` of its own."""
    inner = returned.get("result")
    if returned.get("status") == "success" and isinstance(inner, dict) and returned.keys() <= _OLD_WRAPPER:
        return inner
    return returned


def _reported_error(returned: dict[str, Any]) -> dict[str, Any]:
    """Jobs of the old service return their failure instead of raising it."""
    context = returned.get("error_context")
    stack = context.get("stack_trace") if isinstance(context, dict) else None
    event = _error("exception", str(returned.get("error_type") or "Error"), str(returned["error"]))
    event["traceback"] = shorten(stack, 32 * 1024) if isinstance(stack, str) else ""
    return event


def _error(kind: str, exception: str, message: str) -> dict[str, Any]:
    return {
        "event": "error",
        "kind": kind,
        "exception": exception,
        "message": shorten(message, 16 * 1024),
        "file": None,
        "line": None,
        "traceback": "",
    }
