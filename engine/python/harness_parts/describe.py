"""What a task declares: its name, its parameters, and what its author should know before the first run."""

from __future__ import annotations

from json import dumps
from types import ModuleType
from typing import Any

from config.settings import use_run_values
from harness_parts import warnings_for_author
from harness_parts.calling import find_check
from harness_parts.limits import limits, words
from harness_parts.loading import LoadError, find_job_class, import_job_file, load_failure, task_folder
from harness_parts.params import groups, params
from harness_parts.text import shorten

TEXT_LIMIT = 16 * 1024
DECLARATION_LIMIT = 256 * 1024
WARNINGS_LIMIT = 50


def describe(request: dict[str, Any]) -> dict[str, Any]:
    """Imports the task and returns `described` or `load_error`. Whatever the import raises is an answer too."""
    job_file, code = request["job_file"], request.get("code")
    use_run_values({})
    try:
        module = import_job_file(request["name"], job_file, code)
        return {"event": "described", **_description(module, code or task_folder(job_file))}
    except BaseException as error:
        return {"event": "load_error", **load_failure(error, job_file)}


def _description(module: ModuleType, folder: str) -> dict[str, Any]:
    job = find_job_class(module)
    warnings: list[str] = []
    declared = {
        "required_params": params(job, "REQUIRED_PARAMS", warnings),
        "optional_params": params(job, "OPTIONAL_PARAMS", warnings),
        "param_groups": groups(job, warnings),
    }
    size = len(dumps(declared))
    if size > DECLARATION_LIMIT:
        raise LoadError(
            "bad_params_declaration",
            f"The declared parameters take {size:,} characters; at most {DECLARATION_LIMIT:,} are accepted.",
        )
    warnings += warnings_for_author.about_module(module, job, folder)
    warnings += warnings_for_author.about_constructor(job, declared)
    warnings += warnings_for_author.about_functions(job, declared)
    allowed = limits(job, warnings)
    tags, needs = words(job, "TAGS", warnings), words(job, "NEEDS", warnings)
    return {
        "class_name": job.__name__,
        "job_name": _own_text(job, "JOB_NAME", warnings),
        "job_description": _own_text(job, "JOB_DESCRIPTION", warnings) or "",
        "doc": shorten(module.__doc__, TEXT_LIMIT) if isinstance(module.__doc__, str) else None,
        **declared,
        "limits": allowed,
        "tags": tags,
        "needs": needs,
        "has_check": find_check(job) is not None,
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
