"""What looks wrong in a task that loads: better said before its first run than by it."""

from __future__ import annotations

import inspect
import os
import sys
from types import ModuleType
from typing import Any

import jobs.base_job
from harness_parts.calling import find_check, why_not_choices
from harness_parts.loading import RESERVED_NAMES, job_classes
from harness_parts.params import OPTIONS_FROM
from harness_parts.text import nearest

# Not LIMITS: a LIMIT may well be the task's own.
_READ = ("JOB_NAME", "JOB_DESCRIPTION", "REQUIRED_PARAMS", "OPTIONAL_PARAMS", "PARAM_GROUPS")


def about_module(module: ModuleType, job: type, folder: str) -> list[str]:
    """Names that hide each other or are mistyped, and a job picked by its name alone."""
    warnings = []
    if getattr(module, "Job", None) is None and len(job_classes(module)) > 1:
        warnings.append(f"Several classes end in Job; {job.__name__} is used. Add `Job = <class>` to choose.")
    if not issubclass(job, jobs.base_job.BaseJob):
        warnings.append(f"{job.__name__} does not extend BaseJob, so it has no self.progress, artifact or checkpoint.")
    for name in dir(job):
        meant = nearest(name, _READ, likeness=0.85) if name.isupper() and name not in _READ else ""
        if meant:
            warnings.append(f"{job.__name__} has {name}, which nobody reads.{meant}")
    return warnings + _about_siblings(folder, alone=os.path.basename(module.__file__ or "") != "job.py")


def _about_siblings(folder: str, *, alone: bool) -> list[str]:
    """Names taken by others. `alone`: the task is a single file, so that folders beside it are other tasks."""
    siblings = set(os.listdir(folder))
    warnings = []
    for name in RESERVED_NAMES:
        taken = next((entry for entry in (f"{name}.py", name) if entry in siblings), None)
        if taken is not None and not (alone and taken == name):
            warnings.append(
                f"`import {name}` reaches the scheduler's own package, not {taken} in the task's folder. "
                f"Rename {taken}, or write `from . import {name}`."
            )
    for name in sorted(getattr(sys, "stdlib_module_names", ())):  # unknown to Python 3.9
        if f"{name}.py" in siblings:
            warnings.append(f"{name}.py has the name of a module of Python itself; one hides the other. Rename it.")
    return warnings


def about_functions(job: type, declared: dict[str, list[Any]]) -> list[str]:
    """Functions of the class that are named but cannot be called."""
    warnings = []
    for entry in declared["required_params"] + declared["optional_params"]:
        function = next((entry[key] for key in OPTIONS_FROM if entry.get(key) is not None), None)
        if function is None:
            continue
        problem = why_not_choices(job, function) if isinstance(function, str) else "options_from must be a name."
        if problem is not None:
            warnings.append(f"The choices of {entry.get('name')!r} cannot be looked up: {problem}")
    if callable(getattr(job, "check", None)) and find_check(job) is None:
        warnings.append("check needs more than self, so it is not used to try out the settings.")
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
    always_given = [
        entry.get("name")
        for key in ("required_params", "optional_params")
        for entry in declared[key]
        if not entry.get("depends_on")
        and (key == "required_params" or entry.get("required") is True or _is_checkbox(entry))
    ]
    return _unknown_to_constructor(accepted, names) + _needed_but_maybe_missing(accepted, names, always_given)


def _is_checkbox(entry: dict[str, Any]) -> bool:
    """Of which False is a value too, so that it is never left out."""
    kind = entry.get("type")
    if kind is None:
        return isinstance(entry.get("default"), bool)
    return str(kind).lower() in ("checkbox", "boolean", "bool", "toggle", "switch")


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
            warnings.append(f"The parameter {parameter.name!r} may be left out, but __init__ has no default for it.")
        else:
            warnings.append(f"__init__ needs {parameter.name!r}, which is not declared; every run would fail.")
    return warnings


def own_attribute(job: type, attribute: str) -> Any:
    """The value unless it is only BaseJob's."""
    value = getattr(job, attribute, None)
    return None if value is vars(jobs.base_job.BaseJob).get(attribute) else value
