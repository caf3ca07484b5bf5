"""Describe what is known about one tool, as far as exposure of patient data depends on it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExposureInputs:
    """Everything a score is made of. Every field may be None: unknown, which never counts as safe."""

    category: str | None = None
    """Category of the catalogue, such as ambient_scribe: what kind of data the tool takes in."""
    clinical_tool: bool | None = None
    """True for a product made for care delivery or its administration."""
    clinical_department: bool | None = None
    """True if a clinical department uses it, False if only others do."""
    baa: str | None = None
    """What the vendor offers for the tiers in use: no, unknown, disputed, conditional, yes_contract,
    yes_plan, yes_default."""
    baa_grade: str | None = None
    """Grade of that statement: P (vendor's page read), p (quoted), S (secondary only)."""
    agreement: str | None = None
    """The organisation's own agreement: none, ended, other_scope (signed, but not for this tool or tier),
    in_force."""
    uncovered_share: float | None = None
    """Share of use on days on which no agreement for this tool and tier held, 0 to 1."""
    training: str | None = None
    """default_on, opt_out, unknown, opt_in, no."""
    retention_days: int | None = None
    """Days the vendor keeps content."""
    region: str | None = None
    """Where content is processed, as the catalogue states it: "US", "EU", "US, EU"."""
    subprocessors: str | None = None
    """none, covered (each has signed), listed (named), hidden."""
    account: str | None = None
    """personal, organisation, or one_plan for a tool whose terms are the same for everybody."""
    bytes_up: int | None = None
    """Bytes sent to the tool."""
    bytes_up_greatest: int | None = None
    """Bytes sent to the tool of this organisation that got most, in the same unit."""
    people: int | None = None
    """Distinct principals."""
    clinical_people: int | None = None
    """Distinct principals of clinical departments or roles; a number, so that others cannot dilute it."""
    departments: int | None = None
    """Distinct departments reached."""
    sessions: int | None = None
    """Sessions: uploads of one principal to the tool without a longer pause."""
    audio_sessions: int | None = None
    """Sessions shaped like the sound of a visit: sustained, even upload for as long as a visit takes."""
    minutes_after_ehr: float | None = None
    """Fewest minutes between a principal's use of the record (EHR) and an upload of the same principal;
    infinite if uploads never follow use of the record."""
    ehr_sessions: int | None = None
    """Sessions that sent something within a quarter of an hour of use of the record; told, not scored."""
    bytes_up_per_session: int | None = None
    """Bytes sent in the session that sent most."""
    bytes_up_per_session_greatest: int | None = None
    """The same of the tool of this organisation with the largest session, in the same unit."""
    bytes_up_per_person: int | None = None
    """Bytes sent by the principal that sent most; not a mean, so that further people cannot dilute it."""
    bytes_up_per_person_greatest: int | None = None
    """The same of the tool of this organisation with the largest sender, in the same unit."""
    days_since_seen: int | None = None
    """Whole days since the last sighting."""
    growth: float | None = None
    """Events of the last 7 days divided by those of the 7 days before."""
    blocked_share: float | None = None
    """Share of events that were blocked, 0 to 1."""
    finding_kind: str | None = None
    """use, look_alike, presence, embedded, contact, ambient."""
    status: str | None = None
    """Status in the inventory: unreviewed, in_review, approved, approved_with_conditions, prohibited,
    retired."""
    conditions_broken: int | None = None
    """Conditions of the approval that use is seen to break; 0 if it breaks none or none are set."""
