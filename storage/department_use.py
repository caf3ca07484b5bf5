"""Tell which departments use which tools, as the directory, the logs and the networks name them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, distinct, func, select

from storage.joining import joined_sightings
from storage.tables import sighting


@dataclass(frozen=True, slots=True)
class DepartmentUse:
    """What one department did with one tool."""

    department: str
    tool_id: str
    people: int
    """Distinct principals: users, devices and addresses."""
    events: int
    last_seen: datetime


def department_use(conn: Connection, surfaces: Collection[str]) -> list[DepartmentUse]:
    """Return use per department and tool on some surfaces, where a department is known."""
    read, given = joined_sightings(conn), sighting.c
    query = (
        select(
            read.department.label("department"),
            given.tool_id,
            func.count(distinct(func.nullif(read.principal, ""))).label("people"),
            func.sum(given.count).label("events"),
            func.max(given.last_seen).label("last_seen"),
        )
        .select_from(read.rows)
        .where(read.department.is_not(None), given.surface.in_(sorted(surfaces)))
        .group_by(read.department, given.tool_id)
        .order_by(read.department, given.tool_id)
    )
    return [
        DepartmentUse(row.department, row.tool_id, int(row.people), int(row.events), row.last_seen)
        for row in conn.execute(query)
    ]
