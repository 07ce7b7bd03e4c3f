"""The functions of a job's class that the server calls besides `execute`."""

from __future__ import annotations

import inspect
from typing import Any, Callable

_KEYWORD = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def why_not_choices(job_class: type, function: str) -> str | None:
    """None if the class can be asked for choices by this name, else a sentence for its author."""
    found = getattr(job_class, function, None)
    if found is None:
        return f"The class {job_class.__name__} has no function {function}."
    if not callable(found):
        return f"{job_class.__name__}.{function} is no function."
    unknown = _needed(found, ("settings", "params"))
    if "self" in unknown:
        return (
            f"{job_class.__name__}.{function} needs self, but there is no job yet when choices are looked up. "
            f"Put @staticmethod or @classmethod above it."
        )
    if unknown:
        return f"{job_class.__name__}.{function} needs {unknown[0]!r}, but it only gets settings and params."
    return None


def call_with_accepted(function: Callable[..., Any], given: dict[str, Any]) -> Any:
    """Calls it with those of the arguments that it takes."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # written in C
        return function()
    if any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters):
        return function(**given)
    taken = [parameter for parameter in parameters if parameter.name in given]
    by_place = [given[one.name] for one in taken if one.kind is inspect.Parameter.POSITIONAL_ONLY]
    return function(*by_place, **{one.name: given[one.name] for one in taken if one.kind in _KEYWORD})


def find_check(job_class: type) -> Callable[..., Any] | None:
    """The function `check` of the class, unless it needs more than the job: then it serves another purpose."""
    check = getattr(job_class, "check", None)
    if not callable(check):
        return None
    needed = _needed(check, ())
    is_method = inspect.isfunction(inspect.getattr_static(job_class, "check"))
    return check if len(needed) <= (1 if is_method else 0) else None


def _needed(function: Callable[..., Any], known: tuple[str, ...]) -> list[str]:
    """The parameters without a default that are not among the known."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    optional = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [
        parameter.name
        for parameter in parameters
        if parameter.default is parameter.empty and parameter.kind not in optional and parameter.name not in known
    ]
