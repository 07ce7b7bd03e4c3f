"""The table of the records, and how it came to be."""

from __future__ import annotations

from records import records_table
from sqlalchemy import Connection, MetaData

_metadata = MetaData()
RECORDS = records_table("metric_records", _metadata)


def _first(connection: Connection) -> None:
    _metadata.create_all(connection)


# What a database already has stays as it is: a change of the table is a new step.
MIGRATIONS = [_first]
