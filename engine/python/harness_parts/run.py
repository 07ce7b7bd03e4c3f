"""One run of a task."""

from __future__ import annotations

from typing import Any

from harness_parts import context, job, reports
from harness_parts.cancellation import Cancellation
from harness_parts.channel import EventChannel
from harness_parts.loading import announce
from harness_parts.logs import forward_logging
from harness_parts.result import result_event
from harness_parts.subreaper import adopt_orphans


def run(request: dict[str, Any], channel: EventChannel) -> dict[str, Any]:
    """Loads, constructs and executes the task, and returns the final event."""
    context.current = context.RunContext(request, channel)
    try:
        return _run(request, channel)
    finally:
        context.current.flush()


def _run(request: dict[str, Any], channel: EventChannel) -> dict[str, Any]:
    cancellation = Cancellation(channel)
    report = reports.load_error
    try:
        cancellation.install()
        adopt_orphans()
        forward_logging(channel)
        announce(request)
        job_class = job.load(request)

        report = reports.init_error
        constructed = job.construct(job_class, request["params"])

        report = reports.execute_error
        returned = _execute(constructed, cancellation)
        cancellation.settle()
    except BaseException as error:
        cancellation.settle()
        if cancellation.requested:
            report = reports.cancelled
        return {"event": "error", **report(error, request["job_file"])}
    return result_event(returned)


def _execute(constructed: Any, cancellation: Cancellation) -> Any:
    outcome = constructed.execute()
    if not hasattr(outcome, "__await__"):
        return outcome
    from harness_parts.coroutine import run_until_complete

    return run_until_complete(outcome, cancellation)
