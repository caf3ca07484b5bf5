"""Rank the tools nobody approved by exposure of patient data, and tell all there is to tell about one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection

from governance.alternatives import Alternative, alternatives
from governance.assessment import Assessment, assess
from governance.conditions import conditions_broken, standings_of
from governance.departments import is_clinical
from governance.exposure import ExposureInputs
from governance.findings import APPROVED_STATUSES, FINDING_KINDS, KIND_OF_SURFACE, OPEN_STATUSES
from governance.inputs import Reach, exposure_inputs, likely_people
from governance.keeping import keep_assessments
from governance.scenario import measured
from governance.sessions import SessionFacts, facts_by_tool, record_use
from governance.tiers import TierStanding, tier_standing
from governance.weights import Weights
from signatures.catalogue import Catalogue, PhiTerms
from storage.agreements import Agreement, agreements, any_agreement
from storage.assessments import StoredAssessment, assessment_history
from storage.decisions import Decision, decisions
from storage.errors import NotRecorded
from storage.inventory import InventoryEntry, ToolRow, inventory_entry, tool_rows
from storage.outbox import Alert, alerts_of_vendor
from storage.reach import clinical_people_of, departments_seen, largest_senders
from storage.sightings import EvidenceRow, PrincipalRow, Sightings, evidence_rows, principal_rows
from storage.subnets import stated_departments
from storage.tiers import tiers_seen
from storage.usage import accounts_shown, hours_of_record, hours_of_use, last_hour


@dataclass(frozen=True, slots=True)
class RankedTool:
    """One tool that was seen, with its assessment."""

    rank: int
    """Place in the feed from 1; 0 for a tool that is not in the feed."""
    tool_id: str
    name: str
    vendor_id: str
    vendor_name: str
    category: str | None
    clinical: bool | None
    finding_kind: str
    """use, look_alike, presence, embedded, contact or ambient: the strongest kind it was seen as."""
    status: str
    """Status as of today: a decision whose last day is over reads as unreviewed."""
    entry: InventoryEntry
    assessment: Assessment
    inputs: ExposureInputs
    """What the assessment was made of."""
    people: int | None
    """Persons that logs vouch for (users, else devices or addresses); None if no log names any."""
    seen: Sightings
    """Sightings of this kind only: background traffic never adds to use."""
    also_seen: Mapping[str, Sightings]
    """Sightings of weaker kinds, by kind."""
    agreement: str | None
    """in_force, other_scope, ended, none; None if no agreement at all is on record."""
    alternative: Alternative | None = None
    """What to use instead of a prohibited tool."""

    @property
    def in_feed(self) -> bool:
        """Say whether somebody still has to act on it."""
        return self.status in OPEN_STATUSES


@dataclass(frozen=True, slots=True)
class ToolReport:
    """All there is to tell about one tool."""

    entry: InventoryEntry
    judged: RankedTool | None
    """None if the tool is in the inventory but was never seen."""
    evidence: tuple[EvidenceRow, ...]
    principals: tuple[PrincipalRow, ...]
    terms: tuple[PhiTerms, ...]
    """What the vendor says about patient data, per tier."""
    agreements: tuple[Agreement, ...]
    decisions: tuple[Decision, ...]
    alerts: tuple[Alert, ...]
    history: tuple[StoredAssessment, ...]
    tiers: TierStanding | None = None
    """For how many principals the plan is known; None where there are no plans to tell apart."""


def current_status(entry: InventoryEntry, today: date) -> str:
    """Return the status of a tool on a day; after its last day it is unreviewed again."""
    return "unreviewed" if entry.status_until is not None and entry.status_until < today else entry.status


def judged_tools(conn: Connection, catalogue: Catalogue, weights: Weights, now: datetime) -> list[RankedTool]:
    """Return every tool that was seen, approved or not, the most exposed first; only the feed has ranks."""
    groups: dict[str, dict[str, ToolRow]] = defaultdict(dict)
    for row in tool_rows(conn, groups=KIND_OF_SURFACE):
        if row.seen is not None:
            groups[row.tool_id][row.group] = row
    register = _register(conn)
    reach = _reach(conn, groups, weights)
    found = [
        _judge(conn, kinds, catalogue, weights, register, reach, now) for kinds in groups.values() if kinds
    ]
    instead = alternatives(conn, catalogue, now.date())
    found = [
        replace(one, alternative=instead.get(one.category or "")) if one.status == "prohibited" else one
        for one in found
    ]
    together = measured([one.inputs for one in found], weights)
    return _placed(
        replace(one, inputs=inputs, assessment=assess(inputs, weights))
        for one, inputs in zip(found, together, strict=True)
    )


def judged_with(
    judged: Sequence[RankedTool], tool_id: str, inputs: ExposureInputs, weights: Weights
) -> list[RankedTool]:
    """Return the tools as they would stand if one of them had other inputs."""
    return _placed(
        replace(
            one,
            inputs=inputs,
            assessment=assess(inputs, weights),
            finding_kind=inputs.finding_kind or one.finding_kind,
            status=inputs.status or one.status,
            agreement=inputs.agreement,
        )
        if one.tool_id == tool_id
        else one
        for one in judged
    )


def _placed(judged: Iterable[RankedTool]) -> list[RankedTool]:
    found = sorted(judged, key=_order)
    place = 0
    ranked: list[RankedTool] = []
    for one in found:
        place += one.in_feed
        ranked.append(replace(one, rank=place if one.in_feed else 0))
    return ranked


def ranked_tools(conn: Connection, catalogue: Catalogue, weights: Weights, now: datetime) -> list[RankedTool]:
    """Return the feed: tools seen and not approved, use first, then by score.

    Approved, conditionally approved and retired tools are left out; prohibited ones stay.
    """
    return [one for one in judged_tools(conn, catalogue, weights, now) if one.in_feed]


def tool_report(
    conn: Connection,
    tool_id: str,
    catalogue: Catalogue,
    weights: Weights,
    now: datetime,
    known_judged: Sequence[RankedTool] | None = None,
) -> ToolReport:
    """Return all there is to tell about one tool; `known_judged` is what judged_tools said, if it was asked.

    Raises storage.errors.NotRecorded.
    """
    entry = inventory_entry(conn, tool_id)
    every = judged_tools(conn, catalogue, weights, now) if known_judged is None else known_judged
    judged = next((one for one in every if one.tool_id == tool_id), None)
    known = catalogue.tools.get(tool_id)
    seen = tiers_seen(conn, tool_id)
    return ToolReport(
        entry=entry,
        judged=judged,
        evidence=tuple(evidence_rows(conn, tool_id)),
        principals=tuple(principal_rows(conn, tool_id)),
        terms=known.phi_terms if known else (),
        agreements=tuple(agreements(conn, entry.vendor_id)),
        decisions=tuple(decisions(conn, tool_id)),
        alerts=tuple(alerts_of_vendor(conn, entry.vendor_id)),
        history=tuple(assessment_history(conn, tool_id)),
        tiers=tier_standing(known, seen.principals, seen.by_tier, unnamed=seen.unnamed) if known else None,
    )


def save_assessments(
    conn: Connection, catalogue: Catalogue, weights: Weights, now: datetime
) -> list[RankedTool]:
    """Judge every tool that was seen, keep assessments that changed; return them as judged_tools does."""
    judged = judged_tools(conn, catalogue, weights, now)
    keep_assessments(conn, judged, weights.version, catalogue.version, now)
    return judged


def _register(conn: Connection) -> dict[str, list[Agreement]] | None:
    if not any_agreement(conn):
        return None
    by_vendor: dict[str, list[Agreement]] = defaultdict(list)
    for one in agreements(conn):
        by_vendor[one.vendor_id].append(one)
    return by_vendor


def clinical_departments(conn: Connection, weights: Weights) -> list[str]:
    """Return the clinical ones of all departments that were seen: as stated, else by their names."""
    stated = stated_departments(conn)
    return [
        name
        for name in departments_seen(conn)
        if stated.get(name.casefold(), is_clinical(name, weights.clinical_words))
    ]


def _reach(
    conn: Connection, groups: Mapping[str, Mapping[str, ToolRow]], weights: Weights
) -> dict[tuple[str, str], Reach]:
    clinicians = clinical_people_of(conn, clinical_departments(conn, weights), KIND_OF_SURFACE)
    senders = largest_senders(conn, KIND_OF_SURFACE)
    sessions, accounts = session_facts(conn, weights), accounts_shown(conn)
    return {
        (tool, kind): Reach(
            senders.get((tool, kind)),
            clinicians.get((tool, kind), 0),
            sessions.get(tool) if kind == "use" else None,
            accounts.get(tool, {}) if kind == "use" else {},
        )
        for tool, kinds in groups.items()
        for kind in kinds
    }


def session_facts(conn: Connection, weights: Weights) -> dict[str, SessionFacts]:
    """Return what the sessions of every tool come to, in the days of the weights up to the last use."""
    last = last_hour(conn)
    if last is None:
        return {}
    rules = weights.sessions
    since = last - rules.days * 24
    record = record_use(hours_of_record(conn, since - rules.ehr_forgotten // 60 - 1))
    return facts_by_tool(hours_of_use(conn, since), record, rules)


def _judge(
    conn: Connection,
    kinds: Mapping[str, ToolRow],
    catalogue: Catalogue,
    weights: Weights,
    register: Mapping[str, list[Agreement]] | None,
    reach: Mapping[tuple[str, str], Reach],
    now: datetime,
) -> RankedTool:
    # A surface this version does not know is no use either; it is shown as contact.
    kind = next((name for name in FINDING_KINDS if name in kinds), "contact")
    row = kinds.get(kind) or next(iter(kinds.values()))
    if row.seen is None:
        raise NotRecorded(f"tool {row.tool_id} has no sightings to judge.")
    seen, entry = row.seen, row.entry
    tool = catalogue.tools.get(row.tool_id)
    vendor = catalogue.vendors.get(row.vendor_id)
    signed = None if register is None else register.get(row.vendor_id, [])
    status = current_status(entry, now.date())
    decision = next(iter(decisions(conn, row.tool_id, 1)), None) if status in APPROVED_STATUSES else None
    kept = standings_of(conn, catalogue, row.tool_id, decision) if decision else None
    inputs = exposure_inputs(
        tool,
        seen,
        kind,
        signed,
        reach[row.tool_id, row.group],
        status,
        conditions_broken(status, decision, kept),
        weights,
        now,
    )
    return RankedTool(
        rank=0,
        tool_id=row.tool_id,
        name=tool.name if tool else entry.name or row.tool_id,
        vendor_id=row.vendor_id,
        vendor_name=vendor.name if vendor else entry.vendor_name or row.vendor_id,
        category=str(tool.category) if tool else None,
        clinical=tool.clinical if tool else None,
        finding_kind=kind,
        status=status,
        entry=entry,
        assessment=assess(inputs, weights),
        inputs=inputs,
        people=likely_people(seen),
        seen=seen,
        also_seen={name: other.seen for name, other in kinds.items() if other is not row and other.seen},
        agreement=inputs.agreement,
    )


def _order(one: RankedTool) -> tuple[int, int, int, int, str]:
    given = one.assessment
    return (
        FINDING_KINDS.index(one.finding_kind),
        -given.score,
        -given.high,
        -(one.people or 0),
        one.tool_id,
    )
