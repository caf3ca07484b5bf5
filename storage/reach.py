"""Tell how far a tool reaches among people: what the largest sender sent, and how many clinical people use it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, and_, distinct, func, or_, select

from storage.joining import joined_sightings
from storage.sightings import group_column
from storage.tables import sighting

_s = sighting.c


def departments_seen(conn: Connection) -> list[str]:
    """Return the names of all departments that sightings, or the directory for them, name."""
    read = joined_sightings(conn)
    query = select(read.department).select_from(read.rows).where(read.department.is_not(None)).distinct()
    return sorted(name for name in conn.execute(query).scalars() if name is not None)


def largest_senders(conn: Connection, groups: Mapping[str, str]) -> dict[tuple[str, str], int]:
    """Return (tool id, group) -> bytes sent by the principal that sent most, as far as logs say.

    Tools are left out whose logs name nobody or tell no sizes.
    """
    group = group_column(groups).label("grouped")
    read = joined_sightings(conn)
    each = (
        select(_s.tool_id, group, func.sum(_s.bytes_up).label("sent"))
        .select_from(read.rows)
        .where(_s.principal != "", _s.bytes_up.is_not(None))
        .group_by(_s.tool_id, group, read.principal)
        .subquery()
    )
    query = select(each.c.tool_id, each.c.grouped, func.max(each.c.sent)).group_by(
        each.c.tool_id, each.c.grouped
    )
    return {(tool_id, name): int(sent) for tool_id, name, sent in conn.execute(query)}


def clinical_people_of(
    conn: Connection, departments: Collection[str], groups: Mapping[str, str]
) -> dict[tuple[str, str], int]:
    """Return (tool id, group) -> distinct clinical principals; none, left out.

    Clinical is whom the directory says is; where it does not say, who was seen in one of the departments.
    """
    group = group_column(groups).label("grouped")
    read = joined_sightings(conn)
    by_department = and_(read.clinical.is_(None), read.department.in_(sorted(departments)))
    query = (
        select(_s.tool_id, group, func.count(distinct(read.principal)))
        .select_from(read.rows)
        .where(_s.principal != "", or_(read.clinical.is_(True), by_department))
        .group_by(_s.tool_id, group)
    )
    return {(tool_id, name): people for tool_id, name, people in conn.execute(query)}
