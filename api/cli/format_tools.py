"""`skiagram formats draft | test | docs`: begin a format, hold samples to what they should give, print the table."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import FormatFolders, known_formats


def draft(
    file: Annotated[str, typer.Argument(help="A log, compressed or not; - is standard input.")],
    format_id: Annotated[
        str | None,
        typer.Option("--id", metavar="ID", help="Id of the format; from the file's name if left out."),
    ] = None,
) -> None:
    """Print the beginning of a format file for a log that nothing recognises, with the reason for each line.

    Example: skiagram formats draft export.txt > formats/export.toml
    """
    from api.cli.incoming import as_path
    from api.workplace import now
    from scanner.drafting import draft as drafted
    from scanner.drafting import format_id_of
    from scanner.errors import FormatUnknown
    from scanner.ingest import context_of
    from scanner.inputs import open_members
    from scanner.pihole import is_database
    from scanner.recordings import recording_of
    from scanner.sources import begin, sample_of

    if format_id is not None and format_id != format_id_of(f"{format_id}.x"):
        raise typer.BadParameter(
            f"{format_id!r} is no id; use lower case letters, digits and single underscores",
            param_hint="--id",
        )
    name = format_id or format_id_of("new_format.log" if file == "-" else Path(file).name)
    moment = now()
    with as_path(file) as path, closing(open_members(path)) as members:
        for member in members:  # of an archive, the first
            content = begin(member.stream)
            if recording_of(content.head) is not None:
                raise FormatUnknown(
                    f"{file}: a recording, which is read without a format; see: skiagram read"
                )
            if is_database(content.head):
                raise FormatUnknown(
                    f"{file}: a database; of Pi-hole's no format is needed, of others export a table as CSV or JSON"
                )
            try:
                print(drafted(sample_of(content), name, moment.date(), context_of(path, moment)), end="")
            except FormatUnknown as problem:
                raise FormatUnknown(f"{file}: {problem}") from problem
            return
    raise FormatUnknown(f"{file}: an empty archive; name a log with some lines")


def expected(
    directory: Annotated[
        Path,
        typer.Argument(
            metavar="DIR", help="Folder of samples, each <name>.<ext> with <name>.expected.ndjson."
        ),
    ],
    update_golden: Annotated[
        bool, typer.Option("--update-golden", help="Write what is read now as what is expected.")
    ] = False,
    folders: FormatFolders = None,
) -> None:
    """Read samples and compare each with the rows written down beside it; exit with 3 where they differ.

    Example: skiagram formats test samples --formats formats
    """
    from api.cli.output import note
    from api.pages.text import shown
    from api.workplace import now
    from scanner.errors import SourceUnreadable
    from scanner.events import as_json
    from scanner.expectations import differences, expected_rows, rows_of_sample, samples_in

    specs = known_formats(folders)
    samples = samples_in(directory, lacking=update_golden)
    if not samples:
        raise SourceUnreadable(f"{directory}: no sample has an expectation; write them with --update-golden")
    wrong = 0
    for sample in samples:
        rows = rows_of_sample(sample, specs, now())
        if update_golden:
            sample.expectation.write_text("".join(f"{as_json(row)}\n" for row in rows), encoding="utf-8")
            note(f"{sample.expectation}: {len(rows)} rows written; read them before you rely on them")
            continue
        found = list(differences(expected_rows(sample.expectation), rows))
        wrong += bool(found)
        for one in found:
            where = f"{sample.expectation}:{one.line}: {one.key}".removesuffix(": ")
            print(shown(f"{where}: expected {one.expected}, found {one.found}"))
    if not update_golden:
        note(f"{len(samples)} samples, {len(samples) - wrong} as expected, {wrong} not")
    if wrong:
        raise typer.Exit(3)


def docs(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write here; to standard output if left out.")
    ] = None,
    folders: FormatFolders = None,
) -> None:
    """Print what every format gives, what is lost without it, and where the vendor's product switches it on.

    Example: skiagram formats docs --out docs/formats.md
    """
    from scanner.format_docs import formats_page

    page = formats_page(known_formats(folders))
    if out is None:
        print(page, end="")
    else:
        out.write_text(page, encoding="utf-8")
