"""What the pages and the JSON documents show, as typed values free of storage and of HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

STALE_AFTER_DAYS = 180  # PHI terms read longer ago than this are marked: vendors change them without notice


@dataclass(frozen=True, slots=True)
class Score:
    """PHI-exposure score of one tool: 0-100, the range it may truly have, and the band it falls in."""

    value: int
    low: int
    high: int
    band: str


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One summand of a score: points given, the least and most it could be, and why."""

    factor: str
    label: str
    points: float
    low: float
    high: float
    at_most: float
    reason: str
    source: str
    known: bool


@dataclass(frozen=True, slots=True)
class DayUse:
    """Use of one tool on one UTC day; byte counts are None when no log of that day carried them."""

    day: date
    visits: int
    people: int
    bytes_up: int | None
    bytes_down: int | None


@dataclass(frozen=True, slots=True)
class Who:
    """How many principals of each kind were seen; `unnamed_visits` had none in the log."""

    people: int
    devices: int
    addresses: int
    unnamed_visits: int


@dataclass(frozen=True, slots=True)
class ToolRow:
    """One tool found in the logs, as a line of the feed."""

    tool_id: str
    name: str
    vendor_id: str
    vendor_name: str
    category: str
    clinical: bool
    finding_kind: str
    status: str
    score: Score | None
    baa: str
    baa_note: str
    who: Who
    departments: tuple[str, ...]
    sources: tuple[str, ...]
    visits: int
    blocked: int
    bytes_up: int | None
    bytes_down: int | None
    first_seen: datetime | None
    last_seen: datetime | None
    days: tuple[DayUse, ...]


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """What one signature matched in one source."""

    source: str
    signature: str
    surface: str
    path_class: str | None
    tier: str | None
    visits: int
    blocked: int
    people: int
    bytes_up: int | None
    bytes_down: int | None
    first_seen: datetime | None
    last_seen: datetime | None


@dataclass(frozen=True, slots=True)
class TermsRow:
    """PHI terms of a vendor for some tiers, with the page they were read on, the day and the grade."""

    tiers: tuple[str, ...]
    baa: str
    plan: str | None
    excluded: str | None
    training: str
    retention: str | None
    region: str | None
    certificates: tuple[str, ...]
    source: str
    as_of: date
    grade: str
    age_days: int

    @property
    def stale(self) -> bool:
        return self.age_days > STALE_AFTER_DAYS


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """Who gave the tool which status, when and why."""

    status: str
    by: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ToolDetail:
    """Everything known about one tool."""

    row: ToolRow
    description: str
    homepage: str
    parts: tuple[ScorePart, ...]
    assessed_at: datetime | None
    unknown: tuple[str, ...]
    evidence: tuple[EvidenceRow, ...]
    terms: tuple[TermsRow, ...]
    decisions: tuple[DecisionRow, ...]


@dataclass(frozen=True, slots=True)
class FileRow:
    """What one scan made of one file."""

    label: str
    source: str
    format_id: str | None
    status: str
    message: str
    lines: int
    events: int


@dataclass(frozen=True, slots=True)
class ScanRow:
    """One scan: when, how it ended, and how much it read."""

    scan_id: str
    started: datetime
    finished: datetime | None
    status: str
    files: int
    files_not_read: int
    lines: int
    events: int
    unreadable: int


@dataclass(frozen=True, slots=True)
class ScanDetail:
    """One scan with the outcome of each file."""

    row: ScanRow
    files: tuple[FileRow, ...]


@dataclass(frozen=True, slots=True)
class SourceCoverage:
    """How much of one source was read, and what its logs cannot tell."""

    source: str
    files: int
    files_partial: int
    files_not_read: int
    lines: int
    events: int
    not_events: int
    unreadable: tuple[tuple[str, int], ...]
    with_user: int
    hidden_names: int
    first_event: datetime | None
    last_event: datetime | None
    silent_days: int | None

    @property
    def lines_unreadable(self) -> int:
        return sum(count for _, count in self.unreadable)


@dataclass(frozen=True, slots=True)
class Coverage:
    """All sources together, and the files that were not or not wholly read."""

    sources: tuple[SourceCoverage, ...] = ()
    unread_files: tuple[FileRow, ...] = ()
    last_scan: ScanRow | None = None
    scans: int = 0

    @property
    def files(self) -> int:
        return sum(source.files for source in self.sources)

    @property
    def lines(self) -> int:
        return sum(source.lines for source in self.sources)

    @property
    def events(self) -> int:
        return sum(source.events for source in self.sources)

    @property
    def lines_unreadable(self) -> int:
        return sum(source.lines_unreadable for source in self.sources)

    @property
    def with_user(self) -> int:
        return sum(source.with_user for source in self.sources)

    @property
    def hidden_names(self) -> int:
        return sum(source.hidden_names for source in self.sources)

    @property
    def silent(self) -> tuple[SourceCoverage, ...]:
        return tuple(source for source in self.sources if (source.silent_days or 0) >= 2)


@dataclass(frozen=True, slots=True)
class Feed:
    """The ranked feed: unapproved tools in use, and findings that are not plain use."""

    tools: tuple[ToolRow, ...]
    others: tuple[ToolRow, ...]
    total: int
    offset: int
    limit: int
    bands: tuple[tuple[str, int], ...] = ()
    people: int = 0
    vendors: tuple[tuple[str, str], ...] = ()
    categories: tuple[str, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)
