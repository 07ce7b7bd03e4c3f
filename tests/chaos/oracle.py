"""What must be true afterwards, whatever was killed when."""

from __future__ import annotations

import collections
from pathlib import Path

from tests.chaos.database import Database


def problems(database: Database, expected: int, window: str, marks: Path) -> list[str]:
    """Sentences on what is not as it must be; none is good. `window` is a condition on `scheduled_for`."""
    found = []
    occurrences = f"FROM task_runs WHERE schedule_id IS NOT NULL AND {window}"
    written = database.count(f"SELECT COUNT(*) {occurrences}")
    distinct = database.count(f"SELECT COUNT(*) FROM (SELECT DISTINCT schedule_id, scheduled_for {occurrences}) AS d")
    if not written == distinct == expected:
        found.append(f"{expected} occurrences were due, {written} rows were written, for {distinct} occurrences")
    open_rows = database.count("SELECT COUNT(*) FROM task_runs WHERE status IN ('queued', 'running')")
    if open_rows:
        found.append(f"{open_rows} runs never ended")
    started = collections.Counter(line.split()[0] for line in marks.read_text().splitlines())
    twice = [run for run, count in started.items() if count > 1]
    if twice:
        found.append(f"{len(twice)} runs were started more than once")
    successes = {row[0] for row in database.rows("SELECT run_id FROM task_runs WHERE status = 'success'")}
    never = successes - set(started)
    if never:
        found.append(f"{len(never)} runs succeeded without having been started")
    survivors = processes_of_runs(str(marks.parent))
    if survivors:
        found.append(f"processes of runs are alive: {survivors}")
    return found


def processes_of_runs(folder: str) -> list[int]:
    """Processes that a harness below this folder started."""
    alive = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            environment = (process / "environ").read_bytes()
        except OSError:
            continue
        if b"INSIGHTMESH_RUN_ID=" in environment and folder.encode() in environment:
            alive.append(int(process.name))
    return alive
