"""`skiagram readiness`: which departments are ready for AI tools, and who says so."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.options import AsJson, Database

if TYPE_CHECKING:
    from storage.readiness import Statement

readiness = typer.Typer(
    help="Record whether departments have governance in place, training completed and a review process defined.",
    rich_markup_mode=None,
    no_args_is_help=True,
)


@readiness.command("set")
def set_one(
    department: Annotated[str, typer.Argument(help="Name of the department.")],
    item: Annotated[str, typer.Argument(help="governance, training or review.")],
    by: Annotated[str, typer.Option("--by", help="Who records it; kept in the audit log.")],
    said_by: Annotated[
        str | None, typer.Option("--said-by", help="Who says so; the one who records it if left out.")
    ] = None,
    day: Annotated[
        datetime | None, typer.Option("--day", formats=["%Y-%m-%d"], help="Since when; today if left out.")
    ] = None,
    missing: Annotated[bool, typer.Option("--missing", help="It is not, or no longer, so.")] = False,
    db: Database = None,
) -> None:
    """Record one item of a department; an approval for it needs all three.

    Example: skiagram readiness set Radiology training --said-by "Dr. Okafor" --day 2026-10-01 --by "A. Chen"
    """
    from api.cli.options import workplace
    from api.cli.output import note
    from api.workplace import now
    from governance.readiness import ITEMS, set_readiness

    place, moment = workplace(db), now()
    with place.database.write() as conn:
        name = set_readiness(
            conn,
            department,
            item,
            not missing,
            day.date() if day else moment.date(),
            said_by or by,
            by,
            moment,
        )
    note(f"{name}: {ITEMS[item]}: {'no' if missing else 'yes'}; on record, and in the audit log")


@readiness.command("list")
def list_all(db: Database = None, as_json: AsJson = False) -> None:
    """Print every department somebody spoke about, and what is missing."""
    from api.cli.options import workplace
    from api.cli.output import print_json, table
    from governance.readiness import ITEMS
    from governance.readiness import readiness as all_departments

    place = workplace(db)
    with place.database.read() as conn:
        found = all_departments(conn)
    if as_json:
        print_json(
            [
                {
                    "department": one.department,
                    "ready": one.ready,
                    "missing": list(one.missing),
                    "items": {
                        item: {"met": said.met, "day": said.day.isoformat(), "said_by": said.said_by}
                        if said
                        else None
                        for item, said in one.items.items()
                    },
                }
                for one in found
            ]
        )
        return
    if not found:
        print("Nobody has said of any department that it is ready. Record it: skiagram readiness set --help")
        return
    columns = [(title, "left") for title in ("department", "ready", *ITEMS)]
    rows = [
        [one.department, "yes" if one.ready else "no", *(_said(said) for said in one.items.values())]
        for one in found
    ]
    table(columns, rows)


def _said(said: "Statement | None") -> str:
    return f"{'yes' if said.met else 'no'}, {said.day} ({said.said_by})" if said else "not known"
