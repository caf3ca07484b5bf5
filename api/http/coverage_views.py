"""Read scans and coverage from storage as views."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from api.health import Expected, source_health
from api.http.views import Coverage, FileRow, Loss, ScanDetail, ScanRow, SourceCoverage
from storage import coverage as stored
from storage.pulls import PullState, pull_states
from storage.scans import Scan, ScanFile, last_scan, scan_report, scans

SHOWN_UNREAD_FILES = 200  # a page names so many; the scan itself lists all


def read_coverage(conn: Connection, now: datetime, expected: Expected | None = None) -> Coverage:
    """Return what was read of every source and what was not."""
    found = stored.coverage(conn, now)
    unread = [_file(file) for source in found for file in source.unread_files]
    # A source that has news once a month is not silent after two days.
    quiet = {
        health.source
        for health in source_health(conn, expected, now, found)
        if any(finding.state in ("silent", "not_read") for finding in health.findings)
    }
    newest = last_scan(conn)
    last = None if newest is None else read_scan(conn, newest.id)
    # A file may belong to a source nothing was ever read from; leaving it out would hide a blind spot.
    known = {source.source.name for source in found}
    strays = [
        file
        for file in (last.files if last else ())
        if file.source not in known and file.status in ("unread", "partial")
    ]
    pulls = pull_states(conn)
    return Coverage(
        sources=(
            *(_source(source, now, quiet, pulls.get(source.source.name)) for source in found),
            *_never_read(strays),
        ),
        unread_files=(*unread, *strays)[:SHOWN_UNREAD_FILES],
        last_scan=None if last is None else last.row,
    )


def read_scans(conn: Connection, limit: int, before: int | None) -> list[ScanRow]:
    """Return scans, newest first; `before` is the scan id to continue from."""
    return [read_scan(conn, scan.id).row for scan in scans(conn, limit, before)]


def read_scan(conn: Connection, scan_id: int) -> ScanDetail:
    """Return one scan with its files. Raises NotRecorded."""
    report = scan_report(conn, scan_id)
    return ScanDetail(_scan(report), tuple(_file(file) for file in report.files))


def _scan(scan: Scan) -> ScanRow:
    # Sums over files, because they are recorded as each file ends: a scan that died has no totals.
    return ScanRow(
        scan_id=scan.id,
        started_by=scan.started_by,
        started=scan.started_at,
        finished=scan.finished_at,
        status=scan.status,
        message=scan.message,
        files=len(scan.files),
        files_not_read=sum(file.status in ("unread", "partial") for file in scan.files),
        lines=sum(file.lines for file in scan.files),
        events=sum(file.events for file in scan.files),
        unreadable=sum(file.unreadable for file in scan.files),
    )


def _file(file: ScanFile) -> FileRow:
    return FileRow(
        label=file.label,
        source=file.source,
        format_id=file.format_id,
        status=file.status,
        message=file.message or "",
        lines=file.lines,
        events=file.events,
        unreadable=file.unreadable,
    )


def _source(
    source: stored.SourceCoverage, now: datetime, quiet: Collection[str], pull: PullState | None
) -> SourceCoverage:
    partial = sum(file.status == "partial" for file in source.unread_files)
    unread = sum(file.status == "unread" for file in source.unread_files)
    # A file of which nothing was recorded has no content, so it is not among the files storage counts.
    uncounted = sum(file.content_id is None for file in source.unread_files)
    silent = None
    if source.silent_since is not None and source.source.name in quiet:
        silent = (now - source.silent_since) // timedelta(days=1)
    return SourceCoverage(
        source=source.source.name,
        kind=source.source.kind,
        files=source.files + uncounted,
        files_partial=partial,
        files_not_read=unread,
        lines=source.lines,
        events=source.events,
        not_events=source.not_events,
        unreadable=tuple(sorted(source.unreadable.items(), key=lambda item: (-item[1], item[0]))),
        with_user=source.with_user,
        hidden_names=source.hidden_names,
        first_event=source.first_event,
        last_event=source.last_event,
        silent_days=silent,
        is_pulled=pull is not None,
        pulled_at=pull.complete_at if pull else None,
        pull_problem=pull.problem if pull else None,
        doubtful=tuple(sorted(source.doubtful.items(), key=lambda item: (-item[1], item[0]))),
        flows_refused=tuple(sorted(source.flows_refused.items())),
        only_address=source.only_address,
        attributed=source.attributed,
        losses=tuple(
            Loss(loss.what, loss.count, loss.uncounted, loss.first_at, loss.last_at) for loss in source.losses
        ),
    )


def _never_read(files: Sequence[FileRow]) -> list[SourceCoverage]:
    return [
        SourceCoverage(
            source=name,
            kind=None,
            files=len(own),
            files_partial=sum(file.status == "partial" for file in own),
            files_not_read=sum(file.status == "unread" for file in own),
            lines=sum(file.lines for file in own),
            events=sum(file.events for file in own),
            not_events=0,
            unreadable=(),
            with_user=0,
            hidden_names=0,
            first_event=None,
            last_event=None,
            silent_days=None,
        )
        for name in sorted({file.source for file in files})
        for own in ([file for file in files if file.source == name],)
    ]
