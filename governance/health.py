"""Judge every source: does it still speak, in its old form, and does it still tell what it used to tell.

Everything is compared with the source's own past. "Healthy" is said only of a source whose newest reading could be
compared with earlier ones and of which no file was left unread; of everything else it is said what is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Final

from storage.coverage import SILENT_AFTER, SourceCoverage
from storage.presence import Reading

HISTORY: Final = timedelta(days=180)
"""How far back a source's own past is looked at."""
_LEARNED_FROM: Final = 3
"""Readings with events after which a source's usual gap is known."""
_PATIENCE: Final = 2
"""A source is silent after this many of its usual gaps (one and a half of a stated one), two days at least."""
_NEWS_FOR: Final = timedelta(days=14)
"""How long a changed format is news."""
_SETTLED_AFTER: Final = 30
"""Readings after which what was a fall counts as the source's new ordinary."""
_FEW_LINES: Final = 50
_FEW_EVENTS: Final = 20
_FALL: Final = 0.05
_COMMON: Final = 0.3
_GONE: Final = 0.2

STATES: Final = {
    "not_read": "not read",
    "silent": "silent",
    "changed_format": "changed format",
    "falling_share": "falling share of lines read",
    "lost_fields": "lost fields",
    "unexpected": "unexpected",
    "new": "too new to compare",
    "healthy": "healthy",
}
"""State -> words for people, the gravest first."""

