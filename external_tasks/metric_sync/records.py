"""Records of a service, kept in a table and in the vector store: what is new, changed, unchanged and gone.

metric_sync and portal_sync have the same copy of this file; tests/builtin/test_copies.py keeps the copies equal.
"""

from __future__ import annotations

import hashlib
import json
import logging
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from database import in_chunks, key_text, upsert
from retries import RefusedItem
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    DateTime,
    Engine,
    Integer,
    MetaData,
    Row,
    String,
    Table,
    UniqueConstraint,
    select,
    update,
)
from sqlalchemy.exc import SQLAlchemyError
from vectors import Vectors

logger = logging.getLogger(__name__)

BATCH = 100
KEY = ("source", "data_type", "record_id")
_NAMESPACE = uuid.UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
_FEW = 5


def records_table(name: str, metadata: MetaData) -> Table:
    """A table of records. `is_active` turns false for what the service no longer has.

    `vector_place` tells which vector store the record is in.
    """
    return Table(
        name,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("source", key_text(190), nullable=False),
        Column("data_type", key_text(50), nullable=False),
        Column("record_id", key_text(190), nullable=False),
        Column("name", String(255)),
        Column("content", JSON, nullable=False),
        Column("content_hash", String(64), nullable=False),
        Column("vector_id", String(36), nullable=False),
        Column("vector_place", String(255)),
        Column("is_active", Boolean, nullable=False),
        Column("created_at", DateTime, nullable=False),
        Column("updated_at", DateTime, nullable=False),
        UniqueConstraint(*KEY, name=f"{name}_key"),
        mysql_charset="utf8mb4",
    )


