"""`skiagram scan`: read logs, print the ranked feed and what was not read, keep the result."""

from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.options import AsJson, Database, FormatFolders, TimeZone

if TYPE_CHECKING:
    from api.scanning import ScanResult

BANDS = ("critical", "high", "moderate", "low", "minimal")


def scan(
    paths: Annotated[
        list[str],
        typer.Argument(help="Files, folders, globs or s3://, az://, gs:// URLs; - is standard input."),
    ],
    format_id: Annotated[
        str | None,
        typer.Option("--format", metavar="ID", help="Read as this format; recognised if left out."),
    ] = None,
    source: Annotated[
        str | None, typer.Option("--source", help="Name of the source these files belong to.")
    ] = None,
    time_zone: TimeZone = "UTC",
    formats: FormatFolders = None,
    db: Database = None,
    as_json: AsJson = False,
    fail_on: Annotated[
        str | None,
        typer.Option(
            "--fail-on", metavar="BAND", help=f"Exit with 1 at this band or above: {', '.join(BANDS)}."
        ),
    ] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="Rows of the feed to print.")] = 30,
    resolve: Annotated[
        bool,
        typer.Option("--resolve", help="Look up aliases of hosts that match nothing at your name server."),
    ] = False,
) -> None:
    """Scan logs and captures, rank the unapproved AI tools in them by exposure of patient data.

    Formats are recognised by content; .gz .zst .xz .bz2 .zip are read as they are. The same content is never
    counted twice, whatever it is called.

    Example: skiagram scan /var/log/squid '/var/log/named/*.log'
    """
    from dataclasses import replace

    from api.cli.incoming import STDIN_LABEL, as_path
    from api.cli.options import workplace
    from api.cli.output import note
    from api.cli.progress import progress_over
    from api.cli.report import print_result, result_document
    from api.scanning import ScanTask, run_scan
    from api.zones import zone_of
    from scanner.objects import is_stored

    if fail_on is not None and fail_on not in BANDS:
        raise typer.BadParameter(
            f"{fail_on!r} is no band; use one of {', '.join(BANDS)}", param_hint="--fail-on"
        )
    place = workplace(db, formats)
    if resolve:
        place = replace(place, settings=place.settings.model_copy(update={"resolve_aliases": True}))
    with ExitStack() as stack:
        names: list[str] = []
        labels: dict[str, str] = {}
        for name in paths:
            if is_stored(name):
                names.append(name)
                continue
            path = stack.enter_context(as_path(name))
            names.append(str(path))
            if name == "-":
                labels[str(path)] = STDIN_LABEL
        progress = stack.enter_context(progress_over(names))
        result = run_scan(
            place,
            [ScanTask(tuple(names), source, format_id, zone=zone_of(time_zone))],
            progress=progress,
            labels=labels,
        )
    if place.aliases is not None:
        note(place.aliases.statement)
    if as_json:
        from api.cli.output import print_json

        print_json(result_document(result))
    else:
        print_result(result, top)
    raise typer.Exit(_exit_code(result, fail_on))


def _exit_code(result: "ScanResult", fail_on: str | None) -> int:
    if result.status != "ok":
        return 3
    if fail_on is not None:
        worst = set(BANDS[: BANDS.index(fail_on) + 1])
        if any(tool.assessment.band in worst for tool in result.feed):
            return 1
    return 0
