"""Many every-minute schedules on servers that share a database, the busiest of which is killed again and again.

Every occurrence must be written down exactly once, nothing may stay in the middle, no process may survive.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from datetime import datetime, timedelta, timezone

from tests.chaos.database import Database
from tests.chaos.oracle import problems
from tests.chaos.servers import Group, wait_for

# A dead server's runs are closed when their lease of 60 s has run out and a look every 15 s finds that.
SETTLE = 150


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--binary", required=True)
    arguments.add_argument("--databases", nargs="+", default=["mysql", "postgres"])
    arguments.add_argument("--servers", type=int, default=2)
    arguments.add_argument("--schedules", type=int, default=500)
    arguments.add_argument("--minutes", type=int, default=10)
    arguments.add_argument("--task-seconds", type=float, default=0, help="how long each run takes besides its start")
    arguments.add_argument("--kill-every", type=int, default=20, help="seconds")
    arguments.add_argument("--at-once", action="store_true", help="all databases at the same time")
    options = arguments.parse_args()
    results: dict[str, dict[str, object]] = {}

    def one(kind: str) -> None:
        try:
            results[kind] = f55_f56_killed_servers_lose_and_double_nothing(kind, options)
        except Exception as error:
            results[kind] = {"problems": [f"{type(error).__name__}: {error}"]}

    threads = [threading.Thread(target=one, args=(kind,)) for kind in options.databases]
    for thread in threads:
        thread.start()
        if not options.at_once:
            thread.join()
    for thread in threads:
        thread.join()
    print(json.dumps(results, indent=2))
    failed = sum(bool(result["problems"]) for result in results.values())
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


def f55_f56_killed_servers_lose_and_double_nothing(kind: str, options: argparse.Namespace) -> dict[str, object]:
    database = Database(kind)
    group = Group(options.binary, database, options.servers, options.task_seconds)
    try:
        for number in range(options.schedules):
            group.servers[number % options.servers].create_schedule()
        # From the next full minute on all of them are there.
        first = (datetime.now(timezone.utc) + timedelta(minutes=1)).replace(second=0, microsecond=0)
        last = first + timedelta(minutes=options.minutes)
        kills = disturb(group, last + timedelta(seconds=30), options.kill_every)
        # A whole minute after the last occurrence that counts, so that a late one is not cut off.
        database.execute("UPDATE schedules SET paused = TRUE, next_run_at = NULL")
        open_rows = "SELECT COUNT(*) FROM task_runs WHERE status IN ('queued', 'running')"
        wait_for(SETTLE + options.schedules, lambda: database.count(open_rows) == 0)
        window = f"scheduled_for >= '{first:%Y-%m-%d %H:%M:%S}' AND scheduled_for < '{last:%Y-%m-%d %H:%M:%S}'"
        group.stop()
        expected = options.schedules * options.minutes
        return {
            "servers": options.servers,
            "schedules": options.schedules,
            "minutes": options.minutes,
            "kills": kills,
            "occurrences": expected,
            "ends": dict(database.rows(f"SELECT status, COUNT(*) FROM task_runs WHERE {window} GROUP BY status")),
            "problems": problems(database, expected, window, group.marks),
        }
    finally:
        group.remove()


def disturb(group: Group, until: datetime, every: int) -> int:
    """Kills the busiest server again and again, and starts it at once."""
    kills = 0
    while datetime.now(timezone.utc) < until:
        time.sleep(every)
        group.kill_and_restart(group.busiest())
        kills += 1
    return kills


if __name__ == "__main__":
    sys.exit(main())
