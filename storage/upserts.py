"""Insert rows that may exist already, the same way on both engines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_missing(conn: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert the rows whose key is not there yet; return how many were inserted."""
    inserted = 0
    for row in rows:
        if conn.dialect.name == "postgresql":
            statement: Any = postgresql.insert(table).values(**row).on_conflict_do_nothing()
        else:
            statement = sqlite.insert(table).values(**row).on_conflict_do_nothing()
        # SQLAlchemy asks the driver for the count of an INSERT only if told to.
        inserted += conn.execute(statement.execution_options(preserve_rowcount=True)).rowcount
    return inserted


def put(conn: Connection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Insert a row, or replace the values of the row with that key."""
    make: Any = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    statement = make(table).values(**key, **values)
    conn.execute(statement.on_conflict_do_update(index_elements=list(key), set_=dict(values)))
