"""`skiagram formats`: what can be read, and what a file is."""

from typing import Annotated

import typer

from api.cli.format_tools import docs, draft, expected
from api.cli.options import AsJson, FormatFolders, known_formats

formats = typer.Typer(
    help="List the log formats, say which one a file is, begin and test formats of your own.",
    rich_markup_mode=None,
)
formats.command()(draft)
formats.command(name="test")(expected)
formats.command()(docs)


@formats.command(name="list")
def list_formats(folders: FormatFolders = None, as_json: AsJson = False) -> None:
    """List every format that is recognised by content."""
    from api.cli.output import print_json, table

    specs = known_formats(folders)
    if as_json:
        print_json(
            [
                {
                    "id": s.id,
                    "title": s.title,
                    "vendor": s.vendor,
                    "family": s.family,
                    "enable": s.enable,
                    "docs": s.docs,
                }
                for s in specs
            ]
        )
        return
    table((("id", "left"), ("family", "left"), ("title", "left")), [[s.id, s.family, s.title] for s in specs])


@formats.command()
def detect(
    files: Annotated[list[str], typer.Argument(help="Files to look at; - is standard input.")],
    folders: FormatFolders = None,
    as_json: AsJson = False,
) -> None:
    """Say which format each file is, and how much of its beginning is understood."""
    from api.cli.incoming import as_path
    from api.cli.output import print_json, table
    from api.workplace import now
    from scanner.errors import ScannerError
    from scanner.ingest import context_of
    from scanner.inputs import open_members
    from scanner.pihole import FORMAT_ID as PIHOLE
    from scanner.pihole import is_database, opened_queries
    from scanner.reading import choose_chain, stated
    from scanner.recognise import Formats
    from scanner.recordings import recording_of
    from scanner.sources import begin, sample_of

    specs = known_formats(folders)
    rows: list[dict[str, object]] = []
    for file in files:
        with as_path(file) as path:
            try:
                for member in open_members(path):
                    content = begin(member.stream)
                    kind = recording_of(content.head)
                    if kind is not None:
                        rows.append({"file": member.label, "format": kind, "understood": 1.0})
                        continue
                    if is_database(content.head):
                        with opened_queries(path, member.label):
                            rows.append({"file": member.label, "format": PIHOLE, "understood": 1.0})
                        continue
                    known = Formats.for_context(context_of(path, now()), specs)
                    sample = sample_of(content)
                    chain = choose_chain(known, sample)
                    ranked = known.recognise(sample)
                    share = ranked[0].share if chain and ranked else float(bool(chain))
                    rows.append(
                        {
                            "file": member.label,
                            "format": chain[0].id if chain else None,
                            "understood": round(share, 3),
                            "also": [other.id for other in chain[1:]],
                            "stated": stated(chain),
                        }
                    )
            except ScannerError as problem:
                rows.append({"file": file, "format": None, "understood": 0.0, "problem": str(problem)})
    if as_json:
        print_json(rows)
    else:
        table(
            (("file", "left"), ("format", "left"), ("understood", "right")),
            [
                [
                    str(row["file"]),
                    str(row.get("stated") or row["format"] or row.get("problem") or "unknown"),
                    f"{float(str(row['understood'])):.0%}",
                ]
                for row in rows
            ],
        )
    if any(row["format"] is None for row in rows):
        raise typer.Exit(3)
