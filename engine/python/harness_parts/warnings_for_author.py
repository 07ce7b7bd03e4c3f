"""What looks wrong in a task that loads: better said before its first run than by it."""

from __future__ import annotations

import inspect
import os
from types import ModuleType
from typing import Any

import jobs.base_job
from harness_parts.loading import RESERVED_NAMES, job_classes


def about_module(module: ModuleType, job: type, folder: str) -> list[str]:
    """Names that hide each other, and a job picked by its name alone."""
    warnings = []
    if getattr(module, "Job", None) is None and len(job_classes(module)) > 1:
        warnings.append(f"Several classes end in Job; {job.__name__} is used. Add `Job = <class>` to choose.")
    for name in RESERVED_NAMES:
        taken = next((entry for entry in (f"{name}.py", name) if os.path.exists(os.path.join(folder, entry))), None)
        if taken is not None:
            warnings.append(
                f"`import {name}` reaches the scheduler's own package, not {taken} in the task's folder. "
                f"Rename {taken}, or write `from . import {name}`."
            )
    return warnings


def about_constructor(job: type, declared: dict[str, list[Any]]) -> list[str]:
    """Parameters that the constructor and the declaration do not agree on."""
    try:
        accepted = list(inspect.signature(job).parameters.values())
    except (TypeError, ValueError):
        return []
    if not accepted or accepted[0].kind is inspect.Parameter.KEYWORD_ONLY:
        return [f"{job.__name__}.__init__ must accept the settings as its first argument; every run would fail."]
    if accepted[0].kind in (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD):
        accepted = accepted[1:]
    names = [entry.get("name") for key in ("required_params", "optional_params") for entry in declared[key]]
    always_given = [entry.get("name") for entry in declared["required_params"]]
    return _unknown_to_constructor(accepted, names) + _needed_but_maybe_missing(accepted, names, always_given)


def _unknown_to_constructor(accepted: list[inspect.Parameter], names: list[Any]) -> list[str]:
    if any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in accepted):
        return []
    known = {parameter.name for parameter in accepted}
    return [
        f"The parameter {name!r} is declared, but __init__ does not accept it; a run that is given it will fail."
        for name in names
        if name not in known
    ]


def _needed_but_maybe_missing(accepted: list[inspect.Parameter], names: list[Any], always: list[Any]) -> list[str]:
    warnings = []
    for parameter in accepted:
        if parameter.default is not inspect.Parameter.empty or parameter.name in always:
            continue
        if parameter.kind in (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL):
            continue
        if parameter.name in names:
            warnings.append(f"The parameter {parameter.name!r} is optional, but __init__ has no default for it.")
        else:
            warnings.append(f"__init__ needs {parameter.name!r}, which is not declared; every run would fail.")
    return warnings


def own_attribute(job: type, attribute: str) -> Any:
    """The value unless it is only BaseJob's."""
    value = getattr(job, attribute, None)
    return None if value is vars(jobs.base_job.BaseJob).get(attribute) else value
