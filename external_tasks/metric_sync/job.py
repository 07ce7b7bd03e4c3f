"""Metric Sync: keeps employees, projects, clients and allocations of Metric in a table and in the vector store."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timezone
from typing import Any

from database import migrate, open_database
from embeddings import embedder
from kinds import READERS, id_of
from metric import Metric
from records import Record, Records, summary
from retries import RefusedItem
from tables import MIGRATIONS, RECORDS
from vectors import open_vectors, vector_params

from config.settings import TasksSettings
from jobs.base_job import BaseJob

logger = logging.getLogger(__name__)

METRIC_URL = "https://api.psa.metric.ai/api/"
NAMES = {"employees": "employee", "projects": "project", "groups": "client", "allocations": "allocation"}


class MetricSyncJob(BaseJob):
    """Reads what the settings ask for, stores what changed, and takes away what is gone."""

    JOB_NAME = "Metric Sync"
    JOB_DESCRIPTION = "Keeps employees, projects, clients and allocations of Metric in a table and in the vector store"
    TAGS = ["metric"]
    LIMITS = {"runs": 1}

    OPTIONAL_PARAMS = [
        {
            "name": "metric_key",
            "label": "Key of Metric",
            "type": "credential",
            "description": "Saved credential with the API key. Left empty, the server's METRICS_API_KEY is used.",
        },
        {"name": "sync_employees", "label": "Employees", "type": "checkbox", "default": True, "group": "What to sync"},
        {
            "name": "sync_projects",
            "label": "Projects",
            "type": "checkbox",
            "default": True,
            "description": "Those that are billed to a client.",
            "group": "What to sync",
        },
        {"name": "sync_clients", "label": "Clients", "type": "checkbox", "default": True, "group": "What to sync"},
        {
            "name": "sync_allocations",
            "label": "Allocations",
            "type": "checkbox",
            "default": False,
            "description": "Who works on which project, and when.",
            "group": "What to sync",
        },
        {
            "name": "first_year",
            "label": "Allocations from the year",
            "type": "integer",
            "default": 2020,
            "min": 1990,
            "max": 2100,
            "group": "What to sync",
            "depends_on": "sync_allocations",
        },
        {
            "name": "dry_run",
            "label": "Only show what would change",
            "type": "checkbox",
            "default": False,
            "description": "Reads everything and counts, but stores nothing.",
        },
        {
            "name": "metric_url",
            "label": "Address of Metric",
            "type": "url",
            "placeholder": METRIC_URL,
            "description": "For a proxy. Left empty, the server's METRICS_API_URL is used, or Metric's own address.",
            "advanced": True,
        },
        {
            "name": "page_size",
            "label": "Records in one question",
            "type": "integer",
            "default": 200,
            "min": 1,
            "max": 1000,
            "description": "For lists that Metric sends in pages.",
            "advanced": True,
        },
        *vector_params("metric"),
    ]

    def __init__(
        self,
        settings: TasksSettings,
        *,
        metric_key: str | None = None,
        metric_url: str | None = None,
        page_size: int = 200,
        collection: str = "metric",
        **options: Any,
    ) -> None:
        super().__init__(settings, collection=collection, **options)
        key = (metric_key or settings.metrics_api_key or "").strip()
        if not key:
            raise ValueError("Key of Metric: choose a credential, or have METRICS_API_KEY set on the server")
        self.url = metric_url or settings.metrics_api_url or METRIC_URL
        self.metric = Metric(self.url, key, page_size)
        wanted = {"employees": True, "projects": True, "clients": True, "allocations": False}
        chosen = {name for name, default in wanted.items() if options.get(f"sync_{name}", default)}
        if not chosen:
            raise ValueError("What to sync: tick at least one")
        self.kinds = [kind for kind in NAMES if kind in chosen or (kind == "groups" and "clients" in chosen)]
        self.dry_run = bool(options.get("dry_run"))
        self.unreadable: dict[str, list[str]] = {}

    def check(self) -> str:
        """Reads the first page of what would be synced, and opens the vector store."""
        found = next(self.metric.read(self.kinds[0], self._years()[0] if self.kinds[0] == "allocations" else ""))
        with open_vectors(self.params, embedder(self.params)):
            return f"Metric answers; the first page has {len(found)} {NAMES[self.kinds[0]]} records."

    def execute(self) -> dict[str, Any]:
        """Syncs one kind after the other. One that Metric refuses fails alone."""
        engine = open_database(self.settings.data_database_url, self.params.get("data_folder"))
        migrate(engine, "metric_sync", MIGRATIONS)
        by_kind: dict[str, dict[str, int]] = {}
        with ExitStack() as stack:
            vectors = None
            if not self.dry_run:
                vectors = stack.enter_context(open_vectors(self.params, embedder(self.params)))
            records = Records(engine, RECORDS, self.url, vectors, dry_run=self.dry_run)
            for kind in self.kinds:
                before = records.counts.copy()
                self._sync(kind, records)
                by_kind[f"{NAMES[kind]}s"] = dict(records.counts - before)
        result = summary(records.counts, dry_run=self.dry_run)
        logger.info(result["details"])
        return {**result, "by_kind": by_kind}

    def _sync(self, kind: str, records: Records) -> None:
        unreadable = self.unreadable.setdefault(kind, [])
        try:
            found = list(self._read(kind, unreadable))
        except RefusedItem as error:
            logger.error("%s: %s", kind, error)
            records.counts["failed"] += 1
            return
        done = 0

        def progress(more: int) -> None:
            nonlocal done
            done += more
            self.progress(done, len(found), f"Storing {NAMES[kind]} records")

        records.sync(NAMES[kind], found, set(unreadable), progress)
        records.counts["failed"] += len(unreadable)

    def _read(self, kind: str, unreadable: list[str]) -> Iterator[Record]:
        number = 0
        for arguments in self._years() if kind == "allocations" else [""]:
            try:
                for page in self.metric.read(kind, arguments):
                    for told in page:
                        number += 1
                        try:
                            record = READERS[kind](told)
                        except (KeyError, TypeError, ValueError, AttributeError):
                            unreadable.append(id_of(told))
                            logger.error("%s number %d cannot be read", NAMES[kind].capitalize(), number)
                            continue
                        if record is not None:
                            yield record
                    self.progress(number, text=f"Reading {NAMES[kind]} records")
            except RefusedItem as error:
                if kind != "allocations":
                    raise
                unreadable.append("")  # so that nothing of this year is taken away
                logger.error("Allocations (%s): %s", arguments, error)

    def _years(self) -> list[str]:
        """Metric is asked for allocations year by year; next year's may be planned already."""
        first, now = int(self.params.get("first_year") or 2020), datetime.now(timezone.utc).year
        years = range(min(first, now), now + 2)
        return [f'startDate: "{year}-01-01", endDate: "{year}-12-31"' for year in years]


Job = MetricSyncJob
