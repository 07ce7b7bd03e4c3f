"""What a task declares: its name, its parameters, and what its author should know before the first run."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

from config.settings import use_run_values
from harness_parts import warnings_for_author
from harness_parts.json_safe import JsonSafe
from harness_parts.loading import LoadError, find_job_class, import_job_file, load_failure, task_folder
from harness_parts.text import article, shorten

TEXT_LIMIT = 16 * 1024
DECLARATION_LIMIT = 256 * 1024
WARNINGS_LIMIT = 50


def describe(request: dict[str, Any]) -> dict[str, Any]:
    """Imports the task and returns `described` or `load_error`. Whatever the import raises is an answer too."""
    job_file = request["job_file"]
    use_run_values({})
    try:
        module = import_job_file(request["name"], job_file)
        return {"event": "described", **_description(module, task_folder(job_file))}
    except BaseException as error:
        return {"event": "load_error", **load_failure(error, job_file)}


def _description(module: ModuleType, folder: str) -> dict[str, Any]:
    job = find_job_class(module)
    warnings: list[str] = []
    declared = {
        "required_params": _params(job, "REQUIRED_PARAMS", warnings),
        "optional_params": _params(job, "OPTIONAL_PARAMS", warnings),
        "param_groups": _listed(job, "PARAM_GROUPS", warnings),
    }
    size = len(json.dumps(declared))
    if size > DECLARATION_LIMIT:
        raise LoadError(
            "bad_params_declaration",
            f"The declared parameters take {size:,} characters; at most {DECLARATION_LIMIT:,} are accepted.",
        )
    warnings += warnings_for_author.about_module(module, job, folder)
    warnings += warnings_for_author.about_constructor(job, declared)
    return {
        "class_name": job.__name__,
        "job_name": _own_text(job, "JOB_NAME", warnings),
        "job_description": _own_text(job, "JOB_DESCRIPTION", warnings) or "",
        "doc": shorten(module.__doc__, TEXT_LIMIT) if isinstance(module.__doc__, str) else None,
        **declared,
        "warnings": [shorten(warning, 1000) for warning in warnings[:WARNINGS_LIMIT]],
    }


def _own_text(job: type, attribute: str, warnings: list[str]) -> str | None:
    """The attribute if the task sets it: the texts of BaseJob ("Base Job") tell nobody anything."""
    value = warnings_for_author.own_attribute(job, attribute)
    if isinstance(value, str) and value.strip():
        return shorten(value, TEXT_LIMIT)
    problem = "is not set" if value is None or value == "" else "is not a text"
    warnings.append(f"{attribute} {problem}.")
    return None


def _params(job: type, attribute: str, warnings: list[str]) -> list[Any]:
    entries = _listed(job, attribute, warnings)
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, (str, dict)):
            kind = article(type(entry).__name__)
            raise LoadError(
                "bad_params_declaration", f"Entry {number} of {attribute} is {kind}; it must be a dict or a name."
            )
    return [{"name": entry} if isinstance(entry, str) else entry for entry in entries]


def _listed(job: type, attribute: str, warnings: list[str]) -> list[Any]:
    value = getattr(job, attribute, [])
    if not isinstance(value, (list, tuple)):
        kind = article(type(value).__name__)
        raise LoadError("bad_params_declaration", f"{attribute} must be a list, but it is {kind}.")
    safe = JsonSafe(warnings)
    return [safe.convert(entry, f"{attribute}[{index}]") for index, entry in enumerate(value)]
