"""The table of the people, and how it came to be."""

from __future__ import annotations

from database import key_text
from sqlalchemy import Boolean, Column, Connection, DateTime, Integer, MetaData, String, Table, UniqueConstraint

_metadata = MetaData()
USERS = Table(
    "slack_users",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("workspace_id", key_text(50), nullable=False),
    Column("slack_user_id", key_text(50), nullable=False),
    Column("email_address", String(255)),
    Column("display_name", String(255)),
    Column("real_name", String(255)),
    Column("user_type", String(50), nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("updated_at", DateTime, nullable=False),
    UniqueConstraint("workspace_id", "slack_user_id", name="slack_users_person"),
    mysql_charset="utf8mb4",
)
KEY = ("workspace_id", "slack_user_id")


def _first(connection: Connection) -> None:
    _metadata.create_all(connection)


# What a database already has stays as it is: a change of the table is a new step.
MIGRATIONS = [_first]
