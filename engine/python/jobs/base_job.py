"""The class that every task extends."""

from __future__ import annotations

import time
from abc import ABC
from typing import Any, ClassVar, Union

from config.settings import TasksSettings

ParamDeclaration = Union[str, dict[str, Any]]


class BaseJob(ABC):  # noqa: B024 - so that an author's own base class may have abstract methods
    """A task: metadata for the pages, parameters for the form, and `execute` for the work.

    Nothing is abstract. Tasks override `execute`; jobs written for the earlier service override `_execute_job`.
    """

    JOB_NAME: ClassVar[str] = "Base Job"
    JOB_DESCRIPTION: ClassVar[str] = "Base job class"

    REQUIRED_PARAMS: ClassVar[list[ParamDeclaration]] = []
    OPTIONAL_PARAMS: ClassVar[list[ParamDeclaration]] = []

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
        """Raises ValueError if a required parameter was not given, in `params` or as an attribute of its own."""
        for declared in self.REQUIRED_PARAMS:
            name = declared["name"] if isinstance(declared, dict) else declared
            if name not in self.params and name not in vars(self):
                raise ValueError(f"Required parameter missing: {name}")
        return True
