"""The product with the built-in tasks in its tasks folder, used as a person does: forms, credentials, runs."""

from __future__ import annotations

import atexit
import json
import os
import re
import shutil
import sqlite3
import subprocess
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from bench.product import Product

TASKS = Path(__file__).resolve().parents[2] / "external_tasks"
BUILT_IN = ("gdrive_ingest", "metric_sync", "portal_sync", "slack_user_import")
_INSTALL_SECONDS = 240
# Where uv finds packages, certificates and its cache.
_OF_INSTALLING = re.compile(r"HOME$|UV_|PIP_|SSL_|REQUESTS_|NO_PROXY$|HTTPS?_PROXY$|XDG_", re.IGNORECASE)


def wait_for(what: str, condition: Callable[[], Any], seconds: float = 60) -> Any:
    """The first answer of `condition` that is true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} s for {what}")


@dataclass
class Run:
    """How a run ended."""

    id: str
    status: str
    result: dict[str, Any]
    error: str
    log: str

    @property
    def counts(self) -> tuple[int, int, int]:
        return tuple(self.result[f"records_{name}"] for name in ("processed", "success", "failed"))


class _Form(HTMLParser):
    """What a browser would send if nothing was typed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._select: str | None = None
        self._textarea: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        name = told.get("name") or ""
        if tag == "input" and name.startswith("param."):
            is_choice = told.get("type") in ("checkbox", "radio")
            self.values.setdefault(name, [])
            if not is_choice or "checked" in told:
                self.values[name].append(told.get("value") or ("on" if is_choice else ""))
        elif tag == "select" and name.startswith("param."):
            self._select = name
            self.values.setdefault(name, [])
        elif tag == "option" and self._select and "selected" in told:
            self.values[self._select].append(told.get("value") or "")
        elif tag == "textarea" and name.startswith("param."):
            self._textarea = name
            self.values[name] = [""]

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None
        elif tag == "textarea":
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.values[self._textarea][0] += data


