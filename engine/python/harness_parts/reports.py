"""Why a task gave no result, as the fields of an `error` event."""

from __future__ import annotations

from typing import Any

from harness_parts.failure import failure
from harness_parts.loading import load_failure, task_folder
from harness_parts.text import said_by

Failure = dict[str, Any]


def load_error(error: BaseException, job_file: str) -> Failure:
    fields = load_failure(error, job_file)
    return {**fields, "kind": "load_error", "load_kind": fields["kind"]}


def init_error(error: BaseException, job_file: str) -> Failure:
    return {**_failure(error, job_file, "constructing the job"), "kind": "init_error"}


def execute_error(error: BaseException, job_file: str) -> Failure:
    return raised(error, job_file, "returning a result from execute")


def raised(error: BaseException, job_file: str, instead_of: str) -> Failure:
    """For an exception out of the task's code, which should have done what `instead_of` says."""
    kind = "exit" if isinstance(error, SystemExit) else "exception"
    return {**_failure(error, job_file, instead_of), "kind": kind}


def cancelled(error: BaseException, job_file: str) -> Failure:
    """The exception is ours, or what the task made of it; either way the run ended because it was cancelled."""
    import asyncio

    fields = failure(error, task_folder(job_file))
    fields["message"] = "The run was cancelled."
    if not isinstance(error, (KeyboardInterrupt, asyncio.CancelledError)):
        fields["message"] += f" While stopping, the task raised {type(error).__name__}: {said_by(error)}"
    return {**fields, "kind": "cancelled"}


def without_exception(kind: str, message: str, exception: str | None = None) -> dict[str, Any]:
    """The whole event, for a failure that nothing raised."""
    return {
        "event": "error",
        "kind": kind,
        "exception": exception,
        "message": message,
        "file": None,
        "line": None,
        "traceback": "",
    }


def _failure(error: BaseException, job_file: str, instead_of: str) -> Failure:
    fields = failure(error, task_folder(job_file))
    if isinstance(error, SystemExit):
        code = "" if error.code is None else repr(error.code)
        fields["message"] = f"The task called sys.exit({code}) instead of {instead_of}."
    return fields
