"""Values of Python and values of JSON."""

from __future__ import annotations

import json
import math
from typing import Any

from harness_parts.text import article, shorten

_DEPTH_LIMIT = 20


class JsonSafe:
    """Turns any value into one JSON can hold, and says in `warnings` what could not be kept as it was."""

    def __init__(self, warnings: list[str]) -> None:
        self._warnings = warnings

    def convert(self, value: Any, place: str, depth: int = 0) -> Any:
        if why_not_scalar(value) is None:
            return value
        if depth < _DEPTH_LIMIT and isinstance(value, (list, tuple)):
            return [self.convert(item, f"{place}[{index}]", depth + 1) for index, item in enumerate(value)]
        if depth < _DEPTH_LIMIT and isinstance(value, dict):
            return {str(key): self.convert(item, f"{place}[{key!r}]", depth + 1) for key, item in value.items()}
        self._warnings.append(f"{place} is {_kind(value)}, which JSON cannot hold; its text is used.")
        return _text(value)


def why_not_json(value: Any) -> str | None:
    """None if `value` can be written as JSON, else a sentence that names the part that cannot."""
    try:
        json.dumps(value, allow_nan=False)
    except Exception as error:
        return _culprit(value, "result", 0) or f"The result cannot be written as JSON: {error}."
    return None


def why_not_scalar(value: Any) -> str | None:
    if isinstance(value, float) and not math.isfinite(value):
        return f"is {value}"
    if value is None or isinstance(value, (str, bool, int, float)):
        return None
    return f"is {_kind(value)}"


def _culprit(value: Any, place: str, depth: int) -> str | None:
    """The first part that JSON cannot hold. Its value is not shown: it may be a secret."""
    if depth > _DEPTH_LIMIT:
        return None
    if isinstance(value, dict):
        for key, item in value.items():
            if key is not None and not isinstance(key, (str, bool, int, float)):
                return f"A key of {place} is {_kind(key)}; JSON has only text as keys."
            found = _culprit(item, f"{place}[{key!r}]", depth + 1)
            if found is not None:
                return found
        return None
    if isinstance(value, (list, tuple)):
        sentences = (_culprit(item, f"{place}[{index}]", depth + 1) for index, item in enumerate(value))
        return next((sentence for sentence in sentences if sentence is not None), None)
    problem = why_not_scalar(value)
    return None if problem is None else f"{place} {problem}, which JSON cannot hold."


def _kind(value: Any) -> str:
    return article(type(value).__name__)


def _text(value: Any) -> str:
    try:
        return shorten(repr(value), 1000)
    except Exception:
        return f"<{type(value).__name__}>"
