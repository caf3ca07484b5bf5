"""List what there is to look at in a review: each list reads the evidence and names what is due, and when."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from governance.declared import tool_name
from governance.findings import APPROVED_STATUSES
from governance.gap_assessment import Gap
from governance.gaps.evidence import Evidence
from governance.gaps.verdict import GAP
from governance.incident_clock import clock_of
from governance.inputs import terms_in_use
from governance.ranking import RankedTool, current_status
from signatures.catalogue import STALE_AFTER

_MONTH: Final = timedelta(days=31)
_QUARTER: Final = timedelta(days=92)
_OLD_GAP: Final = timedelta(days=30)
_YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to look at."""

    what: str
    due: date | None
    """None: as soon as the review is held."""
    tool_id: str | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """What the lists are made of."""

    evidence: Evidence
    gaps: Sequence[Gap]
    gaps_since: Mapping[str, date]
    """Rule -> first day it was kept as a gap."""


def _open_alerts(on: Ground) -> list[Item]:
    found = on.evidence.open_alerts
    if not found:
        return []
    oldest = min(one.created_at.date() for one in found)
    return [
        Item(f"{len(found)} alerts nobody took in hand, the oldest of {oldest}", oldest + timedelta(days=7))
    ]


def _silent_sources(on: Ground) -> list[Item]:
    return [
        Item(f"Source {one.source.name} is silent since {one.silent_since:%Y-%m-%d}", one.silent_since.date())
        for one in on.evidence.sources
        if one.silent_since
    ]


def _incidents(on: Ground) -> list[Item]:
    found = []
    for one in on.evidence.incidents:
        if one.closed_at is None:
            clock = clock_of(one, [sent for sent in on.evidence.notices if sent.incident_id == one.id])
            found.append(Item(f"Incident {one.id}: {one.title}", clock.deadline, one.tool_id))
    return found


def _new_tools(on: Ground) -> list[Item]:
    limit = on.evidence.today - timedelta(days=7)
    return [
        Item(f"{one.name}: first seen {one.seen.first_seen:%Y-%m-%d}", None, one.tool_id)
        for one in on.evidence.used
        if one.status == "unreviewed" and one.seen.first_seen.date() >= limit
    ]


def _waiting_tools(on: Ground) -> list[Item]:
    return [
        Item(
            f"{one.name}: {one.status.replace('_', ' ')}, in use since {one.seen.first_seen:%Y-%m-%d}",
            one.seen.first_seen.date() + timedelta(days=30),
            one.tool_id,
        )
        for one in on.evidence.used
        if one.status in ("unreviewed", "in_review")
    ]


def _ending_decisions(on: Ground) -> list[Item]:
    found = []
    limit = on.evidence.today + _MONTH
    for tool_id, decided in on.evidence.decisions.items():
        newest, name = decided[0], tool_name(on.evidence.catalogue, tool_id)
        if newest.until is not None and on.evidence.today - _YEAR <= newest.until <= limit:
            ended = "ended" if newest.until < on.evidence.today else "ends"
            found.append(Item(f"{name}: the decision {ended} on {newest.until}", newest.until, tool_id))
        if newest.review_on is not None and newest.review_on <= limit:
            found.append(Item(f"{name}: to be looked at on {newest.review_on}", newest.review_on, tool_id))
    return found


def _old_gaps(on: Ground) -> list[Item]:
    found = []
    for gap in on.gaps:
        since = min(filter(None, (gap.since, on.gaps_since.get(gap.rule.id))), default=None)
        if gap.state == GAP and since is not None and on.evidence.today - since > _OLD_GAP:
            found.append(Item(f"{gap.rule.title}: gap since {since}", since + _OLD_GAP))
    return found


def _ending_agreements(on: Ground) -> list[Item]:
    found = []
    limit = on.evidence.today + _QUARTER
    for signed in (on.evidence.register or {}).values():
        for one in signed:
            if not one.in_force(on.evidence.today):
                continue
            if one.valid_until is not None and one.valid_until <= limit:
                found.append(Item(f"Agreement {one.id} ({one.document}) ends", one.valid_until))
            if one.review_on is not None and one.review_on <= limit:
                found.append(Item(f"Agreement {one.id} ({one.document}) to be looked at", one.review_on))
    return found


def _stale_terms(on: Ground) -> list[Item]:
    found = []
    for one in on.evidence.used:
        terms = terms_in_use(on.evidence.catalogue.tools.get(one.tool_id), one.seen)
        oldest = min((term.as_of for term in terms), default=None)
        if oldest is not None and oldest + STALE_AFTER < on.evidence.today + _QUARTER:
            found.append(Item(f"{one.name}: terms as of {oldest}", oldest + STALE_AFTER, one.tool_id))
    return found


def _approved_tools(on: Ground) -> list[Item]:
    return [Item(one.name, None, one.tool_id) for one in _approved(on)]


def _approved_clinical_tools(on: Ground) -> list[Item]:
    return [Item(one.name, None, one.tool_id) for one in _approved(on) if one.clinical is not False]


def _policy(on: Ground) -> list[Item]:
    published = on.evidence.published
    if published is None:
        return [Item("No policy is published", on.evidence.today)]
    if on.evidence.policy_changed:
        return [Item(f"Decisions have changed since version {published.id}", on.evidence.today)]
    return [
        Item(
            f"Version {published.id} is of {published.published_at:%Y-%m-%d}",
            published.published_at.date() + _YEAR,
        )
    ]


def _attestations(on: Ground) -> list[Item]:
    oldest = on.evidence.today - _YEAR
    attested = {one.principal for one in on.evidence.attestations if one.attested_on >= oldest}
    missing = sum(one.principal not in attested for one in on.evidence.people)
    return [Item(f"{missing} people have not attested in the last year", None)] if missing else []


def _survey(on: Ground) -> list[Item]:
    oldest = on.evidence.now - _YEAR
    answered = {one.answer.department.casefold() for one in on.evidence.answers if one.answered_at >= oldest}
    silent = sorted(name for key, name in on.evidence.departments.items() if key not in answered)
    return [Item(f"{name} has not said which AI tools it uses", None) for name in silent]


def _approved(on: Ground) -> list[RankedTool]:
    return [
        one for one in on.evidence.used if current_status(one.entry, on.evidence.today) in APPROVED_STATUSES
    ]


LISTS: Final[Mapping[str, Callable[[Ground], list[Item]]]] = {
    "open_alerts": _open_alerts,
    "silent_sources": _silent_sources,
    "incidents": _incidents,
    "new_tools": _new_tools,
    "waiting_tools": _waiting_tools,
    "ending_decisions": _ending_decisions,
    "old_gaps": _old_gaps,
    "ending_agreements": _ending_agreements,
    "stale_terms": _stale_terms,
    "approved_tools": _approved_tools,
    "approved_clinical_tools": _approved_clinical_tools,
    "policy": _policy,
    "attestations": _attestations,
    "survey": _survey,
}
"""Name in reviews.toml -> the function that makes the list."""
