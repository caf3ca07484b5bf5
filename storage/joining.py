"""Join sightings with the directory when they are read, so that an import counts for what was recorded before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Boolean, ColumnElement, Connection, Date, FromClause, and_, cast, func, null, select

from storage.directory_tables import directory_alias, directory_entry
from storage.tables import sighting


@dataclass(frozen=True, slots=True)
class Joined:
    """Sightings with what the directory says of their principals."""

    rows: FromClause
    principal: ColumnElement[str]
    """The one pseudonym of a person, whatever spelling the log used; "" if the log names nobody."""
    kind: ColumnElement[str]
    department: ColumnElement[str | None]
    """The directory's department, else the one the log or the network told."""
    clinical: ColumnElement[bool | None]
    active_until: ColumnElement[date | None]


def joined_sightings(conn: Connection) -> Joined:
    """Return sightings as the directory reads them; the bare table as long as there is no directory."""
    given = sighting.c
    known = select(directory_alias.c.alias).limit(1)
    if conn.execute(known).first() is None:
        return Joined(
            sighting,
            given.principal,
            given.principal_kind,
            given.department,
            cast(null(), Boolean),
            cast(null(), Date),
        )
    alias, entry = directory_alias.c, directory_entry.c
    rows = sighting.outerjoin(directory_alias, alias.alias == given.principal).outerjoin(
        directory_entry, and_(entry.principal == alias.principal, entry.valid_until.is_(None))
    )
    return Joined(
        rows,
        func.coalesce(alias.principal, given.principal),
        func.coalesce(alias.kind, given.principal_kind),
        func.coalesce(entry.department, given.department),
        entry.clinical,
        entry.active_until,
    )
