"""One run of a task."""

from __future__ import annotations

from typing import Any

from config.settings import TasksSettings, use_run_values
from harness_parts import context
from harness_parts.cancellation import Cancellation
from harness_parts.channel import EventChannel
from harness_parts.failure import failure
from harness_parts.loading import find_job_class, import_job_file, load_failure, task_folder
from harness_parts.logs import forward_logging
from harness_parts.result import result_event
from harness_parts.text import said_by

Failure = dict[str, Any]


def run(request: dict[str, Any], channel: EventChannel) -> dict[str, Any]:
    """Loads, constructs and executes the task, and returns the final event."""
    job_file = request["job_file"]
    cancellation = Cancellation(channel)
    report = _load_error
    try:
        cancellation.install()
        forward_logging(channel)
        context.current = context.RunContext(job_file, channel)
        use_run_values(request["settings"])
        job_class = find_job_class(import_job_file(request["name"], job_file))

        report = _init_error
        job = _construct(job_class, TasksSettings(), request["params"])

        report = _execute_error
        returned = _execute(job, cancellation)
        cancellation.settle()
    except BaseException as error:
        cancellation.settle()
        if cancellation.requested:
            report = _cancelled
        return {"event": "error", **report(error, job_file)}
    return result_event(returned)


def _construct(job_class: type, settings: TasksSettings, params: dict[str, Any]) -> Any:
    try:
        return job_class(settings, **params)
    except TypeError:
        refusal = _why_call_is_refused(job_class, settings, params)
        if refusal is None:
            raise
        raise TypeError(refusal) from None


def _why_call_is_refused(job_class: type, settings: TasksSettings, params: dict[str, Any]) -> str | None:
    """Names the parameter when the call itself does not fit; None when the TypeError came from inside."""
    import inspect

    try:
        inspect.signature(job_class).bind(settings, **params)
    except TypeError as error:
        return f"{job_class.__name__} cannot be called with these parameters: {error}."
    except ValueError:  # a class written in C has no signature to ask
        return None
    return None


def _execute(job: Any, cancellation: Cancellation) -> Any:
    outcome = job.execute()
    if not hasattr(outcome, "__await__"):
        return outcome
    from harness_parts.coroutine import run_until_complete

    return run_until_complete(outcome, cancellation)


def _load_error(error: BaseException, job_file: str) -> Failure:
    fields = load_failure(error, job_file)
    return {**fields, "kind": "load_error", "load_kind": fields["kind"]}


def _init_error(error: BaseException, job_file: str) -> Failure:
    return {**_failure(error, job_file, "constructing the job"), "kind": "init_error"}


def _execute_error(error: BaseException, job_file: str) -> Failure:
    kind = "exit" if isinstance(error, SystemExit) else "exception"
    return {**_failure(error, job_file, "returning a result from execute"), "kind": kind}


def _failure(error: BaseException, job_file: str, instead_of: str) -> Failure:
    fields = failure(error, task_folder(job_file))
    if isinstance(error, SystemExit):
        code = "" if error.code is None else repr(error.code)
        fields["message"] = f"The task called sys.exit({code}) instead of {instead_of}."
    return fields


def _cancelled(error: BaseException, job_file: str) -> Failure:
    """The exception is ours, or what the task made of it; either way the run ended because it was cancelled."""
    import asyncio

    fields = failure(error, task_folder(job_file))
    fields["message"] = "The run was cancelled."
    if not isinstance(error, (KeyboardInterrupt, asyncio.CancelledError)):
        fields["message"] += f" While stopping, the task raised {type(error).__name__}: {said_by(error)}"
    return {**fields, "kind": "cancelled"}
