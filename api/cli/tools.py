"""`skiagram tools`: the ranked feed, one tool with every part of its score, and decisions."""

from typing import Annotated, Any

import typer

from api.cli.deciding import alternative, decide
from api.cli.decision_options import STATUSES
from api.cli.options import AsJson, Database

tools = typer.Typer(
    help="Show the ranked feed, one tool in full, or decide about one.", rich_markup_mode=None
)


@tools.callback(invoke_without_command=True)
def _feed(
    context: typer.Context,
    status: Annotated[
        str | None, typer.Option("--status", help=f"Only this status: {', '.join(STATUSES)}.")
    ] = None,
    db: Database = None,
    as_json: AsJson = False,
    top: Annotated[int, typer.Option("--top", min=1, help="Rows to print.")] = 50,
) -> None:
    """Print the tools that were seen and are not approved, highest exposure first.

    Example: skiagram tools --status prohibited
    """
    if context.invoked_subcommand is not None:
        return
    from api.cli.options import workplace
    from api.cli.output import print_json
    from api.cli.report import print_feed, tool_row
    from api.workplace import now
    from governance.ranking import judged_tools

    if status is not None and status not in STATUSES:
        raise typer.BadParameter(
            f"{status!r} is no status; use one of {', '.join(STATUSES)}", param_hint="--status"
        )
    place = workplace(db)
    with place.database.read() as conn:
        judged = judged_tools(conn, place.catalogue, place.weights, now())
    chosen = [tool for tool in judged if (tool.in_feed if status is None else tool.status == status)]
    if as_json:
        print_json([tool_row(tool) for tool in chosen])
    else:
        print_feed(chosen, top)


@tools.command()
def show(
    tool: Annotated[str, typer.Argument(help="Id of a tool, as the feed shows it.")],
    db: Database = None,
    as_json: AsJson = False,
) -> None:
    """Print every part of a tool's score, the evidence, and the vendor's terms with their sources."""
    from api.cli.options import workplace
    from api.cli.output import print_json
    from api.cli.tool_report import print_report, report_document
    from api.workplace import now
    from governance.ranking import tool_report

    place = workplace(db)
    with place.database.read() as conn:
        report = tool_report(conn, tool, place.catalogue, place.weights, now())
    if as_json:
        document: dict[str, Any] = report_document(report)
        print_json(document)
    else:
        print_report(report)


tools.command()(decide)
tools.command()(alternative)
