"""Define the JSON documents of /api/v1: what each field means, its unit, and what null says."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from signatures.kinds import Baa, Category, Grade, Training

Bytes = Annotated[
    int | None,
    Field(ge=0, description="Bytes as far as logs state them; null: no log states them, which is not 0."),
]


class Document(BaseModel):
    """A JSON object; built from the typed views of the same shape."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class ProblemDocument(Document):
    """What went wrong (RFC 9457)."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is nothing at this address."])
    incident: str | None = Field(None, description="Number under which the service log has the cause.")
    errors: list[ParameterFault] | None = Field(None, description="Parameters at fault.")


class ParameterFault(Document):
    """One parameter that is not allowed as it is."""

    parameter: str = Field(examples=["query.limit"])
    message: str = Field(examples=["Input should be less than or equal to 200"])


class ScoreDocument(Document):
    """PHI-exposure score with the range it may truly have."""

    value: int = Field(ge=0, le=100, examples=[78])
    low: int = Field(ge=0, le=100, examples=[61], description="Score if every unknown turned out well.")
    high: int = Field(ge=0, le=100, examples=[90], description="Score if every unknown turned out badly.")
    band: str = Field(examples=["critical"], description="critical, high, moderate, low or minimal.")


class WhoDocument(Document):
    """Distinct principals; they are stored as pseudonyms and shown as numbers only."""

    people: int = Field(ge=0, examples=[14])
    devices: int = Field(ge=0, examples=[3])
    addresses: int = Field(ge=0, examples=[0])
    unnamed_events: int = Field(ge=0, description="Events whose log names nobody.")


class AmountDocument(Document):
    """How much was seen; bytes are a lower bound while events_without_bytes is above 0."""

    events: int = Field(ge=0, examples=[1204])
    blocked: int = Field(ge=0, description="Events a device blocked.")
    bytes_up: Bytes = Field(examples=[18400213])
    bytes_down: Bytes = Field(examples=[90112340])
    events_without_bytes: int = Field(ge=0)


class DayDocument(Document):
    """Sightings of one UTC day."""

    day: date
    events: int = Field(ge=0)
    people: int = Field(ge=0)
    bytes_up: Bytes


class ToolDocument(Document):
    """One tool of the inventory with what was seen of it."""

    rank: int = Field(ge=0, description="Place in the feed of unapproved tools from 1; 0: not in it.")
    tool_id: str = Field(examples=["chatgpt"])
    name: str = Field(examples=["ChatGPT"])
    vendor_id: str = Field(examples=["openai"])
    vendor_name: str = Field(examples=["OpenAI"])
    category: Category | None = Field(description="null: the tool is no longer in the catalogue.")
    clinical: bool = Field(description="Made for care delivery or its administration.")
    finding_kind: str = Field(
        examples=["use"],
        description="use, look_alike, presence, embedded, contact, ambient or unseen.",
    )
    status: str = Field(examples=["unreviewed"])
    status_until: date | None = Field(description="Last day on which the status holds; null: no end.")
    score: ScoreDocument | None = Field(description="null: not assessed yet.")
    baa: Baa = Field(description="What the vendor offers; not what this organisation signed.")
    agreement: str = Field(examples=["No agreement recorded here"])
    who: WhoDocument
    departments: list[str]
    sources: list[str]
    tiers: list[str] = Field(description="Tiers the evidence names; empty: no log tells the tier.")
    amount: AmountDocument
    first_seen: datetime | None
    last_seen: datetime | None
    alternative: str | None = Field(
        default=None,
        description="What is approved instead of a prohibited tool; null: nothing, or not prohibited.",
    )


class ToolList(Document):
    """One page of the tools, those that expose most patient data first."""

    items: list[ToolDocument]
    total: int = Field(ge=0, description="Tools that pass the filters, on all pages.")
    offset: int = Field(ge=0)
    limit: int = Field(ge=1)
    not_read: list[str] = Field(description="What was not read or cannot be known.")


class PartDocument(Document):
    """One summand of a score; the points of all parts add up to the score."""

    factor: str = Field(examples=["agreement"])
    label: str
    points: int = Field(description="Below 0: taken off what the parts before add up to.")
    low: int
    high: int
    reason: str
    source: str = Field(description="Where the rule comes from.")
    known: bool = Field(description="false: counted as if it were unfavourable, because it is not known.")


class EvidenceDocument(Document):
    """What one signature matched in one source."""

    source: str
    signature: str = Field(examples=["chatgpt:domain:chatgpt.com"])
    surface: str = Field(examples=["use"])
    path_class: str | None = Field(description="Path prefix the signature names; no path is kept.")
    tier: str | None
    amount: AmountDocument
    people: int = Field(ge=0)
    files: int = Field(ge=0, description="Distinct log contents it was found in.")
    first_seen: datetime
    last_seen: datetime


class SubprocessorsDocument(Document):
    """To whom the vendor passes what it gets, as far as it publishes that."""

    count: int | None = Field(description="How many its list holds; null if it was not counted.")
    named: list[str] = Field(examples=[["Amazon Web Services"]])
    bound: bool = Field(description="The vendor states that each has signed an agreement for patient data.")
    source: str
    as_of: date


class TermsDocument(Document):
    """PHI terms as the vendor states them for some tiers."""

    tiers: list[str] = Field(examples=[["enterprise"]], description='["*"]: every tier.')
    baa: Baa
    plan: str | None
    excluded: str | None
    training: Training
    retention: str | None
    region: str | None
    certificates: list[str]
    subprocessors: SubprocessorsDocument | None = Field(description="null: no list of the vendor is known.")
    source: str = Field(description="Address of the page; text, not a promise that it still says so.")
    as_of: date
    grade: Grade = Field(description="P vendor's own page, p quoted from it, S secondary only.")
    age_days: int
    stale: bool = Field(description="Read more than 180 days ago.")


class DecisionDocument(Document):
    """Who gave the tool which status, and why."""

    status: str
    previous_status: str
    by: str
    reason: str
    conditions: str | None = Field(description="What it is bound to, in words; null: nothing.")
    departments: list[str] = Field(description="Departments it is meant for; empty: all.")
    until: date | None
    at: datetime


class AgreementDocument(Document):
    """A BAA this organisation signed with the vendor."""

    document: str
    covers_tool: bool
    tiers: list[str] = Field(description="Covered tiers; empty: all.")
    valid_from: date
    valid_until: date | None
    in_force: bool


class AlsoSeenDocument(Document):
    """The same tool, seen in a way that says less than its finding kind."""

    finding_kind: str
    amount: AmountDocument


class PrincipalDocument(Document):
    """What one pseudonym did with the tool."""

    principal: str = Field(examples=["p-3f0c5a9b1d2e4f607182"])
    kind: str = Field(examples=["user"], description="user, device, address or unknown.")
    departments: list[str]
    sources: list[str]
    events: int
    blocked: int
    bytes_up: Bytes
    first_seen: datetime
    last_seen: datetime
    via: str | None = Field(
        description="How an address in the logs was laid to it; null: the logs name it.",
        examples=["via DHCP lease (valid until 2026-11-22 12:00 UTC)"],
    )


class PastScoreDocument(Document):
    """A score as it was kept after a scan."""

    at: datetime
    score: ScoreDocument


class ToolReport(Document):
    """Everything known about one tool."""

    tool: ToolDocument
    also_seen: list[AlsoSeenDocument] = Field(description="Weaker kinds of finding, counted apart.")
    description: str
    homepage: str
    parts: list[PartDocument]
    unknown: list[str] = Field(description="What is not known and widens the range.")
    evidence: list[EvidenceDocument]
    terms: list[TermsDocument]
    days: list[DayDocument] = Field(description="Days without a sighting are left out.")
    decisions: list[DecisionDocument]
    agreements: list[AgreementDocument]
    principals: list[PrincipalDocument] = Field(description="Up to 100, the most events first.")
    principals_in_all: int
    history: list[PastScoreDocument] = Field(description="Scores kept after scans, newest first.")
    plan_in_use: str = Field(
        default="",
        description="For how many people the plan is known; empty where there are none to tell apart.",
    )


class FileDocument(Document):
    """What became of one file."""

    label: str = Field(examples=["access.log.1.gz"])
    source: str
    format_id: str | None
    status: str = Field(examples=["partial"], description="ok, partial, unread or already_read.")
    message: str
    lines: int
    events: int
    unreadable: int


class ScanDocument(Document):
    """One scan."""

    scan_id: int = Field(examples=[7])
    started_by: str = Field(examples=["nightly"])
    started: datetime
    finished: datetime | None
    status: str = Field(examples=["ok"], description="running, ok, partial, failed or interrupted.")
    message: str | None
    files: int
    files_not_read: int = Field(description="Files not read, or not to their end.")
    lines: int
    events: int
    unreadable: int = Field(description="Lines that could not be read.")


class ScanList(Document):
    """Scans, newest first."""

    items: list[ScanDocument]
    limit: int
    next_before: int | None = Field(description="Pass as `before` for the next page; null: there is none.")


class ScanReport(Document):
    """One scan with the outcome of every file."""

    scan: ScanDocument
    files: list[FileDocument]


class DoubtDocument(Document):
    """Events that are in doubt for one reason."""

    reason: str
    events: int


class ReasonDocument(Document):
    """Lines that could not be read for one reason."""

    reason: str
    lines: int


class LossDocument(Document):
    """What never reached us, of one kind."""

    what: str = Field(examples=["packets lost while recording"])
    count: int
    uncounted: int = Field(description="How often something was lost and nobody knows how much.")
    first_at: datetime
    last_at: datetime


class SourceDocument(Document):
    """How much of one source was read: lines = events + not_events + lines_unreadable."""

    source: str
    kind: str | None
    files: int
    files_partial: int
    files_not_read: int
    lines: int
    events: int
    not_events: int = Field(description="Headers, comments and blank lines.")
    lines_unreadable: int
    unreadable: list[ReasonDocument]
    with_user: int = Field(description="Events that name a person.")
    hidden_names: int = Field(description="Connections whose server name was encrypted.")
    first_event: datetime | None
    last_event: datetime | None
    silent_days: int | None = Field(description="Days since the last event; null: not silent.")
    is_pulled: bool = Field(description="Whether it is fetched from a vendor's interface.")
    pulled_at: datetime | None = Field(description="When all of it was last fetched to the end.")
    pull_problem: str | None = Field(description="Why the newest fetch stopped early; null: it did not.")
    flows_refused: list[DoubtDocument] = Field(
        description="Connections without a name whose tool could not be told."
    )
    doubtful: list[DoubtDocument] = Field(description="Events whose time is in doubt.")
    only_address: int = Field(description="Events of tools that name only an address.")
    attributed: int = Field(description="Those laid to a device or user who had the address then.")
    losses: list[LossDocument] = Field(description="What was lost before it could be read.")


class CoverageReport(Document):
    """What was read of every source and what was not."""

    not_read: list[str] = Field(description="The same in sentences, for people. Never empty.")
    sources: list[SourceDocument]
    unread_files: list[FileDocument]
    last_scan: ScanDocument | None = Field(description="null: nothing has been scanned yet.")


class Health(Document):
    """Whether the service can answer."""

    status: str = Field(examples=["ok"])
    database: str = Field(examples=["ok"], description="ok, or outdated: run the upgrade.")
    catalogue: str = Field(examples=["3fa91c22d01b"], description="Version of the signature catalogue.")
