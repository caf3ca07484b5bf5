"""`skiagram committee`: proposals in a queue, votes, and decisions made of them."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.decision_options import (
    Accounts,
    DataClasses,
    Departments,
    Override,
    Status,
    Tiers,
    Tool,
    Until,
    bound_to,
)
from api.cli.options import AsJson, Database

if TYPE_CHECKING:
    from governance.committee import Tally

committee = typer.Typer(
    help="Let a committee decide about tools: propose, look at the queue, vote, close.",
    rich_markup_mode=None,
    no_args_is_help=True,
)
Number = Annotated[int, typer.Argument(metavar="CASE", help="Number of the case, as the queue shows it.")]


@committee.command()
def propose(
    tool: Tool,
    status: Status,
    by: Annotated[str, typer.Option("--by", help="Who asks for it; kept in the audit log.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, in a sentence.")],
    department: Departments = None,
    tier: Tiers = None,
    data_class: DataClasses = None,
    account: Accounts = None,
    until: Until = None,
    db: Database = None,
) -> None:
    """Put a proposal before the committee; a tool nobody reviewed is in review from then on.

    Example: skiagram committee propose heidi --status approved_with_conditions --department Oncology --by "Dr. Lee"
    --reason "Two months of trial without complaint"
    """
    from api.cli.options import workplace
    from api.cli.output import note
    from api.workplace import now
    from governance.approval import Proposal
    from governance.committee import propose as propose_one

    bound = bound_to(tier, department, data_class, account)
    proposal = Proposal(tool, status, reason, bound, until.date() if until else None)
    place = workplace(db)
    with place.database.write() as conn:
        number = propose_one(conn, proposal, place.catalogue, by, now())
    note(f"case {number} is before the committee: {tool}, {status.replace('_', ' ')}")


@committee.command()
def queue(
    everything: Annotated[bool, typer.Option("--all", help="Closed cases too.")] = False,
    db: Database = None,
    as_json: AsJson = False,
) -> None:
    """Print the cases that wait, with their votes."""
    from api.cli.options import workplace
    from api.cli.output import print_json, table
    from governance.committee import queue as all_cases
    from governance.conditions import in_words

    place = workplace(db)
    with place.database.read() as conn:
        found = all_cases(conn, place.settings.committee.rules, open_only=not everything)
    if as_json:
        print_json([case_document(one) for one in found])
        return
    if not found:
        print("No case waits for the committee. Propose one: skiagram committee propose --help")
        return
    columns = [(title, "left") for title in ("case", "tool", "proposal", "reason", "votes", "state")]
    rows = [
        [
            str(one.case.id),
            one.case.tool_id,
            "; ".join([one.case.status.replace("_", " "), *in_words(one.case.conditions)]),
            f"{one.case.reason} ({one.case.requested_by})",
            "; ".join(f"{vote.member}: {vote.vote}" for vote in one.votes) or "none",
            one.case.outcome or (f"{one.missing} missing" if one.missing else "can be closed"),
        ]
        for one in found
    ]
    table(columns, rows)


@committee.command()
def vote(
    number: Number,
    answer: Annotated[str, typer.Argument(metavar="VOTE", help="yes, no or abstain.")],
    member: Annotated[str, typer.Option("--member", help="Who votes; kept in the audit log.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, in a sentence.")],
    db: Database = None,
) -> None:
    """Take a member's vote; a newer one replaces it, and both stay in the audit log.

    Example: skiagram committee vote 1 yes --member "Dr. Okafor" --reason "Agreement covers it"
    """
    from api.cli.options import workplace
    from api.cli.output import note
    from api.workplace import now
    from governance.committee import cast

    place = workplace(db)
    with place.database.write() as conn:
        found = cast(conn, number, member, answer, reason, place.settings.committee.rules, now())
    missing = f"; {found.missing} missing to the quorum" if found.missing else "; the quorum is there"
    note(f"case {number}: {found.yes} yes, {found.no} no, {found.abstained} abstained{missing}")


@committee.command()
def close(
    number: Number,
    by: Annotated[str, typer.Option("--by", help="Who closes it; kept in the audit log.")],
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take it back without a decision.")] = False,
    override: Override = None,
    db: Database = None,
) -> None:
    """Close a case: what has the majority becomes the decision, what has not changes nothing."""
    from api.cli.options import workplace
    from api.cli.output import note
    from api.workplace import now
    from governance.committee import close as close_one

    place = workplace(db)
    with place.database.write() as conn:
        found = close_one(
            conn, number, by, place.settings.committee.rules, place.catalogue, now(),
            override=override, withdraw=withdraw,
        )  # fmt: skip
    what = f"; {found.case.tool_id} is now {found.case.status}" if found.case.outcome == "carried" else ""
    note(f"case {number} is closed: {found.case.outcome}, {found.yes} yes, {found.no} no{what}")


def case_document(one: "Tally") -> dict[str, Any]:
    """Return a case for programs."""
    from dataclasses import asdict

    case = one.case
    return {
        "number": case.id,
        "tool": case.tool_id,
        "status": case.status,
        "conditions": asdict(case.conditions),
        "reason": case.reason,
        "until": case.until.isoformat() if case.until else None,
        "requested_by": case.requested_by,
        "opened_at": case.opened_at.isoformat(),
        "votes": [
            {"member": vote.member, "vote": vote.vote, "reason": vote.reason, "at": vote.at.isoformat()}
            for vote in one.votes
        ],
        "yes": one.yes,
        "no": one.no,
        "abstained": one.abstained,
        "missing": one.missing,
        "outcome": case.outcome,
        "decision": case.decision_id,
    }
