"""Keep which tool the organisation names for each category where others are prohibited."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from storage.deciding_tables import category_alternative


def named_alternatives(conn: Connection) -> dict[str, str]:
    """Return category -> tool id."""
    rows = conn.execute(select(category_alternative.c.category, category_alternative.c.tool_id))
    return {row.category: row.tool_id for row in rows}


def name_alternative(conn: Connection, category: str, tool_id: str | None, by: str, now: datetime) -> None:
    """Name a tool for a category, or none any more."""
    conn.execute(delete(category_alternative).where(category_alternative.c.category == category))
    if tool_id is not None:
        conn.execute(insert(category_alternative).values(category=category, tool_id=tool_id, by=by, at=now))
