"""Runs all measurements in one go, so that their ratios mean something."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

from bench.product import Product

RUNS = 40
SCHEDULES = 100
HISTORY = 100_000
FIRST_RUN = datetime(2026, 1, 1)
BARE = [sys.executable, "-I", "-c", "import asyncio, logging, typing, json, abc"]


def summary(seconds: list[float]) -> dict[str, float]:
    """Median and 95th percentile in milliseconds."""
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return {"median_ms": round(statistics.median(ordered) * 1000, 2), "p95_ms": round(p95 * 1000, 2)}


def cold_start(product: Product) -> dict[str, object]:
    """Whole runs against bare interpreter starts, turn about."""
    product.run_once()
    bare, runs = [], []
    for _ in range(RUNS):
        began = time.perf_counter()
        subprocess.run(BARE, check=True)  # noqa: S603 - our own interpreter
        bare.append(time.perf_counter() - began)
        runs.append(product.run_once())
    return {
        "runs": RUNS,
        "bare_python": summary(bare),
        "run": summary(runs),
        "cold_ratio": round(sum(runs) / sum(bare), 3),
    }


def idle(product: Product) -> dict[str, float]:
    """Memory and processor use of a server with nothing to do."""
    status = Path(f"/proc/{product.process.pid}/status").read_text()
    resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))

    def used() -> float:
        fields = Path(f"/proc/{product.process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    before, began = used(), time.monotonic()
    time.sleep(20)
    share = (used() - before) / (time.monotonic() - began)
    return {"resident_mib": round(resident / 1024, 1), "cpu_percent_of_one_core": round(share * 100, 3)}


def lateness(product: Product) -> dict[str, object]:
    """Schedules due at the same minute: how late each occurrence was written down and started."""
    for _ in range(SCHEDULES):
        product.create_schedule()
    connection = sqlite3.connect(f"file:{product.database}?mode=ro", uri=True)
    rows: list[tuple[float, float]] = []
    deadline = time.monotonic() + 150
    while len(rows) < SCHEDULES and time.monotonic() < deadline:
        time.sleep(1)
        rows = connection.execute(
            "SELECT (julianday(queued_at) - julianday(scheduled_for)) * 86400,"
            " (julianday(started_at) - julianday(scheduled_for)) * 86400"
            " FROM task_runs WHERE status = 'success' AND scheduled_for ="
            " (SELECT scheduled_for FROM task_runs WHERE scheduled_for IS NOT NULL"
            "  GROUP BY scheduled_for ORDER BY COUNT(*) DESC LIMIT 1)"
        ).fetchall()
    connection.close()
    queued, started = [row[0] for row in rows], [row[1] for row in rows]
    return {
        "schedules": SCHEDULES,
        "ran": len(rows),
        "due_to_queued": summary(queued),
        "due_to_started": summary(started),
        "last_started_ms": round(max(started) * 1000, 2),
    }


def seed(product: Product) -> None:
    """A history of a hundred thousand runs, one in twenty failed, over 25 tasks."""
    connection = sqlite3.connect(product.database)
    connection.execute("DELETE FROM schedules")
    snapshot = '{"params":{}}'
    rows = []
    for n in range(HISTORY):
        at = (FIRST_RUN + timedelta(minutes=n)).isoformat(" ", "milliseconds")
        task = f"task_{n % 24}" if n % 4 else "light"
        rows.append((f"seed-{n}", task, "failed" if n % 20 == 0 else "success", at, at, at, snapshot, at))
    connection.executemany(
        "INSERT INTO task_runs (run_id, task_name, status, triggered_by, queued_at, started_at, completed_at,"
        " task_config_snapshot, updated_at) VALUES (?, ?, ?, 'manual', ?, ?, ?, ?, ?)",
        rows,
    )
    connection.commit()
    connection.close()


def pages(product: Product) -> dict[str, dict[str, float]]:
    """Time to the last byte of each list, thirty times."""
    paths = [
        "/tasks",
        "/tasks/light",
        "/runs",
        "/runs?status=failed",
        "/runs?task=light",
        "/runs?task=light&status=failed",
    ]
    times: dict[str, dict[str, float]] = {}
    for path in paths:
        product.send("GET", path)
        seconds = []
        for _ in range(30):
            began = time.perf_counter()
            status, _, _ = product.send("GET", path)
            seconds.append(time.perf_counter() - began)
            if status != 200:
                raise RuntimeError(f"{path} answered {status}")
        times[path] = summary(seconds)
    return times


def page_figures(product: Product) -> dict[str, object]:
    small = pages(product)
    product.stop()
    seed(product)
    started = product.start()
    large = pages(product)
    worst = max(large[path]["median_ms"] / small[path]["median_ms"] for path in small)
    return {
        "history": HISTORY,
        "short_history": small,
        "long_history": large,
        "worst_ratio_long_to_short": round(worst, 2),
        "start_seconds_with_long_history": round(started, 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    product = Product(options.binary)
    try:
        started = product.start()
        product.save_settings()
        results = {
            "measured_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "kernel": platform.release()},
            "first_start_seconds": round(started, 3),
            "binary_mib": round(Path(options.binary).stat().st_size / 1024 / 1024, 1),
            "cold_start": cold_start(product),
            "idle": idle(product),
            "lateness": lateness(product),
            "pages": page_figures(product),
        }
    finally:
        product.stop()
        product.remove()
    Path(options.out).write_text(json.dumps(results, indent=2) + "\n")
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
