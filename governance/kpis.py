"""Measure how AI is governed here, week by week, from stored rows; and say which stage that is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import Final

from sqlalchemy import Connection

from governance.declared import USE_SURFACES
from governance.findings import APPROVED_STATUSES
from governance.gap_assessment import Gap, assess_gaps
from governance.gaps.evidence import Evidence, gather
from governance.gaps.verdict import GAP
from governance.inputs import agreement_state
from governance.maturity import Maturity, maturity
from governance.ranking import RankedTool, judged_tools
from governance.weights import Weights
from signatures.catalogue import Catalogue
from storage.decisions import Decision
from storage.gap_states import GapState, gap_states
from storage.read_days import sources_between
from storage.use_periods import use_within

WEEKS: Final = 26
"""Weeks that are told at most."""
_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Week:
    """One week, Monday to Sunday (UTC). None everywhere means that it cannot be told."""

    start: date
    complete: bool
    """False for the week that still runs."""
    events: int
    approved_share: float | None
    """Share of the events that are use of tools approved on that day, 0 to 1."""
    users: int | None
    """People who used any AI tool."""
    unapproved_users: int | None
    """People who used one that was not approved at the end of the week."""
    days_to_decision: float | None
    """Median of days from first use to first decision, over the tools decided about in this week."""
    waiting: int
    """Tools in use and undecided at the end of the week."""
    baa_coverage: float | None
    """Share of events with likely patient data on days on which an agreement held for tool and plan, 0 to 1."""
    gaps: int | None
    """Rules with a gap at the end of the week, as kept then."""
    gaps_opened: int | None
    gaps_closed: int | None
    source_coverage: float | None
    """Share of the sources known by then of which events of this week were read, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Kpi:
    """One measure as it stands now."""

    id: str
    title: str
    value: float | None
    """None: it cannot be told."""
    unit: str
    """share, people, days, count or yes_no."""
    how: str
    """How it is computed, and over what."""


@dataclass(frozen=True, slots=True)
class Kpis:
    """All measures now and week by week, and the stage they come to."""

    now: tuple[Kpi, ...]
    weeks: tuple[Week, ...]
    """Oldest first; at most WEEKS, from the first week of use on."""
    maturity: Maturity

    def of(self, name: str) -> Kpi:
        """Return one measure by its id."""
        return next(one for one in self.now if one.id == name)


def kpis(
    conn: Connection,
    catalogue: Catalogue,
    weights: Weights,
    now: datetime,
    judged: Sequence[RankedTool] | None = None,
    gaps: Sequence[Gap] | None = None,
    evidence: Evidence | None = None,
) -> Kpis:
    """Return all measures; `judged`, `gaps` and `evidence` spare computing them again."""
    if evidence is None:
        known = judged_tools(conn, catalogue, weights, now) if judged is None else judged
        evidence = gather(conn, catalogue, known, now)
    found = assess_gaps(conn, catalogue, weights, now, evidence=evidence) if gaps is None else gaps
    weeks = _weeks(conn, evidence, now)
    current = _current(evidence, weeks, found)
    return Kpis(current, weeks, maturity({one.id: one.value for one in current}))


def status_on(decided: Sequence[Decision], day: date) -> str:
    """Return the status a tool had at the end of a day; `decided` are its decisions, newest first."""
    for one in decided:
        if one.at.date() <= day:
            return "unreviewed" if one.until is not None and one.until < day else one.status
    return "unreviewed"


