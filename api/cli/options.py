"""Options that several commands share."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from api.workplace import Workplace

Database = Annotated[
    str | None,
    typer.Option("--db", metavar="URL", help="Database; an SQLite file in the data folder by default."),
]
TimeZone = Annotated[
    str,
    typer.Option(
        "--time-zone", metavar="NAME", help="Zone of times that state none, such as America/Chicago."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
AsLines = Annotated[bool, typer.Option("--ndjson", help="Print one JSON object a line.")]


def workplace(db: str | None = None) -> "Workplace":
    """Return the workplace the flags and settings describe."""
    from api.settings import load_settings
    from api.workplace import Workplace

    return Workplace(load_settings(database=db))
