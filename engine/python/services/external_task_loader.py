"""Which tasks there are, and loading one anew after an edit."""

from __future__ import annotations

import json
import logging
import os
import re
import select
import signal
import sys
import time
from typing import Any

from harness_parts import context

logger = logging.getLogger("external_task_loader")

_HARNESS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "harness.py")
_DESCRIBE_SECONDS = 60
_JOB = re.compile(rb"\bBaseJob\b|^class\s+\w*Job\b", re.MULTILINE)


class ExternalTaskLoader:
    """The tasks of one folder: the given one, else EXTERNAL_TASKS_PATH, else the folder the running task is in."""

    def __init__(self, external_tasks_path: str | None = None) -> None:
        self.path = external_tasks_path or os.environ.get("EXTERNAL_TASKS_PATH") or _folder_of_running_task()

    def list_external_tasks(self) -> list[str]:
        """The names of the folders that hold a job.py and of the files that hold a job, sorted."""
        if not self.path or not os.path.isdir(self.path):
            return []
        entries = os.listdir(self.path)
        names = {entry[:-3] if entry.endswith(".py") else entry for entry in entries}
        return sorted(name for name in names if self._job_file(name) is not None)

    def describe(self, name: str) -> dict[str, Any]:
        """The harness's answer for one task: `described` or `load_error`.

        A process of its own imports the file as it is now, so that neither the caller nor what it has imported is
        affected. It has the caller's interpreter: a task with requirements of its own is judged with the caller's.
        """
        job_file = self._job_file(name)
        if job_file is None:
            return {"event": "load_error", "kind": "error", "message": f"{self.path} has no task {name}"}
        return _describe_in_child({"mode": "describe", "name": name, "job_file": job_file})

    def reload_task(self, name: str) -> bool:
        """Asks the server to look at the task again, and says whether it loads."""
        if context.current is not None:
            context.current.channel.emit({"event": "reload", "name": name})
        answer = self.describe(name)
        if answer["event"] == "described":
            logger.info("Reloaded the task %s (%s)", name, answer["class_name"])
            return True
        place = f" ({answer['file']}, line {answer['line']})" if answer.get("file") else ""
        logger.error("The task %s does not load: %s%s", name, answer["message"], place)
        return False

    def _job_file(self, name: str) -> str | None:
        if not self.path or not name or name.startswith(("_", ".")) or os.sep in name:
            return None
        place = os.path.join(os.path.abspath(self.path), name)
        if os.path.isfile(os.path.join(place, "job.py")):
            return os.path.join(place, "job.py")
        return f"{place}.py" if _holds_job(f"{place}.py") else None


def get_external_loader() -> ExternalTaskLoader:
    """The loader for the folder of the tasks."""
    return ExternalTaskLoader()


def list_external_tasks() -> list[str]:
    """The names of all tasks, whether or not they load."""
    return get_external_loader().list_external_tasks()


def reload_external_task(name: str) -> bool:
    """Loads a task anew after an edit and says whether it loads. From within a run, the server takes it up at once."""
    return get_external_loader().reload_task(name)


def _holds_job(file: str) -> bool:
    """Whether a file beside the tasks' folders is a task too, and not a helper of one."""
    try:
        with open(file, "rb") as source:
            return _JOB.search(source.read()) is not None
    except OSError:
        return False


def _folder_of_running_task() -> str | None:
    """The author's, never that of the copies the task runs from."""
    if context.current is None:
        return None
    folder, file = os.path.split(os.path.abspath(context.current.job_file))
    in_a_folder = file == "job.py" and os.path.basename(folder) == context.current.name
    return os.path.dirname(folder) if in_a_folder else folder


def _describe_in_child(request: dict[str, Any]) -> dict[str, Any]:
    request_read, request_write = os.pipe()
    events_read, events_write = os.pipe()
    try:
        child = os.posix_spawn(
            sys.executable,
            [sys.executable, "-I", "-B", "-u", "-X", "utf8", _HARNESS],
            os.environ,
            file_actions=[(os.POSIX_SPAWN_DUP2, request_read, 0), (os.POSIX_SPAWN_DUP2, events_write, 3)],
            setpgroup=0,  # the child kills its group when our end of its stdin closes
        )
    finally:
        os.close(request_read)
        os.close(events_write)
    try:
        os.write(request_write, json.dumps(request).encode() + b"\n")
        line = _read_line(events_read, time.monotonic() + _DESCRIBE_SECONDS)
    finally:
        os.killpg(child, signal.SIGKILL)  # it has answered, or never will
        os.waitpid(child, 0)
        os.close(request_write)
        os.close(events_read)
    if line is None:
        message = f"the import ended without an answer, or took more than {_DESCRIBE_SECONDS} seconds"
        return {"event": "load_error", "kind": "error", "message": message}
    answer: dict[str, Any] = json.loads(line)
    return answer


def _read_line(descriptor: int, deadline: float) -> bytes | None:
    poll = select.poll()  # not select(): a task may have more than 1024 descriptors open
    poll.register(descriptor, select.POLLIN)
    received = bytearray()
    while poll.poll(max(0, int((deadline - time.monotonic()) * 1000))):
        chunk = os.read(descriptor, 65536)
        if not chunk:
            break
        received += chunk
        if b"\n" in chunk:
            return bytes(received)
    return None
