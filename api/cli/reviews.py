"""`skiagram reviews`: what is to be looked at this week, month, quarter and year, and what was done."""

from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.options import AsJson, Database

if TYPE_CHECKING:
    from governance.reviews import Review

reviews = typer.Typer(
    help="Keep the calendar of reviews: what is due, with everything there is to look at.",
    rich_markup_mode=None,
    invoke_without_command=True,
)


@reviews.callback()
def show(
    context: typer.Context,
    top: Annotated[int, typer.Option("--top", min=1, help="Things to print per review.")] = 10,
    db: Database = None,
    as_json: AsJson = False,
) -> None:
    """Print the reviews, the most urgent first.

    Example: skiagram reviews --json
    """
    if context.invoked_subcommand is not None:
        return
    from api.cli.options import workplace
    from api.cli.output import print_json
    from api.http.compliance_documents import ReviewDocument
    from api.workplace import now
    from governance.reviews import calendar

    place = workplace(db)
    with place.database.read() as conn:
        found = calendar(conn, place.catalogue, place.weights, now())
    if as_json:
        print_json([ReviewDocument.model_validate(one).model_dump(mode="json") for one in found])
        return
    for one in found:
        _print(one, top)


@reviews.command()
def done(
    review: Annotated[str, typer.Argument(help="Name of the review, such as watch.")],
    by: Annotated[str, typer.Option("--by", help="Who did it; kept in the audit log.")],
    note: Annotated[str, typer.Option("--note", help="What came of it, in a sentence.")],
    db: Database = None,
) -> None:
    """Mark a review done for the period that runs.

    Example: skiagram reviews done watch --by "A. Chen" --note "Two new tools sent to the committee."
    """
    from api.cli.options import workplace
    from api.cli.output import note as tell
    from api.workplace import now
    from governance.reviews import mark_done

    with workplace(db).database.write() as conn:
        kept = mark_done(conn, review, note, by, now())
    tell(f"{kept.review} is done for the period until {kept.period_end}")


def _print(one: "Review", top: int) -> None:
    from api.pages.text import shown

    last = f"last done {one.last.at:%Y-%m-%d} by {one.last.by}" if one.last else "never done here"
    print(shown(f"{one.state}: {one.rule.title} [{one.rule.id}], due {one.due}, {last}"))
    for item in one.items[:top]:
        due = str(item.due or "")
        print(shown(f"  {due:10}  {item.what}"))
    if len(one.items) > top:
        print(f"  and {len(one.items) - top} more (--top {len(one.items)})")
