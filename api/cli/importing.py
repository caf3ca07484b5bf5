"""What commands that import a file of the organisation share: their options, and how the file is brought in."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from api.workplace import Workplace

Result = TypeVar("Result")
ImportFile = Annotated[Path, typer.Argument(metavar="FILE", help="The file to import.")]
By = Annotated[str, typer.Option("--by", help="Who imports it; kept in the audit log.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check and count, but keep nothing.")]
Encoding = Annotated[
    str | None, typer.Option("--encoding", help="Encoding of the file, where it is not UTF-8.")
]
Columns = Annotated[
    list[str] | None,
    typer.Option("--column", metavar="FIELD=COLUMN", help="Name a column; may be repeated."),
]


def bring_in(
    place: "Workplace",
    file: Path,
    column: list[str] | None,
    work: "Callable[[Connection, bytes, dict[str, str]], Result]",
    *,
    dry_run: bool,
) -> Result:
    """Do the work with the content of a file and the columns that were named: all of it, or nothing."""
    from api.imports import carried_out, column_names, content_of

    content, columns = content_of(file), column_names(column or ())
    return carried_out(place.database, file, lambda conn: work(conn, content, columns), dry_run=dry_run)


def kept(dry_run: bool) -> str:
    """Say at the end of a sentence if nothing was kept."""
    return "; nothing was kept (--dry-run)" if dry_run else ""
