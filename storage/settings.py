"""Keep small values the program must remember between runs, as JSON by name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from storage.tables import setting
from storage.upserts import put


def write_setting(conn: Connection, name: str, value: Any, now: datetime) -> None:
    """Set a value; `value` is plain JSON."""
    put(conn, setting, {"name": name}, {"value": value, "changed_at": now})


def read_setting(conn: Connection, name: str, default: Any = None) -> Any:
    """Return a value, or the default if it was never set."""
    row = conn.execute(select(setting.c.value).where(setting.c.name == name)).one_or_none()
    return default if row is None else row.value
