"""Remember which fields the events of a batch carried, and give the readings of every source in order."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from storage.fields_tables import batch_fields
from storage.tables import batch, batch_unreadable, content, scan

_FIELDS = ("user", "upload", "host", "path", "device")


@dataclass(frozen=True, slots=True)
class FieldCounts:
    """Of the events looked at, how many carried what."""

    looked_at: int = 0
    user: int = 0
    upload: int = 0
    """Bytes from the client to the server."""
    host: int = 0
    path: int = 0
    device: int = 0
    """An address or a name of the client's device."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one scan read anew of one source."""

    scan_id: int
    at: datetime
    """Start of the scan."""
    lines: int
    events: int
    unreadable: int
    first_event: datetime | None
    last_event: datetime | None
    fields: FieldCounts
    formats: frozenset[str]
    columns: frozenset[tuple[str, int]]
    """Digest and number of the columns that header lines named."""


def record_fields(
    conn: Connection,
    batch_id: int,
    counts: FieldCounts,
    *,
    columns: int | None = None,
    columns_digest: str | None = None,
) -> None:
    """Keep the counts of a batch, in the transaction that records the batch."""
    conn.execute(
        insert(batch_fields).values(
            batch_id=batch_id,
            looked_at=counts.looked_at,
            columns=columns,
            columns_digest=columns_digest,
            **{f"with_{name}": getattr(counts, name) for name in _FIELDS},
        )
    )


def readings(conn: Connection, since: datetime) -> dict[str, list[Reading]]:
    """Return what each scan since then read anew, by source and oldest first; scans that read nothing are absent."""
    recent = batch.c.recorded_at >= since
    key = (batch.c.source, batch.c.scan_id)
    unreadable = {
        (name, scan_id): int(lines)
        for name, scan_id, lines in conn.execute(
            select(*key, func.sum(batch_unreadable.c.lines))
            .join_from(batch_unreadable, batch, batch.c.id == batch_unreadable.c.batch_id)
            .where(recent)
            .group_by(*key)
        )
    }
    formats: dict[tuple[str, int], set[str]] = defaultdict(set)
    columns: dict[tuple[str, int], set[tuple[str, int]]] = defaultdict(set)
    kinds = (content.c.format_id, batch_fields.c.columns_digest, batch_fields.c.columns)
    for name, scan_id, format_id, digest, width in conn.execute(
        select(*key, *kinds)
        .join_from(batch, content, content.c.id == batch.c.content_id)
        .outerjoin(batch_fields, batch_fields.c.batch_id == batch.c.id)
        .where(recent)
        .distinct()
    ):
        formats[name, scan_id].add(format_id)
        if digest:
            columns[name, scan_id].add((digest, int(width or 0)))
    sums = [func.coalesce(func.sum(batch_fields.c[f"with_{name}"]), 0).label(name) for name in _FIELDS]
    found: dict[str, list[Reading]] = defaultdict(list)
    for row in conn.execute(
        select(
            *key,
            func.min(batch.c.recorded_at).label("at"),
            func.sum(batch.c.lines).label("lines"),
            func.sum(batch.c.events).label("events"),
            func.min(batch.c.first_event).label("first_event"),
            func.max(batch.c.last_event).label("last_event"),
            func.coalesce(func.sum(batch_fields.c.looked_at), 0).label("looked_at"),
            *sums,
        )
        .join_from(batch, batch_fields, batch_fields.c.batch_id == batch.c.id, isouter=True)
        .where(recent)
        .group_by(*key)
        .order_by(batch.c.source, func.min(batch.c.recorded_at), batch.c.scan_id)
    ):
        one = (row.source, row.scan_id)
        found[row.source].append(
            Reading(
                scan_id=row.scan_id,
                at=row.at,
                lines=int(row.lines),
                events=int(row.events),
                unreadable=unreadable.get(one, 0),
                first_event=row.first_event,
                last_event=row.last_event,
                fields=FieldCounts(int(row.looked_at), *(int(getattr(row, name)) for name in _FIELDS)),
                formats=frozenset(formats[one]),
                columns=frozenset(columns[one]),
            )
        )
    return dict(found)


def newest_scan_start(conn: Connection) -> datetime | None:
    """Return when the newest scan began that ended by itself; None before the first."""
    found: datetime | None = conn.execute(
        select(func.max(scan.c.started_at)).where(scan.c.status.in_(("ok", "partial")))
    ).scalar_one()
    return found
