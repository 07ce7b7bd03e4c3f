"""The server under measurement: started on a folder of its own and driven over HTTP."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.parse
import uuid
from pathlib import Path

PASSWORD = "correct horse battery staple"  # noqa: S105 - of a server that lives for a minute
LIGHT_JOB = """import asyncio, logging, typing, json, abc
from jobs.base_job import BaseJob


class LightJob(BaseJob):
    JOB_NAME = "Light"

    async def execute(self):
        return {"records_processed": 1, "records_success": 1, "records_failed": 0}


Job = LightJob
"""


class Product:
    """One server process with its data folder, and a signed-in session."""

    def __init__(self, binary: str) -> None:
        self.binary = binary
        self.folder = Path(tempfile.mkdtemp(prefix="insightmesh-bench-"))
        task = self.folder / "tasks" / "light"
        task.mkdir(parents=True)
        (task / "job.py").write_text(LIGHT_JOB)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.cookie = ""
        self.environment: dict[str, str] = {}
        self.process: subprocess.Popen[str] | None = None

    @property
    def database(self) -> Path:
        return self.folder / "data" / "insightmesh.db"

    def start(self) -> float:
        """Starts the server and returns the seconds until it was ready."""
        env = {
            "PATH": os.environ["PATH"],
            "PORT": str(self.port),
            "DATA_DIR": str(self.folder / "data"),
            "EXTERNAL_TASKS_PATH": str(self.folder / "tasks"),
            "SCHEDULER_TIMEZONE": "UTC",
            "RUST_LOG": "warn",
            "UV": os.environ.get("UV", "uv"),
            **self.environment,
        }
        began = time.perf_counter()
        self.process = subprocess.Popen([self.binary], env=env, stdout=subprocess.PIPE, text=True)  # noqa: S603
        for line in self.process.stdout:
            if "is ready" in line:
                ready = time.perf_counter() - began
                break
        else:
            raise RuntimeError("the server did not start")
        if not self.cookie:
            link = next(line for line in self.process.stdout if "/setup?token=" in line)
            self._set_up(re.search(r"/setup\?token=\S+", link).group())
        return ready

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)

    def remove(self) -> None:
        shutil.rmtree(self.folder)

    def _set_up(self, path: str) -> None:
        form = {"token": path.split("=", 1)[1], "name": "bench", "password": PASSWORD}
        status, headers, body = self.send("POST", path, form)
        if status != 303:
            raise RuntimeError(f"set-up answered {status}: {body[:500]!r}")
        self.cookie = headers["set-cookie"].split(";", 1)[0]

    def send(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": self.cookie, "Sec-Fetch-Site": "same-origin"}
        body = None
        if form is not None:
            body = urllib.parse.urlencode(form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        answer = response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
        connection.close()
        return answer

    def save_settings(self, task: str = "light") -> None:
        self._expect(303, self.send("POST", f"/tasks/{task}", {"action": "save", "form_key": str(uuid.uuid4())}))

    def run_once(self) -> float:
        """Starts a run and returns the seconds until its page is told that it ended."""
        began = time.perf_counter()
        answer = self.send("POST", "/tasks/light/run", {"form_key": str(uuid.uuid4())})
        self._expect(303, answer)
        # The stream ends with the run.
        _, _, events = self.send("GET", answer[1]["location"] + "/events")
        took = time.perf_counter() - began
        if b"event: end" not in events:
            raise RuntimeError("the run's stream did not end")
        return took

    def create_schedule(self, kind: str = "minutes", every: str = "1", task: str = "light") -> None:
        form = {"kind": kind, "every": every, "at": "09:00", "cron": "", "zone": "UTC", "action": "save"}
        self._expect(303, self.send("POST", f"/tasks/{task}/schedules/new", form))

    @staticmethod
    def _expect(status: int, answer: tuple[int, dict[str, str], bytes]) -> None:
        if answer[0] != status:
            raise RuntimeError(f"expected {status}, got {answer[0]}: {answer[2][:800]!r}")
