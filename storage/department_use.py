"""Tell which departments use which tools, as the directory, the logs and the networks name them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, distinct, func, select

from storage.joining import joined_sightings
from storage.tables import sighting


@dataclass(frozen=True, slots=True)
class DepartmentUse:
    """What one department did with one tool."""

    department: str
    tool_id: str
    people: int
    """People that logs vouch for; see likely_people."""
    events: int
    last_seen: datetime


def department_use(conn: Connection, surfaces: Collection[str]) -> list[DepartmentUse]:
    """Return use per department and tool on some surfaces, where a department is known."""
    read, given = joined_sightings(conn), sighting.c
    query = (
        select(
            read.department.label("department"),
            given.tool_id,
            read.kind.label("kind"),
            func.count(distinct(func.nullif(read.principal, ""))).label("people"),
            func.sum(given.count).label("events"),
            func.max(given.last_seen).label("last_seen"),
        )
        .select_from(read.rows)
        .where(read.department.is_not(None), given.surface.in_(sorted(surfaces)))
        .group_by(read.department, given.tool_id, read.kind)
    )
    found: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in conn.execute(query):
        found[row.department, row.tool_id].append(row)
    return [
        DepartmentUse(
            department,
            tool_id,
            likely_people({row.kind: int(row.people) for row in parts}),
            sum(int(row.events) for row in parts),
            max(row.last_seen for row in parts),
        )
        for (department, tool_id), parts in sorted(found.items())
    ]


def likely_people(by_kind: Mapping[str, int]) -> int:
    """Return how many people logs vouch for: users if any are named, else devices or addresses.

    Adding the kinds up would count a person twice whom one log names and another knows by address only.
    """
    return by_kind.get("user", 0) or max(by_kind.values(), default=0)
