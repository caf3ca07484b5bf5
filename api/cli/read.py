"""`skiagram read`: the canonical events of one file, line by line."""

from typing import Annotated

import typer

from api.cli.options import AsLines, FormatFolders, TimeZone, known_formats


def read(
    file: Annotated[str, typer.Argument(help="A log or capture, compressed or not; - is standard input.")],
    format_id: Annotated[
        str | None,
        typer.Option("--format", metavar="ID", help="Read as this format; recognised if left out."),
    ] = None,
    ndjson: AsLines = True,
    time_zone: TimeZone = "UTC",
    formats: FormatFolders = None,
    events_only: Annotated[
        bool, typer.Option("--events-only", help="Leave out lines that are no event.")
    ] = False,
) -> None:
    """Print the canonical events of one file, each with its line, and every other line with the reason.

    Example: skiagram read access.log | head
    """
    from api.cli.incoming import as_path
    from api.cli.output import note
    from api.workplace import now
    from api.zones import zone_of
    from scanner.errors import ScannerError
    from scanner.events import as_json, read_events
    from scanner.ingest import context_of

    def told(said: str) -> None:
        if said:
            note(f"{file}: {said}")

    unread = 0
    specs = known_formats(formats)
    with as_path(file) as path:
        try:
            context = context_of(path, now(), zone_of(time_zone))
            for row in read_events(path, format_id, context, specs, told):
                unread += "unreadable" in row
                if not (events_only and row.get("dropped")):
                    print(as_json(row))
        except ScannerError as problem:
            raise type(problem)(str(problem).replace(str(path), file)) from problem
    if unread:
        note(f"{file}: {unread} lines could not be read; each is listed with its reason")
        raise typer.Exit(3)
