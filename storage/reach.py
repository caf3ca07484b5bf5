"""Tell how far a tool reaches among people: what the largest sender sent, and who of given departments uses it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, distinct, func, select

from storage.sightings import group_column
from storage.tables import sighting

_s = sighting.c


def departments_seen(conn: Connection) -> list[str]:
    """Return the names of all departments that sightings name."""
    query = select(_s.department).where(_s.department.is_not(None)).distinct()
    return sorted(conn.execute(query).scalars())


def largest_senders(conn: Connection, groups: Mapping[str, str]) -> dict[tuple[str, str], int]:
    """Return (tool id, group) -> bytes sent by the principal that sent most, as far as logs say.

    Tools are left out whose logs name nobody or tell no sizes.
    """
    group = group_column(groups).label("grouped")
    each = (
        select(_s.tool_id, group, func.sum(_s.bytes_up).label("sent"))
        .where(_s.principal != "", _s.bytes_up.is_not(None))
        .group_by(_s.tool_id, group, _s.principal)
        .subquery()
    )
    query = select(each.c.tool_id, each.c.grouped, func.max(each.c.sent)).group_by(
        each.c.tool_id, each.c.grouped
    )
    return {(tool_id, name): int(sent) for tool_id, name, sent in conn.execute(query)}


def people_of(
    conn: Connection, departments: Collection[str], groups: Mapping[str, str]
) -> dict[tuple[str, str], int]:
    """Return (tool id, group) -> distinct principals seen in one of the departments; none, left out."""
    if not departments:
        return {}
    group = group_column(groups).label("grouped")
    query = (
        select(_s.tool_id, group, func.count(distinct(_s.principal)))
        .where(_s.principal != "", _s.department.in_(sorted(departments)))
        .group_by(_s.tool_id, group)
    )
    return {(tool_id, name): people for tool_id, name, people in conn.execute(query)}