_FIELDS: Final = {
    "user": ("the user", "people are no longer counted"),
    "upload": ("upload bytes", "how much was sent to a tool is no longer known"),
    "host": ("the host", "tools known by their hosts are no longer found"),
    "path": ("the path", "tools that share a host with others are no longer told apart"),
    "device": ("the device's address", "use without a user can no longer be laid to a device"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a source, or not known about it."""

    state: str
    since: datetime | None
    evidence: str
    advice: str
    field: str = ""
    """Which field was lost."""

    @property
    def words(self) -> str:
        """Return the state in words."""
        return STATES[self.state]


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """What is to be thought of one source."""

    source: str
    expected: str
    """configured (the settings name it), learned (its history shows a rhythm) or unknown."""
    usual_gap: timedelta | None
    """Time between its news: as stated, else as learned."""
    known_since: datetime
    last_event: datetime | None
    last_read: datetime | None
    findings: tuple[Finding, ...]

    @property
    def state(self) -> str:
        """Return the gravest state."""
        return min((finding.state for finding in self.findings), key=list(STATES).index, default="healthy")

    @property
    def words(self) -> str:
        """Return the gravest state in words."""
        return STATES[self.state]


def judge_sources(
    covered: Sequence[SourceCoverage],
    history: Mapping[str, Sequence[Reading]],
    *,
    configured: Mapping[str, timedelta | None] | None,
    newest_scan: datetime | None,
    now: datetime,
) -> list[SourceHealth]:
    """Return the health of every source.

    `configured` are the sources the settings name, with the rhythm they state, if any; None where the settings are
    not known. `newest_scan` is when the newest scan began that ended by itself.
    """
    return [
        _judge(source, history.get(source.source.name, ()), configured, newest_scan, now)
        for source in covered
    ]


def _judge(
    source: SourceCoverage,
    past: Sequence[Reading],
    configured: Mapping[str, timedelta | None] | None,
    newest_scan: datetime | None,
    now: datetime,
) -> SourceHealth:
    name = source.source.name
    with_events = [reading for reading in past if reading.events]
    stated = (configured or {}).get(name)
    usual = stated or _usual_gap(with_events)
    known = name in (configured or {})
    expected = "configured" if known else "learned" if len(with_events) >= _LEARNED_FROM else "unknown"
    findings = [
        *_not_read(source),
        *_silent(source, with_events, usual, stated is not None, newest_scan, now),
        *_changed(with_events, now),
        *_falling(past),
        *_lost(past),
    ]
    if configured and not known:
        findings.append(
            Finding(
                "unexpected",
                source.source.created_at,
                "no source of this name is in the settings",
                "add it to the settings if it is to be read every night, or find out who reads it",
            )
        )
    if not findings and len(with_events) < 2:
        findings.append(
            Finding(
                "new",
                source.source.created_at,
                f"{len(with_events)} reading with events so far" if with_events else "no event so far",
                "scan again when the source has written more; then its readings can be compared",
            )
        )
    return SourceHealth(
        name,
        expected,
        usual,
        source.source.created_at,
        source.last_event,
        source.last_read,
        tuple(findings),
    )


def _usual_gap(with_events: Sequence[Reading]) -> timedelta | None:
    """Return the time between a source's news that is not exceeded in nine of ten cases."""
    heard = sorted({min(reading.last_event or reading.at, reading.at) for reading in with_events})
    gaps = sorted(later - earlier for earlier, later in pairwise(heard))
    return gaps[(len(gaps) - 1) * 9 // 10] if len(gaps) >= _LEARNED_FROM - 1 else None


def _not_read(source: SourceCoverage) -> list[Finding]:
    advice = "see the reasons under 'files not read' and scan again; findings may be missing"
    if source.unread_files:
        wholly = sum(file.status == "unread" for file in source.unread_files)
        parts = [f"{wholly} not read at all"] if wholly else []
        if len(source.unread_files) > wholly:
            parts.append(f"{len(source.unread_files) - wholly} read in part")
        since = min(file.at for file in source.unread_files)
        return [Finding("not_read", since, f"files: {', '.join(parts)}", advice)]
    if not source.lines:
        text = "nothing was ever read of it"
        return [Finding("not_read", source.source.created_at, text, "check its path and rights; then scan")]
    return []


def _silent(
    source: SourceCoverage,
    with_events: Sequence[Reading],
    usual: timedelta | None,
    stated: bool,
    newest_scan: datetime | None,
    now: datetime,
) -> list[Finding]:
    heard = source.last_event or source.source.created_at
    if with_events:
        heard = min(heard, with_events[-1].at)  # an event cannot be later than its reading
    if usual is None:
        allowed, why = SILENT_AFTER, "its usual gap is not known yet; two days are taken"
    elif stated:
        allowed, why = usual * 1.5, f"the settings say every {_span(usual)}"
    else:
        allowed, why = max(SILENT_AFTER, usual * _PATIENCE), f"it usually has news every {_span(usual)}"
    looked = newest_scan or heard  # what happened after that nobody has seen
    found = []
    if now - looked > allowed:
        evidence = f"no scan has ended since {_day(looked)}, so nothing is known of it since"
        found.append(Finding("not_read", looked, evidence, "scan, and see why the nightly run did not"))
    if looked - heard > allowed:
        whom = f"ask {source.source.owner}" if source.source.owner else "ask who runs it"
        ever = "no new event" if source.last_event else "no event was ever seen, and none"
        evidence = f"{ever} for {_span(looked - heard)} up to the newest scan; {why}"
        advice = f"{whom} whether logging or delivery has stopped"
        found.append(Finding("silent", heard, evidence, advice))
    return found


def _changed(past: Sequence[Reading], now: datetime) -> list[Finding]:
    formats: set[str] = set()
    columns: dict[str, int] = {}
    found: Finding | None = None
    advice = "compare what it tells now (skiagram read FILE) with before; correct its configuration if less"
    for reading in past:
        other = reading.formats - formats
        if formats and other:
            text = f"read as {', '.join(sorted(other))}, before as {', '.join(sorted(formats))}"
            found = Finding("changed_format", reading.at, text, advice)
        elif columns and any(digest not in columns for digest, _ in reading.columns):
            now_wide = max(width for digest, width in reading.columns if digest not in columns)
            text = f"its header names {now_wide} columns that differ from the {max(columns.values())} before"
            found = Finding("changed_format", reading.at, text, advice)
        formats |= reading.formats
        columns.update(dict(reading.columns))
    if found is None or found.since is None or now - found.since > _NEWS_FOR:
        return []
    return [found]


def _falling(past: Sequence[Reading]) -> list[Finding]:
    long_enough = [reading for reading in past if reading.lines >= _FEW_LINES]
    fall = _episode(
        [(reading.at, 1 - reading.unreadable / reading.lines) for reading in long_enough],
        lambda share, ordinary: share < ordinary - _FALL,
    )
    if fall is None:
        return []
    since, share, ordinary = fall
    evidence = f"{_percent(share)} of the lines could be read, {_percent(ordinary)} before"
    advice = "look at the reasons (skiagram scan FILE); the log's form may have changed in part"
    return [Finding("falling_share", since, evidence, advice)]


def _lost(past: Sequence[Reading]) -> list[Finding]:
    enough = [reading for reading in past if reading.fields.looked_at >= _FEW_EVENTS]
    found = []
    for field, (what, loss) in _FIELDS.items():
        gone = _episode(
            [(reading.at, getattr(reading.fields, field) / reading.fields.looked_at) for reading in enough],
            lambda share, ordinary: ordinary >= _COMMON and share < ordinary * _GONE,
        )
        if gone is not None:
            since, share, ordinary = gone
            evidence = f"{_percent(share)} of the events tell {what}, {_percent(ordinary)} before; {loss}"
            advice = "restore the field where the log is configured (see docs/formats.md for the place)"
            found.append(Finding("lost_fields", since, evidence, advice, field))
    return found


def _episode(
    shares: Sequence[tuple[datetime, float]], bad: Callable[[float, float], bool]
) -> tuple[datetime, float, float] | None:
    """Return since when, the newest share and the ordinary one, where the newest readings are bad.

    The ordinary is the median of the good readings so far. A fall that lasted long enough is the new ordinary.
    """
    good: list[float] = []
    fallen: list[tuple[datetime, float]] = []
    for at, share in shares:
        if good and bad(share, median(good)):
            fallen.append((at, share))
            if len(fallen) > _SETTLED_AFTER:
                good, fallen = [value for _, value in fallen], []
        else:
            good.append(share)
            fallen = []
    return (fallen[0][0], fallen[-1][1], median(good)) if fallen else None


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share in (0, 1) or 0.01 <= share <= 0.99 else f"{100 * share:.1f} %"


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


def _span(length: timedelta) -> str:
    hours = round(length / timedelta(hours=1))
    if hours < 1:
        minutes = max(round(length / timedelta(minutes=1)), 1)
        return "minute" if minutes == 1 else f"{minutes} minutes"
    if hours < 48:
        return "hour" if hours == 1 else f"{hours} hours"
    return f"{round(hours / 24)} days"
