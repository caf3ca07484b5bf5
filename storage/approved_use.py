"""Tell who used one tool, in which department, on which tier and under whose account, from a moment on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from storage.joining import joined_sightings
from storage.tables import batch, sighting
from storage.usage_tables import account_use


@dataclass(frozen=True, slots=True)
class UseRow:
    """What one principal did with a tool in one department, on one tier, as one source tells it."""

    principal: str
    """Pseudonym; "" if the log names nobody."""
    kind: str
    department: str | None
    tier: str | None
    source: str
    events: int
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class AccountRow:
    """Events that show a personal account, or one of the organisation."""

    account: str
    source: str
    events: int
    first_seen: datetime | None
    last_seen: datetime | None


def use_rows(conn: Connection, tool_id: str, since: datetime | None = None) -> tuple[UseRow, ...]:
    """Return use of a tool that was not blocked, from a moment on or all there is.

    Days are whole: a day in which the moment lies counts if its last event is not before the moment.
    """
    read, given = joined_sightings(conn), sighting.c
    key: tuple[ColumnElement[Any], ...] = (
        *(read.principal, read.kind, read.department),
        *(given.tier, given.source),
    )
    names = ("principal", "kind", "department", "tier", "source")
    query = (
        select(
            *(column.label(name) for column, name in zip(key, names, strict=True)),
            func.sum(given.count).label("events"),
            func.min(given.first_seen).label("first_seen"),
            func.max(given.last_seen).label("last_seen"),
        )
        .select_from(read.rows)
        .where(given.tool_id == tool_id, given.surface == "use", given.action != "blocked")
        .group_by(*key)
    )
    if since is not None:
        query = query.where(given.last_seen >= since)
    return tuple(
        UseRow(
            row.principal,
            row.kind,
            row.department,
            row.tier,
            row.source,
            int(row.events),
            row.first_seen,
            row.last_seen,
        )
        for row in conn.execute(query)
    )


def account_rows(conn: Connection, tool_id: str, since: datetime | None = None) -> tuple[AccountRow, ...]:
    """Return under whose accounts a tool was used, in the batches that reach beyond a moment or all there are."""
    query = (
        select(
            account_use.c.account,
            batch.c.source,
            func.sum(account_use.c.events).label("events"),
            func.min(batch.c.first_event).label("first_seen"),
            func.max(batch.c.last_event).label("last_seen"),
        )
        .join_from(account_use, batch, account_use.c.batch_id == batch.c.id)
        .where(account_use.c.tool_id == tool_id)
        .group_by(account_use.c.account, batch.c.source)
    )
    if since is not None:
        query = query.where(batch.c.last_event >= since)
    return tuple(
        AccountRow(row.account, row.source, int(row.events), row.first_seen, row.last_seen)
        for row in conn.execute(query)
    )
