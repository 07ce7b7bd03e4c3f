"""Five thousand schedules due at one moment (fault case F57): when all are queued, and how pages answer meanwhile.

`scripts/databases python3 -m bench.burst --binary <server>` writes bench/burst.json.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import threading
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Protocol

from bench.__main__ import summary
from bench.product import Product
from tests.chaos.database import Database

SCHEDULES = 5000
TASKS = 50
# Pages are asked for so long after the moment, whatever happens.
LOOKED_AT_SECONDS = 20
COLUMNS = "task_name, rule, zone, anchor, paused, next_run_at, policy, created_by, created_at"

# A new id, and a moment ten seconds away, as each database says it.
WORDS = {
    "sqlite": ("lower(hex(randomblob(16)))", "strftime('%Y-%m-%d %H:%M:%f', 'now', '+10 seconds')"),
    "mysql": ("LEFT(UUID(), 36)", "UTC_TIMESTAMP(3) + INTERVAL 10 SECOND"),
    "postgres": ("gen_random_uuid()::text", "(now() AT TIME ZONE 'utc') + INTERVAL '10 seconds'"),
}


class Store(Protocol):
    """The part of a database that is needed here."""

    def execute(self, sql: str) -> None: ...

    def count(self, sql: str) -> int: ...


class File:
    """The SQLite file of a product."""

    def __init__(self, product: Product) -> None:
        self.connection = sqlite3.connect(product.database, timeout=30, isolation_level=None)

    def execute(self, sql: str) -> None:
        self.connection.execute(sql)

    def count(self, sql: str) -> int:
        return int(self.connection.execute(sql).fetchone()[0])


class Visitor(threading.Thread):
    """Somebody who opens pages one after the other."""

    def __init__(self, product: Product, until: float) -> None:
        super().__init__()
        self.product = product
        self.until = until
        self.visits: list[tuple[str, float, float]] = []

    def run(self) -> None:
        while time.time() < self.until:
            for path in ("/tasks", "/tasks/light_7", "/runs"):
                at, began = time.time(), time.perf_counter()
                status, _, _ = self.product.send("GET", path)
                if status != 200:
                    raise RuntimeError(f"{path} answered {status}")
                self.visits.append((path, at, time.perf_counter() - began))


def burst(product: Product, store: Store, kind: str) -> dict[str, object]:
    """Makes the schedules due at one moment and looks on."""
    new_id, moment = WORDS[kind]
    for number in range(TASKS):
        product.create_schedule("days", "30", task=f"light_{number}")
    copy = f"INSERT INTO schedules (id, {COLUMNS}) SELECT {new_id}, {COLUMNS} FROM schedules LIMIT "  # noqa: S608 - ours
    while (there := store.count("SELECT COUNT(*) FROM schedules")) < SCHEDULES:
        store.execute(f"{copy} {SCHEDULES - there}")
    due = time.time() + 10
    store.execute(f"UPDATE schedules SET next_run_at = {moment}")  # noqa: S608 - ours
    visitor = Visitor(product, due + LOOKED_AT_SECONDS)
    # An ordinary change makes the scheduler look; this one is due much later.
    product.create_schedule("days", "31")
    time.sleep(max(0.0, due - 0.2 - time.time()))
    visitor.start()
    queued = None
    while queued is None and time.time() < due + 60:
        if store.count("SELECT COUNT(*) FROM task_runs") >= SCHEDULES:
            queued = time.time()
        else:
            time.sleep(0.02)
    visitor.join()
    if queued is None:
        raise RuntimeError("not all were queued in a minute")
    if not any(at < queued for _, at, _ in visitor.visits):
        raise RuntimeError("no page was asked for in time")
    return {
        "due_to_all_queued_seconds": round(queued - due, 2),
        "pages_until_then": by_page([(path, took) for path, at, took in visitor.visits if at < queued]),
        "pages_while_eight_runs_go": by_page([(path, took) for path, at, took in visitor.visits if at >= queued]),
    }


def by_page(visits: list[tuple[str, float]]) -> dict[str, object]:
    """The times of all pages together, and of each."""
    paths = sorted({path for path, _ in visits})
    each = {path: summary([took for other, took in visits if other == path]) for path in paths}
    return {"asked": len(visits), **summary([took for _, took in visits]), **each}


def measured(binary: str, kind: str) -> dict[str, object]:
    """On one database, with a server of its own."""
    product = Product(binary)
    database = None if kind == "sqlite" else Database(kind)
    if database is not None:
        product.environment["TASK_DATABASE_URL"] = database.url
    try:
        for number in range(TASKS):
            shutil.copytree(product.folder / "tasks" / "light", product.folder / "tasks" / f"light_{number}")
        product.start()
        for number in range(TASKS):
            product.save_settings(f"light_{number}")
        return burst(product, database or File(product), kind)
    finally:
        product.process.kill()
        product.process.wait(30)
        product.remove()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--out", default="bench/burst.json")
    options = parser.parse_args()
    results = {
        "measured_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "schedules": SCHEDULES,
        **{kind: measured(options.binary, kind) for kind in WORDS},
    }
    Path(options.out).write_text(json.dumps(results, indent=2) + "\n")
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
