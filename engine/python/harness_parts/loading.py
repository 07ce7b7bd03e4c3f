"""From a job file to a job class."""

from __future__ import annotations

import contextlib
import os
import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from json import dumps, loads
from types import ModuleType
from typing import Any

# Loaded before the task's folder comes first on the path: a `config.py` next to job.py would otherwise hide the
# package that every task imports TasksSettings from. See RESERVED_NAMES.
import config.settings
import jobs.base_job
import services
from harness_parts.failure import failure, is_syntax_error
from harness_parts.snapshot import CopyLoader, use_copies
from harness_parts.text import nearest

PACKAGE = "external_tasks"
_ANNOUNCED = "INSIGHTMESH_TASK"
RESERVED_NAMES = (config.__name__, jobs.__name__, services.__name__)


class LoadError(Exception):
    """The file was imported, but holds no job that can be used. `kind` is the word the server knows."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def task_folder(job_file: str) -> str:
    """The folder of the author's that holds the file: the task's own, or the tasks folder for a task of one file."""
    return os.path.dirname(os.path.abspath(job_file))


def import_job_file(name: str, job_file: str, code: str | None = None) -> ModuleType:
    """Imports the file as `external_tasks.<name>`, so that its siblings import both plainly and with a dot.

    `code` is the folder of the copies to import from; without it the author's files are imported as they are.
    """
    return import_module(make_importable(name, job_file, code))


def make_importable(name: str, job_file: str, code: str | None) -> str:
    """Puts the task on the import path and returns the name of its module."""
    path = os.path.abspath(job_file)
    folder = os.path.dirname(path)
    copies = os.path.abspath(code or folder)
    use_copies(folder, copies)
    if PACKAGE not in sys.modules:
        sys.modules[PACKAGE] = package = ModuleType(PACKAGE)
        package.__path__ = []
    full_name = f"{PACKAGE}.{name}"
    sys.meta_path.insert(0, _JobFinder(full_name, path, os.path.join(copies, os.path.basename(path))))
    sys.path.insert(0, folder)
    # The jobs of the earlier service write `from .base_job import BaseJob`.
    if not os.path.exists(os.path.join(copies, "base_job.py")):
        sys.modules[f"{full_name}.base_job"] = jobs.base_job
    return full_name


def announce(request: dict[str, Any]) -> None:
    """Lets processes that multiprocessing starts afresh import the task: they get functions by the module's name."""
    os.environ[_ANNOUNCED] = dumps([request["name"], request["job_file"], request.get("code")])


def import_as_announced() -> None:
    """For such a process."""
    with contextlib.suppress(KeyError, ValueError, TypeError):
        make_importable(*loads(os.environ[_ANNOUNCED]))


class _JobFinder:
    """Finds the job file by the name of its module."""

    def __init__(self, full_name: str, path: str, copy: str) -> None:
        self._full_name, self._path, self._copy = full_name, path, copy

    def find_spec(self, fullname: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        if fullname != self._full_name:
            return None
        loader = CopyLoader(fullname, self._path, self._copy)
        folder = os.path.dirname(self._path)
        return spec_from_file_location(fullname, self._path, loader=loader, submodule_search_locations=[folder])


def find_job_class(module: ModuleType) -> type:
    """The module's `Job`, else its class with the longest name that ends in "Job"."""
    job = getattr(module, "Job", None)
    if job is None:
        candidates = job_classes(module)
        if not candidates:
            raise LoadError("no_job_class", _how_to_add_a_job(module))
        job = candidates[0]
    _check(job)
    return job


def job_classes(module: ModuleType) -> list[type]:
    """The classes this file itself defines whose name ends in "Job": first those that can run, longest name first."""
    found = [own for name, own in _own_classes(module).items() if name.endswith("Job")]
    return sorted(dict.fromkeys(found), key=lambda job: (_why_unusable(job) is None, len(job.__name__)), reverse=True)


def _own_classes(module: ModuleType) -> dict[str, type]:
    return {
        name: value
        for name, value in vars(module).items()
        if isinstance(value, type) and value.__module__ == module.__name__
    }


def _how_to_add_a_job(module: ModuleType) -> str:
    for name, own in _own_classes(module).items():
        if issubclass(own, jobs.base_job.BaseJob):
            return f"No class of the file has a name that ends in Job. Add the line `Job = {name}` at its end."
    return "The file defines no job. Name the class, for example, MyTaskJob and add the line `Job = MyTaskJob`."


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
        return f"The class {job.__name__} does not override execute, so it would do nothing.{_mistyped(job)}"
    return None


def _mistyped(job: type) -> str:
    own = [name for name in vars(job) if nearest(name, ["execute"]) and callable(getattr(job, name))]
    return f" Was {own[0]} meant to be execute?" if own else ""


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
