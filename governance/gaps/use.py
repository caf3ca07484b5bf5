"""Check use: is what people do with AI tools what was decided about them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from governance.conditions import BROKEN
from governance.findings import APPROVED_STATUSES
from governance.gap_rules import Rule
from governance.gaps.evidence import Evidence
from governance.gaps.verdict import GAP, MET, NOT_APPLICABLE, UNKNOWN, Period, Use, Verdict
from governance.gaps.wording import none_used, several
from governance.ranking import RankedTool


def prohibited_use(evidence: Evidence, rule: Rule) -> Verdict:
    """No tool is used after the day it was prohibited; attempts that were blocked are no use."""
    prohibited = [name for name, entry in evidence.inventory.items() if entry.status == "prohibited"]
    if not prohibited:
        return Verdict(NOT_APPLICABLE, ("No tool is prohibited.",))
    if not evidence.anything_read:
        return none_used(evidence)
    found: dict[str, Period] = {}
    lines = []
    for one in _let_through(evidence):
        if one.status != "prohibited":
            continue
        after = one.entry.status_at.date() + timedelta(days=1)
        days = [use.day for use in one.seen.days if use.day >= after]
        if days:
            found[one.tool_id] = Period(after)
            lines.append(f"{one.name}: prohibited on {one.entry.status_at.date()}, used until {days[-1]}.")
    if found:
        return _gap(found, lines)
    return Verdict(MET, (f"{several(len(prohibited), 'tool')} prohibited, no use after it was seen.",))


def tools_decided(evidence: Evidence, rule: Rule) -> Verdict:
    """Every tool in use is decided about within the days the rule gives, from its first day of use."""
    if not evidence.used:
        return none_used(evidence)
    late: dict[str, Period] = {}
    older: dict[str, Period] = {}
    lines = []
    fresh = 0
    for one in evidence.used:
        if one.status not in ("unreviewed", "in_review"):
            continue
        begun = _undecided_since(one)
        if (evidence.today - begun).days > (rule.days or 30):
            late[one.tool_id] = Period(begun)
            lines.append(f"{one.name}: in use since {begun}, {one.status.replace('_', ' ')}.")
        elif evidence.read_since is None or begun <= evidence.read_since + timedelta(days=1):
            older[one.tool_id] = Period()
        else:
            fresh += 1
    if late:
        return _gap(late, lines)
    if older:
        told = (
            f"{several(len(older), 'tool')} undecided and in use since the logs begin ({evidence.read_since}); "
            "how long before that, nobody knows."
        )
        return Verdict(UNKNOWN, (told,), tools=older)
    decided = len(evidence.used) - fresh
    waiting = f"; {several(fresh, 'tool')} still within the time" if fresh else ""
    return Verdict(MET, (f"{several(decided, 'tool')} in use decided about{waiting}.",))


def only_approved_use(evidence: Evidence, rule: Rule) -> Verdict:
    """Nobody uses a tool with patient data that nobody approved."""
    if not evidence.used:
        return none_used(evidence)
    found: dict[str, Period] = {}
    unsure: dict[str, Period] = {}
    lines = []
    for one in _let_through(evidence):
        likely = evidence.patient_data(one)
        if one.status in APPROVED_STATUSES or likely is False:
            continue
        if likely:
            found[one.tool_id] = Period()
            lines.append(
                f"{one.name}: {one.status.replace('_', ' ')}, first used {one.seen.first_seen.date()}."
            )
        else:
            unsure[one.tool_id] = Period()
    if found:
        return _gap(found, lines)
    if unsure:
        note = f"{several(len(unsure), 'tool')} not approved, of which nobody knows whether patient data goes in."
        return Verdict(UNKNOWN, (note,), tools=unsure)
    return Verdict(MET, ("Every tool into which patient data likely goes is approved.",))


def conditions_kept(evidence: Evidence, rule: Rule) -> Verdict:
    """Use of approved tools stays within the conditions of the approval, as far as logs can tell."""
    approved = [one for one in evidence.used if one.status in APPROVED_STATUSES]
    if not approved:
        return Verdict(NOT_APPLICABLE, ("No approved tool is in use.",))
    broken = {one.tool_id: Period() for one in approved if one.inputs.conditions_broken}
    unsure = {one.tool_id: Period() for one in approved if one.inputs.conditions_broken is None}
    if broken:
        lines = []
        events, people, since = 0, [], []
        for one in approved:
            found = [told for told in evidence.standings.get(one.tool_id, ()) if told.state == BROKEN]
            for told in found:
                lines.append(
                    f"{one.name}: {told.condition.replace('_', ' ')} beyond {', '.join(told.allowed)}."
                )
                if told.evidence.since is not None:
                    since.append(told.evidence.since.date())
            if found:
                events += max(told.evidence.events for told in found)
                people.append(max(told.evidence.people for told in found))
        counted = Use(people[0] if len(people) == 1 else None, events, None)
        return Verdict(GAP, tuple(lines), min(since, default=None), broken, counted)
    if unsure:
        note = f"{several(len(unsure), 'tool')} bound to conditions that these logs cannot show to be kept."
        return Verdict(UNKNOWN, (note,), tools=unsure)
    return Verdict(MET, (f"{several(len(approved), 'approved tool')} in use, no condition broken.",))


def own_accounts_only(evidence: Evidence, rule: Rule) -> Verdict:
    """Patient data goes into no personal account."""
    asked = [one for one in _let_through(evidence) if evidence.patient_data(one) is not False]
    if not asked:
        return none_used(evidence)
    personal = {one.tool_id: Period() for one in asked if one.inputs.account == "personal"}
    unsure = {one.tool_id: Period() for one in asked if one.inputs.account is None}
    if personal:
        return _gap(personal, [f"{one.name}: personal accounts." for one in asked if one.tool_id in personal])
    if unsure:
        note = f"{several(len(unsure), 'tool')} of which no log tells whose accounts are used."
        return Verdict(UNKNOWN, (note,), tools=unsure)
    return Verdict(MET, (f"{several(len(asked), 'tool')}: no personal account seen.",))


def no_training(evidence: Evidence, rule: Rule) -> Verdict:
    """No vendor trains its models on what people here put into a tool with patient data."""
    asked = [one for one in _let_through(evidence) if evidence.patient_data(one) is not False]
    if not asked:
        return none_used(evidence)
    trains = {one.tool_id: Period() for one in asked if one.inputs.training in ("default_on", "opt_out")}
    unsure = {one.tool_id: Period() for one in asked if one.inputs.training in (None, "unknown")}
    if trains:
        lines = [
            f"{one.name}: trains on content unless somebody objects."
            for one in asked
            if one.tool_id in trains
        ]
        return _gap(trains, lines)
    if unsure:
        note = (
            f"{several(len(unsure), 'tool')} whose vendor makes no statement about training that was found."
        )
        return Verdict(UNKNOWN, (note,), tools=unsure)
    return Verdict(MET, (f"{several(len(asked), 'tool')}: no training on content.",))


def former_staff(evidence: Evidence, rule: Rule) -> Verdict:
    """Nobody uses a tool under an account of the organisation after the last day of employment."""
    used = [one for one in evidence.leavers if one.blocked < one.events]
    if used:
        lines = [
            f"{one.principal}: last day {one.active_until}, used until {one.last_seen.date()}."
            for one in used
        ]
        first = min(one.first_seen.date() for one in used)
        tools = {one.tool_id: Period(one.active_until + timedelta(days=1)) for one in used}
        sent = [one.bytes_up for one in used if one.bytes_up is not None]
        people = len({one.principal for one in used})
        counted = Use(people, sum(one.events for one in used), sum(sent) if sent else None)
        return Verdict(GAP, tuple(lines), first, tools, counted)
    if not evidence.people:
        return Verdict(UNKNOWN, ("Without a directory nobody can tell who has left.",))
    return Verdict(
        MET,
        (f"{several(len(evidence.people), 'person', 'people')} in the directory, no use after a last day.",),
    )


CHECKS: Final = {
    one.__name__: one
    for one in (
        prohibited_use,
        tools_decided,
        only_approved_use,
        conditions_kept,
        own_accounts_only,
        no_training,
        former_staff,
    )
}


def _let_through(evidence: Evidence) -> list[RankedTool]:
    return [one for one in evidence.used if one.seen.blocked < one.seen.count]


def _undecided_since(one: RankedTool) -> date:
    """Return the first day of use, or the day after an approval ended."""
    begun = one.seen.first_seen.date()
    ended = one.entry.status_until
    return max(begun, ended + timedelta(days=1)) if ended and one.status == "unreviewed" else begun


def _gap(tools: dict[str, Period], lines: list[str]) -> Verdict:
    return Verdict(GAP, tuple(lines), min((p.start for p in tools.values() if p.start), default=None), tools)
