"""Trying out a task's settings without running it."""

from __future__ import annotations

from typing import Any

from harness_parts import job, reports
from harness_parts.calling import find_check
from harness_parts.subreaper import adopt_orphans
from harness_parts.text import article, shorten

_MESSAGE_LIMIT = 1000


def check(request: dict[str, Any]) -> dict[str, Any]:
    """Constructs the job as a run does, calls its `check`, and returns `checked` or `error`."""
    report = reports.load_error
    try:
        adopt_orphans()
        job_class = job.load(request)
        if find_check(job_class) is None:
            return {"event": "checked", "supported": False, "message": None}

        report = reports.init_error
        constructed = job.construct(job_class, request["params"])

        report = _raised
        return _event(_called(constructed))
    except BaseException as error:
        return {"event": "error", **report(error, request["job_file"])}


def _raised(error: BaseException, job_file: str) -> reports.Failure:
    return reports.raised(error, job_file, "returning from check")


def _called(constructed: Any) -> Any:
    outcome = constructed.check()
    if not hasattr(outcome, "__await__"):
        return outcome
    from harness_parts.coroutine import run_until_complete

    return run_until_complete(outcome)


def _event(returned: Any) -> dict[str, Any]:
    if returned is None or returned is True:
        return {"event": "checked", "supported": True, "message": None}
    if isinstance(returned, str):
        return {"event": "checked", "supported": True, "message": shorten(returned.strip(), _MESSAGE_LIMIT) or None}
    if returned is False:
        return reports.without_exception("exception", "check() returned False.")
    return reports.without_exception(
        "invalid_result",
        f"check() returned {article(type(returned).__name__)}; it must return nothing, a text, True or False.",
    )
