"""Make the report from a database, and give it the form its file name asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from api.health import Expected, source_health
from api.reporting.page import report_html
from api.reporting.paper import report_pdf
from api.reporting.workbook import report_xlsx
from governance.ranking import RankedTool
from governance.report.compose import governance_report
from governance.report.figures import Report
from governance.weights import Weights
from signatures.catalogue import Catalogue
from storage.coverage import coverage

FORMS: Final[Mapping[str, tuple[str, Callable[[Report, str], bytes]]]] = {
    "html": ("text/html", lambda report, paper: report_html(report).encode()),
    "pdf": ("application/pdf", report_pdf),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda report, paper: report_xlsx(report),
    ),
}
"""Ending of the file -> media type, and what writes it."""


def make_report(
    conn: Connection,
    catalogue: Catalogue,
    weights: Weights,
    now: datetime,
    expected: Expected | None,
    *,
    threshold: int,
    organisation: str = "",
    judged: Sequence[RankedTool] | None = None,
) -> Report:
    """Return the report with coverage and health read in the same snapshot."""
    covered = coverage(conn, now)
    health = source_health(conn, expected, now, covered)
    return governance_report(
        conn,
        catalogue,
        weights,
        now,
        covered,
        health,
        organisation=organisation,
        threshold=threshold,
        judged=judged,
    )
