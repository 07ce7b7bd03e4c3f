"""The database as its own client shows it."""

from __future__ import annotations

import os
import subprocess
import urllib.parse
import uuid


class Database:
    """A new database on one of the servers of scripts/databases."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.server = urllib.parse.urlsplit(os.environ["TEST_MYSQL" if kind == "mysql" else "TEST_POSTGRES"])
        self.name = f"chaos_{uuid.uuid4().hex[:8]}"
        self._ask("postgres" if kind == "postgres" else "mysql", f"CREATE DATABASE {self.name}")

    @property
    def url(self) -> str:
        scheme = "mysql+pymysql" if self.kind == "mysql" else "postgresql+psycopg2"
        return f"{scheme}://{self.server.netloc}/{self.name}"

    def rows(self, sql: str) -> list[list[str]]:
        """The rows of a query, every value as text."""
        return [line.split("\t") for line in self._ask(self.name, sql).splitlines()]

    def count(self, sql: str) -> int:
        return int(self.rows(sql)[0][0])

    def execute(self, sql: str) -> None:
        self._ask(self.name, sql)

    def _ask(self, name: str, sql: str) -> str:
        host, port, user = self.server.hostname, str(self.server.port), self.server.username
        if self.kind == "mysql":
            client = ["mariadb", "--no-defaults", "-h", host, "-P", port, "-u", user, f"-p{self.server.password}"]
            command = [*client, "-N", "-B", name, "-e", sql]
        else:
            client = ["psql", "-X", "-q", "-A", "-t", "-F", "\t", "-h", host, "-p", port, "-U", user, "-d", name]
            command = [*client, "-v", "ON_ERROR_STOP=1", "-c", sql]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603
        if done.returncode != 0:
            raise RuntimeError(f"{sql}: {done.stderr}")
        return done.stdout
