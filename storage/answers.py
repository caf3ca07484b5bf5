"""Keep which names addresses had by the answers of name servers, and how many flows that left open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from storage.answer_tables import address_name, flow_refusal
from storage.tables import batch, sighting

_MOST_ROWS = 200_000
_MARK = ":dns_answer:"


@dataclass(frozen=True, slots=True)
class Answered:
    """A name had an address from one answer to another; "" is any name that is no tool's."""

    address: str
    name: str
    first: datetime
    last: datetime


def record_answers(
    conn: Connection, batch_id: int, told: Sequence[Answered], refused: Mapping[str, int]
) -> None:
    """Store what one batch told, in the transaction that records it."""
    if told:
        rows = [
            {
                "batch_id": batch_id,
                "address": one.address,
                "name": one.name,
                "first_answer": one.first,
                "last_answer": one.last,
            }
            for one in told
        ]
        conn.execute(insert(address_name), rows)
    counts = [
        {"batch_id": batch_id, "reason": reason, "events": number} for reason, number in refused.items()
    ]
    if counts:
        conn.execute(insert(flow_refusal), counts)


def answered(conn: Connection) -> list[Answered]:
    """Return what name servers told so far, the latest first."""
    columns = address_name.c
    latest = func.max(columns.last_answer)
    day = func.date(columns.last_answer)
    rows = conn.execute(
        select(
            columns.address, columns.name, func.min(columns.first_answer).label("first"), latest.label("last")
        )
        .group_by(columns.address, columns.name, day)
        .order_by(latest.desc())
        .limit(_MOST_ROWS)
    )
    return [Answered(row.address, row.name, row.first, row.last) for row in rows]


def refused_flows(conn: Connection) -> dict[str, dict[str, int]]:
    """Return source -> reason -> flows whose tool could not be told."""
    found: dict[str, dict[str, int]] = {}
    for source, reason, events in conn.execute(
        select(batch.c.source, flow_refusal.c.reason, func.sum(flow_refusal.c.events))
        .join_from(flow_refusal, batch, flow_refusal.c.batch_id == batch.c.id)
        .group_by(batch.c.source, flow_refusal.c.reason)
    ):
        found.setdefault(source, {})[reason] = int(events)
    return found


def retract(conn: Connection, is_shared: Callable[[str, str, float], bool], reason: str) -> int:
    """Take back sightings whose address turned out to be shared around their time; return their events."""
    columns = sighting.c
    rows = conn.execute(
        select(
            columns.id, columns.batch_id, columns.tool_id, columns.signature, columns.first_seen, columns.last_seen,
            columns["count"].label("events"),
        ).where(columns.signature.contains(_MARK, autoescape=True))
    ).all()  # fmt: skip
    taken = 0
    for row in rows:
        address = row.signature.rpartition("@")[2]
        times = (row.first_seen.timestamp(), row.last_seen.timestamp())
        if any(is_shared(address, row.tool_id, moment) for moment in times):
            conn.execute(delete(sighting).where(columns.id == row.id))
            _count(conn, row.batch_id, reason, int(row.events))
            taken += int(row.events)
    return taken


def _count(conn: Connection, batch_id: int, reason: str, events: int) -> None:
    columns = flow_refusal.c
    mine = (columns.batch_id == batch_id, columns.reason == reason)
    before = conn.execute(select(columns.events).where(*mine)).scalar() or 0
    conn.execute(delete(flow_refusal).where(*mine))
    conn.execute(insert(flow_refusal).values(batch_id=batch_id, reason=reason, events=before + events))
