"""Check agreements: is one in force, was one on the day of use, does it name the tool, is its document on record."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from governance.gap_rules import Rule
from governance.gaps.evidence import Evidence
from governance.gaps.verdict import GAP, MET, NOT_APPLICABLE, UNKNOWN, Period, Verdict
from governance.gaps.wording import none_used, several
from governance.inputs import agreement_state
from governance.ranking import RankedTool
from storage.agreements import Agreement


def agreement_in_force(evidence: Evidence, rule: Rule) -> Verdict:
    """Every tool into which patient data likely goes is covered by an agreement in force for its tier, today."""
    if not evidence.used:
        return none_used(evidence)
    open_tools: dict[str, Period] = {}
    unsure: dict[str, Period] = {}
    lines: list[str] = []
    covered = left_out = 0
    for one in evidence.used:
        likely = evidence.patient_data(one)
        if likely is False:
            left_out += 1
        elif one.agreement == "in_force":
            covered += 1
        elif likely and (one.agreement is not None or one.inputs.baa == "no"):
            start = _uncovered_since(evidence, one)
            open_tools[one.tool_id] = Period(start)
            why = {
                "ended": "its agreement has ended",
                "other_scope": "the agreement with its vendor does not cover it",
            }
            offer = (
                ", and its vendor offers none for a plan that may be in use" if one.inputs.baa == "no" else ""
            )
            no = f"none is on record{offer}"
            lines.append(f"{one.name}: {why.get(one.agreement or '', no)}; used since {start}.")
        else:
            unsure[one.tool_id] = Period()
    if unsure:
        register = "the register of agreements is empty" if evidence.register is None else "nobody knows"
        lines.append(
            f"{several(len(unsure), 'tool')} of which it cannot be told: {register}, or whether patient data goes in."
        )
    if left_out:
        lines.append(f"{several(left_out, 'tool')} left out: no clinical use is seen, in no department.")
    if open_tools:
        return Verdict(GAP, tuple(lines), min(p.start for p in open_tools.values() if p.start), open_tools)
    if unsure:
        return Verdict(UNKNOWN, tuple(lines), tools=unsure)
    if not covered:
        return Verdict(NOT_APPLICABLE, tuple(lines))
    return Verdict(MET, (f"{several(covered, 'tool')} covered.", *lines))


def agreement_on_day_of_use(evidence: Evidence, rule: Rule) -> Verdict:
    """No tool that is covered today was used with patient data on days before an agreement covered it."""
    covered = [
        one
        for one in evidence.used
        if one.agreement == "in_force" and evidence.patient_data(one) is not False
    ]
    if evidence.register is None:
        return (
            Verdict(UNKNOWN, ("The register of agreements is empty.",))
            if evidence.used
            else none_used(evidence)
        )
    if not covered:
        return Verdict(NOT_APPLICABLE, ("No tool in use is covered by an agreement today.",))
    found: dict[str, Period] = {}
    lines = []
    for one in covered:
        days = [day for day in _days(one) if not _covered(evidence, one, day)]
        if days:
            found[one.tool_id] = Period(days[0], days[-1])
            lines.append(f"{one.name}: {several(len(days), 'day')} of use, {days[0]} to {days[-1]}.")
    if found:
        return Verdict(GAP, tuple(lines), min(p.start for p in found.values() if p.start), found)
    return Verdict(MET, (f"{several(len(covered), 'tool')}: every day of use is covered.",))


def agreement_document(evidence: Evidence, rule: Rule) -> Verdict:
    """Each agreement in force has the digest of its signed document, so that the file can be shown to be it."""
    signed = _in_force(evidence)
    if not signed:
        return _no_agreement(evidence)
    without = [one for one in signed if not one.document_sha256]
    if without:
        lines = tuple(f"Agreement {one.id} ({one.document}) has no SHA-256." for one in without)
        return Verdict(GAP, lines, min(one.added_at.date() for one in without))
    return Verdict(
        MET, (f"{several(len(signed), 'agreement')} in force, each with the digest of its document.",)
    )


def agreement_ending(evidence: Evidence, rule: Rule) -> Verdict:
    """No agreement of a tool in use ends soon without another one after it."""
    signed = _in_force(evidence)
    if not signed:
        return _no_agreement(evidence)
    limit = evidence.today + timedelta(days=rule.days or 60)
    found: dict[str, Period] = {}
    lines = []
    for one in evidence.used:
        ends = [
            agreement.valid_until or date.max
            for agreement in signed
            if agreement.vendor_id == one.vendor_id and agreement.names(one.tool_id)
        ]
        if one.agreement == "in_force" and ends and not _covered(evidence, one, limit) and max(ends) < limit:
            found[one.tool_id] = Period(evidence.today)
            lines.append(f"{one.name}: the agreement ends on {max(ends)}, and none follows.")
    if found:
        return Verdict(GAP, tuple(lines), evidence.today, found)
    return Verdict(MET, (f"No agreement of a tool in use ends before {limit}.",))


def agreement_subcontractors(evidence: Evidence, rule: Rule) -> Verdict:
    """Each agreement in force binds the vendor's subcontractors likewise."""
    signed = _in_force(evidence)
    if not signed:
        return _no_agreement(evidence)
    unbound = [one for one in signed if one.subcontractors == "no"]
    unclear = [one for one in signed if one.subcontractors not in ("yes", "no")]
    if unbound:
        lines = tuple(f"Agreement {one.id} ({one.document}) binds no subcontractors." for one in unbound)
        return Verdict(GAP, lines, min(one.valid_from for one in unbound))
    if unclear:
        lines = tuple(f"Agreement {one.id} ({one.document}): nobody has looked." for one in unclear[:20])
        return Verdict(UNKNOWN, lines)
    return Verdict(MET, (f"{several(len(signed), 'agreement')} in force bind subcontractors.",))


