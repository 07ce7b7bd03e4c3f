"""A run of eleven minutes on each database: it must run once, and its end must be its own (apalis#530).

`scripts/databases python3 -m tests.chaos.long --binary <server>`; the three go on at the same time.
"""

from __future__ import annotations

import argparse
import sys
import time

from bench.product import Product
from tests.chaos.database import Database

MINUTES = 11
TASK = f"""
import asyncio, os
from jobs.base_job import BaseJob


class LongJob(BaseJob):
    JOB_NAME = "Long"

    async def execute(self):
        with open(os.path.join(os.path.dirname(__file__), "begun"), "a") as begun:
            begun.write(f"{{os.getpid()}}\\n")
        await asyncio.sleep({MINUTES * 60})
        return {{"records_processed": 1, "records_success": 1, "records_failed": 0}}


Job = LongJob
"""


def begin(binary: str, kind: str) -> Product:
    """A server whose one task has been started."""
    product = Product(binary)
    (product.folder / "tasks" / "light" / "job.py").write_text(TASK)
    if kind != "sqlite":
        product.environment["TASK_DATABASE_URL"] = Database(kind).url
    product.start()
    product.save_settings()
    status, headers, _ = product.send("POST", "/tasks/light/run", {"form_key": kind})
    if status != 303:
        raise RuntimeError(f"{kind}: the start answered {status}")
    product.run = headers["location"]
    return product


def problem(product: Product) -> str | None:
    """What is wrong with the run after its time."""
    _, _, page = product.send("GET", product.run)
    begun = (product.folder / "tasks" / "light" / "begun").read_text().split()
    _, _, runs = product.send("GET", "/runs?task=light")
    if len(begun) != 1:
        return f"begun {len(begun)} times"
    if b"Succeeded" not in page:
        return "not succeeded"
    if runs.count(b'href="/runs/') != 1:
        return f"{runs.count(b'href=')} runs in the list"
    return None


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    options = parser.parse_args()
    products = {kind: begin(options.binary, kind) for kind in ("sqlite", "mysql", "postgres")}
    time.sleep(MINUTES * 60 + 15)
    problems = {kind: problem(product) for kind, product in products.items()}
    for product in products.values():
        product.stop()
        product.remove()
    print(problems)
    sys.exit(any(problems.values()))


if __name__ == "__main__":
    main()
