"""What the tests of all built-in tasks share: a server on SQLite and on MariaDB, and looks at what a run left."""

from __future__ import annotations

import os
import shutil
import tempfile
import unittest
from pathlib import Path
from typing import Any

from qdrant_client import QdrantClient
from sqlalchemy import Engine, create_engine, make_url, text

from tests.builtin.product import Run, TaskServer, task_server
from tests.builtin.service import Service

_NAME = f"builtin_{os.getpid()}"
"""Of the test database: two halves of the tests run beside each other."""


class OnSqlite:
    """`DATA_DATABASE_URL` is not set, so that the tables are in a file of the data folder."""

    data: Path

    def database_url(self) -> str | None:
        return None

    def empty_database(self) -> Engine:
        return create_engine(f"sqlite:///{self.data / 'data.db'}")


class OnMariaDb:
    """One database, made anew for each test. `scripts/databases` starts the server."""

    def database_url(self) -> str | None:
        return f"{os.environ['TEST_MYSQL']}/{_NAME}"

    def empty_database(self) -> Engine:
        url = make_url(os.environ["TEST_MYSQL"]).set(drivername="mysql+pymysql")
        server = create_engine(url)
        with server.begin() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {_NAME}"))
            connection.execute(text(f"CREATE DATABASE {_NAME} CHARACTER SET utf8mb4"))
        server.dispose()
        return create_engine(url.set(database=_NAME))


class OnPostgres:
    """The same on PostgreSQL."""

    def database_url(self) -> str | None:
        return f"{os.environ['TEST_POSTGRES']}/{_NAME}"

    def empty_database(self) -> Engine:
        url = make_url(os.environ["TEST_POSTGRES"]).set(drivername="postgresql+psycopg")
        server = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {_NAME} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {_NAME}"))
        server.dispose()
        return create_engine(url.set(database=_NAME))


class TaskCase(unittest.TestCase):
    """One task and the service that it reads."""

    task: str
    service: Service
    server: TaskServer

    def setUp(self) -> None:
        self.data = Path(tempfile.mkdtemp(prefix="insightmesh-builtin-"))
        self.addCleanup(shutil.rmtree, self.data)
        self.engine = self.empty_database()
        self.addCleanup(self.engine.dispose)
        self.server = task_server()
        self.server.use_database(self.database_url())
        self.server.add_task(self.task)
        self.service = self.start_service()
        self.addCleanup(self.service.stop)

    def start_service(self) -> Service:
        raise NotImplementedError

    def assert_passes_its_check(self) -> None:
        """By the command that developers use: no warnings, and its own tests pass."""
        done = self.server.check_by_command(self.task)
        said = done.stdout + done.stderr
        self.assertEqual(done.returncode, 0, said)
        self.assertNotIn("arning", said)
        self.assertIn("Its tests pass", said)

    def run_task(self) -> Run:
        return self.server.run(self.task)

    def succeed(self) -> dict[str, Any]:
        """A run that has to end well; returns its result."""
        run = self.run_task()
        self.assertEqual(run.status, "success", f"{run.error}\n{run.log}")
        return run.result

    def cancel_at(self, pattern: str, after: int = 0, service: Service | None = None) -> Run:
        """A run that is cancelled while the service, or another one, holds back a request."""
        gate = (service or self.service).hold(pattern, after)
        run_id = self.server.start_run(self.task)
        self.assertTrue(gate.reached.wait(60), "the run never got there")
        self.server.cancel(run_id)
        run = self.server.ended(run_id)
        gate.opened.set()
        self.assertEqual(run.status, "cancelled", run.log)
        return run

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]

    def everything(self, table: str) -> list[tuple[Any, ...]]:
        """To be compared with the same later, times of change included."""
        return self.rows(f"SELECT * FROM {table} ORDER BY id")  # noqa: S608 - of the tests' own words

    def points(self, collection: str) -> list[dict[str, Any]]:
        """What is in the embedded vector store: the payload of every point."""
        client = QdrantClient(path=str(self.data / "vectors" / collection))
        try:
            if not client.collection_exists(collection):
                return []
            return [point.payload for point in client.scroll(collection, limit=100_000)[0]]
        finally:
            client.close()
