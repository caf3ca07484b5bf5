"""Compute the geometry of charts of weekly measures; weeks nobody can tell are left open, not drawn as 0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from api.pages.charts import Tick

if TYPE_CHECKING:
    from governance.kpis import Week

WIDTH, HEIGHT = 420, 120
_SHOWN = (
    ("approved_share", "Approved share of use", "share"),
    ("unapproved_users", "Users of unapproved tools", "count"),
    ("baa_coverage", "Use covered by an agreement", "share"),
    ("waiting", "Tools in use that wait for a decision", "count"),
    ("gaps", "Rules with a gap", "count"),
    ("source_coverage", "Sources read", "share"),
)


@dataclass(frozen=True, slots=True)
class WeekBar:
    """One week as a rectangle."""

    start: date
    said: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class WeekChart:
    """One measure over all weeks."""

    id: str
    title: str
    width: int
    height: int
    bars: tuple[WeekBar, ...]
    levels: tuple[Tick, ...]
    weeks: tuple[Tick, ...]
    told: int
    """Weeks with a value; the others cannot be told."""
    newest: str
    """The last value that can be told, in words."""


def week_charts(weeks: Sequence[Week]) -> tuple[WeekChart, ...]:
    """Return one chart per measure; () without weeks."""
    if not weeks:
        return ()
    return tuple(_chart(weeks, name, title, unit) for name, title, unit in _SHOWN)


def _chart(weeks: Sequence[Week], name: str, title: str, unit: str) -> WeekChart:
    values: list[float | None] = [getattr(week, name) for week in weeks]
    known = [value for value in values if value is not None]
    top = 1.0 if unit == "share" else float(max([*known, 1]))
    step = WIDTH / max(len(weeks), 8)
    bars = tuple(
        WeekBar(
            week.start,
            _said(value, unit),
            round(number * step, 2),
            round(HEIGHT - max(value / top * HEIGHT, 1.0), 2),
            round(step * 0.76, 2),
            round(max(value / top * HEIGHT, 1.0), 2),
        )
        for number, (week, value) in enumerate(zip(weeks, values, strict=True))
        if value is not None
    )
    every = max(1, -(-len(weeks) // 5))
    labels = tuple(
        Tick(round((number + 0.38) * step, 2), f"{weeks[number].start:%d %b}")
        for number in range(0, len(weeks), every)
    )
    levels = (Tick(HEIGHT, _said(0, unit)), Tick(0, _said(top, unit)))
    newest = _said(known[-1], unit) if known else "cannot be told"
    return WeekChart(name, title, WIDTH, HEIGHT, bars, levels, labels, len(known), newest)


def _said(value: float, unit: str) -> str:
    return f"{100 * value:.0f} %" if unit == "share" else f"{value:,.0f}"
