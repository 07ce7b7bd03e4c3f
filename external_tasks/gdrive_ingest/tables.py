"""The table of documents, and how it came to be."""

from __future__ import annotations

from database import key_text
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    DateTime,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

_metadata = MetaData()
DOCUMENTS = Table(
    "google_drive_documents",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("scope", key_text(190), nullable=False),
    Column("drive_id", key_text(190), nullable=False),
    Column("document_name", String(512), nullable=False),
    Column("mime_type", String(190), nullable=False),
    Column("file_size", BigInteger),
    # What the content was when it was downloaded; empty until it is in the vector store.
    Column("fingerprint", String(190), nullable=False),
    Column("version", String(64), nullable=False),
    Column("text_hash", String(64), nullable=False),
    # As in the payload: name, path, owners, who may see it.
    Column("about", JSON, nullable=False),
    # Never less than there are in the vector store.
    Column("chunk_count", Integer, nullable=False),
    Column("vector_place", String(255)),
    Column("status", String(20), nullable=False),
    Column("error_message", String(500)),
    Column("created_at", DateTime, nullable=False),
    Column("updated_at", DateTime, nullable=False),
    UniqueConstraint("scope", "drive_id", name="google_drive_documents_key"),
    mysql_charset="utf8mb4",
)
KEY = ("scope", "drive_id")


def _first(connection: Connection) -> None:
    _metadata.create_all(connection)


# What a database already has stays as it is: a change of the table is a new step.
MIGRATIONS = [_first]
