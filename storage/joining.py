"""Join sightings with who had an address, and with the directory: both count for what was recorded before them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Boolean, ColumnElement, Connection, Date, FromClause, and_, cast, func, null, select

from storage.assignment_tables import attribution
from storage.columns import Name, UtcTime
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
    basis: ColumnElement[str | None]
    """What an address was laid to its holder by, such as a DHCP lease."""
    valid_until: ColumnElement[datetime | None]
    """Until when that holds."""


def joined_sightings(conn: Connection) -> Joined:
    """Return sightings as assignments and the directory read them; the bare table as long as there are none.

    First an address becomes the device or user that had it then, then a spelling becomes a principal.
    """
    given = sighting.c
    rows: FromClause = sighting
    principal: ColumnElement[str] = given.principal
    kind: ColumnElement[str] = given.principal_kind
    basis: ColumnElement[str | None] = cast(null(), Name)
    until: ColumnElement[datetime | None] = cast(null(), UtcTime)
    if conn.execute(select(attribution.c.sighting_id).limit(1)).first() is not None:
        rows = rows.outerjoin(attribution, attribution.c.sighting_id == given.id)
        principal = func.coalesce(attribution.c.principal, principal)
        kind = func.coalesce(attribution.c.principal_kind, kind)
        basis, until = attribution.c.basis, attribution.c.valid_until
    if conn.execute(select(directory_alias.c.alias).limit(1)).first() is None:
        return Joined(
            rows,
            principal,
            kind,
            given.department,
            cast(null(), Boolean),
            cast(null(), Date),
            basis,
            until,
        )
    alias, entry = directory_alias.c, directory_entry.c
    return Joined(
        rows.outerjoin(directory_alias, alias.alias == principal).outerjoin(
            directory_entry, and_(entry.principal == alias.principal, entry.valid_until.is_(None))
        ),
        func.coalesce(alias.principal, principal),
        func.coalesce(alias.kind, kind),
        func.coalesce(entry.department, given.department),
        entry.clinical,
        entry.active_until,
        basis,
        until,
    )
