"""What the tests share: task folders on disk, and the harness as the server starts it."""

from __future__ import annotations

import compileall
import json
import os
import shutil
import signal
import sys
import tempfile
import textwrap
import threading
import unittest
from pathlib import Path
from typing import Any

PYTHON_DIR = Path(__file__).resolve().parents[1]
REPOSITORY = PYTHON_DIR.parents[1]
sys.path.insert(0, str(PYTHON_DIR))
sys.dont_write_bytecode = True  # the server embeds that folder as it is

# Laid out and compiled once, as the server does: hundreds of harnesses then start in half the time.
_laid_out = tempfile.TemporaryDirectory()
_HARNESS = Path(_laid_out.name) / "python" / "harness.py"
shutil.copytree(PYTHON_DIR, _HARNESS.parent, ignore=shutil.ignore_patterns("tests", "template", "__pycache__"))
compileall.compile_dir(_HARNESS.parent, quiet=2)

# Only a test that would otherwise hang for ever meets it.
PATIENCE_SECONDS = 60

Event = dict[str, Any]
_BEFORE_THE_END = ("log", "reload", "progress", "artifact", "checkpoint")

IMPORTS = "import asyncio, logging, os, sys, threading\nfrom jobs.base_job import BaseJob\n"


class HarnessProcess:
    """A harness with a request on its stdin, held open, and the events descriptor of the protocol."""

    def __init__(self, request: Event | bytes) -> None:
        line = request if isinstance(request, bytes) else json.dumps(request).encode() + b"\n"
        stdin, self._lifeline = os.pipe()
        events, events_write = os.pipe()
        # Files cannot fill up the way an unread pipe does.
        self._stdout, self._stderr = (tempfile.TemporaryFile() for _ in range(2))  # noqa: SIM115 - closed in __exit__
        to = os.POSIX_SPAWN_DUP2
        self.pid = os.posix_spawn(
            sys.executable,
            [sys.executable, "-I", "-B", "-u", "-X", "utf8", str(_HARNESS)],
            {"PATH": os.environ["PATH"]},
            file_actions=[
                (to, stdin, 0),
                (to, self._stdout.fileno(), 1),
                (to, self._stderr.fileno(), 2),
                (to, events_write, 3),
            ],
            setpgroup=0,
        )
        os.close(stdin)
        os.close(events_write)
        self._events = os.fdopen(events, "rb")
        self._exit_code: int | None = None
        self._watchdog = threading.Timer(PATIENCE_SECONDS, self.signal_group, [signal.SIGKILL])
        self._watchdog.start()
        os.write(self._lifeline, line)

    def __enter__(self) -> HarnessProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.signal_group(signal.SIGKILL)
        self.wait()
        self._watchdog.cancel()
        self.die_like_the_server()
        for file in (self._events, self._stdout, self._stderr):
            file.close()

    def next_event(self) -> Event | None:
        """The next event, or None when the descriptor is closed."""
        line = self._events.readline()
        return json.loads(line) if line else None

    def wait_for_log(self, message: str) -> None:
        while (event := self.next_event()) is not None:
            if event.get("message") == message:
                return
        raise AssertionError(f"the task never logged {message!r}; stderr: {self.stderr()}")

    def all_events(self) -> list[Event]:
        return [json.loads(line) for line in self._events]

    def wait(self) -> int:
        """The exit code, or the negative signal number."""
        if self._exit_code is None:
            self._exit_code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self._exit_code

    def signal_group(self, number: int) -> None:
        if self._exit_code is None:
            os.killpg(self.pid, number)

    def die_like_the_server(self) -> None:
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1

    def stdout(self) -> str:
        return self._text(self._stdout)

    def stderr(self) -> str:
        return self._text(self._stderr)

    def _text(self, file: Any) -> str:
        self.wait()
        file.seek(0)
        return file.read().decode()


