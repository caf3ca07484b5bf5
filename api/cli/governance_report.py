"""`skiagram report`: the report for management, and where each of its figures comes from."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.options import AsJson, Database

if TYPE_CHECKING:
    from api.workplace import Workplace
    from governance.report.figures import Report
    from governance.report.trace import Trace
    from storage.tracing import Traced

report = typer.Typer(
    help="Write the report for management, and lead each of its figures back to rows.", rich_markup_mode=None
)
At = Annotated[
    datetime | None,
    typer.Option(
        "--at",
        formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"],
        help="As of this moment (UTC) instead of now; the same moment gives the same report.",
    ),
]
Individuals = Annotated[
    bool,
    typer.Option("--individuals", help="Tell small counts too: for readers who may see individuals."),
]
_NAMED = 12
"""Figures named of those that disagree."""
_KEYS = 160
"""Characters of keys of rows that a person is shown."""


@report.command()
def governance(
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            metavar="FILE",
            help="Ends with .html, .pdf or .xlsx; .pdf and .xlsx need the extra `reports`.",
        ),
    ],
    organisation: Annotated[
        str | None, typer.Option("--organisation", help="Name printed at the top, else that of the settings.")
    ] = None,
    paper: Annotated[
        str | None, typer.Option("--paper", help="Of the PDF: letter or a4, else that of the settings.")
    ] = None,
    individuals: Individuals = False,
    by: Annotated[
        str, typer.Option("--by", help="Who makes a copy with --individuals; kept in the audit log.")
    ] = "",
    at: At = None,
    db: Database = None,
) -> None:
    """Write the report for management: what is in use, gaps, data map, policy, what to do, what was not read.

    Example: skiagram report governance --out report.pdf --organisation "Lakeside Hospital"
    """
    from api.cli.options import workplace
    from api.cli.output import note
    from api.reporting.making import FORMS
    from api.reporting.paper import PAPERS
    from storage import audit

    form = out.suffix.lower().removeprefix(".")
    if form not in FORMS:
        raise typer.BadParameter(
            f"{out.name!r} ends with none of .html, .pdf, .xlsx; name the file so", param_hint="--out"
        )
    if paper is not None and paper not in PAPERS:
        raise typer.BadParameter(f"{paper!r} is no paper; take {' or '.join(PAPERS)}", param_hint="--paper")
    if individuals and not by.strip():
        raise typer.BadParameter("a copy that tells small counts needs the name of who makes it: --by")
    place = workplace(db)
    made = _make(place, organisation, individuals, at)
    content = FORMS[form][1](made, paper or place.settings.report_paper)
    if individuals:
        with place.database.write() as conn:
            audit.append(conn, by.strip(), "report.individuals", "governance", {"form": form}, _moment(None))
    out.write_bytes(content)
    note(f"wrote {out} ({len(content):,} bytes, {len(made.figures):,} figures)")


@report.command()
def trace(
    figure: Annotated[
        str | None, typer.Argument(metavar="FIGURE-ID", help="Id of a figure, such as tool.chatgpt.people.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Trace every figure.")] = False,
    individuals: Individuals = False,
    at: At = None,
    db: Database = None,
    as_json: AsJson = False,
) -> None:
    """Print where a figure comes from: rows, query, computation, and whether the rows still give it.

    Exit code 1 if some rows do not: the database has changed since, or something is wrong.

    Example: skiagram report trace tool.chatgpt.people
    """
    from api.cli.options import workplace
    from api.cli.output import note, print_json
    from governance.report.trace import trace as trace_one
    from governance.report.trace import trace_all

    if (figure is None) != every:
        raise typer.BadParameter("name one figure, or say --all", param_hint="FIGURE-ID")
    place = workplace(db)
    made = _make(place, None, individuals, at)
    with place.database.read() as conn:
        found = trace_all(conn, made) if figure is None else [trace_one(conn, made, figure)]
    if as_json:
        documents = [trace_document(one) for one in found]
        print_json(documents if figure is None else documents[0])
    else:
        for one in found:
            _print(one)
    wrong = [one.figure.id for one in found if one.agrees is False]
    if wrong:
        note(f"skiagram: rows and figure disagree: {', '.join(wrong[:_NAMED])}")
        raise typer.Exit(1)


def trace_document(one: "Trace") -> dict[str, Any]:
    """Return the origin of a figure for programs."""
    from api.reporting.writing import figure_document

    return {
        **figure_document(one.figure),
        "rows": [_rows_document(rows) for rows in one.rows],
        "rests_on": [_rows_document(rows) for rows in one.rests],
        "agrees": one.agrees,
        "detail": dict(one.figure.detail),
    }


def _rows_document(rows: "Traced") -> dict[str, Any]:
    from dataclasses import asdict
    from datetime import date

    return {
        name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(rows).items()
    }


def _print(one: "Trace") -> None:
    from api.reporting.plain import plain
    from api.reporting.writing import written

    print(f"{one.figure.id}: {written(one.figure)}  ({plain(one.figure.title)})")
    if one.figure.computed:
        print(f"  computed: {plain(one.figure.computed)}")
    if one.figure.of:
        print(f"  from figures: {', '.join(one.figure.of)}")
    for words, several in (("", one.rows), ("rests on ", one.rests)):
        for rows in several:
            if rows.rows is not None:
                print(f"  {words}{rows.rows:,} rows of {rows.table}, {rows.measure}: {rows.result}")
                cut = rows.keys[:_KEYS] + (" ... (--json has all)" if len(rows.keys) > _KEYS else "")
                print(f"    keys: {plain(cut)}")
            print(f"    query: {plain(rows.query)}")
    for name, value in one.figure.detail.items():
        print(f"  {name}: {plain(str(value))}")
    if one.agrees is not None:
        print(f"  rows and figure agree: {'yes' if one.agrees else 'NO'}")


def _make(place: "Workplace", organisation: str | None, individuals: bool, at: datetime | None) -> "Report":
    from api.health import expected_sources
    from api.reporting.making import make_report

    with place.database.read() as conn:
        return make_report(
            conn,
            place.catalogue,
            place.weights,
            _moment(at),
            expected_sources(place.settings),
            threshold=1 if individuals else place.settings.small_cell_threshold,
            organisation=place.settings.organisation if organisation is None else organisation,
        )


def _moment(at: datetime | None) -> datetime:
    from api.workplace import now

    return now() if at is None else at.replace(tzinfo=UTC)