def agreement_notice(evidence: Evidence, rule: Rule) -> Verdict:
    """Each agreement in force says within how many days the vendor reports a breach, and they are not too many."""
    signed = _in_force(evidence)
    if not signed:
        return _no_agreement(evidence)
    most = rule.days or 60
    late = [one for one in signed if one.notice_days is not None and one.notice_days > most]
    unclear = [one for one in signed if one.notice_days is None]
    if late:
        lines = tuple(f"Agreement {one.id} ({one.document}): {one.notice_days} days." for one in late)
        return Verdict(GAP, lines, min(one.valid_from for one in late))
    if unclear:
        lines = tuple(f"Agreement {one.id} ({one.document}): nobody has looked." for one in unclear[:20])
        return Verdict(UNKNOWN, lines)
    return Verdict(MET, (f"{several(len(signed), 'agreement')} in force, each within {most} days.",))


CHECKS: Final = {
    one.__name__: one
    for one in (
        agreement_in_force,
        agreement_on_day_of_use,
        agreement_document,
        agreement_ending,
        agreement_subcontractors,
        agreement_notice,
    )
}


def _in_force(evidence: Evidence) -> list[Agreement]:
    return [
        one for signed in (evidence.register or {}).values() for one in signed if one.in_force(evidence.today)
    ]


def _no_agreement(evidence: Evidence) -> Verdict:
    if evidence.register is None:
        return Verdict(
            UNKNOWN, ("The register of agreements is empty, which tells nothing of what was signed.",)
        )
    return Verdict(NOT_APPLICABLE, ("No agreement is in force.",))


def _days(one: RankedTool) -> list[date]:
    return [use.day for use in one.seen.days]


def _covered(evidence: Evidence, one: RankedTool, day: date) -> bool:
    signed = None if evidence.register is None else evidence.register.get(one.vendor_id, ())
    return agreement_state(evidence.catalogue.tools.get(one.tool_id), one.seen, signed, day) == "in_force"


def _uncovered_since(evidence: Evidence, one: RankedTool) -> date:
    """Return the first day of use after the last one that was covered."""
    since = one.seen.days[-1].day
    for day in reversed(_days(one)):
        if _covered(evidence, one, day):
            break
        since = day
    return since
