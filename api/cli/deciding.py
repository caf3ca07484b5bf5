"""`skiagram tools decide` and `skiagram tools alternative`: give a tool a status, name what to use instead."""

from datetime import date, datetime
from typing import Annotated

import typer

from api.cli.decision_options import (
    DAY,
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


def decide(
    tool: Tool,
    status: Status,
    by: Annotated[str, typer.Option("--by", help="Who decides; kept in the audit log.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, in a sentence; kept in the audit log.")],
    until: Until = None,
    conditions: Annotated[
        str | None, typer.Option("--conditions", help="What else an approval is bound to, in words.")
    ] = None,
    department: Departments = None,
    tier: Tiers = None,
    data_class: DataClasses = None,
    account: Accounts = None,
    owner: Annotated[str | None, typer.Option("--owner", help="Who answers for the tool.")] = None,
    approver: Annotated[
        str | None, typer.Option("--approver", help="Who approves it; --by if left out.")
    ] = None,
    requested_by: Annotated[
        str | None, typer.Option("--requested-by", help="Who asked for it; never the approver.")
    ] = None,
    review: Annotated[
        datetime | None, typer.Option("--review", formats=DAY, help="Day on which it is looked at again.")
    ] = None,
    override: Override = None,
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
    from storage.decisions import Parties

    proposal = Proposal(
        tool_id=tool,
        status=status,
        reason=reason,
        conditions=bound_to(tier, department, data_class, account),
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
