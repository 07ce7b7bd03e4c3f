"""The choices of a parameter, from the function that `options_from` names."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from json import loads
from typing import Any

from config.settings import TasksSettings
from harness_parts import job, reports
from harness_parts.calling import call_with_accepted, why_not_choices
from harness_parts.json_safe import Unusable, written
from harness_parts.text import article

COUNT_LIMIT = 1000
SIZE_LIMIT = 256 * 1024

_SCALARS = (str, bool, int, float)


def options(request: dict[str, Any]) -> dict[str, Any]:
    """Calls the function and returns `options` or `error`."""
    report = reports.load_error
    try:
        job_class = job.load(request)
        name = f"{job_class.__name__}.{request['function']}"
        problem = why_not_choices(job_class, request["function"])
        if problem is not None:
            raise Unusable(problem)

        report = _raised
        given = {"settings": TasksSettings(), "params": request["params"]}
        returned = all_of(call_with_accepted(getattr(job_class, request["function"]), given))
        return {"event": "options", "options": choices(returned, name)}
    except Unusable as problem_found:
        return reports.without_exception("invalid_result", str(problem_found))
    except BaseException as error:
        return {"event": "error", **report(error, request["job_file"])}


def _raised(error: BaseException, job_file: str) -> reports.Failure:
    return reports.raised(error, job_file, "returning choices")


def all_of(returned: Any) -> Any:
    """A list, one longer than allowed at most, of what was returned; what is no collection as it is."""
    if hasattr(returned, "__await__") or hasattr(returned, "__aiter__"):
        from harness_parts.coroutine import run_until_complete

        returned = run_until_complete(_awaited(returned))
    if isinstance(returned, dict):
        returned = [{"value": value, "label": label} for value, label in returned.items()]
    elif isinstance(returned, (set, frozenset)):
        returned = sorted(returned, key=str)  # a set has no order, and a form should not change by itself
    if isinstance(returned, (str, bytes)) or not isinstance(returned, Iterable):
        return returned
    return list(islice(returned, COUNT_LIMIT + 1))


async def _awaited(returned: Any) -> Any:
    if hasattr(returned, "__await__"):
        returned = await returned
    if not hasattr(returned, "__aiter__"):
        return returned
    found: list[Any] = []
    async for choice in returned:
        found.append(choice)
        if len(found) > COUNT_LIMIT:
            break
    return found


def choices(returned: Any, name: str) -> list[Any]:
    """The choices as JSON has them. Raises Unusable, with a sentence that names the function."""
    if returned is None:
        raise Unusable(f"{name} returned nothing; it must return a list of choices.")
    if not isinstance(returned, list):
        kind = article(type(returned).__name__)
        raise Unusable(f"{name} returned {kind}; it must return a list of choices.")
    if len(returned) > COUNT_LIMIT:
        raise Unusable(f"{name} returned more than {COUNT_LIMIT:,} choices; nobody can choose from so many.")
    try:
        text = written(returned, "options")
    except Unusable as problem:
        raise Unusable(f"{name} returned what cannot be a choice: {problem}") from None
    if len(text) > SIZE_LIMIT:
        raise Unusable(f"{name} returned choices of {len(text):,} characters; at most {SIZE_LIMIT:,} are accepted.")
    found: list[Any] = loads(text)
    for number, choice in enumerate(found, start=1):
        if not _is_choice(choice):
            raise Unusable(
                f"Choice {number} that {name} returned must be a text, a number, a pair of value and label, "
                f'or a dict such as {{"value": 7, "label": "Every week"}}.'
            )
    return found


def _is_choice(choice: Any) -> bool:
    if isinstance(choice, dict):
        return isinstance(choice.get("value"), _SCALARS)
    if isinstance(choice, list):
        return len(choice) == 2 and isinstance(choice[0], _SCALARS)
    return isinstance(choice, _SCALARS)
