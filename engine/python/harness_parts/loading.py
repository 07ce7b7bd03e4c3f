"""From a job file to a job class."""

from __future__ import annotations

import os
import sys
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import module_from_spec
from types import CodeType, ModuleType
from typing import Any

# Loaded before the task's folder comes first on the path: a `config.py` next to job.py would otherwise hide the
# package that every task imports TasksSettings from. See RESERVED_NAMES.
import config.settings
import jobs.base_job
import services
from harness_parts.failure import failure, is_syntax_error

PACKAGE = "external_tasks"
RESERVED_NAMES = (config.__name__, jobs.__name__, services.__name__)


class LoadError(Exception):
    """The file was imported, but holds no job that can be used. `kind` is the word the server knows."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class _FreshSourceLoader(SourceFileLoader):
    """Always compiles the source. A cached file is trusted by its time in seconds, which a quick edit outruns."""

    def get_code(self, fullname: str) -> CodeType:
        return self.source_to_code(self.get_data(self.path), self.path)


def task_folder(job_file: str) -> str:
    return os.path.dirname(os.path.abspath(job_file))


def import_job_file(name: str, job_file: str) -> ModuleType:
    """Imports the file as `external_tasks.<name>`, so that its siblings import both plainly and with a dot."""
    folder = task_folder(job_file)
    if PACKAGE not in sys.modules:
        sys.modules[PACKAGE] = package = ModuleType(PACKAGE)
        package.__path__ = []
    sys.path.insert(0, folder)

    full_name = f"{PACKAGE}.{name}"
    path = os.path.abspath(job_file)
    loader = _FreshSourceLoader(full_name, path)
    spec = ModuleSpec(full_name, loader, origin=path, is_package=True)
    spec.submodule_search_locations = [folder]
    spec.has_location = True
    module = module_from_spec(spec)
    sys.modules[full_name] = module
    loader.exec_module(module)
    return module


def find_job_class(module: ModuleType) -> type:
    """The module's `Job`, else its class with the longest name that ends in "Job"."""
    job = getattr(module, "Job", None)
    if job is None:
        candidates = job_classes(module)
        if not candidates:
            raise LoadError(
                "no_job_class",
                "The file defines no job. Name the class, for example, MyTaskJob and add the line `Job = MyTaskJob`.",
            )
        job = candidates[0]
    _check(job)
    return job


def job_classes(module: ModuleType) -> list[type]:
    """The classes this file itself defines whose name ends in "Job", longest name first."""
    found = [
        value
        for name, value in vars(module).items()
        if name.endswith("Job") and isinstance(value, type) and value.__module__ == module.__name__
    ]
    return sorted(dict.fromkeys(found), key=lambda job: len(job.__name__), reverse=True)


def _check(job: Any) -> None:
    problem = _why_unusable(job)
    if problem is not None:
        raise LoadError("not_instantiable", problem)


def _why_unusable(job: Any) -> str | None:
    if not isinstance(job, type):
        return f"`Job` must be a class, but it is a value of the type {type(job).__name__}."
    abstract = sorted(getattr(job, "__abstractmethods__", ()))
    if abstract:
        return f"The class {job.__name__} leaves abstract: {', '.join(abstract)}."
    if not callable(getattr(job, "execute", None)):
        return f"The class {job.__name__} has no method execute."
    base = jobs.base_job.BaseJob
    if issubclass(job, base) and job.execute is base.execute and job._execute_job is base._execute_job:
        return f"The class {job.__name__} does not override execute, so it would do nothing."
    return None


def load_failure(error: BaseException, job_file: str) -> dict[str, Any]:
    """The fields of a load error: those of every failure, `kind`, and the missing module's name."""
    fields = failure(error, task_folder(job_file))
    fields["kind"] = _kind(error)
    fields["missing"] = error.name if isinstance(error, ModuleNotFoundError) else None
    if isinstance(error, LoadError):
        fields["file"] = os.path.basename(job_file)
        fields["traceback"] = ""
    elif isinstance(error, SystemExit):
        fields["message"] = f"The file calls sys.exit({error.code!r}) while it is imported."
    return fields


def _kind(error: BaseException) -> str:
    if isinstance(error, LoadError):
        return error.kind
    if is_syntax_error(error):
        return "syntax_error"
    if isinstance(error, ModuleNotFoundError):
        return "missing_module"
    return "import_error" if isinstance(error, ImportError) else "error"
