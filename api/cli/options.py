"""Options that several commands share."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.workplace import Workplace
    from scanner.spec import FormatSpec

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
FormatFolders = Annotated[
    list[Path] | None,
    typer.Option("--formats", metavar="DIR", help="Folder with format files of your own; may be repeated."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
AsLines = Annotated[bool, typer.Option("--ndjson", help="Print one JSON object a line.")]


def workplace(db: str | None = None, formats: "Sequence[Path] | None" = None) -> "Workplace":
    """Return the workplace the flags and settings describe; `formats` are more folders of format files."""
    from api.settings import load_settings
    from api.workplace import Workplace, check_open

    settings = load_settings(database=db)
    check_open(settings)
    if formats:
        folders = [*settings.format_directories, *formats]
        settings = settings.model_copy(update={"format_directories": folders})
    return Workplace(settings)


def known_formats(folders: "Sequence[Path] | None") -> "tuple[FormatSpec, ...]":
    """Return the formats at hand: the shipped ones, those of the settings, those of --formats."""
    from api.settings import load_settings
    from scanner.spec import read_formats

    return read_formats([*load_settings().format_directories, *(folders or ())])