@dataclass(frozen=True)
class Record:
    """One thing that the service told: its fields, and the text it is found by."""

    kind: str
    id: str
    name: str
    text: str
    fields: dict[str, Any]

    @property
    def hash(self) -> str:
        """Changes with whatever is stored."""
        told = json.dumps([self.name, self.text, self.fields], sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(told.encode()).hexdigest()


class Records:
    """The table and the vector store, compared with what the service tells now.

    `vectors` is None in a dry run, which counts and writes nothing, and when only tables are wanted.
    """

    def __init__(self, engine: Engine, table: Table, source: str, vectors: Vectors | None, *, dry_run: bool) -> None:
        self.counts: Counter[str] = Counter()
        self.on_written: Callable[[Connection, list[Record]], None] | None = None
        self._engine = engine
        self._table = table
        self._source = source
        self._vectors = vectors
        self._dry_run = dry_run

    def sync(self, kind: str, read: Iterable[Record], unreadable: set[str], progress: Callable[[int], None]) -> None:
        """Writes what is new or changed, batch by batch, then takes away what is gone.

        `unreadable` are the ids of what the service does have, but told badly; an empty id stands for who knows which,
        so that nothing is taken away.
        """
        self._forget_lost_vectors()
        records = list({record.id: record for record in read}.values())
        known = self._known(kind)
        there = unreadable.union(record.id for record in records)
        gone = sorted(id for id, row in known.items() if id not in there and (row.is_active or self._holds(row)))
        if not there and len(gone) >= _FEW:
            raise ValueError(f"The service lists no {kind} at all, but {len(gone)} are known: nothing was taken away.")
        changed = []
        for record in records:
            old = known.get(record.id)
            if old is None or not old.is_active:
                changed.append(("added", record))
            elif old.content_hash != record.hash or (self._vectors is not None and not self._holds(old)):
                changed.append(("updated", record))
            else:
                self.counts["unchanged"] += 1
        progress(len(records) - len(changed))
        for batch in in_chunks(changed, BATCH):
            self._store(kind, list(batch))
            progress(len(batch))
        if "" in unreadable:
            logger.warning("No %s was taken away, since not all could be read", kind)
        else:
            self.counts["removed"] += sum(known[id].is_active for id in gone)
            self._take_away(kind, gone)

    def vector_id(self, kind: str, id: str) -> str:
        """The same record has the same point, however often it is stored."""
        return str(uuid.uuid5(_NAMESPACE, f"{self._table.name}/{self._source}/{kind}/{id}"))

    def _holds(self, row: Row[Any]) -> bool:
        return self._vectors is not None and row.vector_place == self._vectors.place

    def _forget_lost_vectors(self) -> None:
        """A collection that had to be made again holds nothing of what the table says."""
        if self._vectors is not None and self._vectors.prepare():
            lost = update(self._table).where(self._table.c.vector_place == self._vectors.place)
            with self._engine.begin() as connection:
                connection.execute(lost.values(vector_place=None))

    def _known(self, kind: str) -> dict[str, Row[Any]]:
        table = self._table.c
        rows = select(table.record_id, table.content_hash, table.is_active, table.vector_place)
        with self._engine.connect() as connection:
            found = connection.execute(rows.where(table.source == self._source, table.data_type == kind))
            return {row.record_id: row for row in found}

    def _store(self, kind: str, changed: list[tuple[str, Record]]) -> None:
        if self._dry_run or self._written([record for _, record in changed]):
            self.counts.update(what for what, _ in changed)
            return
        for what, record in changed:  # one of them is at fault: the others are stored
            self.counts[what if self._written([record]) else "failed"] += 1

    def _written(self, records: list[Record]) -> bool:
        """First the vectors: a run that ends in between does both again, to the same points."""
        try:
            if self._vectors is not None:
                ids = [self.vector_id(record.kind, record.id) for record in records]
                self._vectors.put(ids, [record.text for record in records], [self._payload(each) for each in records])
            with self._engine.begin() as connection:
                upsert(connection, self._table, [self._row(record) for record in records], KEY)
                if self.on_written is not None:
                    self.on_written(connection, records)
        except (SQLAlchemyError, RefusedItem, ValueError, TypeError) as error:
            if len(records) == 1:
                logger.error("%s %s could not be stored: %s", records[0].kind, records[0].id, type(error).__name__)
            return False
        return True

    def _take_away(self, kind: str, gone: list[str]) -> None:
        if self._dry_run:
            return
        if self._vectors is not None:
            self._vectors.remove([self.vector_id(kind, id) for id in gone])
        table = self._table.c
        for some in in_chunks(gone):
            those = update(self._table).where(
                table.source == self._source, table.data_type == kind, table.record_id.in_(some)
            )
            with self._engine.begin() as connection:
                connection.execute(those.values(is_active=False, vector_place=None, updated_at=_now()))

    def _row(self, record: Record) -> dict[str, Any]:
        now = _now()
        return {
            "source": self._source,
            "data_type": record.kind,
            "record_id": record.id,
            "name": record.name[:255],
            "content": record.fields,
            "content_hash": record.hash,
            "vector_id": self.vector_id(record.kind, record.id),
            "vector_place": self._vectors.place if self._vectors is not None else None,
            "is_active": True,
            "created_at": now,
            "updated_at": now,
        }

    def _payload(self, record: Record) -> dict[str, Any]:
        fields = {name: value for name, value in record.fields.items() if value is not None}
        source = self._table.name.removesuffix("_records")
        told = {"source": source, "record_type": record.kind, "record_id": record.id, "name": record.name}
        return {**fields, **told, "synced_at": _now().isoformat() + "Z"}


def summary(counts: Counter[str], *, dry_run: bool) -> dict[str, Any]:
    """The result of a run: counts, and a sentence. No names, since results are read by many."""
    changes = {name: counts[name] for name in ("added", "updated", "removed")}
    success = sum(changes.values()) + counts["unchanged"]
    details = f"Nothing changed: {counts['unchanged']} records are as before."
    if any(changes.values()):
        done = "Would be" if dry_run else "Were"
        details = f"{done} added: {counts['added']}, updated: {counts['updated']}, removed: {counts['removed']}; "
        details += f"{counts['unchanged']} are as before."
    if counts["failed"]:
        details += f" {counts['failed']} failed: see the log."
    return {
        "records_processed": success + counts["failed"],
        "records_success": success,
        "records_failed": counts["failed"],
        "details": details,
        "dry_run": dry_run,
        **changes,
        "unchanged": counts["unchanged"],
    }


def _now() -> datetime:
    return datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0)
