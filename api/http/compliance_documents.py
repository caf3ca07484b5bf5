"""Define the JSON documents of gaps, policy, incidents, reviews and measures; the command line prints the same."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import Field

from api.http.documents import Bytes, Document


class RuleDocument(Document):
    """One requirement, in our own words."""

    id: str = Field(examples=["hipaa_agreement"])
    framework: str = Field(examples=["hipaa"])
    framework_title: str
    title: str
    requirement: str
    citation: str = Field(examples=["45 CFR 164.502(e)(1)(i)"])
    source: str = Field(description='Address, or "organisation" for an own rule.')
    as_of: date = Field(description="Day the source was read.")
    status: str = Field(description="in_force, proposed or guidance.")
    check: str
    days: int | None


class GapDocument(Document):
    """One rule and how it stands."""

    rule: RuleDocument
    state: str = Field(description="met, gap, unknown or not_applicable; unknown is never met.")
    since: date | None
    tools: list[str] = Field(description="Tools whose use falls in the gap; of unknown ones, may fall in it.")
    people: int | None = Field(description="null: no log names any.")
    events: int
    bytes_up: Bytes
    evidence: list[str]
    closes: str = Field(description="What closes the gap.")


class GapList(Document):
    """All rules, gaps first."""

    items: list[GapDocument]
    total: int


class SectionDocument(Document):
    """One part of the policy."""

    id: str
    title: str
    sentences: list[str]
    columns: list[str]
    rows: list[list[str]]


class PolicyDocument(Document):
    """The policy as the decisions in force say it today."""

    sections: list[SectionDocument]
    digest: str = Field(description="SHA-256; the same decisions give the same.")
    changed: bool = Field(description="True if it says something else than the published version.")
    published: int | None = Field(description="Number of the newest published version.")


class PolicyVersionDocument(Document):
    """One published version."""

    id: int
    digest: str
    added: list[str] = Field(description="Lines the version before did not have.")
    removed: list[str]
    owner: str
    contact: str
    published_by: str
    published_at: datetime
    attestations: int


class DueDocument(Document):
    """One notice with its last day."""

    kind: str = Field(examples=["individuals"])
    title: str
    needed: str = Field(description="yes, no or unknown.")
    day: date
    why: str
    citation: str
    sent_on: date | None


class ClockDocument(Document):
    """From which day the time of an incident is counted, and what is due when."""

    counted_from: date
    basis: str = Field(description="stated, read (first read by us) or seen (first seen by a person).")
    deadline: date
    if_read: date | None
    if_seen: date
    due: list[DueDocument]


class IncidentFactsDocument(Document):
    """What is on record about an incident."""

    id: int
    title: str
    tool_id: str | None
    finding: str | None
    principal: str | None = Field(description="Pseudonym.")
    opened_by: str
    opened_at: datetime
    first_event: datetime | None = Field(description="First in a log.")
    first_read: datetime | None = Field(description="First read by us.")
    first_person: datetime = Field(description="First seen by a person, as far as the record shows.")
    first_person_by: str
    evidence: dict[str, Any]
    discovered_on: date | None
    discovered_why: str | None
    individuals: int | None = Field(description="null: nobody knows yet.")
    residents: dict[str, int]
    factors: dict[str, dict[str, str]]
    decision: str | None
    decided_by: str | None
    decided_at: datetime | None
    decision_reason: str | None
    closed_by: str | None
    closed_at: datetime | None
    closing: str | None


class IncidentDocument(Document):
    """One incident with its clock."""

    incident: IncidentFactsDocument
    state: str = Field(description="open, decided or closed.")
    clock: ClockDocument


class IncidentList(Document):
    """All incidents, the one with the least time left first."""

    items: list[IncidentDocument]
    total: int


class ItemDocument(Document):
    """One thing to look at in a review."""

    what: str
    due: date | None
    tool_id: str | None


class DoneDocument(Document):
    """When a review was done, by whom, with what result."""

    id: int
    review: str
    period_end: date
    by: str
    note: str
    at: datetime


class ReviewRuleDocument(Document):
    """One review."""

    id: str
    title: str
    every: str = Field(description="week, month, quarter or year.")
    what: str
    reason: str
    citation: str


class ReviewDocument(Document):
    """One review with its state today."""

    rule: ReviewRuleDocument
    due: date
    state: str = Field(description="done, due or overdue.")
    last: DoneDocument | None
    items: list[ItemDocument]


class ReviewList(Document):
    """The calendar, the most urgent first."""

    items: list[ReviewDocument]
    total: int


class KpiDocument(Document):
    """One measure as it stands now."""

    id: str
    title: str
    value: float | None = Field(description="null: it cannot be told.")
    unit: str = Field(description="share, people, days, count or yes_no.")
    how: str


class WeekDocument(Document):
    """One week, Monday to Sunday (UTC); null everywhere: it cannot be told."""

    start: date
    complete: bool
    events: int
    approved_share: float | None
    users: int | None
    unapproved_users: int | None
    days_to_decision: float | None
    waiting: int
    baa_coverage: float | None
    gaps: int | None
    gaps_opened: int | None
    gaps_closed: int | None
    source_coverage: float | None


class CriterionDocument(Document):
    """One condition of a stage."""

    measure: str
    at_least: float | None
    at_most: float | None
    says: str
    reason: str


class MissingDocument(Document):
    """One condition of the next stage that does not hold."""

    criterion: CriterionDocument
    value: float | None


class StageDocument(Document):
    """One stage of maturity."""

    id: str
    title: str
    meaning: str


class MaturityDocument(Document):
    """The stage reached, the next one, and what is missing for it."""

    stage: StageDocument
    next: StageDocument | None
    missing: list[MissingDocument]


class KpisDocument(Document):
    """All measures now and week by week."""

    now: list[KpiDocument]
    weeks: list[WeekDocument]
    maturity: MaturityDocument
