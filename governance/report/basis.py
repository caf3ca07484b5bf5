"""Write what the report rests on: versions, time span, sources, and how a figure is checked."""

from __future__ import annotations

from governance.report.figures import Bullets, Column, Figure, Section, Tabled, paragraph
from governance.report.ground import Ground
from storage.tracing import Rows


def basis_section(ground: Ground) -> Section:
    """Return versions, and how every figure leads back to rows."""
    firsts = [one.first_event for one in ground.covered if one.first_event]
    lasts = [one.last_event for one in ground.covered if one.last_event]
    book = ground.book
    first = book.add(
        Figure(
            "basis.from",
            "First event read",
            min(firsts, default=None),
            "moment",
            computed="least of source.*.from",
            rows=(Rows("batch", (), "least first_event"),) if firsts else (),
        )
    )
    last = book.add(
        Figure(
            "basis.to",
            "Last event read",
            max(lasts, default=None),
            "moment",
            computed="greatest of source.*.to",
            rows=(Rows("batch", (), "greatest last_event"),) if lasts else (),
        )
    )
    made = book.add(
        Figure("basis.at", "Moment of this report", ground.now, "moment", computed="as asked for")
    )
    rows = (
        ("Moment of this report (UTC)", made),
        ("First event read", first),
        ("Last event read", last),
        ("Catalogue of tools and terms", f"version {ground.catalogue.version}"),
        ("Weights of the score", f"version {ground.weights.version}"),
        ("Small counts of people", _threshold(book.threshold)),
        ("Sources", ", ".join(one.source.name for one in ground.covered) or "none"),
    )
    checking = (
        ("Every figure has an id: tool.<id of the tool>.people, source.<name>.lines, gap.<rule>.events.",),
        (
            "skiagram report trace <id> prints the rows, the query and the computation; --all does so for all.",
        ),
        (
            "The workbook (report.xlsx) lists every figure with its id; the web page shows it where the mouse rests.",
        ),
        ("The same database, moment and settings give the same report.",),
    )
    return Section(
        "basis",
        "What this rests on",
        (
            Tabled("", (Column("What", width=40), Column("Which", width=60)), rows),
            Bullets("How a figure is checked", checking),
            paragraph(
                "The score is explained part by part with reasons and citations on each tool's page and by "
                "skiagram tools show. Facts about law and vendors carry their source and date there.",
            ),
        ),
    )


def _threshold(threshold: int) -> str:
    if threshold <= 1:
        return "shown: this copy is for readers who may see individuals"
    return f"below {threshold} are not told, nor what would give them away"
