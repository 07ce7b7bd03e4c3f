"""Google Drive Ingestion: makes the documents of a Drive folder searchable, and keeps them so."""

import logging
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from database import migrate, open_database
from embeddings import embedder
from google_drive import DRIVE_URL, FOLDER, Drive, NotThere, credentials_of
from ingest import Ingest
from listing import Listing, drive_file, list_folder
from params import OPTIONAL_PARAMS, PARAM_GROUPS, checked_labels, id_in
from tables import MIGRATIONS
from vectors import open_vectors

from config.settings import TasksSettings
from jobs.base_job import BaseJob

logger = logging.getLogger(__name__)


class GoogleDriveIngestJob(BaseJob):
    """Lists a folder, downloads what changed, and keeps its texts in the vector store."""

    JOB_NAME = "Google Drive Ingestion"
    JOB_DESCRIPTION = "Makes the documents of a Google Drive folder searchable, and keeps them so"
    TAGS = ["drive"]
    LIMITS = {"runs": 1, "time_minutes": 720}
    OPTIONAL_PARAMS = OPTIONAL_PARAMS
    PARAM_GROUPS = PARAM_GROUPS

    def __init__(
        self,
        settings: TasksSettings,
        *,
        google_credential: str | None = None,
        folder_id: str | None = None,
        file_id: str | None = None,
        recursive: bool = True,
        collection: str = "google_drive",
        **options: Any,
    ) -> None:
        super().__init__(settings, collection=collection, **options)
        if bool(folder_id) == bool(file_id):
            raise ValueError("What to read: fill in either the folder or the file")
        self.folder = id_in(folder_id, "Folder") if folder_id else None
        self.file = id_in(file_id, "File") if file_id else None
        self.recursive = recursive
        self.dry_run = bool(options.get("dry_run"))
        self.options = {
            "max_mb": options.get("max_mb", 50),
            "chunk_size": options.get("chunk_size", 1000),
            "chunk_overlap": options.get("chunk_overlap", 200),
            "metadata": checked_labels(options.get("metadata")),
        }
        if self.options["chunk_overlap"] >= self.options["chunk_size"]:
            raise ValueError("Overlap: must be less than the length of a text")
        credentials = credentials_of(google_credential or self._credential_file(), options.get("subject"))
        self.drive = Drive(credentials, options.get("drive_url") or DRIVE_URL)

    def check(self) -> str:
        """Says who we are to Drive and what would be read, and looks for a text among those that are there."""
        who = self.drive.who()
        root = self._root()
        if root is None:
            raise ValueError(f"Drive does not show it to {who}. Share it with that account, then try again.")
        said = f"Connected as {who}. {'Folder' if self.folder else 'File'}: {root['name']}."
        with open_vectors(self.params, embedder(self.params)) as vectors:
            if not self.params.get("search_text"):
                return said
            found = vectors.find(self.params["search_text"], "google_drive")
        if not found:
            return f"{said} There are no texts to search yet: run the task first."
        best = "; ".join(f"{payload['full_path']} ({score:.2f})" for score, payload in found)
        return f"{said} Nearest to the text, 1 being the same: {best}."

    def execute(self) -> dict[str, Any]:
        """Lists first, so that progress has a total and what is gone is known; then file by file."""
        engine = open_database(self.settings.data_database_url, self.params.get("data_folder"))
        migrate(engine, "gdrive_ingest", MIGRATIONS)
        scope = f"folder:{self.folder}" if self.folder else f"file:{self.file}"
        with ExitStack() as stack:
            vectors = None
            if not self.dry_run:
                vectors = stack.enter_context(open_vectors(self.params, embedder(self.params)))
            ingest = Ingest(self.drive, engine, vectors, scope, self.options)
            listing = self._list(ingest)
            logger.info("%d files are in Drive", len(listing.files))
            for done, file in enumerate(listing.files):
                self.progress(done, len(listing.files), file.name)
                ingest.file(file)
            self.progress(len(listing.files), len(listing.files), "Taking away what is gone")
            ingest.take_away_missing(listing)
        return self._result(ingest, listing)

    def _root(self) -> dict[str, Any] | None:
        try:
            root = self.drive.get(self.folder or self.file or "")
        except NotThere:
            return None
        if self.folder and root["mimeType"] != FOLDER:
            raise ValueError("Folder: this is a file. Put it into the field for a file.")
        if self.file and root["mimeType"] == FOLDER:
            raise ValueError("File: this is a folder. Put it into the field for a folder.")
        return root

    def _list(self, ingest: Ingest) -> Listing:
        root = self._root()
        if root is not None and self.folder:
            return list_folder(
                self.drive,
                root,
                recursive=self.recursive,
                progress=lambda found: self.progress(found, text=f"{found} files found"),
            )
        if root is not None:
            return Listing([drive_file(root, "")])
        if self.file and ingest.knows_something:
            logger.info("The file is no longer in Drive")
            return Listing()
        who = self.drive.who()
        raise ValueError(f"Drive does not show it to {who}: it was deleted, or is not shared with that account.")

    def _credential_file(self) -> str:
        for path in (self.settings.google_credentials_path, self.settings.google_token_path):
            if path:
                return Path(path).read_text()
        raise ValueError("Google credential: choose one, or have GOOGLE_CREDENTIALS_PATH set on the server")

    def _result(self, ingest: Ingest, listing: Listing) -> dict[str, Any]:
        counts = ingest.counts
        failed = counts["failed"] + listing.failed_folders
        changes = {name: counts[name] for name in ("added", "updated", "moved_or_reshared", "removed")}
        success = sum(changes.values()) + counts["unchanged"]
        details = f"Nothing changed: {counts['unchanged']} documents are as before."
        if any(changes.values()):
            details = (
                f"{'Would be' if self.dry_run else 'Were'} added: {counts['added']}, updated: {counts['updated']}, "
            )
            details += f"moved or re-shared: {counts['moved_or_reshared']}, removed: {counts['removed']}; "
            details += f"{counts['unchanged']} are as before."
        if failed:
            details += f" {failed} failed: see the log."
        logger.info(details)
        return {
            "records_processed": success + failed,
            "records_success": success,
            "records_failed": failed,
            "records_skipped": counts["skipped"],
            "details": details,
            "dry_run": self.dry_run,
            **changes,
            **{name: counts[name] for name in ("unchanged", "downloaded", "without_text", "chunks_written")},
        }


Job = GoogleDriveIngestJob
