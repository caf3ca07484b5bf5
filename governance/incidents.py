"""Lead an incident from opening to closing: each step checked, made by a named person, and left in the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection

from governance.errors import IncidentInvalid
from governance.incident_clock import NEEDED, Clock, clock_of
from governance.incident_facts import prepare
from governance.incident_rules import load_incident_rules
from governance.open_findings import Setting
from storage import audit
from storage.audit import AuditRow
from storage.incidents import (
    Incident,
    Notice,
    add_incident,
    change_incident,
    incident_of,
    incidents,
    notices,
    record_notice,
)

CONCERNS: Final = ("unknown", "low", "medium", "high")
"""How grave a person finds a factor; "unknown" until somebody has looked."""
DECISIONS: Final = {
    "breach": "It is a breach: notices are due.",
    "low_probability": "The assessment shows a low probability that patient data was compromised.",
    "no_patient_data": "No patient data was involved.",
    "permitted": "The use or disclosure was permitted, or an exception of the definition applies.",
    "secured": "The data was secured as HHS specifies, and no key was exposed.",
}
"""Decision -> what it says. A person decides; the product prepares and keeps."""
LONGEST: Final = 10_000
_MOST_PEOPLE: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Statement:
    """What a person adds to the assessment of an incident; None leaves a value as it was."""

    factors: Mapping[str, tuple[str, str]]
    """Factor -> (what was found, how grave: low, medium, high)."""
    individuals: int | None = None
    residents: Mapping[str, int] | None = None
    discovered_on: date | None = None
    discovered_why: str | None = None


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """An incident with its notices and its clock."""

    incident: Incident
    notices: tuple[Notice, ...]
    clock: Clock

    @property
    def state(self) -> str:
        """Return open, decided or closed."""
        if self.incident.closed_at is not None:
            return "closed"
        return "open" if self.incident.decision is None else "decided"


def open_incident(setting: Setting, subject: str, by: str, title: str | None = None) -> OpenIncident:
    """Open an incident about a tool or a finding, and return it. Raises IncidentInvalid, NotRecorded."""
    by = _named(by, "opens it")
    prepared = prepare(setting, subject.strip(), _short(title))
    _alone(setting.conn, prepared.tool_id, prepared.finding, subject)
    number = add_incident(
        setting.conn,
        title=prepared.title,
        tool_id=prepared.tool_id,
        finding=prepared.finding,
        principal=prepared.principal,
        opened_by=by,
        opened_at=setting.now,
        first_event=prepared.first_event,
        first_read=prepared.first_read,
        first_person=prepared.first_person,
        first_person_by=prepared.first_person_by,
        evidence=dict(prepared.evidence),
    )
    drafts = {
        factor.id: {"evidence": prepared.drafts[factor.id], "found": "", "concern": "unknown"}
        for factor in load_incident_rules().factors
    }
    change_incident(setting.conn, number, factors=drafts)
    detail = {
        "incident": number,
        "tool": prepared.tool_id,
        "finding": prepared.finding,
        "first_event": _iso(prepared.first_event),
        "first_read": _iso(prepared.first_read),
        "first_person": _iso(prepared.first_person),
    }
    audit.append(setting.conn, by, "incident.opened", _subject(number), detail, setting.now)
    return shown(setting.conn, number)


def assess_incident(conn: Connection, number: int, stated: Statement, by: str, now: datetime) -> OpenIncident:
    """Keep what a person found out about an incident. Raises IncidentInvalid, NotRecorded."""
    by = _named(by, "assesses it")
    one = _still_open(conn, number)
    known = {factor.id for factor in load_incident_rules().factors}
    factors = {name: dict(values) for name, values in one.factors.items()}
    for name, (found, concern) in stated.factors.items():
        if name not in known:
            raise IncidentInvalid(f"There is no factor {name!r}; use {', '.join(sorted(known))}.")
        if concern not in CONCERNS[1:]:
            raise IncidentInvalid(f"{name}: say how grave it is: {', '.join(CONCERNS[1:])}.")
        factors.setdefault(name, {"evidence": ""})
        factors[name] |= {"found": _text(found, f"{name}: say what was found"), "concern": concern}
    changes: dict[str, Any] = {"factors": factors}
    if stated.individuals is not None:
        changes["individuals"] = _count(stated.individuals, "The number of people")
    if stated.residents is not None:
        changes["residents"] = {
            _text(state, "a state needs a name"): _count(count, state)
            for state, count in stated.residents.items()
        }
    individuals = changes.get("individuals", one.individuals)
    living = sum(changes.get("residents", one.residents).values())
    if individuals is not None and living > individuals:
        raise IncidentInvalid(
            f"{living} residents of states are more than the {individuals} people concerned."
        )
    if stated.discovered_on is not None:
        changes |= _discovery(one, stated, now)
    change_incident(conn, number, **changes)
    detail = {
        "incident": number,
        "factors": {name: concern for name, (_, concern) in stated.factors.items()},
        "individuals": stated.individuals,
        "residents": dict(stated.residents) if stated.residents is not None else None,
        "discovered_on": stated.discovered_on.isoformat() if stated.discovered_on else None,
        "discovered_why": stated.discovered_why,
    }
    audit.append(conn, by, "incident.assessed", _subject(number), detail, now)
    return shown(conn, number)


def decide_incident(
    conn: Connection, number: int, decision: str, reason: str, by: str, now: datetime
) -> OpenIncident:
    """Keep what a named person decided. Raises IncidentInvalid, NotRecorded."""
    by = _named(by, "decides it")
    reason = _text(reason, "A decision needs a reason")
    if decision not in DECISIONS:
        raise IncidentInvalid(f"There is no decision {decision!r}; use {', '.join(DECISIONS)}.")
    one = _still_open(conn, number)
    missing = [name for name, values in one.factors.items() if values.get("concern") == "unknown"]
    if decision == "low_probability" and missing:
        raise IncidentInvalid(
            f"A low probability rests on all four factors (45 CFR 164.402); not assessed yet: {', '.join(missing)}."
        )
    change_incident(conn, number, decision=decision, decided_by=by, decided_at=now, decision_reason=reason)
    detail = {"incident": number, "decision": decision, "before": one.decision, "reason": reason}
    audit.append(conn, by, "incident.decided", _subject(number), detail, now)
    return shown(conn, number)


def notice_sent(
    conn: Connection, number: int, kind: str, sent_on: date, note: str | None, by: str, now: datetime
) -> OpenIncident:
    """Keep that a notice was sent. Raises IncidentInvalid, NotRecorded."""
    by = _named(by, "records the notice")
    one = _still_open(conn, number)
    kinds = [rule.id for rule in load_incident_rules().notices]
    if kind not in kinds:
        raise IncidentInvalid(f"There is no notice {kind!r}; use {', '.join(kinds)}.")
    if sent_on > now.date():
        raise IncidentInvalid(f"{sent_on} has not come yet.")
    if one.first_event and sent_on < one.first_event.date():
        raise IncidentInvalid(f"{sent_on} is before the first event of {one.first_event.date()}.")
    note = None if note is None else note.strip()[:LONGEST] or None
    record_notice(conn, number, kind, sent_on, note, by, now)
    detail = {"incident": number, "notice": kind, "sent_on": sent_on.isoformat(), "note": note}
    audit.append(conn, by, "incident.notified", _subject(number), detail, now)
    return shown(conn, number)


def close_incident(conn: Connection, number: int, closing: str, by: str, now: datetime) -> OpenIncident:
    """Close an incident that was decided, once no notice is open any more. Raises IncidentInvalid, NotRecorded."""
    by = _named(by, "closes it")
    closing = _text(closing, "Say in a sentence how it ended")
    one = _still_open(conn, number)
    if one.decision is None:
        raise IncidentInvalid(f"Incident {number} is not decided yet; see skiagram incidents assess --help.")
    due = clock_of(one, notices(conn, number)).due
    waiting = [notice.kind for notice in due if notice.needed == NEEDED and notice.sent_on is None]
    unclear = [notice.kind for notice in due if notice.needed == "unknown" and notice.sent_on is None]
    if waiting:
        raise IncidentInvalid(f"Notices not recorded as sent: {', '.join(waiting)}.")
    if unclear:
        raise IncidentInvalid(
            f"State how many people it concerns; whether these notices are due depends on it: {', '.join(unclear)}."
        )
    change_incident(conn, number, closed_by=by, closed_at=now, closing=closing)
    audit.append(conn, by, "incident.closed", _subject(number), {"incident": number, "closing": closing}, now)
    return shown(conn, number)


def reopen_incident(conn: Connection, number: int, reason: str, by: str, now: datetime) -> OpenIncident:
    """Take up a closed incident again; how it had ended stays in its history. Raises IncidentInvalid, NotRecorded."""
    by = _named(by, "reopens it")
    reason = _text(reason, "Say in a sentence why it is reopened")
    one = incident_of(conn, number, locked=True)
    if one.closed_at is None:
        raise IncidentInvalid(f"Incident {number} is not closed.")
    _alone(conn, one.tool_id, one.finding, one.title)
    change_incident(conn, number, closed_by=None, closed_at=None, closing=None)
    detail = {
        "incident": number,
        "reason": reason,
        "closed_by": one.closed_by,
        "closed_at": one.closed_at.isoformat(),
        "closing": one.closing,
    }
    audit.append(conn, by, "incident.reopened", _subject(number), detail, now)
    return shown(conn, number)


def history(conn: Connection, number: int) -> list[AuditRow]:
    """Return every step that was made, oldest first, as the audit log has it. Raises NotRecorded."""
    incident_of(conn, number)
    return audit.rows_about(conn, _subject(number))


def shown(conn: Connection, number: int) -> OpenIncident:
    """Return one incident with its clock. Raises NotRecorded."""
    return _with_clock(incident_of(conn, number), notices(conn, number))


def all_incidents(conn: Connection) -> list[OpenIncident]:
    """Return every incident: open ones first, the one with the least time left first."""
    sent = notices(conn)
    found = [
        _with_clock(one, [notice for notice in sent if notice.incident_id == one.id])
        for one in incidents(conn)
    ]
    return sorted(found, key=lambda one: (one.state == "closed", one.clock.deadline, one.incident.id))


def _with_clock(one: Incident, sent: list[Notice]) -> OpenIncident:
    return OpenIncident(one, tuple(sent), clock_of(one, sent))


def _alone(conn: Connection, tool_id: str | None, finding: str | None, subject: str) -> None:
    """See that no other incident about the same is open, so that one clock runs."""
    if any(
        one.closed_at is None and (one.tool_id, one.finding) == (tool_id, finding) for one in incidents(conn)
    ):
        raise IncidentInvalid(f"An incident about {subject} is open already; see the list of incidents.")


def _subject(number: int) -> str:
    return f"incident {number}"


def _still_open(conn: Connection, number: int) -> Incident:
    one = incident_of(conn, number, locked=True)
    if one.closed_at is not None:
        raise IncidentInvalid(
            f"Incident {number} was closed on {one.closed_at.date()}; reopen it, or open a new one."
        )
    return one


def _discovery(one: Incident, stated: Statement, now: datetime) -> dict[str, Any]:
    day = stated.discovered_on
    why = _text(stated.discovered_why or "", "A day of discovery needs the reason why it is that day")
    if day is not None and day > now.date():
        raise IncidentInvalid(f"{day} has not come yet, so it cannot be the day of discovery.")
    if day is not None and one.first_event and day < one.first_event.date():
        raise IncidentInvalid(f"{day} is before the first event of {one.first_event.date()}.")
    return {"discovered_on": day, "discovered_why": why}


def _named(by: str, does: str) -> str:
    if not by.strip():
        raise IncidentInvalid(f"An incident needs the name of who {does}; see --by.")
    return by.strip()


def _text(text: str, wanted: str) -> str:
    text = text.strip()
    if not text:
        raise IncidentInvalid(f"{wanted}.")
    if len(text) > LONGEST:
        raise IncidentInvalid(f"A text has {len(text)} characters; keep it below {LONGEST}.")
    return text


def _short(title: str | None) -> str | None:
    title = (title or "").strip()
    if len(title) > 200:
        raise IncidentInvalid("A title has at most 200 characters.")
    return title or None


def _count(value: int, what: str) -> int:
    if not 0 <= value <= _MOST_PEOPLE:
        raise IncidentInvalid(f"{what}: {value} is no number of people.")
    return value


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
