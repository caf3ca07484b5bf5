"""Keep which names addresses had by the answers of name servers, and how many flows that left open."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, true

from storage.answer_tables import address_name, flow_refusal
from storage.batches import SightingPart
from storage.inventory import ensure_tools
from storage.tables import batch, content, sighting

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


@dataclass(frozen=True, slots=True)
class LateBatch:
    """A stretch of a log that was read before answers which may say more of it."""

    id: int
    start: int
    end: int
    source: str


def is_inferred(signature: str) -> bool:
    """Say whether a sighting rests on the address that an answer gave."""
    return _MARK in signature and "@" in signature


def inferred_addresses(conn: Connection, after_scan: int) -> tuple[set[str], set[str]]:
    """Return the addresses on which sightings rest, and those of them on which none did before a later scan."""
    found = (
        select(sighting.c.signature, func.min(batch.c.scan_id))
        .join(batch, batch.c.id == sighting.c.batch_id)
        .where(sighting.c.signature.contains(_MARK, autoescape=True))
        .group_by(sighting.c.signature)
    )
    first: dict[str, int] = {}
    for signature, scan_id in conn.execute(found):
        if is_inferred(signature):
            address = signature.rpartition("@")[2]
            first[address] = min(scan_id, first.get(address, scan_id))
    return set(first), {address for address, scan_id in first.items() if scan_id > after_scan}


def late_batches(
    conn: Connection,
    after_scan: int,
    formats: Collection[str],
    before: timedelta,
    behind: timedelta,
    matters: Callable[[str], bool],
    anew: Collection[str] = (),
) -> dict[int, list[LateBatch]]:
    """Return, by content, what was read before answers of another content that scans after one recorded.

    Only batches of these formats whose time comes near the answers': up to `before` they were given or `behind` their
    end. Only answers with an address that matters count; for addresses in `anew` those of earlier scans, too. A
    content is always read in its own order.
    """
    told = address_name.c
    spans: dict[int, tuple[int, datetime, datetime]] = {}
    for row in conn.execute(
        select(
            batch.c.id, batch.c.content_id, batch.c.scan_id, told.address, told.first_answer, told.last_answer
        )
        .join_from(address_name, batch, told.batch_id == batch.c.id)
        .where(told.name != "", true() if anew else batch.c.scan_id > after_scan)
    ):
        if matters(row.address) and (row.scan_id > after_scan or row.address in anew):
            _, first, last = spans.get(row.id, (0, row.first_answer, row.last_answer))
            spans[row.id] = (row.content_id, min(first, row.first_answer), max(last, row.last_answer))
    if not spans:
        return {}
    earliest = min(first for _, first, _ in spans.values()) - before
    latest = max(last for _, _, last in spans.values()) + behind
    found: dict[int, list[LateBatch]] = {}
    for row in conn.execute(
        select(batch)
        .join(content, content.c.id == batch.c.content_id)
        .where(
            content.c.format_id.in_(sorted(formats)),
            batch.c.id < max(spans),
            batch.c.last_event >= earliest,
            batch.c.first_event <= latest,
        )
    ):
        if any(
            row.id < other and row.content_id != mine and first - before <= row.last_event
            and row.first_event <= last + behind
            for other, (mine, first, last) in spans.items()
        ):  # fmt: skip
            found.setdefault(row.content_id, []).append(LateBatch(row.id, row.start, row.end, row.source))
    return found


def replace_inferred(conn: Connection, batch_id: int, parts: Sequence[SightingPart]) -> None:
    """Put sightings in the place of those a batch had by answers, and forget what it told and refused."""
    columns = sighting.c
    conn.execute(
        delete(sighting).where(
            columns.batch_id == batch_id,
            columns.signature.contains(_MARK, autoescape=True),
            columns.signature.contains("@"),
        )
    )
    for table in (address_name, flow_refusal):
        conn.execute(delete(table).where(table.c.batch_id == batch_id))
    if parts:
        ensure_tools(conn, sorted({(part.tool_id, part.vendor_id) for part in parts}), parts[0].first_seen)
        names = SightingPart.__slots__
        conn.execute(
            insert(sighting),
            [{"batch_id": batch_id, **{name: getattr(part, name) for name in names}} for part in parts],
        )


def _count(conn: Connection, batch_id: int, reason: str, events: int) -> None:
    columns = flow_refusal.c
    mine = (columns.batch_id == batch_id, columns.reason == reason)
    before = conn.execute(select(columns.events).where(*mine)).scalar() or 0
    conn.execute(delete(flow_refusal).where(*mine))
    conn.execute(insert(flow_refusal).values(batch_id=batch_id, reason=reason, events=before + events))