class TaskServer(Product):
    """One server, and a session."""

    def __init__(self, binary: str) -> None:
        super().__init__(binary)
        shutil.rmtree(self.folder / "tasks" / "light")
        self.environment.update({name: value for name, value in os.environ.items() if _OF_INSTALLING.match(name)})

    def use_database(self, url: str | None) -> None:
        """Restarts it with another `DATA_DATABASE_URL`, if that is another one."""
        if self.process is not None and self.environment.get("DATA_DATABASE_URL") == url:
            return
        if self.process is not None:
            self.stop()
        self.environment.pop("DATA_DATABASE_URL", None)
        if url is not None:
            self.environment["DATA_DATABASE_URL"] = url
        self.start()

    def add_task(self, task: str) -> None:
        """Copies a built-in task into the tasks folder, if it is not there, and waits until its form is."""
        folder = self.folder / "tasks" / task
        if not folder.exists():
            shutil.copytree(TASKS / task, folder, ignore=shutil.ignore_patterns("__pycache__"))
        wait_for(f"the packages of {task}", lambda: self._has_form(task), _INSTALL_SECONDS)

    def stop(self) -> None:
        super().stop()
        self.process.stdout.close()

    def check_by_command(self, task: str) -> subprocess.CompletedProcess[str]:
        """`insightmesh-tasks task check`, with the packages that the server has already installed."""
        folders = {"DATA_DIR": str(self.folder / "data"), "EXTERNAL_TASKS_PATH": str(self.folder / "tasks")}
        environment = {**self.environment, **folders, "PATH": os.environ["PATH"], "UV": os.environ.get("UV", "uv")}
        command = [self.binary, "task", "check", task]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603

    def credential(self, secret: str) -> str:
        """Saves a credential and returns its id, as a form wants it."""
        name = f"test {uuid.uuid4()}"
        self._expect(303, self.send("POST", "/credentials/new", {"name": name, "secret": secret}))
        return self._one("SELECT id FROM credentials WHERE name = ?", name)["id"]

    def replace_credential(self, id: str, secret: str) -> None:
        self._expect(303, self.send("POST", f"/credentials/{id}/replace", {"secret": secret}))

    def fill_in(self, task: str, **typed: str | list[str] | bool) -> None:
        """Saves the form of the task: as it stands, but for what is typed."""
        answer = self.send("POST", f"/tasks/{task}", self._form(task, typed, "save"))
        if answer[0] != 303:
            raise AssertionError(f"the form of {task} was not taken: {_words(answer[2])}")

    def check(self, task: str) -> str:
        """Presses the button that tries out the settings, and returns what the page says of it."""
        form = [("form_key", "")]
        _, _, body = self.send("POST", f"/tasks/{task}/check", form)
        return _words(body)

    def start_run(self, task: str) -> str:
        status, headers, body = self.send("POST", f"/tasks/{task}/run", {"form_key": str(uuid.uuid4())})
        if status != 303:
            raise AssertionError(f"no run: {status} {body[:500]!r}")
        return headers["location"].rsplit("/", 1)[1]

    def run(self, task: str) -> Run:
        return self.ended(self.start_run(task))

    def ended(self, run_id: str) -> Run:
        """Waits for the end of a run; its stream of events ends with it."""
        self.send("GET", f"/runs/{run_id}/events")
        ended = "SELECT status, result_data, error_message FROM task_runs WHERE run_id = ? AND completed_at > ''"
        row = wait_for(f"the end of run {run_id}", lambda: self._one(ended, run_id))
        log = self.send("GET", f"/runs/{run_id}/log.txt")[2].decode()
        result = json.loads(row["result_data"]) if row["result_data"] else {}
        return Run(run_id, row["status"], result, row["error_message"] or "", log)

    def cancel(self, run_id: str) -> None:
        self._expect(303, self.send("POST", f"/runs/{run_id}/cancel", {}))

    def page_of(self, run_id: str) -> str:
        return self.send("GET", f"/runs/{run_id}")[2].decode()

    def run_of_schedule(self, task: str) -> Run:
        """Makes a schedule for one time, the next minute, and waits for its run."""
        minute = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() + 63))  # 3 seconds away, or up to 63
        form = {
            "kind": "once",
            "once": minute,
            "every": "1",
            "at": "09:00",
            "cron": "",
            "zone": "UTC",
            "action": "save",
        }
        self._expect(303, self.send("POST", f"/tasks/{task}/schedules/new", form))
        newest = "SELECT run_id FROM task_runs WHERE task_name = ? AND schedule_id IS NOT NULL"
        row = wait_for("the schedule", lambda: self._one(newest, task), 130)
        return self.ended(row["run_id"])

    def _form(self, task: str, typed: dict[str, Any], action: str) -> list[tuple[str, str]]:
        values = _Form(self.send("GET", f"/tasks/{task}")[2].decode()).values
        for name, value in typed.items():
            if f"param.{name}" not in values:
                raise AssertionError(f"the form of {task} has no {name}")
            if isinstance(value, bool):
                value = ["true"] if value else []
            values[f"param.{name}"] = value if isinstance(value, list) else [value]
        pairs = [(name, value) for name, several in values.items() for value in several]
        return [*pairs, ("form_key", str(uuid.uuid4())), ("action", action)]

    def _has_form(self, task: str) -> bool:
        return b'name="param.dry_run"' in self.send("GET", f"/tasks/{task}")[2]

    def _one(self, statement: str, *values: str) -> dict[str, Any] | None:
        with sqlite3.connect(self.database, timeout=30) as connection:
            connection.row_factory = sqlite3.Row
            row = connection.execute(statement, values).fetchone()
        connection.close()
        return dict(row) if row is not None else None


def _words(page: bytes) -> str:
    """What a person reads."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.decode().partition("<main")[2]).split())


@cache
def task_server() -> TaskServer:
    """The server of all test modules: the packages of the tasks are installed once."""
    server = TaskServer(os.environ["INSIGHTMESH_BINARY"])
    atexit.register(_end, server)
    return server


def _end(server: TaskServer) -> None:
    if server.process is not None:
        server.stop()
    server.remove()
