"""Check oversight: are logs read, alerts taken in hand, incidents decided in time, terms known, records intact."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from governance.findings import APPROVED_STATUSES
from governance.gap_rules import Rule
from governance.gaps.evidence import Evidence
from governance.gaps.verdict import GAP, MET, NOT_APPLICABLE, UNKNOWN, Period, Verdict
from governance.gaps.wording import none_used, several
from governance.incident_clock import clock_of
from governance.inputs import terms_in_use


def sources_read(evidence: Evidence, rule: Rule) -> Verdict:
    """Every source was read within the days the rule gives, is not silent and left no file unread."""
    if not evidence.sources:
        return Verdict(UNKNOWN, ("No source has been read yet, so nobody knows what is used.",))
    oldest = evidence.now - timedelta(days=rule.days or 7)
    lines = []
    since: list[date] = []
    for source in evidence.sources:
        name = source.source.name
        if source.last_read is None or source.last_read < oldest:
            told = f"last read {source.last_read:%Y-%m-%d}" if source.last_read else "never read"
            lines.append(f"Source {name}: {told}.")
            since.append((source.last_read or source.source.created_at).date())
        elif source.silent_since:
            lines.append(f"Source {name}: no event since {source.silent_since:%Y-%m-%d}.")
            since.append(source.silent_since.date())
        elif source.unread_files:
            lines.append(f"Source {name}: {several(len(source.unread_files), 'file')} not read to the end.")
            since.append(min(file.at for file in source.unread_files).date())
    if lines:
        return Verdict(GAP, tuple(lines), min(since))
    return Verdict(MET, (f"{several(len(evidence.sources), 'source')} read, none silent.",))


def alerts_acknowledged(evidence: Evidence, rule: Rule) -> Verdict:
    """Somebody takes an alert in hand within the days the rule gives."""
    late = [one for one in evidence.open_alerts if (evidence.now - one.created_at).days >= (rule.days or 7)]
    if late:
        lines = [f"Alert {one.id} ({one.rule}) open since {one.created_at:%Y-%m-%d}." for one in late[:20]]
        if len(late) > 20:
            lines.append(f"{len(late) - 20} more.")
        return Verdict(GAP, tuple(lines), min(one.created_at for one in late).date())
    if not evidence.anything_read:
        return none_used(evidence)
    return Verdict(MET, (f"{several(len(evidence.open_alerts), 'alert')} open, none for too long.",))


def incidents_decided(evidence: Evidence, rule: Rule) -> Verdict:
    """Each incident is decided about, and its notices are sent, before its time is over."""
    if not evidence.incidents:
        return Verdict(NOT_APPLICABLE, ("No incident has been opened.",))
    lines = []
    since = []
    tools: dict[str, Period] = {}
    for one in evidence.incidents:
        clock = clock_of(one, [notice for notice in evidence.notices if notice.incident_id == one.id])
        over = [due for due in clock.due if due.open and due.day < evidence.today]
        if over and one.closed_at is None:
            lines.append(f"Incident {one.id}: {over[0].title} was due on {over[0].day}.")
            since.append(min(due.day for due in over) + timedelta(days=1))
            if one.tool_id:
                tools[one.tool_id] = Period(one.first_event.date() if one.first_event else None)
    if lines:
        return Verdict(GAP, tuple(lines), min(since), tools)
    still = sum(one.closed_at is None for one in evidence.incidents)
    return Verdict(MET, (f"{several(len(evidence.incidents), 'incident')}, {still} open, none late.",))


def terms_fresh(evidence: Evidence, rule: Rule) -> Verdict:
    """What vendors say about patient data was read again within the days the rule gives."""
    if not evidence.used:
        return none_used(evidence)
    stale: dict[str, Period] = {}
    unsure: dict[str, Period] = {}
    lines = []
    since = []
    for one in evidence.used:
        terms = terms_in_use(evidence.catalogue.tools.get(one.tool_id), one.seen)
        oldest = min((term.as_of for term in terms), default=None)
        if oldest is None:
            unsure[one.tool_id] = Period()
        elif (evidence.today - oldest).days > (rule.days or 180):
            stale[one.tool_id] = Period()
            since.append(max(oldest + timedelta(days=(rule.days or 180) + 1), one.seen.first_seen.date()))
            lines.append(f"{one.name}: terms as of {oldest}.")
    if stale:
        return Verdict(GAP, tuple(lines), min(since), stale)
    if unsure:
        return Verdict(
            UNKNOWN, (f"{several(len(unsure), 'tool')} without any terms on record.",), tools=unsure
        )
    return Verdict(MET, (f"Terms of {several(len(evidence.used), 'tool')} are recent.",))


def suppliers_known(evidence: Evidence, rule: Rule) -> Verdict:
    """Of every approved tool in use it is known whether its vendor signs and whether it trains on content."""
    approved = [one for one in evidence.used if one.status in APPROVED_STATUSES]
    if not approved:
        return Verdict(NOT_APPLICABLE, ("No approved tool is in use.",))
    unclear = [
        one
        for one in approved
        if one.inputs.baa in (None, "unknown", "disputed") or one.inputs.training in (None, "unknown")
    ]
    if unclear:
        lines = tuple(f"{one.name}: approved, but its terms are not known." for one in unclear)
        first = min(one.entry.status_at.date() for one in unclear)
        return Verdict(GAP, lines, first, {one.tool_id: Period() for one in unclear})
    return Verdict(MET, (f"{several(len(approved), 'approved tool')} with known terms.",))


def review_recorded(evidence: Evidence, rule: Rule) -> Verdict:
    """A person has recorded that the review was done, within the days the rule gives."""
    done = evidence.reviews.get(rule.review or "")
    if done is None:
        return Verdict(UNKNOWN, ("Nobody has recorded here that it was done; it may be kept elsewhere.",))
    due = done.at.date() + timedelta(days=rule.days or 365)
    if due < evidence.today:
        return Verdict(GAP, (f"Last done on {done.at:%Y-%m-%d} by {done.by}.",), due + timedelta(days=1))
    return Verdict(MET, (f"Done on {done.at:%Y-%m-%d} by {done.by}: {done.note}",))


def trail_intact(evidence: Evidence, rule: Rule) -> Verdict:
    """The record of who changed what was not changed itself."""
    if not evidence.trail.rows:
        return Verdict(NOT_APPLICABLE, ("Nothing has been recorded yet.",))
    state = MET if evidence.trail.intact else GAP
    return Verdict(state, (evidence.trail.message,), None if evidence.trail.intact else evidence.today)


CHECKS: Final = {
    one.__name__: one
    for one in (
        sources_read,
        alerts_acknowledged,
        incidents_decided,
        terms_fresh,
        suppliers_known,
        review_recorded,
        trail_intact,
    )
}
