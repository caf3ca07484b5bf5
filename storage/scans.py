"""Keep a record of every scan and of what became of every file in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from storage.errors import NotRecorded
from storage.tables import scan, scan_file

SCAN_STATUSES = ("running", "ok", "partial", "failed", "interrupted")
"""partial: some file was not read to its end; interrupted: the process died and a later scan noticed."""

FILE_STATUSES = ("ok", "partial", "unread", "already_read")


@dataclass(frozen=True, slots=True)
class ScanFile:
    """What became of one file in one scan."""

    scan_id: int
    source: str
    label: str
    format_id: str | None
    status: str
    message: str | None
    content_id: int | None
    lines: int
    events: int
    unreadable: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan; `files` is filled by scan_report() only."""

    id: int
    started_by: str
    catalogue_version: str | None
    started_at: datetime
    finished_at: datetime | None
    status: str
    totals: Mapping[str, Any]
    message: str | None
    files: tuple[ScanFile, ...] = ()


def begin_scan(
    conn: Connection, now: datetime, started_by: str = "manual", catalogue_version: str | None = None
) -> int:
    """Start a scan and return its id. Hold scan_lock(): scans still marked running are then dead ones."""
    conn.execute(
        update(scan)
        .where(scan.c.status == "running")
        .values(
            status="interrupted",
            finished_at=now,
            message="The process ended before the scan did. Nothing is lost: the next scan continues there.",
        )
    )
    result = conn.execute(
        insert(scan).values(
            started_by=started_by,
            catalogue_version=catalogue_version,
            started_at=now,
            status="running",
            totals={},
        )
    )
    return int((result.inserted_primary_key or (0,))[0])


def finish_scan(
    conn: Connection,
    scan_id: int,
    status: str,
    totals: Mapping[str, Any],
    now: datetime,
    message: str | None = None,
) -> None:
    """End a scan with its status and totals. Raises NotRecorded, ValueError."""
    if status not in SCAN_STATUSES or status == "running":
        raise ValueError(
            f"{status!r} is no status of a finished scan; use one of {', '.join(SCAN_STATUSES[1:])}"
        )
    changed = conn.execute(
        update(scan)
        .where(scan.c.id == scan_id)
        .values(status=status, totals=dict(totals), finished_at=now, message=message)
    )
    if changed.rowcount != 1:
        raise NotRecorded(f"there is no scan {scan_id}; it must be begun before it is finished.")


def record_file(
    conn: Connection,
    scan_id: int,
    source: str,
    label: str,
    status: str,
    now: datetime,
    *,
    format_id: str | None = None,
    message: str | None = None,
    content_id: int | None = None,
    lines: int = 0,
    events: int = 0,
    unreadable: int = 0,
) -> None:
    """Note what became of one file. Raises ValueError on an unknown status."""
    if status not in FILE_STATUSES:
        raise ValueError(f"{status!r} is no outcome of a file; use one of {', '.join(FILE_STATUSES)}")
    conn.execute(
        insert(scan_file).values(
            scan_id=scan_id,
            source=source,
            label=label,
            format_id=format_id,
            status=status,
            message=message,
            content_id=content_id,
            lines=lines,
            events=events,
            unreadable=unreadable,
            at=now,
        )
    )


def scans(conn: Connection, limit: int = 50, before: int | None = None) -> list[Scan]:
    """Return scans without their files, newest first; `before` is a scan id to continue from."""
    query = select(scan).order_by(scan.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(scan.c.id < before)
    return [_scan(row, ()) for row in conn.execute(query)]


def scan_report(conn: Connection, scan_id: int) -> Scan:
    """Return one scan with the outcome of every file. Raises NotRecorded."""
    row = conn.execute(select(scan).where(scan.c.id == scan_id)).one_or_none()
    if row is None:
        raise NotRecorded(f"there is no scan {scan_id}; see the list of scans.")
    files = conn.execute(select(scan_file).where(scan_file.c.scan_id == scan_id).order_by(scan_file.c.id))
    return _scan(row, tuple(scan_file_of(found) for found in files))


def last_scan(conn: Connection, *statuses: str) -> Scan | None:
    """Return the newest scan with one of the statuses (any, if none is given), or None."""
    query = select(scan).order_by(scan.c.id.desc()).limit(1)
    if statuses:
        query = query.where(scan.c.status.in_(statuses))
    row = conn.execute(query).one_or_none()
    return None if row is None else _scan(row, ())


def scan_file_of(row: Row[Any]) -> ScanFile:
    """Make a ScanFile of a row of the table scan_file."""
    return ScanFile(**{name: getattr(row, name) for name in ScanFile.__slots__})


def newest_outcomes(conn: Connection, since: datetime) -> list[tuple[str, str, datetime]]:
    """Return label, outcome and time of what became of each file in scans that began after a moment."""
    rows = conn.execute(
        select(scan_file.c.label, scan_file.c.status, scan_file.c.at)
        .where(scan_file.c.at >= since)
        .order_by(scan_file.c.id)
    )
    newest = {row.label: (row.label, row.status, row.at) for row in rows}
    return list(newest.values())


def _scan(row: Row[Any], files: tuple[ScanFile, ...]) -> Scan:
    return Scan(
        id=row.id,
        started_by=row.started_by,
        catalogue_version=row.catalogue_version,
        started_at=row.started_at,
        finished_at=row.finished_at,
        status=row.status,
        totals=row.totals,
        message=row.message,
        files=files,
    )
