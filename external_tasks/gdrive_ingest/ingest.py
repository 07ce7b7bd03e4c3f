"""Bringing the table and the vector store to what Drive has now, file by file."""

from __future__ import annotations

import hashlib
import logging
import uuid
from collections import Counter
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from database import in_chunks, upsert
from extract import EXPORTS, NoText, is_supported, text_of
from google_drive import Drive
from listing import DriveFile, Listing, in_words
from retries import Refused, RefusedItem
from semantic_text_splitter import TextSplitter
from sqlalchemy import Engine, Row, delete, select, update
from sqlalchemy.exc import DBAPIError
from tables import DOCUMENTS, KEY
from vectors import Vectors

logger = logging.getLogger(__name__)

_NAMESPACE = uuid.UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
_MB = 1024 * 1024


class Ingest:
    """One source: a folder or a file. `vectors` is None in a dry run, which downloads and writes nothing."""

    def __init__(
        self, drive: Drive, engine: Engine, vectors: Vectors | None, scope: str, options: dict[str, Any]
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._drive = drive
        self._engine = engine
        self._vectors = vectors
        self._scope = scope
        self._max_bytes = options["max_mb"] * _MB
        self._extra = {"metadata": options["metadata"]} if options["metadata"] else {}
        self._cut = f"{options['chunk_size']}/{options['chunk_overlap']}"
        self._splitter = TextSplitter(options["chunk_size"], options["chunk_overlap"])
        if vectors is not None and vectors.prepare():
            self._change(DOCUMENTS.c.vector_place == vectors.place, vector_place=None)
        with engine.connect() as connection:
            rows = connection.execute(select(DOCUMENTS).where(DOCUMENTS.c.scope == scope))
            self._known = {row.drive_id: row for row in rows}

    @property
    def knows_something(self) -> bool:
        """Whether an earlier run stored anything of this source."""
        return bool(self._known)

    def file(self, file: DriveFile) -> None:
        """Brings one file up to date. What goes wrong with it alone is logged and counted."""
        why_not = self._why_not(file)
        if why_not is not None:
            self.counts["skipped"] += 1
            logger.info("Skipped %s: %s", file.path, why_not)
            self._remove([file.id])
            return
        try:
            self.counts[self._bring(file, self._known.get(file.id))] += 1
        except (Refused, DBAPIError) as error:
            if not isinstance(error, RefusedItem) and not _is_about_one_row(error):
                raise
            self._failed(file, error)
        except Exception as error:  # a broken file: each library of a format has errors of its own
            self._failed(file, error)

    def take_away_missing(self, listing: Listing) -> None:
        """Removes what Drive no longer has here: deleted, moved elsewhere, or no longer shared with us."""
        if not listing.is_complete:
            logger.warning("Nothing was taken away, since not every folder could be read")
            return
        there = {file.id for file in listing.files}
        self._remove([id for id in self._known if id not in there])

    def _why_not(self, file: DriveFile) -> str | None:
        if not is_supported(file.mime):
            return f"files of type {file.mime} are not read"
        if (file.size or 0) > self._max_bytes:
            return f"it has {file.size // _MB} MB, more than the settings allow"
        return None

    def _bring(self, file: DriveFile, row: Row[Any] | None) -> str:
        """Returns what was done, in the word that the result counts it by."""
        fingerprint = f"{file.content} {self._cut}"
        is_here = row is not None and (self._vectors is None or row.vector_place == self._vectors.place)
        about = {**file.about(self._permissions(file, row)), **self._extra}
        if is_here and row.fingerprint == fingerprint:
            return self._describe(file, row, about)
        if self._vectors is None:
            return "added" if row is None else "updated"
        text = self._text(file)
        text_hash = hashlib.sha256(text.encode()).hexdigest()
        if is_here and row.fingerprint and row.text_hash == text_hash and row.fingerprint.endswith(self._cut):
            return self._describe(file, row, about, fingerprint=fingerprint)
        self._index(file, row, about, self._splitter.chunks(text) if text else [])
        done = {"fingerprint": fingerprint, "text_hash": text_hash, "status": "indexed" if text else "no text"}
        self._change(self._of(file.id), error_message=None, **done)
        return "added" if row is None or row.status == "pending" else "updated"

    def _permissions(self, file: DriveFile, row: Row[Any] | None) -> list[str]:
        """Lists of shared drives do not say: asked for a file that changed, since every change raises the version."""
        if file.permissions is not None:
            return file.permissions
        if not file.in_shared_drive:
            return []
        if row is not None and row.version == file.version:
            return row.about["permissions"]
        return in_words(self._drive.permissions(file.id))

    def _text(self, file: DriveFile) -> str:
        """Downloads into the folder of the run, and removes it at once: memory holds the text only."""
        self.counts["downloaded"] += 1
        with TemporaryDirectory(dir=".") as folder:
            target = Path(folder) / "content"
            self._drive.download(file.id, EXPORTS.get(file.mime), target)
            try:
                return text_of(target, file.mime)
            except NoText as error:
                logger.warning("%s cannot be searched: %s", file.path, error)
                self.counts["without_text"] += 1
                return ""

    def _index(self, file: DriveFile, row: Row[Any] | None, about: dict[str, Any], chunks: list[str]) -> None:
        """The table first counts every chunk that may be there, so that a run cut short leaves none behind for good."""
        before = row.chunk_count if row is not None else 0
        self._write(file, about, chunk_count=max(before, len(chunks)))
        ids = self._ids(file.id, max(before, len(chunks)))
        told = [{**about, "chunk_index": place, "total_chunks": len(chunks)} for place in range(len(chunks))]
        self._vectors.put(ids[: len(chunks)], chunks, told)
        self._vectors.remove(ids[len(chunks) :])
        self._change(self._of(file.id), chunk_count=len(chunks), vector_place=self._vectors.place)
        self.counts["chunks_written"] += len(chunks)

    def _describe(self, file: DriveFile, row: Row[Any], about: dict[str, Any], **more: Any) -> str:
        """The text is the same, and is not embedded again; it may have been renamed, moved or shared with others."""
        if self._vectors is not None:
            if row.about != about:
                self._vectors.set_payload(self._ids(file.id, row.chunk_count), about)
                more.update(about=about, document_name=file.name[:512])
            if more or row.version != file.version:
                self._change(self._of(file.id), version=file.version, **more)
        return "unchanged" if row.about == about else "moved_or_reshared"

    def _failed(self, file: DriveFile, error: Exception) -> None:
        """It stays as it was in the store, and the next run tries again."""
        self.counts["failed"] += 1
        logger.error("%s failed: %s: %s", file.path, type(error).__name__, str(error)[:300])
        if self._vectors is not None and file.id in self._known:
            self._change(self._of(file.id), fingerprint="", status="failed", error_message=str(error)[:500])

    def _remove(self, ids: list[str]) -> None:
        """First the chunks: a run that ends in between does both again."""
        rows = [self._known[id] for id in ids if id in self._known]
        self.counts["removed"] += len(rows)
        if self._vectors is None:
            return
        for some in in_chunks(rows, 50):
            self._vectors.remove([chunk for row in some for chunk in self._ids(row.drive_id, row.chunk_count)])
            those = DOCUMENTS.c.drive_id.in_([row.drive_id for row in some])
            with self._engine.begin() as connection:
                connection.execute(delete(DOCUMENTS).where(DOCUMENTS.c.scope == self._scope, those))

    def _ids(self, drive_id: str, count: int) -> list[str]:
        """The same chunk is the same point in every run."""
        return [str(uuid.uuid5(_NAMESPACE, f"{self._scope}/{drive_id}/{place}")) for place in range(count)]

    def _write(self, file: DriveFile, about: dict[str, Any], chunk_count: int) -> None:
        now = _now()
        row = {
            "scope": self._scope,
            "drive_id": file.id,
            "document_name": file.name[:512],
            "mime_type": file.mime[:190],
            "file_size": file.size,
            "fingerprint": "",
            "version": file.version,
            "text_hash": "",
            "about": about,
            "chunk_count": chunk_count,
            "status": "pending",
            "created_at": now,
            "updated_at": now,
        }
        with self._engine.begin() as connection:
            upsert(connection, DOCUMENTS, [row], KEY)

    def _of(self, drive_id: str) -> Any:
        return (DOCUMENTS.c.scope == self._scope) & (DOCUMENTS.c.drive_id == drive_id)

    def _change(self, those: Any, **values: Any) -> None:
        with self._engine.begin() as connection:
            connection.execute(update(DOCUMENTS).where(those).values(**values, updated_at=_now()))


def _is_about_one_row(error: Exception) -> bool:
    return isinstance(error, DBAPIError) and not error.connection_invalidated


def _now() -> datetime:
    return datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0)
