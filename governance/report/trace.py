"""Lead figures of the report back to rows, count those again, and say whether the figure still follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches

from sqlalchemy import Connection

from governance.errors import ReportInvalid
from governance.report.figures import Figure, Report, Value
from storage.tracing import Traced, trace_rows


@dataclass(frozen=True, slots=True)
class Trace:
    """One figure with what the database says of its rows now."""

    figure: Figure
    rows: tuple[Traced, ...]
    """Each gives the figure again."""
    rests: tuple[Traced, ...]
    """What else it rests on."""
    agrees: bool | None
    """Whether the rows give the figure; None if it is withheld, or follows from other figures."""


def trace(conn: Connection, report: Report, figure_id: str) -> Trace:
    """Trace one figure. Raises ReportInvalid if the report has none of this id."""
    figure = report.figures.get(figure_id)
    if figure is None:
        near = get_close_matches(figure_id, report.figures, 3, 0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else "skiagram report trace --all lists them."
        raise ReportInvalid(f"The report has no figure {figure_id!r}; {hint}")
    return _trace(conn, figure)


def trace_all(conn: Connection, report: Report) -> list[Trace]:
    """Trace every figure, by id."""
    return [_trace(conn, figure) for figure in report.figures.values()]


def _trace(conn: Connection, figure: Figure) -> Trace:
    found = tuple(trace_rows(conn, one) for one in figure.rows)
    rests = tuple(trace_rows(conn, one) for one in figure.rests)
    if figure.withheld:
        # The rows would tell what the figure must not; whoever may see the database runs the query.
        return Trace(figure, tuple(map(_silent, found)), tuple(map(_silent, rests)), None)
    agrees = all(_same(one.result, figure.value) for one in found) if found else None
    return Trace(figure, found, rests, agrees)


def _silent(one: Traced) -> Traced:
    return Traced(one.table, one.measure, one.query)


def _same(result: Value, value: Value) -> bool:
    if isinstance(result, datetime) and isinstance(value, date) and not isinstance(value, datetime):
        return result.date() == value
    return result == value or (result is None and value == 0)  # the sum of no rows is nothing
