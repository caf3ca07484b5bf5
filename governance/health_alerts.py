"""Raise an alert once per episode when a source that was expected falls silent or stops telling what it did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from governance.health import SourceHealth
from storage.outbox import add_alert

RULE: Final = "source_health"
_PATIENCE: Final = timedelta(days=7)
_ALERTING: Final = frozenset({"silent", "changed_format", "falling_share", "lost_fields"})


def raise_health_alerts(
    conn: Connection, judged: Iterable[SourceHealth], channels: Sequence[str], now: datetime
) -> tuple[str, ...]:
    """Raise what is new and return the titles; the same episode of the same source is alerted once ever.

    An episode begins where the finding says `since`. Sources that neither the settings nor their own history
    make expected raise none: an old log scanned by hand is not silent. Silence of a source whose rhythm is not
    known yet waits a week.
    """
    raised: list[str] = []
    for health in judged:
        if health.expected == "unknown":
            continue
        for finding in health.findings:
            if finding.state not in _ALERTING or finding.since is None:
                continue
            if finding.state == "silent" and _too_early(health, finding.since, now):
                continue
            title = f"Source {health.source}: {finding.words}"
            key = f"{RULE}:{finding.state}:{health.source}:{finding.since:%Y-%m-%dT%H:%M:%S}"
            if finding.state == "lost_fields":
                key += f":{finding.field}"
            payload = {
                "rule": RULE,
                "title": title,
                "source": health.source,
                "state": finding.state,
                "since": finding.since.isoformat(),
                "evidence": finding.evidence,
                "advice": finding.advice,
            }
            if add_alert(conn, key, RULE, None, None, payload, channels, now):
                raised.append(title)
    return tuple(raised)


def _too_early(health: SourceHealth, since: datetime, now: datetime) -> bool:
    return health.usual_gap is None and now - max(since, health.known_since) <= _PATIENCE
