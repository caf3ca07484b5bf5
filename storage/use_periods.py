"""Count use of several tools together within days, so that a person who uses two of them counts once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, distinct, func, or_, select

from storage.department_use import likely_people
from storage.joining import joined_sightings
from storage.tables import sighting

_s = sighting.c
Days = tuple[date | None, date | None]
"""First and last day, both inclusive; None for no end."""


@dataclass(frozen=True, slots=True)
class UseCount:
    """What was seen of some tools within some days."""

    people: int | None
    """Persons that logs vouch for; None if no log names any."""
    events: int
    bytes_up: int | None
    """None if no log says."""
    first_day: date | None
    last_day: date | None


def use_within(conn: Connection, wanted: Mapping[str, Days], surfaces: Collection[str]) -> UseCount:
    """Return use of tools, each within its days, all together."""
    if not wanted:
        return UseCount(None, 0, None, None, None)
    by_days: dict[Days, list[str]] = defaultdict(list)
    for tool_id, days in wanted.items():
        by_days[days].append(tool_id)
    asked = or_(*(and_(_s.tool_id.in_(sorted(tools)), *_between(days)) for days, tools in by_days.items()))
    read = joined_sightings(conn)
    rows = conn.execute(
        select(
            read.kind.label("kind"),
            func.count(distinct(func.nullif(read.principal, ""))).label("people"),
            func.sum(_s.count).label("events"),
            func.sum(_s.bytes_up).label("bytes_up"),
            func.min(_s.day).label("first_day"),
            func.max(_s.day).label("last_day"),
        )
        .select_from(read.rows)
        .where(_s.surface.in_(sorted(surfaces)), asked)
        .group_by(read.kind)
    ).all()
    sent = [int(row.bytes_up) for row in rows if row.bytes_up is not None]
    return UseCount(
        people=likely_people({row.kind: int(row.people) for row in rows}) or None,
        events=sum(int(row.events) for row in rows),
        bytes_up=sum(sent) if sent else None,
        first_day=min((row.first_day for row in rows), default=None),
        last_day=max((row.last_day for row in rows), default=None),
    )


def events_by_tool_and_day(conn: Connection, surfaces: Collection[str]) -> dict[str, dict[date, int]]:
    """Return tool id -> day -> events."""
    query = (
        select(_s.tool_id, _s.day, func.sum(_s.count))
        .where(_s.surface.in_(sorted(surfaces)))
        .group_by(_s.tool_id, _s.day)
    )
    found: dict[str, dict[date, int]] = defaultdict(dict)
    for tool_id, day, events in conn.execute(query):
        found[tool_id][day] = int(events)
    return dict(found)


def _between(days: Days) -> list[ColumnElement[bool]]:
    first, last = days
    limits = [] if first is None else [_s.day >= first]
    return limits if last is None else [*limits, _s.day <= last]
