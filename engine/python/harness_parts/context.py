"""The run this process is for, so that `jobs` and `services` can reach the server. None outside of a run.

Authors import this in their tests, on any system, so nothing here needs the harness to be imported.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness_parts.artifacts import Artifacts
    from harness_parts.channel import EventChannel
    from harness_parts.checkpoint import Checkpoint
    from harness_parts.progress import Progress


class RunContext:
    """Who runs and where, and what the methods of BaseJob stand on: made when first used, since most runs use none."""

    def __init__(self, request: dict[str, Any], channel: EventChannel) -> None:
        self.name: str = request["name"]
        self.job_file: str = request["job_file"]
        self.channel = channel
        self._folder: str = request.get("folder") or os.getcwd()
        self._kept: dict[str, Any] = request.get("checkpoint") or {}
        self._progress: Progress | None = None
        self._artifacts: Artifacts | None = None
        self._checkpoint: Checkpoint | None = None
        self._lock = threading.RLock()
        os.register_at_fork(after_in_child=self._unlock)

    @property
    def progress(self) -> Progress:
        with self._lock:
            if self._progress is None:
                from harness_parts.progress import Progress

                self._progress = Progress(self.channel)
            return self._progress

    @property
    def artifacts(self) -> Artifacts:
        with self._lock:
            if self._artifacts is None:
                from harness_parts.artifacts import Artifacts

                self._artifacts = Artifacts(self._folder, self.channel)
            return self._artifacts

    @property
    def checkpoint(self) -> Checkpoint:
        with self._lock:
            if self._checkpoint is None:
                from harness_parts.checkpoint import Checkpoint

                self._checkpoint = Checkpoint(self._kept, self.channel)
            return self._checkpoint

    def flush(self) -> None:
        """Sends what was held back to send less often. The final event comes next."""
        for part in (self._progress, self._checkpoint):
            if part is not None:
                part.flush()

    def _unlock(self) -> None:
        """In a forked child: the thread that held the lock was not copied."""
        self._lock = threading.RLock()


current: RunContext | None = None
