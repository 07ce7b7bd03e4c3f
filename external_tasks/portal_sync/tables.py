"""The tables of employees and of their skills, and how they came to be."""

from __future__ import annotations

from database import key_text
from records import Record, records_table
from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, delete, insert

_metadata = MetaData()
EMPLOYEES = records_table("portal_records", _metadata)
SKILLS = Table(
    "portal_skills",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("source", key_text(190), nullable=False),
    Column("employee_id", key_text(190), nullable=False, index=True),
    Column("skill", String(255), nullable=False),
    Column("category", String(100)),
    Column("level", String(50)),
    Column("interest", String(50)),
    mysql_charset="utf8mb4",
)


def write_skills(source: str, connection: Connection, records: list[Record]) -> None:
    """The skills of these employees, in place of those before."""
    employees = [record.id for record in records]
    connection.execute(delete(SKILLS).where(SKILLS.c.source == source, SKILLS.c.employee_id.in_(employees)))
    rows = [
        {"source": source, "employee_id": record.id, **{name: _text(value) for name, value in skill.items()}}
        for record in records
        for skill in record.fields["skills"]
    ]
    if rows:
        connection.execute(insert(SKILLS), rows)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _first(connection: Connection) -> None:
    _metadata.create_all(connection)


# What a database already has stays as it is: a change of the tables is a new step.
MIGRATIONS = [_first]
