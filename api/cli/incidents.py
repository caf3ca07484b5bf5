"""`skiagram incidents`: open an incident from a tool or a finding, assess it, decide it, record notices, close it."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.options import AsJson, Database

if TYPE_CHECKING:
    from governance.incidents import OpenIncident

incidents = typer.Typer(
    help="Lead incidents: times kept apart, the 60-day clock, four factors, notices. Prepared, not decided.",
    rich_markup_mode=None,
)
By = Annotated[str, typer.Option("--by", help="Who does it; kept in the audit log.")]
Number = Annotated[int, typer.Argument(min=1, help="Number of the incident.")]


@incidents.command("open")
def open_one(
    subject: Annotated[str, typer.Argument(help="Id of a tool, or key of a finding.")],
    by: By,
    title: Annotated[str | None, typer.Option("--title", help="What happened, in a few words.")] = None,
    db: Database = None,
    as_json: AsJson = False,
) -> None:
    """Open an incident; its times and a draft of the four factors come from what is on record.

    Example: skiagram incidents open chatgpt --by "A. Chen"
    """
    from api.cli.options import workplace
    from api.workplace import now
    from governance.incidents import open_incident
    from governance.open_findings import Setting

    place = workplace(db)
    with place.database.write() as conn:
        found = open_incident(Setting(conn, place.catalogue, place.weights, now()), subject, by, title)
    _tell(found, as_json)


@incidents.command("list")
def list_all(
    every: Annotated[bool, typer.Option("--all", help="Also those that are closed.")] = False,
    db: Database = None,
    as_json: AsJson = False,
) -> None:
    """Print incidents, the one with the least time left first."""
    from api.cli.options import workplace
    from api.cli.output import print_json, table
    from api.workplace import now
    from governance.incidents import all_incidents

    with workplace(db).database.read() as conn:
        found = [one for one in all_incidents(conn) if every or one.state != "closed"]
    if as_json:
        print_json([incident_document(one) for one in found])
        return
    if not found:
        print("No incident is open.")
        return
    today = now().date()
    table(
        (("number", "right"), ("state", "left"), ("title", "left"), ("latest day", "left"), ("days left", "right"),
         ("decision", "left")),
        [[str(one.incident.id), one.state, one.incident.title, one.clock.deadline.isoformat(),
          str(one.clock.days_left(today)), one.incident.decision or "none yet"] for one in found],
    )  # fmt: skip


@incidents.command()
def show(number: Number, db: Database = None, as_json: AsJson = False) -> None:
    """Print everything about an incident: its three times, its clock, factors, notices."""
    from api.cli.options import workplace
    from governance.incidents import shown as read

    with workplace(db).database.read() as conn:
        found = read(conn, number)
    _tell(found, as_json)


@incidents.command()
def assess(
    number: Number,
    by: By,
    factor: Annotated[
        list[str] | None,
        typer.Option(
            "--factor", metavar="NAME=CONCERN:WHAT", help="Such as nature=high:Names and diagnoses."
        ),
    ] = None,
    individuals: Annotated[int | None, typer.Option("--individuals", min=0, help="Whose data it is.")] = None,
    residents: Annotated[
        list[str] | None, typer.Option("--residents", metavar="STATE=N", help="How many of them live where.")
    ] = None,
    discovered: Annotated[
        datetime | None, typer.Option("--discovered", formats=["%Y-%m-%d"], help="Day of discovery.")
    ] = None,
    why: Annotated[str | None, typer.Option("--why", help="Why that is the day of discovery.")] = None,
    decision: Annotated[
        str | None,
        typer.Option("--decide", help="breach, low_probability, no_patient_data, permitted or secured."),
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Why it is decided so.")] = None,
    notice: Annotated[
        list[str] | None,
        typer.Option("--notice", metavar="KIND=DAY", help="individuals, hhs or media was sent."),
    ] = None,
    note: Annotated[str | None, typer.Option("--note", help="How the notices were sent.")] = None,
    db: Database = None,
    as_json: AsJson = False,
) -> None:
    """Add to the assessment, decide, or record notices; all of it is kept, or nothing.

    Factors: nature, recipient, acquired, mitigated; each low, medium or high, with what was found.

    Example: skiagram incidents assess 1 --factor "nature=high:Names and diagnoses" --individuals 40 --by "A. Chen"
    """
    from api.cli.options import workplace
    from api.workplace import now
    from governance.errors import IncidentInvalid
    from governance.incidents import Statement, assess_incident, decide_incident, notice_sent, shown

    if not (factor or individuals is not None or residents or discovered or decision or notice):
        raise IncidentInvalid(
            "Say what to keep: --factor, --individuals, --discovered, --decide or --notice."
        )
    stated = Statement(
        dict(_factor(text) for text in factor or ()),
        individuals,
        {state: _number(state, count) for state, count in map(_pair, residents)} if residents else None,
        discovered.date() if discovered else None,
        why,
    )
    moment = now()
    with workplace(db).database.write() as conn:
        if stated.factors or individuals is not None or residents or discovered:
            assess_incident(conn, number, stated, by, moment)
        if decision is not None:
            decide_incident(conn, number, decision, reason or "", by, moment)
        for kind, text in map(_pair, notice or ()):
            notice_sent(conn, number, kind, _day(text), note, by, moment)
        found = shown(conn, number)
    _tell(found, as_json)


@incidents.command()
def close(
    number: Number,
    by: By,
    note: Annotated[str, typer.Option("--note", help="How it ended, in a sentence.")],
    db: Database = None,
    as_json: AsJson = False,
) -> None:
    """Close an incident that is decided and whose notices are sent."""
    from api.cli.options import workplace
    from api.workplace import now
    from governance.incidents import close_incident

    with workplace(db).database.write() as conn:
        found = close_incident(conn, number, note, by, now())
    _tell(found, as_json)


@incidents.command()
def reopen(
    number: Number,
    by: By,
    reason: Annotated[str, typer.Option("--reason", help="Why it is taken up again.")],
    db: Database = None,
    as_json: AsJson = False,
) -> None:
    """Take up a closed incident again; how it had ended stays in its history."""
    from api.cli.options import workplace
    from api.workplace import now
    from governance.incidents import reopen_incident

    with workplace(db).database.write() as conn:
        found = reopen_incident(conn, number, reason, by, now())
    _tell(found, as_json)


@incidents.command("history")
def print_history(number: Number, db: Database = None, as_json: AsJson = False) -> None:
    """Print every step that was made in an incident, who made it and when, as the audit log has it."""
    from api.cli.options import workplace
    from api.cli.output import print_json, table
    from api.pages.incident_steps import steps
    from api.pages.text import moment
    from governance.incidents import history

    with workplace(db).database.read() as conn:
        found = history(conn, number)
    if as_json:
        print_json(
            [
                {"at": one.at.isoformat(), "by": one.actor, "action": one.action, "detail": dict(one.detail)}
                for one in found
            ]
        )
        return
    columns = [(title, "left") for title in ("when (UTC)", "who", "what", "detail")]
    table(columns, [[moment(one.at), one.by, one.done, one.detail] for one in steps(found)])


def incident_document(one: "OpenIncident") -> dict[str, Any]:
    """Return an incident for programs."""
    from api.http.compliance_documents import IncidentDocument

    return IncidentDocument.model_validate(one).model_dump(mode="json")


def _pair(text: str) -> tuple[str, str]:
    from governance.errors import IncidentInvalid

    name, equals, value = text.partition("=")
    if not equals or not name.strip() or not value.strip():
        raise IncidentInvalid(f"{text!r}: write NAME=VALUE.")
    return name.strip(), value.strip()


def _factor(text: str) -> tuple[str, tuple[str, str]]:
    name, value = _pair(text)
    concern, _, found = value.partition(":")
    return name, (found.strip(), concern.strip())


def _number(state: str, text: str) -> int:
    from governance.errors import IncidentInvalid

    if not (text.isascii() and text.isdigit() and len(text) < 11):
        raise IncidentInvalid(f"{state}: {text!r} is no number of people.")
    return int(text)


def _day(text: str) -> Any:
    from datetime import date

    from governance.errors import IncidentInvalid

    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise IncidentInvalid(f"{text!r} is no day; write 2026-06-30.") from problem


def _tell(found: "OpenIncident", as_json: bool) -> None:
    from api.cli.output import note, print_json
    from api.pages.text import shown
    from api.workplace import now
    from governance.incident_rules import load_incident_rules

    if as_json:
        print_json(incident_document(found))
        return
    one, clock = found.incident, found.clock
    rules = load_incident_rules()
    lines = [
        f"Incident {one.id}: {one.title} ({found.state})",
        f"First in a log:           {_moment(one.first_event)}",
        f"First read by us:         {_moment(one.first_read)}",
        f"First seen by a person:   {_moment(one.first_person)} ({one.first_person_by})",
        f"Counted from {clock.counted_from} ({_BASIS[clock.basis]}).",
        f"{rules.days} days end on {clock.deadline}, {clock.days_left(now().date())} left.",
    ]
    for due in clock.due:
        sent = f"sent on {due.sent_on}" if due.sent_on else f"due by {due.day}"
        lines.append(f"{due.title} ({due.citation}): needed {due.needed}; {sent}; {due.why}")
    for rule in rules.factors:
        values = one.factors.get(rule.id, {})
        lines.append(f"{rule.title} [{rule.id}]: {values.get('concern', 'unknown')}")
        lines.append(f"  from evidence: {values.get('evidence', '')}")
        if values.get("found"):
            lines.append(f"  found: {values['found']}")
    lines.append(f"People concerned: {'unknown' if one.individuals is None else one.individuals}")
    if one.decision:
        lines.append(f"Decided {one.decision} by {one.decided_by}: {one.decision_reason}")
    if one.closing:
        lines.append(f"Closed by {one.closed_by}: {one.closing}")
    for line in lines:
        print(shown(line))
    if one.decision is None:
        note(
            f"{rules.presumption} ({rules.presumption_citation}) State laws may ask for less time; ask counsel."
        )


_BASIS = {
    "stated": "day of discovery as a person stated it",
    "read": "first read by us; would have been known with reasonable diligence",
    "seen": "first seen by a person",
}


def _moment(value: datetime | None) -> str:
    return f"{value:%Y-%m-%d %H:%M} UTC" if value else "no log shows it"
