"""Servers that share a database, each with a data folder of its own, and the killing of them."""

from __future__ import annotations

import shutil
import time

from bench.product import Product
from tests.chaos.database import Database

JOB = """import asyncio, os
from jobs.base_job import BaseJob

MARKS = {marks!r}


class LightJob(BaseJob):
    JOB_NAME = "Light"

    async def execute(self):
        with open(MARKS, "a") as marks:
            marks.write(f"{{os.environ['INSIGHTMESH_RUN_ID']}} {{os.getpid()}}\\n")
        await asyncio.sleep({seconds})
        return {{"records_processed": 1, "records_success": 1, "records_failed": 0}}


Job = LightJob
"""


class Group:
    """So many servers, the first of which has the key and the session."""

    def __init__(self, binary: str, database: Database, count: int, task_seconds: float) -> None:
        self.database = database
        self.servers = [Product(binary) for _ in range(count)]
        first = self.servers[0]
        self.marks = first.folder / "marks"
        self.marks.touch()
        (first.folder / "tasks" / "light" / "job.py").write_text(
            JOB.format(marks=str(self.marks), seconds=task_seconds)
        )
        for server in self.servers:
            server.environment = {
                "TASK_DATABASE_URL": database.url,
                "SECRET_KEY_FILE": str(first.folder / "secret.key"),
                "FILES_DIR": str(first.folder / "files"),
                "EXTERNAL_TASKS_PATH": str(first.folder / "tasks"),
                "MAX_CONCURRENT_RUNS": "4",
            }
        first.start()
        for server in self.servers[1:]:
            server.cookie = first.cookie
            server.start()

    def busiest(self) -> Product:
        """The server with most runs in its hands."""
        rows = self.database.rows(
            "SELECT worker_id, COUNT(*) FROM task_runs WHERE status = 'running' GROUP BY worker_id"
        )
        runs = {worker: int(count) for worker, count in rows}
        return max(self.servers, key=lambda server: runs.get(self.boot(server), 0))

    @staticmethod
    def boot(server: Product) -> str:
        return (server.folder / "data" / "boot").read_text()

    @staticmethod
    def kill_and_restart(server: Product) -> None:
        server.process.kill()
        server.process.wait(30)
        server.start()

    def stop(self) -> None:
        for server in self.servers:
            server.process.terminate()
        for server in self.servers:
            server.process.wait(60)

    def remove(self) -> None:
        for server in self.servers:
            if server.process.poll() is None:
                server.process.kill()
            shutil.rmtree(server.folder, ignore_errors=True)


def wait_for(seconds: float, condition) -> bool:
    """Looks twice a second."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.5)
    return False
