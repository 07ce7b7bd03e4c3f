"""The run this process is for, so that `services` can reach the server. None outside of a run."""

from __future__ import annotations

from typing import NamedTuple

from harness_parts.channel import EventChannel


class RunContext(NamedTuple):
    """The job file of the running task, and its line to the server."""

    job_file: str
    channel: EventChannel


current: RunContext | None = None
