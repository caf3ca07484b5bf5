"""Keep every decision about a tool, with its reason, for as long as the database lives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, select

from storage.tables import decision


@dataclass(frozen=True, slots=True)
class Decision:
    """Who gave a tool which status, for whom, until when and why."""

    id: int
    tool_id: str
    status: str
    previous_status: str
    by: str
    reason: str
    conditions: str | None
    departments: tuple[str, ...]
    """Departments it is meant for; () for all."""
    until: date | None
    at: datetime


def record_decision(
    conn: Connection,
    tool_id: str,
    status: str,
    previous_status: str,
    by: str,
    reason: str,
    at: datetime,
    *,
    conditions: str | None = None,
    departments: Sequence[str] = (),
    until: date | None = None,
) -> int:
    """Add a decision and return its id; governance.decisions.decide() checks it first."""
    result = conn.execute(
        insert(decision).values(
            tool_id=tool_id,
            status=status,
            previous_status=previous_status,
            by=by,
            reason=reason,
            conditions=conditions,
            departments=sorted(departments),
            until=until,
            at=at,
        )
    )
    return int((result.inserted_primary_key or (0,))[0])


def decisions(conn: Connection, tool_id: str | None = None, limit: int = 200) -> list[Decision]:
    """Return decisions, newest first, of one tool or all."""
    query = select(decision).order_by(decision.c.id.desc()).limit(limit)
    if tool_id is not None:
        query = query.where(decision.c.tool_id == tool_id)
    return [
        Decision(**{**row._mapping, "departments": tuple(row.departments)}) for row in conn.execute(query)
    ]
