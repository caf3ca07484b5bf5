"""Make batches and sightings for tests, with every field overridable."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection

from storage.batches import BatchRecord, SightingPart, begin_content
from storage.scans import begin_scan

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


def part(**given: Any) -> SightingPart:
    """One person using one scribe through one proxy, five times on one day."""
    values: dict[str, Any] = {
        "tool_id": "scribe-one",
        "vendor_id": "vendor-one",
        "principal": "p-0001",
        "principal_kind": "user",
        "department": None,
        "source": "proxy",
        "day": date(2026, 11, 19),
        "signature": "scribe-one:domain:scribe.example",
        "surface": "use",
        "path_class": None,
        "tier": None,
        "action": "allowed",
        "count": 5,
        "bytes_up": 1000,
        "bytes_down": None,
        "first_seen": datetime(2026, 11, 19, 9, tzinfo=UTC),
        "last_seen": datetime(2026, 11, 19, 17, tzinfo=UTC),
    }
    return SightingPart(**{**values, **given})


def record(
    scan_id: int, content_key: int, start: int, end: int, *parts: SightingPart, **given: Any
) -> BatchRecord:
    """A final batch of ten lines: eight events, one comment, one unreadable."""
    values: dict[str, Any] = {
        "scan_id": scan_id,
        "source": "proxy",
        "content_key": content_key,
        "start": start,
        "end": end,
        "final": True,
        "lines": 10,
        "events": 8,
        "not_events": 1,
        "unreadable": {"too few fields": 1},
        "with_user": 6,
        "hidden_names": 2,
        "first_event": datetime(2026, 11, 19, 9, tzinfo=UTC),
        "last_event": datetime(2026, 11, 19, 17, tzinfo=UTC),
        "parts": parts,
        "consumed_digest": hashlib.sha256(f"{content_key}:{end}".encode()).hexdigest(),
        "format_id": "squid",
        "label": "access.log",
    }
    return BatchRecord(**{**values, **given})


def begin(conn: Connection, head: str = "head", source: str = "proxy") -> tuple[int, int]:
    """Begin a scan and a content; return both ids."""
    return begin_scan(conn, NOW), begin_content(conn, head, source, "access.log", "squid", NOW)
