"""Count the days of an incident: from which day, until when, and which notices are due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from governance.incident_rules import NoticeRule, load_incident_rules
from storage.incidents import Incident, Notice

NEEDED, NOT_NEEDED, UNDECIDED = "yes", "no", "unknown"


@dataclass(frozen=True, slots=True)
class Due:
    """One notice with its last day."""

    kind: str
    title: str
    needed: str
    """yes, no, or unknown as long as nobody has decided or nobody knows how many people it concerns."""
    day: date
    """Last day; of several that may hold, the earliest."""
    why: str
    citation: str
    sent_on: date | None

    @property
    def open(self) -> bool:
        """Say whether it still has to be sent, or may have to be."""
        return self.needed != NOT_NEEDED and self.sent_on is None


@dataclass(frozen=True, slots=True)
class Clock:
    """From which day an incident's time is counted, and what is due when."""

    counted_from: date
    basis: str
    """stated (a person gave the day of discovery), read (first read by us) or seen (first seen by a person)."""
    deadline: date
    if_read: date | None
    """The last day if reading the log counts as discovery; None if no log shows it."""
    if_seen: date
    """The last day if only what a person saw counts."""
    due: tuple[Due, ...]

    def days_left(self, today: date) -> int:
        """Return the days left until the deadline; below 0 once it is over."""
        return (self.deadline - today).days


def clock_of(one: Incident, sent: Sequence[Notice]) -> Clock:
    """Return the clock of an incident.

    Unless a person has stated the day of discovery, the earliest day counts on which it was known, or would have
    been known to somebody who read the log: a later day is a conclusion only a person may draw.
    """
    rules = load_incident_rules()
    limit = timedelta(days=rules.days)
    seen = one.first_person.date()
    read = one.first_read.date() if one.first_read else None
    if one.discovered_on is not None:
        start, basis = one.discovered_on, "stated"
    elif read is not None and read <= seen:
        start, basis = read, "read"
    else:
        start, basis = seen, "seen"
    sent_on = {notice.kind: notice.sent_on for notice in sent}
    return Clock(
        counted_from=start,
        basis=basis,
        deadline=start + limit,
        if_read=read + limit if read else None,
        if_seen=seen + limit,
        due=tuple(_due(rule, one, start, limit, sent_on.get(rule.id)) for rule in rules.notices),
    )


def _due(rule: NoticeRule, one: Incident, start: date, limit: timedelta, sent_on: date | None) -> Due:
    reached = _reached(rule, one)
    soon = start + limit
    if reached is False and rule.otherwise == "year_end":
        day, needed = date(start.year, 12, 31) + limit, NEEDED
        why = f"fewer than {rule.least}: after the end of {start.year}"
    else:
        day = soon
        needed = {True: NEEDED, False: NOT_NEEDED, None: UNDECIDED}[reached]
        why = {
            True: f"{rule.least} or more",
            False: f"fewer than {rule.least}",
            None: "nobody knows yet how many people it concerns",
        }[reached]
        if rule.least == 1:
            why = "whoever is concerned"
            needed = NEEDED
    if one.individuals == 0:
        needed, why = NOT_NEEDED, "nobody is concerned"
    elif one.decision is None:
        needed = UNDECIDED if needed == NEEDED else needed
        why += "; not decided yet, a breach is presumed"
    elif one.decision != "breach":
        needed, why = NOT_NEEDED, "decided to be no breach that needs notice"
    return Due(rule.id, rule.title, needed, day, why, rule.citation, sent_on)


def _reached(rule: NoticeRule, one: Incident) -> bool | None:
    """Say whether so many people are concerned; None if nobody knows."""
    if rule.per == "all":
        return None if one.individuals is None else one.individuals >= rule.least
    if any(count >= rule.least for count in one.residents.values()):
        return True
    if one.individuals is None:
        return None
    if one.individuals < rule.least:
        return False
    left = one.individuals - sum(one.residents.values())
    return None if left >= rule.least else False
