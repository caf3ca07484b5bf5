"""Tell which people used tools after the last day the directory has for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, case, func, select

from storage.directory_tables import directory_alias, directory_entry
from storage.joining import joined_sightings
from storage.tables import sighting


@dataclass(frozen=True, slots=True)
class UseAfterEnd:
    """What one person did with one tool after their last day, all sources together."""

    principal: str
    tool_id: str
    department: str | None
    active_until: date
    events: int
    blocked: int
    bytes_up: int | None
    """None if no log says."""
    sources: tuple[str, ...]
    first_seen: datetime
    last_seen: datetime


def use_after_end(conn: Connection, surfaces: Sequence[str]) -> list[UseAfterEnd]:
    """Return use of some surfaces after the last day, only where a log names the person and not just a device."""
    ends = select(directory_entry.c.id).where(
        directory_entry.c.active_until.is_not(None), directory_entry.c.valid_until.is_(None)
    )
    if conn.execute(ends.limit(1)).first() is None:
        return []
    read, given = joined_sightings(conn), sighting.c
    query = (
        select(
            read.principal.label("principal"),
            given.tool_id,
            read.department.label("department"),
            read.active_until.label("active_until"),
            given.source,
            func.sum(given.count).label("events"),
            func.sum(case((given.action == "blocked", given.count), else_=0)).label("blocked"),
            func.sum(given.bytes_up).label("up"),
            func.min(given.first_seen).label("first_seen"),
            func.max(given.last_seen).label("last_seen"),
        )
        .select_from(read.rows)
        .where(
            given.principal_kind == "user",
            directory_alias.c.form != "device",  # NAME$ signs in as a user, but is a machine
            given.surface.in_(sorted(surfaces)),
            given.day > read.active_until,
        )
        .group_by(read.principal, given.tool_id, read.department, read.active_until, given.source)
    )
    by_person: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in conn.execute(query):
        by_person[row.principal, row.tool_id].append(row)
    return [_together(parts) for _, parts in sorted(by_person.items())]


def _together(parts: Sequence[Any]) -> UseAfterEnd:
    first = parts[0]
    sent = [int(part.up) for part in parts if part.up is not None]
    return UseAfterEnd(
        principal=first.principal,
        tool_id=first.tool_id,
        department=first.department,
        active_until=first.active_until,
        events=sum(int(part.events) for part in parts),
        blocked=sum(int(part.blocked) for part in parts),
        bytes_up=sum(sent) if sent else None,
        sources=tuple(sorted({part.source for part in parts})),
        first_seen=min(part.first_seen for part in parts),
        last_seen=max(part.last_seen for part in parts),
    )
