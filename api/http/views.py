"""What the pages and the JSON documents show, as typed values free of storage and of HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from signatures.catalogue import Subprocessors

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
    points: int
    low: int
    high: int
    reason: str
    source: str
    known: bool


@dataclass(frozen=True, slots=True)
class DayUse:
    """Use of one tool on one UTC day; byte counts are None when no log of that day carried them."""

    day: date
    events: int
    people: int
    bytes_up: int | None


@dataclass(frozen=True, slots=True)
class Who:
    """How many principals of each kind were seen; `unnamed_events` had none in the log."""

    people: int
    devices: int
    addresses: int
    unnamed_events: int


@dataclass(frozen=True, slots=True)
class Amount:
    """How much was seen. Bytes are a lower bound while `events_without_bytes` is above zero."""

    events: int
    blocked: int
    bytes_up: int | None
    bytes_down: int | None
    events_without_bytes: int


@dataclass(frozen=True, slots=True)
class ToolRow:
    """One tool of the inventory with what was seen of it; rank 0 and no score if nothing was."""

    rank: int
    tool_id: str
    name: str
    vendor_id: str
    vendor_name: str
    category: str | None
    clinical: bool
    finding_kind: str
    status: str
    status_until: date | None
    in_feed: bool
    score: Score | None
    baa: str
    agreement: str
    who: Who
    departments: tuple[str, ...]
    sources: tuple[str, ...]
    tiers: tuple[str, ...]
    amount: Amount
    first_seen: datetime | None
    last_seen: datetime | None
    days: tuple[DayUse, ...]
    alternative: str | None = None
    """What is approved instead of a prohibited tool, in words."""


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """What one signature matched in one source."""

    source: str
    signature: str
    surface: str
    path_class: str | None
    tier: str | None
    amount: Amount
    people: int
    files: int
    first_seen: datetime
    last_seen: datetime


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
    subprocessors: Subprocessors | None
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
    previous_status: str
    by: str
    reason: str
    conditions: str | None
    departments: tuple[str, ...]
    until: date | None
    at: datetime


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """A BAA this organisation signed with the tool's vendor."""

    document: str
    covers_tool: bool
    tiers: tuple[str, ...]
    valid_from: date
    valid_until: date | None
    in_force: bool


@dataclass(frozen=True, slots=True)
class PrincipalUse:
    """What one pseudonym did with a tool."""

    principal: str
    kind: str
    departments: tuple[str, ...]
    sources: tuple[str, ...]
    events: int
    blocked: int
    bytes_up: int | None
    first_seen: datetime
    last_seen: datetime
    via: str | None = None
    """How an address in the logs was laid to it, in words."""


@dataclass(frozen=True, slots=True)
class PastScore:
    """A score as it was kept after a scan."""

    at: datetime
    score: Score


@dataclass(frozen=True, slots=True)
class ToolDetail:
    """Everything known about one tool."""

    row: ToolRow
    also_seen: tuple[tuple[str, Amount], ...]
    description: str
    homepage: str
    parts: tuple[ScorePart, ...]
    unknown: tuple[str, ...]
    evidence: tuple[EvidenceRow, ...]
    principals: tuple[PrincipalUse, ...]
    principals_in_all: int
    terms: tuple[TermsRow, ...]
    decisions: tuple[DecisionRow, ...]
    agreements: tuple[AgreementRow, ...]
    history: tuple[PastScore, ...]
    plan_in_use: str = ""
    """For how many people the plan is known, in a sentence; empty where there are no plans to tell apart."""


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
    unreadable: int


@dataclass(frozen=True, slots=True)
class ScanRow:
    """One scan: when, how it ended, and how much it read."""

    scan_id: int
    started_by: str
    started: datetime
    finished: datetime | None
    status: str
    message: str | None
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
class Loss:
    """What never reached us, of one kind."""

    what: str
    count: int
    uncounted: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class SourceCoverage:
    """How much of one source was read, and what its logs cannot tell."""

    source: str
    kind: str | None
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
    """Whole days since the last event, if that is longer than a source may be silent; else None."""
    is_pulled: bool = False
    pulled_at: datetime | None = None
    """When everything was last pulled to its end."""
    pull_problem: str | None = None
    losses: tuple[Loss, ...] = ()
    doubtful: tuple[tuple[str, int], ...] = ()
    """Events whose time is in doubt, by reason."""
    flows_refused: tuple[tuple[str, int], ...] = ()
    only_address: int = 0
    attributed: int = 0

    @property
    def lines_unreadable(self) -> int:
        return sum(count for _, count in self.unreadable)


@dataclass(frozen=True, slots=True)
class Coverage:
    """All sources together, and the files that were not or not wholly read."""

    sources: tuple[SourceCoverage, ...] = ()
    unread_files: tuple[FileRow, ...] = ()
    last_scan: ScanRow | None = None

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
        return tuple(source for source in self.sources if source.silent_days is not None)


@dataclass(frozen=True, slots=True)
class Feed:
    """One page of a ranked list, with figures over the whole list."""

    tools: tuple[ToolRow, ...]
    total: int
    offset: int
    limit: int
    bands: tuple[tuple[str, int], ...]
