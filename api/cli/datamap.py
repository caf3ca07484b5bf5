"""`skiagram datamap`: which systems hold patient data, and which AI tools stand next to them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.importing import Columns, DryRun, Encoding, bring_in, kept
from api.cli.options import AsJson, Database

if TYPE_CHECKING:
    from governance.datamap import DataMap

datamap = typer.Typer(
    help="Keep the data map: systems, what data they hold, who uses them, and which AI tools those people use.",
    rich_markup_mode=None,
    invoke_without_command=True,
)
By = Annotated[str, typer.Option("--by", help="Who does it; kept in the audit log.")]
Name = Annotated[str, typer.Argument(metavar="SYSTEM", help="Name of the system.")]


@datamap.callback()
def show(context: typer.Context, db: Database = None, as_json: AsJson = False) -> None:
    """Print the data map, or change it with one of the commands below."""
    if context.invoked_subcommand is not None:
        return
    from api.cli.options import workplace
    from api.cli.output import print_json
    from api.workplace import now
    from governance.datamap import draw_map

    place = workplace(db)
    with place.database.read() as conn:
        drawn = draw_map(conn, place.catalogue, now(), place.settings.small_cell_threshold)
    if as_json:
        print_json(map_document(drawn))
    else:
        _print(drawn)


@datamap.command("import")
def import_systems(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV: system, kind, holds PHI, data classes, owner, departments, hosts; lists with ;"
        ),
    ],
    by: By,
    column: Columns = None,
    encoding: Encoding = None,
    dry_run: DryRun = False,
    db: Database = None,
) -> None:
    """Replace the systems of the map by those of a CSV file.

    Example: skiagram datamap import systems.csv --by "A. Chen"
    """
    from api.cli.options import workplace
    from api.cli.output import note
    from api.workplace import now
    from governance.datamap import import_systems as import_all

    place = workplace(db)
    total, changed = bring_in(
        place,
        file,
        column,
        lambda conn, content, columns: import_all(conn, content, by, now(), encoding, columns),
        dry_run=dry_run,
    )
    note(f"{total} systems, {changed} changed{kept(dry_run)}")


@datamap.command("set")
def set_system(
    name: Name,
    by: By,
    kind: Annotated[str | None, typer.Option("--kind", help="ehr, billing, imaging ...")] = None,
    holds_phi: Annotated[str | None, typer.Option("--holds-phi", help="yes, no or unknown.")] = None,
    data_classes: Annotated[str | None, typer.Option("--data-classes", help="Separated by ;")] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="Whom to ask.")] = None,
    departments: Annotated[str | None, typer.Option("--departments", help="Separated by ;")] = None,
    hosts: Annotated[
        str | None, typer.Option("--hosts", help="Host or application names, separated by ;")
    ] = None,
    db: Database = None,
) -> None:
    """Enter a system, or change facts of one; what is left out stays as it is."""
    from api.cli.options import workplace
    from api.cli.output import note
    from api.workplace import now
    from governance.datamap import set_system as set_one

    stated = {
        "kind": kind,
        "holds_phi": holds_phi,
        "data_classes": data_classes,
        "owner": owner,
        "departments": departments,
        "hosts": hosts,
    }
    place = workplace(db)
    with place.database.write() as conn:
        set_one(conn, name, {field: text for field, text in stated.items() if text is not None}, by, now())
    note(f"{name} is on the data map")


@datamap.command()
def remove(name: Name, by: By, db: Database = None) -> None:
    """Take a system off the map."""
    from api.cli.options import workplace
    from api.cli.output import note
    from api.workplace import now
    from governance.datamap import drop_system

    place = workplace(db)
    with place.database.write() as conn:
        drop_system(conn, name, by, now())
    note(f"{name} is off the data map")


def map_document(drawn: "DataMap") -> dict[str, Any]:
    """Return the data map for programs."""
    from dataclasses import asdict

    return {
        "systems": [
            {**asdict(one.system), "ai_tools": [asdict(tool) for tool in one.tools]} for one in drawn.systems
        ],
        "departments_without_system": list(drawn.departments_without_system),
    }


def _print(drawn: "DataMap") -> None:
    from api.cli.output import table

    if not drawn.systems:
        print(
            "No system is on the data map yet, so nobody can tell which AI tools stand next to patient data."
        )
        print("Import them: skiagram datamap import --help")
        return
    columns = [
        (title, "left")
        for title in ("system", "kind", "PHI", "departments", "AI tools in these departments (people)")
    ]
    table(
        columns,
        [
            [
                one.system.name,
                one.system.kind,
                one.system.holds_phi,
                ", ".join(one.system.departments) or "unknown",
                ", ".join(f"{tool.name} ({tool.people})" for tool in one.tools),
            ]
            for one in drawn.systems
        ],
    )
    if drawn.departments_without_system:
        print(f"AI tools are used, and no system is named, in: {', '.join(drawn.departments_without_system)}")
