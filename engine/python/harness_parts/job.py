"""The job of a request: its class, and the class with its parameters."""

from __future__ import annotations

from typing import Any

from config.settings import TasksSettings, use_run_values
from harness_parts.loading import find_job_class, import_job_file


def load(request: dict[str, Any]) -> type:
    """Imports the task with the settings of the request in place."""
    use_run_values(request["settings"])
    return find_job_class(import_job_file(request["name"], request["job_file"], request.get("code")))


def construct(job_class: type, params: dict[str, Any]) -> Any:
    """Calls the class. When the call does not fit, the TypeError names the parameter."""
    settings = TasksSettings()
    try:
        return job_class(settings, **params)
    except TypeError:
        refusal = _why_call_is_refused(job_class, settings, params)
        if refusal is None:
            raise
        raise TypeError(refusal) from None


def _why_call_is_refused(job_class: type, settings: TasksSettings, params: dict[str, Any]) -> str | None:
    """None when the TypeError came from inside."""
    import inspect

    try:
        inspect.signature(job_class).bind(settings, **params)
    except TypeError as error:
        return f"{job_class.__name__} cannot be called with these parameters: {error}."
    except ValueError:  # a class written in C has no signature to ask
        return None
    return None
