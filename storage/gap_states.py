"""Keep the state of every rule, day by day, so that gaps opened and closed can be told later."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import Connection, delete, insert, select

from storage.compliance_tables import gap_state


@dataclass(frozen=True, slots=True)
class GapState:
    """The state of one rule on one day."""

    day: date
    rule: str
    state: str
    since: date | None
    tools: tuple[str, ...]
    people: int | None
    events: int
    bytes_up: int | None


def keep_gap_states(conn: Connection, day: date, states: Sequence[GapState], now: datetime) -> None:
    """Keep the states of a day; those kept earlier the same day are replaced."""
    conn.execute(delete(gap_state).where(gap_state.c.day == day))
    rows = [{**asdict(one), "tools": list(one.tools), "day": day, "recorded_at": now} for one in states]
    if rows:
        conn.execute(insert(gap_state), rows)


def gap_states(conn: Connection, since: date | None = None) -> dict[date, list[GapState]]:
    """Return day -> states kept on it, oldest day first."""
    query = select(gap_state).order_by(gap_state.c.day, gap_state.c.rule)
    if since is not None:
        query = query.where(gap_state.c.day >= since)
    found: dict[date, list[GapState]] = defaultdict(list)
    for row in conn.execute(query):
        values = {name: row._mapping[name] for name in GapState.__slots__}
        found[row.day].append(GapState(**{**values, "tools": tuple(row.tools)}))
    return dict(found)
