"""Tell per source how much of what it wrote was read, so that "nothing found" can be believed or doubted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, distinct, func, select

from storage.answers import refused_flows
from storage.assignments import address_use
from storage.doubt_tables import batch_doubt
from storage.losses import Loss, losses
from storage.scans import ScanFile, scan_file_of
from storage.sources import Source, sources
from storage.tables import batch, batch_unreadable, scan_file

SILENT_AFTER = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class SourceCoverage:
    """How much of one source was read: lines = events + not_events + sum(unreadable)."""

    source: Source
    files: int
    """Distinct contents, however often and under however many names they were read."""
    lines: int
    events: int
    not_events: int
    unreadable: Mapping[str, int]
    """Lines that could not be read, by reason."""
    with_user: int
    hidden_names: int
    """Connections whose server name was encrypted: AI tools among them cannot be recognised."""
    first_event: datetime | None
    last_event: datetime | None
    last_read: datetime | None
    """Start of the newest scan that added something."""
    silent_since: datetime | None
    """Time of the last event (or of the source's creation) if that is too long ago, else None."""
    unread_files: tuple[ScanFile, ...]
    """Files whose newest outcome is unread or partial, with the reason."""
    doubtful: Mapping[str, int] = field(default_factory=dict)
    """Events whose time is in doubt, by reason."""
    flows_refused: Mapping[str, int] = field(default_factory=dict)
    """Connections without a name whose tool could not be told, by reason."""
    only_address: int = 0
    """Events of tools that name only an address."""
    attributed: int = 0
    """Those among them that were laid to a device or user who had the address then."""
    losses: tuple[Loss, ...] = ()
    """What never reached us: packets the kernel dropped, messages a listener could not keep."""

    @property
    def unreadable_lines(self) -> int:
        """Return the number of lines that could not be read."""
        return sum(self.unreadable.values())

    @property
    def user_share(self) -> float | None:
        """Return the share of events that name a person, 0 to 1; None without events."""
        return self.with_user / self.events if self.events else None

    @property
    def read_share(self) -> float | None:
        """Return the share of lines that could be read, 0 to 1; None without lines."""
        return 1 - self.unreadable_lines / self.lines if self.lines else None


def coverage(conn: Connection, now: datetime, silent_after: timedelta = SILENT_AFTER) -> list[SourceCoverage]:
    """Return the coverage of every source by name, also of those nothing was ever read from."""
    reasons: dict[str, dict[str, int]] = defaultdict(dict)
    for name, reason, lines in conn.execute(
        select(batch.c.source, batch_unreadable.c.reason, func.sum(batch_unreadable.c.lines))
        .join_from(batch_unreadable, batch, batch.c.id == batch_unreadable.c.batch_id)
        .group_by(batch.c.source, batch_unreadable.c.reason)
        .order_by(batch_unreadable.c.reason)
    ):
        reasons[name][reason] = int(lines)
    doubts: dict[str, dict[str, int]] = defaultdict(dict)
    for name, reason, events in conn.execute(
        select(batch.c.source, batch_doubt.c.reason, func.sum(batch_doubt.c.events))
        .join_from(batch_doubt, batch, batch.c.id == batch_doubt.c.batch_id)
        .group_by(batch.c.source, batch_doubt.c.reason)
        .order_by(batch_doubt.c.reason)
    ):
        doubts[name][reason] = int(events)
    sums = {
        row.source: row
        for row in conn.execute(
            select(
                batch.c.source,
                func.count(distinct(batch.c.content_id)).label("files"),
                func.sum(batch.c.lines).label("lines"),
                func.sum(batch.c.events).label("events"),
                func.sum(batch.c.not_events).label("not_events"),
                func.sum(batch.c.with_user).label("with_user"),
                func.sum(batch.c.hidden_names).label("hidden_names"),
                func.min(batch.c.first_event).label("first_event"),
                func.max(batch.c.last_event).label("last_event"),
                func.max(batch.c.recorded_at).label("last_read"),
            ).group_by(batch.c.source)
        )
    }
    unread = _unread_files(conn)
    lost: dict[str, list[Loss]] = defaultdict(list)
    refused = refused_flows(conn)
    used = {use.source: use for use in address_use(conn)}
    for loss in losses(conn):
        lost[loss.source].append(loss)
    result: list[SourceCoverage] = []
    for source in sources(conn):
        row = sums.get(source.name)
        last_event = row.last_event if row else None
        heard = last_event or source.created_at
        result.append(
            SourceCoverage(
                source=source,
                files=row.files if row else 0,
                lines=int(row.lines) if row else 0,
                events=int(row.events) if row else 0,
                not_events=int(row.not_events) if row else 0,
                unreadable=reasons.get(source.name, {}),
                with_user=int(row.with_user) if row else 0,
                hidden_names=int(row.hidden_names) if row else 0,
                first_event=row.first_event if row else None,
                last_event=last_event,
                last_read=row.last_read if row else None,
                silent_since=heard if now - heard > silent_after else None,
                unread_files=tuple(unread.get(source.name, ())),
                doubtful=doubts.get(source.name, {}),
                flows_refused=refused.get(source.name, {}),
                only_address=used[source.name].only_address if source.name in used else 0,
                attributed=used[source.name].attributed if source.name in used else 0,
                losses=tuple(lost.get(source.name, ())),
            )
        )
    return result


def _unread_files(conn: Connection) -> dict[str, list[ScanFile]]:
    newest = select(func.max(scan_file.c.id)).group_by(scan_file.c.source, scan_file.c.label)
    rows = conn.execute(
        select(scan_file)
        .where(scan_file.c.id.in_(newest), scan_file.c.status.in_(("unread", "partial")))
        .order_by(scan_file.c.label)
    )
    found: dict[str, list[ScanFile]] = defaultdict(list)
    for row in rows:
        found[row.source].append(scan_file_of(row))
    return found
