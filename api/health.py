"""Put together what is judged about the health of sources: the database's past and the settings' expectations."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from api.settings import Settings
from governance.health import HISTORY, SourceHealth, judge_sources
from storage.coverage import SourceCoverage, coverage
from storage.presence import newest_scan_start, readings

Expected = Mapping[str, timedelta | None]
"""Sources the settings name, with the rhythm they state, if any."""


def expected_sources(settings: Settings) -> Expected:
    """Return what the settings expect."""
    return {source.name: source.rhythm for source in settings.sources}


def source_health(
    conn: Connection,
    expected: Expected | None,
    now: datetime,
    covered: Sequence[SourceCoverage] | None = None,
) -> tuple[SourceHealth, ...]:
    """Return the health of every source, by name; `covered` spares reading the coverage again."""
    return tuple(
        judge_sources(
            coverage(conn, now) if covered is None else covered,
            readings(conn, now - HISTORY),
            configured=expected,
            newest_scan=newest_scan_start(conn),
            now=now,
        )
    )


def health_document(health: SourceHealth) -> dict[str, object]:
    """Return the health of one source for programs."""
    return {
        "source": health.source,
        "state": health.state,
        "words": health.words,
        "expected": health.expected,
        "usual_gap_hours": None
        if health.usual_gap is None
        else round(health.usual_gap / timedelta(hours=1), 1),
        "last_event": health.last_event.isoformat() if health.last_event else None,
        "last_read": health.last_read.isoformat() if health.last_read else None,
        "findings": [
            {
                "state": finding.state,
                "since": finding.since.isoformat() if finding.since else None,
                "evidence": finding.evidence,
                "advice": finding.advice,
            }
            for finding in health.findings
        ],
    }
