"""Gather what is known about one tool into the inputs of its score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from governance.departments import is_clinical
from governance.exposure import ExposureInputs
from governance.findings import APPROVED_STATUSES as APPROVED_STATUSES
from governance.sessions import SessionFacts
from governance.weights import Weights
from signatures.catalogue import PhiTerms, Tool
from signatures.kinds import Baa, Training
from storage.agreements import Agreement
from storage.sightings import Sightings

_WEEK = 7
_OWN_ACCOUNT_KINDS = ("sso_app_id", "sso_app_name")


@dataclass(frozen=True, slots=True)
class Reach:
    """How far one tool reaches among people, and what its sessions look like."""

    largest_sender: int | None
    """Bytes sent to this tool by the principal that sent most."""
    clinical_people: int
    """Principals of this tool who are clinical, as far as the directory or, by departments, the logs tell."""
    sessions: SessionFacts | None = None
    """None if no log tells who used it when."""
    accounts: Mapping[str, int] = field(default_factory=dict)
    """personal or organisation -> events that show such an account."""


def exposure_inputs(
    tool: Tool | None,
    seen: Sightings,
    finding_kind: str,
    agreements: Sequence[Agreement] | None,
    reach: Reach,
    status: str,
    conditions_broken: int | None,
    weights: Weights,
    now: datetime,
) -> ExposureInputs:
    """Return the inputs for one tool.

    `tool` is None if the catalogue no longer holds it. `agreements` are those with its vendor, None if the
    register is empty altogether. What volumes are measured against is left to scenario.measured.
    """
    terms = terms_in_use(tool, seen)
    facts = reach.sessions
    people = likely_people(seen)
    clinical_people = _clinical_people(seen, reach.clinical_people)
    return ExposureInputs(
        category=str(tool.category) if tool else None,
        clinical_tool=tool.clinical if tool else None,
        clinical_department=_clinical_department(seen, reach.clinical_people, weights),
        baa=str(min(terms, key=lambda one: list(Baa).index(one.baa)).baa) if terms else None,
        baa_grade=str(min(terms, key=lambda one: list(Baa).index(one.baa)).grade) if terms else None,
        agreement=agreement_state(tool, seen, agreements, now.date()),
        uncovered_share=uncovered_share(tool, seen, agreements),
        training=str(min((one.training for one in terms), key=list(Training).index)) if terms else None,
        retention_days=_longest(terms),
        region=_region(terms),
        subprocessors=subprocessors_state(terms),
        account=_account(tool, seen, terms, reach.accounts),
        bytes_up=seen.bytes_up,
        people=max(people or 0, clinical_people or 0) or None,
        clinical_people=clinical_people,
        departments=len(seen.departments) or None,
        sessions=facts.sessions if facts else None,
        audio_sessions=facts.audio_sessions if facts else None,
        minutes_after_ehr=facts.minutes_after_record if facts else None,
        ehr_sessions=facts.after_record if facts and facts.minutes_after_record is not None else None,
        bytes_up_per_session=facts.largest_upload if facts else None,
        bytes_up_per_person=reach.largest_sender,
        days_since_seen=max((now - seen.last_seen).days, 0),
        growth=growth(seen),
        blocked_share=blocked_share(seen),
        finding_kind=finding_kind,
        status=status,
        conditions_broken=conditions_broken,
    )


def terms_in_use(tool: Tool | None, seen: Sightings) -> list[PhiTerms]:
    """Return the terms of every tier that was seen; an unknown tier has the least protective terms of all."""
    if tool is None:
        return []
    tiers: list[str | None] = list(seen.tiers)
    if seen.tier_unknown or not tiers:
        tiers.append(None)
    found = [tool.terms_for(tier) for tier in tiers]
    if any(terms is None for terms in found):
        found.append(tool.terms_for(None))
    return [terms for terms in found if terms is not None]


def agreement_state(
    tool: Tool | None, seen: Sightings, agreements: Sequence[Agreement] | None, day: date
) -> str | None:
    """Return in_force, other_scope, ended, none, or None if there is no register to ask."""
    if agreements is None:
        return None
    in_force = [one for one in agreements if one.in_force(day)]
    if not in_force:
        return "ended" if agreements else "none"
    for one in in_force:
        if tool is None or not one.names(tool.id):
            continue
        if not one.tiers or (seen.tiers and not seen.tier_unknown and set(seen.tiers) <= set(one.tiers)):
            return "in_force"
    return "other_scope"


def uncovered_share(
    tool: Tool | None, seen: Sightings, agreements: Sequence[Agreement] | None
) -> float | None:
    """Return the share of use on days on which no agreement held; None if there is no register to ask."""
    if agreements is None or not seen.count:
        return None
    uncovered = sum(
        one.count for one in seen.days if agreement_state(tool, seen, agreements, one.day) != "in_force"
    )
    return uncovered / seen.count


def likely_people(seen: Sightings) -> int | None:
    """Return the number of persons that logs vouch for: users if any are named, else devices or addresses.

    Adding the kinds up would count a person twice whom one log names and another knows by address only.
    """
    named = seen.people_by_kind.get("user", 0)
    return named or max(seen.people_by_kind.values(), default=0) or None


def growth(seen: Sightings) -> float | None:
    """Return events of the last 7 days with sightings over those of the 7 days before, None without both."""
    if not seen.days:
        return None
    last = seen.days[-1].day
    if (last - seen.days[0].day).days < _WEEK:
        return None
    recent_from, before_from = last - timedelta(days=_WEEK - 1), last - timedelta(days=2 * _WEEK - 1)
    recent = sum(one.count for one in seen.days if one.day >= recent_from)
    before = sum(one.count for one in seen.days if before_from <= one.day < recent_from)
    return recent / before if before else float("inf")


def blocked_share(seen: Sightings) -> float | None:
    """Return the share of all events that were blocked; None if no event tells what became of it."""
    if seen.allowed + seen.blocked == 0:
        return None
    return seen.blocked / seen.count


def _clinical_people(seen: Sightings, counted: int) -> int | None:
    return counted or (None if seen.department_unknown or not seen.departments else 0)


def _clinical_department(seen: Sightings, clinical_people: int, weights: Weights) -> bool | None:
    if clinical_people or any(is_clinical(name, weights.clinical_words) for name in seen.departments):
        return True
    return None if seen.department_unknown or not seen.departments else False


def _longest(terms: Sequence[PhiTerms]) -> int | None:
    days = [one.retention_days for one in terms]
    known = [one for one in days if one is not None]
    return max(known) if known and len(known) == len(days) else None


def _region(terms: Sequence[PhiTerms]) -> str | None:
    regions = {one.region for one in terms}
    return ", ".join(sorted(str(one) for one in regions)) if regions and None not in regions else None


def subprocessors_state(terms: Sequence[PhiTerms]) -> str | None:
    """Return none, covered or listed, or None unless every one of the terms names the vendor's list."""
    lists = [one.subprocessors for one in terms]
    known = [one for one in lists if one is not None]
    if not known or len(known) < len(lists):
        return None
    if all(one.count == 0 for one in known):
        return "none"
    return "covered" if all(one.bound or one.count == 0 for one in known) else "listed"


def _account(
    tool: Tool | None, seen: Sightings, terms: Sequence[PhiTerms], shown: Mapping[str, int]
) -> str | None:
    if shown.get("personal"):
        return "personal"
    if seen.count and shown.get("organisation", 0) >= seen.count:
        return "organisation"
    if tool is None:
        return None
    kinds = {signature.split(":")[1] for signature in seen.signatures if signature.count(":") >= 2}
    if kinds and kinds <= set(_OWN_ACCOUNT_KINDS):
        return "organisation"
    if not tool.tiers:
        return "one_plan"
    if seen.tier_unknown or not seen.tiers or not terms:
        return None
    offers = {one.baa for one in terms}
    if Baa.NO in offers:
        return "personal"
    return "organisation" if offers.isdisjoint((Baa.UNKNOWN, Baa.DISPUTED)) else None
