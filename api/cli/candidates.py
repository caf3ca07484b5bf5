"""`skiagram candidates`: hosts and applications in no list that may be AI tools, for a person to decide about."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.options import AsJson, Database

if TYPE_CHECKING:
    from governance.candidates.queue import Candidate
    from storage.candidates import CandidateReview

candidates = typer.Typer(
    help="Review hosts and applications that no signature knows and that look like AI tools.",
    rich_markup_mode=None,
)
By = Annotated[str, typer.Option("--by", help="Who decides; kept in the audit log.")]
Name = Annotated[str, typer.Argument(help="A candidate or one of its hosts, as the queue shows it.")]


@candidates.callback(invoke_without_command=True)
def _queue(
    context: typer.Context,
    db: Database = None,
    as_json: AsJson = False,
    top: Annotated[int, typer.Option("--top", min=1, help="Rows to print.")] = 50,
    every: Annotated[
        bool, typer.Option("--all", help="Also those with few points and those dismissed.")
    ] = False,
) -> None:
    """Print the review queue, the most telling first. A candidate is a question, not a finding.

    Example: skiagram candidates show notes.example.com
    """
    if context.invoked_subcommand is not None:
        return
    from api.cli.options import workplace
    from api.cli.output import print_json
    from governance.candidates.queue import all_candidates, queue

    with workplace(db).database.read() as conn:
        found = all_candidates(conn) if every else queue(conn)
    if as_json:
        print_json([candidate_document(one) for one in found])
    else:
        _print_queue(found, top)


@candidates.command()
def show(name: Name, db: Database = None, as_json: AsJson = False) -> None:
    """Print every reason for and against one candidate, with the counts it rests on."""
    from api.cli.options import workplace
    from api.cli.output import print_json
    from governance.candidates.queue import candidate

    with workplace(db).database.read() as conn:
        found, decided = candidate(conn, name)
    if as_json:
        print_json(candidate_document(found, decided))
    else:
        _print_candidate(found, decided)


@candidates.command()
def promote(
    name: Name,
    tool: Annotated[str, typer.Option("--name", help="Name of the tool.")],
    vendor: Annotated[str, typer.Option("--vendor", help="Name of the company behind it.")],
    category: Annotated[str, typer.Option("--category", help="What people use it for: ambient_scribe, ...")],
    by: By,
    baa: Annotated[
        str, typer.Option("--baa", help="What the vendor offers: unknown, no, yes_contract, ...")
    ] = "unknown",
    db: Database = None,
) -> None:
    """Make a candidate a tool: write a vendor file of your own, and turn its evidence into sightings.

    Example: skiagram candidates promote noteflow.example --name Noteflow --vendor "Noteflow Inc" --category
    ambient_scribe --by "J. Doe"
    """
    from api.candidates import promote_candidate
    from api.cli.options import workplace
    from api.cli.output import note
    from api.workplace import now
    from governance.candidates.vendor_entry import NewTool

    done = promote_candidate(workplace(db), name, NewTool(tool, vendor, category, baa), by, now())
    note(
        f"{name} is now the tool {done.tool_id}: {done.sightings} sightings carried over, "
        f"vendor file {done.path}; see it with: skiagram tools show {done.tool_id}"
    )


@candidates.command()
def dismiss(
    name: Name,
    by: By,
    reason: Annotated[str, typer.Option("--reason", help="Why it is no AI tool; kept in the audit log.")],
    db: Database = None,
) -> None:
    """Take a candidate off the queue; it comes back only if it behaves in a new class of ways."""
    from api.cli.options import workplace
    from api.cli.output import note
    from api.workplace import now
    from governance.candidates.review import dismiss as take_off

    with workplace(db).database.write() as conn:
        review = take_off(conn, name, by, reason, now())
    note(f"{review.site} is dismissed; it comes back if it shows more than {_classes(review)}")


@candidates.command("export-dismissed")
def export_dismissed(db: Database = None) -> None:
    """Print the dismissed candidates as negative examples, one JSON object a line: no people, no counts.

    Own servers are left out, for their names are nobody else's business.
    """
    from api.cli.options import workplace
    from api.cli.output import print_line
    from governance.candidates.review import dismissed_examples

    with workplace(db).database.read() as conn:
        for example in dismissed_examples(conn):
            print_line(example)


def candidate_document(one: "Candidate", decided: "CandidateReview | None" = None) -> dict[str, Any]:
    """Return a candidate as JSON has it."""
    evidence = one.evidence
    return {
        "id": one.site,
        "name": one.name,
        "kind": one.kind,
        "score": one.score,
        "reasons": [
            {
                "reason": reason.name,
                "points": round(reason.points, 1),
                "text": reason.text,
                "count": reason.count,
            }
            for reason in one.reasons
        ],
        "hosts": list(evidence.hosts) if one.kind != "application" else [],
        "events": evidence.count,
        "blocked": evidence.blocked,
        "people": len(evidence.people),
        "departments": list(evidence.departments),
        "sources": list(evidence.sources),
        "bytes_up": evidence.bytes_up,
        "bytes_down": evidence.bytes_down,
        "first_seen": evidence.first_seen.isoformat(),
        "last_seen": evidence.last_seen.isoformat(),
        "days": len(evidence.days),
        "classes": dict(sorted(evidence.traits.items())),
        "changed_since_dismissed": list(one.changed),
        "review": None
        if decided is None
        else {
            "status": decided.status,
            "by": decided.by,
            "reason": decided.reason,
            "at": decided.at.isoformat(),
        },
    }


def _classes(review: "CandidateReview") -> str:
    return ", ".join(review.classes) or "its name"


def _print_queue(found: "list[Candidate]", top: int) -> None:
    from api.cli.output import note, table
    from governance.candidates.queue import KINDS

    if not found:
        print("No candidate waits for review.")
        return
    columns = (("score", "right"), ("candidate", "left"), ("kind", "left"), ("people", "right"), ("events", "right"),
               ("last seen", "left"), ("reason", "left"))  # fmt: skip
    table(
        columns,
        [
            [
                str(one.score),
                one.name,
                KINDS[one.kind],
                str(len(one.evidence.people)),
                str(one.evidence.count),
                one.evidence.last_seen.date().isoformat(),
                " ".join(reason.text for reason in one.reasons[:2]),
            ]
            for one in found[:top]
        ],
    )
    if len(found) > top:
        note(f"{len(found) - top} more: --top {len(found)}")
    note("Candidates are questions. One that is a tool: skiagram candidates promote --help")


def _print_candidate(one: "Candidate", decided: "CandidateReview | None") -> None:
    from api.cli.output import table
    from api.pages.text import shown
    from governance.candidates.queue import KINDS

    evidence = one.evidence
    print(shown(f"{one.name}: {KINDS[one.kind].lower()}, {one.score} points"))
    if decided is not None:
        print(shown(f"{decided.status} by {decided.by} on {decided.at.date()}: {decided.reason}"))
    if one.changed:
        print(f"New since it was dismissed: {', '.join(one.changed)}")
    table(
        (("points", "right"), ("reason", "left")),
        [[f"{reason.points:+.0f}", reason.text] for reason in one.reasons],
    )
    print(f"{evidence.count} events by {len(evidence.people)} people on {len(evidence.days)} days, "
          f"{evidence.first_seen.date()} to {evidence.last_seen.date()}; {evidence.blocked} blocked")  # fmt: skip
    print(shown(f"Hosts: {', '.join(evidence.hosts[:20])}"))
    print(shown(f"Sources: {', '.join(evidence.sources)}"))
    if evidence.departments:
        print(shown(f"Departments: {', '.join(evidence.departments)}"))
