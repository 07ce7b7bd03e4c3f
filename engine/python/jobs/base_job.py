"""The class that every task extends."""

from __future__ import annotations

import time
from abc import ABC
from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, ClassVar, Union, overload

from config.settings import TasksSettings

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from harness_parts.context import RunContext

ParamDeclaration = Union[str, dict[str, Any]]


class _CheckpointAttribute:
    """`BaseJob.checkpoint`: of the run and not of the object, since many tasks do not call `super().__init__`."""

    @overload
    def __get__(self, job: None, owner: type) -> _CheckpointAttribute: ...
    @overload
    def __get__(self, job: BaseJob, owner: type) -> MutableMapping[str, Any]: ...
    def __get__(self, job: BaseJob | None, owner: type) -> Any:
        if job is None:
            return self
        if "checkpoint" in vars(job):
            return vars(job)["checkpoint"]
        run = _current_run()
        return vars(job).setdefault("checkpoint", {}) if run is None else run.checkpoint

    def __set__(self, job: BaseJob, values: Mapping[str, Any]) -> None:
        run = _current_run()
        if run is None or not isinstance(values, Mapping):  # an attribute of the task's own that has the same name
            vars(job)["checkpoint"] = values
        else:
            run.checkpoint.replace(values)


class BaseJob(ABC):  # noqa: B024 - so that an author's own base class may have abstract methods
    """A task: metadata for the pages, parameters for the form, and `execute` for the work.

    Nothing is abstract. Tasks override `execute`; jobs written for the earlier service override `_execute_job`.

    A task may also define `check(self)`, as a `def` or an `async def`: people can then try out what they typed, a
    password for example, before the first run. It returns nothing or a sentence ("Connected as bot@example.org") when
    all is well, and raises, or returns False, when not. It gets the same parameters as a run, and should be quick.
    """

    JOB_NAME: ClassVar[str] = "Base Job"
    """The name on the pages."""

    JOB_DESCRIPTION: ClassVar[str] = "Base job class"
    """What it does, in a sentence."""

    REQUIRED_PARAMS: ClassVar[list[ParamDeclaration]] = []
    """What must be filled in: names, or dicts with `name`, `label`, `type` and more."""

    OPTIONAL_PARAMS: ClassVar[list[ParamDeclaration]] = []
    """What may be filled in. What is left empty is not passed, so that the default of `__init__` holds."""

    PARAM_GROUPS: ClassVar[list[dict[str, Any]]] = []
    """"One of these" rules: dicts with `name`, `params`, `min_required` and `max_required`."""

    LIMITS: ClassVar[dict[str, int]] = {}
    """What a run may use: `memory_mb`, `processes`, `file_mb`, `open_files`, `time_minutes`, and at once: `runs`."""

    TAGS: ClassVar[list[str]] = []
    """Groups of tasks whose runs at the same time the server may limit (`TAG_LIMITS`)."""

    NEEDS: ClassVar[list[str]] = []
    """Labels that a server must have to run it (`WORKER_LABELS`)."""

    checkpoint = _CheckpointAttribute()
    """Values kept from one run of a schedule to the next: `self.checkpoint["last_id"] = 42`.

    A map of text keys to anything JSON can hold, empty in the first run, at most 64 KiB. Each assignment is sent to the
    server within half a second, so it is kept even if the run fails later. What you read is a copy: change a list and
    assign it again. Raises TypeError for what JSON cannot hold and ValueError when it gets too large; the map is then
    as before. Outside of a run, in a test, it is an empty dict.
    """

    def __init__(self, settings: TasksSettings, **kwargs: Any) -> None:
        """Keeps the settings, and as `params` those parameters that the subclass did not name as its own."""
        self.settings = settings
        self.params = kwargs
        self.job_id = f"{type(self).__name__.lower()}_{time.strftime('%Y%m%d_%H%M%S', time.gmtime())}"

    def get_job_id(self) -> str:
        """Names this job in logs. What the server counts and schedules by is its own."""
        return self.job_id

    async def execute(self) -> dict[str, Any]:
        """Does the work and returns a dict. What it raises fails the run, and is not turned into a result."""
        outcome: Any = self._execute_job()  # some jobs of the earlier service are not async
        if hasattr(outcome, "__await__"):
            outcome = await outcome
        result: dict[str, Any] = outcome
        return result

    async def _execute_job(self) -> dict[str, Any]:
        raise NotImplementedError(f"{type(self).__name__} must override execute")

    def validate_params(self) -> bool:
        """Raises ValueError if a required parameter was not given, in `params` or as an attribute of its own.

        One that is asked for under a condition only (`depends_on`) may be missing.
        """
        for declared in self.REQUIRED_PARAMS:
            name = declared["name"] if isinstance(declared, dict) else declared
            if isinstance(declared, dict) and declared.get("depends_on"):
                continue
            if name not in self.params and name not in vars(self):
                raise ValueError(f"Required parameter missing: {name}")
        return True

    def progress(self, done: float, total: float | None = None, text: str | None = None) -> None:
        """Shows how far the run has come: `self.progress(3, 10, "Importing invoices")`.

        Call it as often as you like and from any thread of the task; the page is told ten times a second at most, and
        of the last state always. Without `total` only the count is shown. It never raises: numbers that make no sense
        are corrected or left out, with one warning in the log. Outside of a run it does nothing.
        """
        run = _current_run()
        if run is not None:
            run.progress.report(done, total, text)

    def artifact(self, path: str | os.PathLike[str], name: str | None = None) -> Path:
        """Keeps a copy of a file with the run, to be downloaded from its page, and returns the path.

        Call it when the file is complete: what is written to it later is not in the copy. `name` is what a download is
        saved as, by default the file's own name. A run may have 100 artifacts, of 100 MiB each and 500 MiB together;
        beyond that it raises ValueError, as for a folder, and FileNotFoundError for a file that is not there. Outside
        of a run nothing is copied.
        """
        from harness_parts.artifacts import existing_file

        run = _current_run()
        return existing_file(path) if run is None else run.artifacts.keep_file(path, name)

    def artifact_text(self, name: str, text: str) -> None:
        """Keeps a text with the run as a file of that name: `self.artifact_text("report.csv", report)`.

        The limits are those of `artifact`. Outside of a run it does nothing.
        """
        run = _current_run()
        if run is not None:
            run.artifacts.keep_text(name, text)


def _current_run() -> RunContext | None:
    from harness_parts import context  # not needed to import a task, so not paid for by every import

    return context.current
