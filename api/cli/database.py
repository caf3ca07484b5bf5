"""`skiagram db`: the database itself."""

import typer

from api.cli.options import Database

db = typer.Typer(help="Look after the database.", rich_markup_mode=None)


@db.callback()
def _db() -> None:
    """Look after the database."""


@db.command()
def upgrade(db: Database = None) -> None:
    """Make the tables, or bring them to this version."""
    from api.cli.options import workplace
    from api.cli.output import note

    place = workplace(db)
    note(f"{place.database.url_for_display}: tables are up to date")
    for warning in place.database.warnings:
        note(f"warning: {warning}")
