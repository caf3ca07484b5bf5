"""Compute the geometry of the small charts; templates only draw it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from api.http.views import DayUse

SPARK_DAYS = 30
CHART_DAYS_AT_MOST = 180


@dataclass(frozen=True, slots=True)
class Bar:
    """One day as a rectangle, in the user units of its chart."""

    day: date
    events: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A label on an axis at a position in user units."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars per day with their axes."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    days: tuple[Tick, ...]
    levels: tuple[Tick, ...]
    first: date
    last: date
    cut: bool  # older days exist and are not drawn


def spark(days: Sequence[DayUse], last: date, *, width: int = 120, height: int = 24) -> tuple[Bar, ...]:
    """Return one bar per day with events, over the SPARK_DAYS days that end with `last`."""
    step = width / SPARK_DAYS
    events = {use.day: use.events for use in days}
    window = [last - timedelta(days=SPARK_DAYS - 1 - index) for index in range(SPARK_DAYS)]
    most = max((events.get(day, 0) for day in window), default=0)
    return tuple(
        _bar(day, events[day], index * step, step * 0.72, events[day] / most * height, height)
        for index, day in enumerate(window)
        if events.get(day, 0) > 0
    )


def chart(days: Sequence[DayUse], *, width: int = 880, height: int = 180) -> Chart | None:
    """Return bars and axes over the days a tool was seen (at least two weeks); None if it never was."""
    if not days:
        return None
    events = {use.day: use.events for use in days}
    last, earliest = max(events), min(events)
    first = min(earliest, last - timedelta(days=13))
    cut = (last - first).days >= CHART_DAYS_AT_MOST
    if cut:
        first = last - timedelta(days=CHART_DAYS_AT_MOST - 1)
    number = (last - first).days + 1
    step = width / number
    wide = max(step * 0.78, 1.5)
    top = _round_up(max(events.values()))
    bars = tuple(
        _bar(
            day,
            events[day],
            (day - first).days * step,
            wide,
            events[day] / top * height,
            height,
        )
        for day in sorted(events)
        if day >= first and events[day] > 0
    )
    every = max(1, -(-number // 8))
    labels = tuple(
        Tick(round((index + 0.39) * step, 2), (first + timedelta(days=index)).strftime("%d %b"))
        for index in range(0, number, every)
    )
    levels = tuple(Tick(round(height - height * part, 2), f"{top * part:,.0f}") for part in (0.0, 0.5, 1.0))
    return Chart(width, height, bars, labels, levels, first, last, cut)


def _bar(day: date, events: int, x: float, width: float, tall: float, height: int) -> Bar:
    tall = max(tall, 1.5)  # one event stays visible beside ten thousand
    return Bar(day, events, round(x, 2), round(height - tall, 2), round(width, 2), round(tall, 2))


def _round_up(value: int) -> int:
    """Return the next 2, 4, 6, 8 or 10 times a power of ten, so that the half-way mark is whole."""
    power = 1
    while power * 10 < value:
        power *= 10
    return next((step * power for step in (2, 4, 6, 8, 10) if step * power >= value), 10 * power)
