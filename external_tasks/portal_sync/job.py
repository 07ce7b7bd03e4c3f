"""Portal Sync: keeps employees of the portal, with their skills, in a table and in the vector store."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any

from database import migrate, open_database
from embeddings import embedder
from portal import Portal, id_of, record
from records import Record, Records, summary
from tables import EMPLOYEES, MIGRATIONS, write_skills
from vectors import open_vectors, vector_params

from config.settings import TasksSettings
from jobs.base_job import BaseJob

logger = logging.getLogger(__name__)


class PortalSyncJob(BaseJob):
    """Reads all employees, stores what changed, and deactivates who is gone."""

    JOB_NAME = "Portal Sync"
    JOB_DESCRIPTION = "Keeps employees of the portal, with their skills, in a table and in the vector store"
    TAGS = ["portal"]
    LIMITS = {"runs": 1}

    OPTIONAL_PARAMS = [
        {
            "name": "portal_secret",
            "label": "Portal secret",
            "type": "credential",
            "description": "Saved credential with the secret that requests are signed with. Left empty, the server's "
            "PORTAL_SECRET is used.",
            "group": "Portal",
        },
        {
            "name": "portal_email",
            "label": "Sign in as",
            "type": "email",
            "description": "The portal's account for this task. Left empty, the server's PORTAL_EMAIL is used.",
            "group": "Portal",
        },
        {
            "name": "portal_url",
            "label": "Address of the portal",
            "type": "url",
            "description": "Left empty, the server's PORTAL_URL is used.",
            "placeholder": "https://portal.example.org",
            "group": "Portal",
        },
        {
            "name": "write_vectors",
            "label": "Make employees searchable",
            "type": "checkbox",
            "default": True,
            "description": "Puts a text about each employee into the vector store, beside the table.",
        },
        {
            "name": "dry_run",
            "label": "Only show what would change",
            "type": "checkbox",
            "default": False,
            "description": "Reads everything and counts, but writes nothing.",
        },
        *vector_params("portal"),
    ]

    def __init__(
        self,
        settings: TasksSettings,
        *,
        portal_secret: str | None = None,
        portal_email: str | None = None,
        portal_url: str | None = None,
        write_vectors: bool = True,
        collection: str = "portal",
        **options: Any,
    ) -> None:
        super().__init__(settings, collection=collection, **options)
        secret = (portal_secret or settings.portal_secret or "").strip()
        if not secret:
            raise ValueError("Portal secret: choose a credential, or have PORTAL_SECRET set on the server")
        self.url = (portal_url or settings.portal_url).rstrip("/")
        self.portal = Portal(self.url, portal_email or settings.portal_email, secret)
        self.write_vectors = write_vectors
        self.dry_run = bool(options.get("dry_run"))
        self.unreadable: list[str] = []

    def check(self) -> str:
        """Reads the first page of employees, and opens the vector store."""
        employees = next(self.portal.employees())
        if self.write_vectors:
            with open_vectors(self.params, embedder(self.params)):
                pass
        return f"The portal answers; its first page has {len(employees)} employees."

    def execute(self) -> dict[str, Any]:
        """Syncs all employees."""
        engine = open_database(self.settings.data_database_url, self.params.get("data_folder"))
        migrate(engine, "portal_sync", MIGRATIONS)
        employees = list(self._employees())
        done = 0

        def progress(more: int) -> None:
            nonlocal done
            done += more
            self.progress(done, len(employees), "Storing employees")

        with ExitStack() as stack:
            vectors = None
            if self.write_vectors and not self.dry_run:
                vectors = stack.enter_context(open_vectors(self.params, embedder(self.params)))
            records = Records(engine, EMPLOYEES, self.url, vectors, dry_run=self.dry_run)
            records.on_written = partial(write_skills, self.url)
            records.sync("employee", employees, set(self.unreadable), progress)
        records.counts["failed"] += len(self.unreadable)
        result = summary(records.counts, dry_run=self.dry_run)
        logger.info(result["details"])
        return result

    def _employees(self) -> Iterator[Record]:
        for number, page in enumerate(self.portal.employees(), 1):
            self.progress(0, text=f"Reading page {number}")
            for place, employee in enumerate(page, 1):
                try:
                    yield record(employee)
                except (KeyError, TypeError, ValueError, AttributeError):
                    self.unreadable.append(id_of(employee))
                    logger.error("Employee %d on page %d cannot be read", place, number)


Job = PortalSyncJob
