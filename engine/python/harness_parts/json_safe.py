"""Values of Python and values of JSON."""

from __future__ import annotations

import contextlib
import math
import operator
from enum import Enum
from json import dumps
from typing import Any

from harness_parts.text import article, said_by, shorten

_DEPTH_LIMIT = 20


class JsonSafe:
    """Turns any value into one JSON can hold, and says in `warnings` what could not be kept as it was."""

    def __init__(self, warnings: list[str]) -> None:
        self._warnings = warnings

    def convert(self, value: Any, place: str, depth: int = 0) -> Any:
        if why_not_scalar(value) is None:
            return value
        with contextlib.suppress(Exception):
            return self.convert(_plain_number(value), place, _DEPTH_LIMIT)
        if depth < _DEPTH_LIMIT and isinstance(value, Enum):
            return self.convert(value.value, place, depth + 1)
        if depth < _DEPTH_LIMIT and isinstance(value, (list, tuple, range)):
            return [self.convert(item, f"{place}[{index}]", depth + 1) for index, item in enumerate(value)]
        if depth < _DEPTH_LIMIT and isinstance(value, dict):
            return {str(key): self.convert(item, f"{place}[{key!r}]", depth + 1) for key, item in value.items()}
        self._warnings.append(f"{place} is {_kind(value)}, which JSON cannot hold; its text is used.")
        return _text(value)


class Unusable(Exception):
    """What a task gave cannot be used; a sentence says why."""


def written(value: Any, place: str) -> str:
    """The value, which is found at `place`, as JSON. Raises Unusable. Numbers of numpy and its like are numbers."""
    try:
        return dumps(value, allow_nan=False, default=_plain_number)
    except Exception as error:
        culprit = _culprit(value, place, 0) or f"The {place} cannot be written as JSON: {said_by(error)}."
        raise Unusable(culprit) from None


def _plain_number(value: Any) -> Any:
    """An int for what counts, a Python number for what has a `dtype` and is a single one. Raises otherwise."""
    if hasattr(value, "__index__"):
        return operator.index(value)
    if hasattr(value, "dtype"):
        return value.item()
    raise TypeError


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
    with contextlib.suppress(Exception):
        value = _plain_number(value)
    problem = why_not_scalar(value)
    return None if problem is None else f"{place} {problem}, which JSON cannot hold."


def _kind(value: Any) -> str:
    return article(type(value).__name__)


def _text(value: Any) -> str:
    try:
        return shorten(value.isoformat() if hasattr(value, "isoformat") else repr(value), 1000)
    except Exception:
        return f"<{type(value).__name__}>"
