"""The database of the task's own tables: `DATA_DATABASE_URL`, or a SQLite file when the administrator named none.

Each built-in task that keeps tables has the same copy of this file, because a task's folder must work when it is copied
alone; tests/builtin/test_copies.py keeps the copies equal.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    func,
    insert,
    select,
)
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.engine import make_url

_DRIVERS = {"mysql": "mysql+pymysql", "mariadb": "mariadb+pymysql", "postgresql": "postgresql+psycopg"}
_DRIVERS["postgres"] = _DRIVERS["postgresql"]
_INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
CHUNK = 500
"""Keys in one question: every database takes that many."""

Step = Callable[[Connection], None]
_bookkeeping = MetaData()
_migrations = Table(
    "task_data_migrations",
    _bookkeeping,
    Column("task", String(100), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("applied_at", DateTime, server_default=func.current_timestamp(), nullable=False),
)


def key_text(length: int) -> String:
    """Text that identifies: MariaDB and MySQL would otherwise take `aB` and `Ab` for the same."""
    exact = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin")
    return String(length).with_variant(exact, "mysql", "mariadb")


def data_folder(given: str | None) -> Path:
    """Where a task keeps files from run to run; the working folder of a run is deleted after it."""
    folder = Path(given or "~/.local/share/insightmesh-tasks")
    try:
        folder = folder.expanduser()
        if folder.is_absolute():
            folder.mkdir(parents=True, exist_ok=True)
            return folder
    except (OSError, RuntimeError) as error:  # the latter if the server's user has no home
        raise ValueError(f"Data folder: {folder} cannot be made ({error}). Name another one.") from error
    raise ValueError("Data folder: write the full path, since the folder of a run is deleted after it")


def open_database(url: str | None, folder: str | None = None) -> Engine:
    """Connects to `url`, or to `data.db` in the data folder."""
    address = make_url(url or f"sqlite:///{data_folder(folder) / 'data.db'}")
    backend = address.get_backend_name()
    if backend in _DRIVERS:  # whatever driver the address names: these are the ones that the task brings
        return create_engine(address.set(drivername=_DRIVERS[backend]), pool_pre_ping=True)
    if backend != "sqlite":
        raise ValueError(f"DATA_DATABASE_URL: {backend} is none of SQLite, MySQL, MariaDB and PostgreSQL")
    if not os.path.isabs(address.database or ""):
        raise ValueError("DATA_DATABASE_URL must name the file with its full path: sqlite:////srv/data.db")
    engine = create_engine(address, connect_args={"timeout": 30})
    event.listen(engine, "connect", _for_small_commits)
    return engine


def _for_small_commits(connection: Any, _: Any) -> None:
    """A commit after each batch need not wait for the disk: what a power cut takes, the next run does again."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


def migrate(engine: Engine, task: str, steps: Sequence[Step]) -> None:
    """Applies the steps that this database has not seen yet, each of them once. New ones are added at the end only."""
    _bookkeeping.create_all(engine)
    seen = select(func.max(_migrations.c.version)).where(_migrations.c.task == task)
    with engine.connect() as connection:
        done = connection.execute(seen).scalar() or 0
    for version, step in enumerate(steps[done:], done + 1):
        with engine.begin() as connection:
            step(connection)
            connection.execute(insert(_migrations).values(task=task, version=version))


def upsert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]], key: Sequence[str]) -> None:
    """Inserts the rows, or updates those whose key is there. The rows need the same columns."""
    if not rows:
        return
    changing = [name for name in rows[0] if name not in key and name != "created_at"]
    backend = connection.dialect.name
    if backend in _INSERTS:
        statement = _INSERTS[backend](table)
        new = {name: statement.excluded[name] for name in changing}
        connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=new), rows)
    else:
        statement = mysql.insert(table)
        new = {name: statement.inserted[name] for name in changing}
        connection.execute(statement.on_duplicate_key_update(new), rows)


def in_chunks(items: Sequence[Any], size: int = CHUNK) -> Iterator[Sequence[Any]]:
    """The items, so many at a time."""
    return (items[start : start + size] for start in range(0, len(items), size))
