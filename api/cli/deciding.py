"""`skiagram tools decide` and `skiagram tools alternative`: give a tool a status, name what to use instead."""

from datetime import date, datetime
from typing import Annotated

import typer

from api.cli.options import AsJson, Database

STATUSES = ("unreviewed", "in_review", "approved", "approved_with_conditions", "prohibited", "retired")
_DAY = ["%Y-%m-%d"]


def decide(
    tool: Annotated[str, typer.Argument(help="Id of a tool.")],
    status: Annotated[str, typer.Option("--status", help=f"One of: {', '.join(STATUSES)}.")],
    by: Annotated[str, typer.Option("--by", help="Who decides; kept in the audit log.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, in a sentence; kept in the audit log.")],
    until: Annotated[
        datetime | None, typer.Option("--until", formats=_DAY, help="Last day of the decision.")
    ] = None,
    conditions: Annotated[
        str | None, typer.Option("--conditions", help="What else an approval is bound to, in words.")
    ] = None,
    department: Annotated[
        list[str] | None, typer.Option("--department", help="Whom it is meant for; may be repeated.")
    ] = None,
    tier: Annotated[
        list[str] | None, typer.Option("--tier", help="A plan it is meant for; may be repeated.")
    ] = None,
    data_class: Annotated[
        list[str] | None,
        typer.Option("--data-class", help="What may be entered: none, de_identified, limited_set, phi."),
    ] = None,
    account: Annotated[
        list[str] | None,
        typer.Option("--account", help="Under whose account: organisation, personal, one_plan."),
    ] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="Who answers for the tool.")] = None,
    approver: Annotated[
        str | None, typer.Option("--approver", help="Who approves it; --by if left out.")
    ] = None,
    requested_by: Annotated[
        str | None, typer.Option("--requested-by", help="Who asked for it; never the approver.")
    ] = None,
    review: Annotated[
        datetime | None, typer.Option("--review", formats=_DAY, help="Day on which it is looked at again.")
    ] = None,
    override: Annotated[
        str | None, typer.Option("--override", help="Why a department that is not ready may begin.")
    ] = None,
    db: Database = None,
) -> None:
    """Give a tool a status; approved tools leave the feed and stay in the inventory.

    Example: skiagram tools decide chatgpt --status approved_with_conditions --tier enterprise
    --department Radiology --data-class de_identified --account organisation --by "C. Ruiz" --reason "Contract signed"
    """
    from api.cli.options import workplace
    from api.cli.output import note
    from api.workplace import now
    from governance.approval import Proposal, take
    from storage.decisions import Conditions, Parties

    proposal = Proposal(
        tool_id=tool,
        status=status,
        reason=reason,
        conditions=Conditions(
            tuple(tier or ()), tuple(department or ()), tuple(data_class or ()), tuple(account or ())
        ),
        until=_day(until),
        note=conditions,
        parties=Parties(owner, approver, requested_by),
        review_on=_day(review),
        override=override,
    )
    place = workplace(db)
    with place.database.write() as conn:
        take(conn, proposal, place.catalogue, by, now())
    note(f"{tool} is now {status}; the decision is in the audit log")


def alternative(
    category: Annotated[
        str | None, typer.Argument(help="Category of the catalogue, such as chat_assistant.")
    ] = None,
    tool: Annotated[str | None, typer.Argument(help="Id of an approved tool.")] = None,
    by: Annotated[str, typer.Option("--by", help="Who names it; kept in the audit log.")] = "",
    none: Annotated[bool, typer.Option("--none", help="Name none any more.")] = False,
    db: Database = None,
    as_json: AsJson = False,
) -> None:
    """Print what is suggested where tools of a category are prohibited, or name the tool to suggest.

    Without a named one, an approved tool of the same category is suggested.

    Example: skiagram tools alternative chat_assistant copilot --by "C. Ruiz"
    """
    from api.cli.options import workplace
    from api.cli.output import note, print_json, table
    from api.workplace import now
    from governance.alternatives import alternatives, set_alternative

    place = workplace(db)
    if category is None:
        with place.database.read() as conn:
            found = alternatives(conn, place.catalogue, now().date())
        if as_json:
            print_json({name: {"tool": one.tool_id, "named": one.named} for name, one in found.items()})
        elif found:
            columns = [("category", "left"), ("tool", "left"), ("chosen", "left")]
            rows = [
                [name, one.statement, "named" if one.named else "approved"] for name, one in found.items()
            ]
            table(columns, rows)
        else:
            print("No tool is approved, so nothing can be suggested instead of a prohibited one.")
        return
    if (tool is None) != none:
        raise typer.BadParameter("name a tool, or --none", param_hint="TOOL")
    with place.database.write() as conn:
        set_alternative(conn, category, tool, place.catalogue, by, now())
    note(f"{category}: {tool or 'no tool'} is named; it is in the audit log")


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