def _weeks(conn: Connection, evidence: Evidence, now: datetime) -> tuple[Week, ...]:
    days = [use.day for one in evidence.used for use in one.seen.days if use.day <= now.date()]
    if not days:
        return ()
    last = _monday(now.date())
    first = max(_monday(min(days)), last - (WEEKS - 1) * _WEEK)
    states = gap_states(conn)
    starts = [first + number * _WEEK for number in range((last - first).days // 7 + 1)]
    return tuple(_week(conn, evidence, start, states, now) for start in starts)


def _week(
    conn: Connection,
    evidence: Evidence,
    start: date,
    states: Mapping[date, Sequence[GapState]],
    now: datetime,
) -> Week:
    end = start + _WEEK - timedelta(days=1)
    last = min(end, now.date())
    events = approved = clinical = covered = 0
    unapproved: dict[str, tuple[date | None, date | None]] = {}
    used: dict[str, tuple[date | None, date | None]] = {}
    for one in evidence.used:
        decided = evidence.decisions.get(one.tool_id, ())
        in_week = [use for use in one.seen.days if start <= use.day <= last]
        if not in_week:
            continue
        used[one.tool_id] = (start, last)
        if status_on(decided, last) not in APPROVED_STATUSES:
            unapproved[one.tool_id] = (start, last)
        for use in in_week:
            events += use.count
            approved += use.count * (status_on(decided, use.day) in APPROVED_STATUSES)
        if evidence.patient_data(one) is not False:
            clinical += sum(use.count for use in in_week)
            covered += sum(use.count for use in in_week if _covered(evidence, one, use.day))
    lengths, waiting = _decisions(evidence, start, last)
    opened, closed, standing = _gaps(states, start, last)
    began = datetime.combine(start, time(), UTC)
    read, known = sources_between(conn, began, began + _WEEK)
    return Week(
        start=start,
        complete=end < now.date(),
        events=events,
        approved_share=approved / events if events else None,
        users=use_within(conn, used, USE_SURFACES).people,
        unapproved_users=_people(conn, unapproved) if events else None,
        days_to_decision=median(lengths) if lengths else None,
        waiting=waiting,
        baa_coverage=None if evidence.register is None or not clinical else covered / clinical,
        gaps=standing,
        gaps_opened=opened,
        gaps_closed=closed,
        source_coverage=len(read) / len(known) if known else None,
    )


def _people(conn: Connection, wanted: Mapping[str, tuple[date | None, date | None]]) -> int | None:
    return use_within(conn, wanted, USE_SURFACES).people if wanted else 0


def _covered(evidence: Evidence, one: RankedTool, day: date) -> bool:
    signed = None if evidence.register is None else evidence.register.get(one.vendor_id, ())
    return agreement_state(evidence.catalogue.tools.get(one.tool_id), one.seen, signed, day) == "in_force"


def _decisions(evidence: Evidence, start: date, last: date) -> tuple[list[int], int]:
    """Return days from first use to first decision of tools decided in these days, and how many wait at their end."""
    lengths = []
    waiting = 0
    for one in evidence.used:
        begun = one.seen.first_seen.date()
        first = _first_decided(evidence.decisions.get(one.tool_id, ()))
        if first is not None and start <= first <= last:
            lengths.append(max((first - begun).days, 0))
        if begun <= last and (first is None or first > last):
            waiting += 1
    return lengths, waiting


def _first_decided(decided: Sequence[Decision]) -> date | None:
    final = [one.at.date() for one in decided if one.status not in ("unreviewed", "in_review")]
    return min(final, default=None)


def _gaps(
    states: Mapping[date, Sequence[GapState]], start: date, last: date
) -> tuple[int | None, int | None, int | None]:
    """Return rules whose gap opened and closed in these days, and those with a gap at their end, as kept."""
    kept = [day for day in states if day <= last]
    if not kept:
        return None, None, None
    now = {one.rule for one in states[max(kept)] if one.state == GAP}
    earlier = [day for day in kept if day < start]
    if not earlier:
        return None, None, len(now)
    before = {one.rule for one in states[max(earlier)] if one.state == GAP}
    return len(now - before), len(before - now), len(now)


def _current(evidence: Evidence, weeks: Sequence[Week], gaps: Sequence[Gap]) -> tuple[Kpi, ...]:
    done = [week for week in weeks if week.complete]
    latest = done[-1] if done else weeks[-1] if weeks else None
    span = f"the week of {latest.start}" if latest else "no week yet"
    by_state: dict[tuple[str, str], int] = defaultdict(int)
    for gap in gaps:
        by_state[gap.state, gap.rule.status] += 1
    lengths = [
        max((first - one.seen.first_seen.date()).days, 0)
        for one in evidence.used
        if (first := _first_decided(evidence.decisions.get(one.tool_id, ()))) is not None
    ]
    decided = sum(one.status not in ("unreviewed", "in_review") for one in evidence.used)
    year_ago = evidence.today - timedelta(days=365)
    attested = {one.principal for one in evidence.attestations if one.attested_on >= year_ago}
    people = [one.principal for one in evidence.people]
    read = sum(one in attested for one in people) / len(people) if people else None
    return (
        Kpi("approved_share", "Approved share of use", latest.approved_share if latest else None, "share",
            f"events of tools approved on the day, of all events of use; {span}"),
        Kpi("unapproved_users", "Users of unapproved tools", latest.unapproved_users if latest else None, "people",
            f"distinct people who used a tool not approved at the end of {span}"),
        Kpi("days_to_decision", "Days from first use to decision", median(lengths) if lengths else None, "days",
            f"median over the {len(lengths)} tools in use that were decided about"),
        Kpi("decided_share", "Tools decided about", decided / len(evidence.used) if evidence.used else None, "share",
            f"{decided} of {len(evidence.used)} tools in use are neither unreviewed nor in review"),
        Kpi("baa_coverage", "Use covered by an agreement", latest.baa_coverage if latest else None, "share",
            f"events with likely patient data on days on which an agreement held for tool and plan; {span}"),
        Kpi("gaps_in_force", "Gaps, rules in force", by_state[GAP, "in_force"] if gaps else None, "count",
            "rules in force whose check finds a gap today"),
        Kpi("gaps_other", "Gaps, guidance and proposed rules",
            by_state[GAP, "guidance"] + by_state[GAP, "proposed"] if gaps else None, "count",
            "rules of guidance, and proposed rules, whose check finds a gap today"),
        Kpi("source_coverage", "Sources read", latest.source_coverage if latest else None, "share",
            f"sources with events read, of all sources known by then; {span}"),
        Kpi("policy_published", "Policy published", float(evidence.published is not None), "yes_no",
            "yes if any version of the policy is published"),
        Kpi("attested_share", "People who attested to the policy", read, "share",
            "people of the directory with an attestation in the last 365 days"),
    )  # fmt: skip


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
