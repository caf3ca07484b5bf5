"""Keep the list of sources: the configured places events come from, and those that only files named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from storage.tables import source
from storage.upserts import insert_missing


@dataclass(frozen=True, slots=True)
class Source:
    """One place events come from."""

    name: str
    kind: str | None
    format_id: str | None
    location: str | None
    owner: str | None
    created_at: datetime


def ensure_source(
    conn: Connection,
    name: str,
    now: datetime,
    *,
    kind: str | None = None,
    format_id: str | None = None,
    location: str | None = None,
    owner: str | None = None,
) -> None:
    """Add a source if it is new, and take over what is given and differs; None leaves a value as it was."""
    given = {"kind": kind, "format_id": format_id, "location": location, "owner": owner}
    if insert_missing(conn, source, [{"name": name, "created_at": now, **given}]):
        return
    changes = {key: value for key, value in given.items() if value is not None}
    if changes:
        conn.execute(update(source).where(source.c.name == name).values(**changes))


def sources(conn: Connection) -> list[Source]:
    """Return all sources by name."""
    return [
        Source(row.name, row.kind, row.format_id, row.location, row.owner, row.created_at)
        for row in conn.execute(select(source).order_by(source.c.name))
    ]
