"""Insert rows that may exist already, the same way on both engines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table


def insert_missing(conn: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert the rows whose key is not there yet; return how many were inserted."""
    inserted = 0
    for row in rows:
        statement = _insert(conn, table).values(**row).on_conflict_do_nothing()
        # SQLAlchemy asks the driver for the count of an INSERT only if told to.
        inserted += conn.execute(statement.execution_options(preserve_rowcount=True)).rowcount
    return inserted


def put(conn: Connection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Insert a row, or replace the values of the row with that key."""
    statement = _insert(conn, table).values(**key, **values)
    conn.execute(statement.on_conflict_do_update(index_elements=list(key), set_=dict(values)))


def _insert(conn: Connection, table: Table) -> Any:
    # SQLAlchemy loads the dialect of each driver it knows for an engine; the other engine's are not needed.
    if conn.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as of_postgresql

        return of_postgresql(table)
    from sqlalchemy.dialects.sqlite import insert as of_sqlite

    return of_sqlite(table)
