"""Check the organisation's own part: a policy that says what holds, people who know it, a map of patient data."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from governance.gap_rules import Rule
from governance.gaps.evidence import Evidence
from governance.gaps.verdict import GAP, MET, UNKNOWN, Verdict
from governance.gaps.wording import several


def policy_current(evidence: Evidence, rule: Rule) -> Verdict:
    """A policy is published, it says what the decisions in force say, and it was looked at within the days given."""
    if evidence.published is None:
        return Verdict(GAP, ("No policy has been published.",), None)
    published = evidence.published.published_at.date()
    if evidence.policy_changed:
        changed = f"Decisions have changed since version {evidence.published.id} of {published}."
        later = [
            one.at.date()
            for decided in evidence.decisions.values()
            for one in decided
            if one.at > evidence.published.published_at
        ]
        return Verdict(GAP, (changed,), min(later, default=None))
    due = published + timedelta(days=rule.days or 365)
    if due < evidence.today:
        return Verdict(GAP, (f"Version {evidence.published.id} is of {published}.",), due + timedelta(days=1))
    return Verdict(MET, (f"Version {evidence.published.id} of {published} says what holds today.",))


def policy_attested(evidence: Evidence, rule: Rule) -> Verdict:
    """Everybody in the directory has attested to the policy within the days the rule gives."""
    if evidence.published is None:
        return Verdict(GAP, ("No policy has been published that anybody could attest to.",))
    oldest = evidence.today - timedelta(days=rule.days or 365)
    attested = {one.principal for one in evidence.attestations if one.attested_on >= oldest}
    if not evidence.people:
        told = f"{several(len(attested), 'attestation')}; without a directory nobody can tell who is missing."
        return Verdict(UNKNOWN, (told,))
    missing = sum(one.principal not in attested for one in evidence.people)
    if missing:
        told = f"{missing:,} of {several(len(evidence.people), 'person', 'people')} have not attested."
        return Verdict(GAP, (told,), evidence.published.published_at.date())
    return Verdict(MET, (f"All {several(len(evidence.people), 'person', 'people')} have attested.",))


def data_map_complete(evidence: Evidence, rule: Rule) -> Verdict:
    """The systems that hold patient data are on the map, and so is every department that uses AI tools."""
    if not evidence.systems:
        return Verdict(GAP, ("No system is on the data map.",))
    served = {name.casefold() for system in evidence.systems for name in system.departments}
    without = sorted(name for key, name in evidence.departments.items() if key not in served)
    unclear = [system.name for system in evidence.systems if system.holds_phi == "unknown"]
    if without:
        names = ", ".join(without[:10])
        told = f"{several(len(without), 'department')} with AI tools and no system on the map: {names}."
        return Verdict(GAP, (told,))
    if unclear:
        told = f"Nobody said whether patient data is in {', '.join(unclear[:10])}."
        return Verdict(UNKNOWN, (told,))
    return Verdict(MET, (f"{several(len(evidence.systems), 'system')} on the map.",))


def departments_asked(evidence: Evidence, rule: Rule) -> Verdict:
    """Each department in which AI tools are used has declared its tools within the days the rule gives."""
    if not evidence.departments:
        return Verdict(UNKNOWN, ("No log and no directory tells the departments.",))
    oldest = evidence.now - timedelta(days=rule.days or 365)
    answered = {one.answer.department.casefold() for one in evidence.answers if one.answered_at >= oldest}
    silent = sorted(name for key, name in evidence.departments.items() if key not in answered)
    if silent:
        asked = several(len(evidence.departments), "department")
        told = f"{len(silent)} of {asked} not heard: {', '.join(silent[:10])}."
        return Verdict(GAP, (told,))
    return Verdict(MET, (f"{several(len(evidence.departments), 'department')} have answered.",))


def owner_named(evidence: Evidence, rule: Rule) -> Verdict:
    """Somebody owns the policy and somebody takes reports."""
    if evidence.published is None:
        return Verdict(GAP, ("No policy has been published, so nobody is named.",))
    if not evidence.published.owner.strip() or not evidence.published.contact.strip():
        return Verdict(GAP, ("The published policy names no owner or no contact.",))
    return Verdict(MET, (f"Owner {evidence.published.owner}, reports to {evidence.published.contact}.",))


CHECKS: Final = {
    one.__name__: one
    for one in (policy_current, policy_attested, data_map_complete, departments_asked, owner_named)
}