class TaskTest(unittest.TestCase):
    """A test with a folder for tasks."""

    maxDiff = None

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tasks = Path(folder.name) / "tasks"
        self.folder = Path(folder.name) / "run"  # where the server lets a run work
        for path in (self.tasks, self.folder):
            path.mkdir()
        self.code: Path | None = None
        self.checkpoint: Event = {}

    def write_task(self, source: str, name: str = "sample", **siblings: str) -> Path:
        """Writes `<name>/job.py`, and each sibling as `<key>.py` next to it. Imports come first, on two lines."""
        folder = self.tasks / name
        folder.mkdir(exist_ok=True)
        for key, text in siblings.items():
            (folder / f"{key}.py").write_text(textwrap.dedent(text))
        (folder / "job.py").write_text(textwrap.dedent(source))
        return folder / "job.py"

    def write_execute(self, body: str, head: str = "async def execute(self)") -> Path:
        """Writes a task of which only the body of `execute` matters."""
        lines = textwrap.indent(textwrap.dedent(body).strip(), " " * 8)
        return self.write_task(f"{IMPORTS}log = logging.getLogger('task')\nclass Job(BaseJob):\n    {head}:\n{lines}\n")

    def keep_copies(self, job_file: Path) -> None:
        """From here on the task is imported from copies of its *.py files, made as the server makes them."""
        self.code = self.folder.with_name("copies")
        pattern = "**/*.py" if job_file.name == "job.py" else "*.py"
        for source in job_file.parent.glob(pattern):
            copy = self.code / source.relative_to(job_file.parent)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(source.read_bytes())

    def describe_request(self, job_file: Path) -> Event:
        name = job_file.parent.name if job_file.name == "job.py" else job_file.stem
        return {"mode": "describe", "name": name, "job_file": str(job_file), "code": self.code and str(self.code)}

    def run_request(self, job_file: Path, settings: Event | None = None, **params: Any) -> Event:
        return {
            **self.describe_request(job_file),
            "mode": "run",
            "run_id": "run-1",
            "folder": str(self.folder),
            "settings": settings or {},
            "params": params,
            "checkpoint": self.checkpoint,
        }

    def describe(self, job_file: Path) -> Event:
        """The only event of a describe."""
        return self.ask(self.describe_request(job_file))

    def ask(self, request: Event) -> Event:
        """The only event that answers the request."""
        with HarnessProcess(request) as harness:
            events = harness.all_events()
            self.assertEqual((harness.wait(), len(events)), (0, 1), harness.stderr())
            return events[0]

    def start(self, job_file: Path, settings: Event | None = None, **params: Any) -> HarnessProcess:
        harness = HarnessProcess(self.run_request(job_file, settings, **params))
        self.addCleanup(harness.__exit__)
        return harness

    def run_task(self, job_file: Path, settings: Event | None = None, **params: Any) -> Event:
        """The final event of a run, of which there must be one only. `self.logs` holds the others."""
        self.harness = self.start(job_file, settings, **params)
        *self.logs, final = self.harness.all_events()
        self.assertEqual(self.harness.wait(), 0, self.harness.stderr())
        self.assertNotIn(final["event"], _BEFORE_THE_END)
        for event in self.logs:
            self.assertIn(event["event"], _BEFORE_THE_END)
        return final

    def run_execute(self, body: str, head: str = "async def execute(self)", **params: Any) -> Event:
        """The final event of a run of such a task."""
        return self.run_task(self.write_execute(body, head), **params)

    def assert_result(self, body: str, expected: object) -> None:
        """Runs such a task, which is to return what it has seen."""
        self.assertEqual(self.run_execute(body).get("result"), {"seen": expected}, self.logs)

    def events(self, kind: str) -> list[Event]:
        """Those of one kind that came before the final one, without their kind."""
        found = [event for event in self.logs if event["event"] == kind]
        return [{key: value for key, value in event.items() if key != "event"} for event in found]

    def messages(self) -> list[str]:
        return [event["message"] for event in self.logs if event["event"] == "log"]
