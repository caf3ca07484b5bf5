"""Tell of which sources events of given days were read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from storage.tables import batch


def sources_between(conn: Connection, start: datetime, end: datetime) -> tuple[set[str], set[str]]:
    """Return sources with events from `start` to before `end`, and sources with any event before `end`.

    A batch counts for every day between its first and its last event.
    """
    known = set(conn.execute(select(batch.c.source).where(batch.c.first_event < end).distinct()).scalars())
    query = (
        select(batch.c.source)
        .where(batch.c.first_event < end, func.coalesce(batch.c.last_event, batch.c.first_event) >= start)
        .distinct()
    )
    return set(conn.execute(query).scalars()), known
