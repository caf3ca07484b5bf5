"""Write how governance goes: the measures now and week by week, and the stage they come to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from governance.kpis import Kpi, Kpis, Week
from governance.report.figures import (
    Block,
    Bullets,
    Cell,
    Column,
    Figure,
    Line,
    Lines,
    Section,
    Tabled,
    Words,
    paragraph,
    phrase,
)
from governance.report.ground import Ground
from storage.tracing import Condition, Rows

_SHARES: tuple[tuple[str, Callable[[Week], float | None]], ...] = (
    ("approved share of use", lambda week: week.approved_share),
    ("use covered by an agreement", lambda week: week.baa_coverage),
    ("sources read", lambda week: week.source_coverage),
)
_WEEKS_DRAWN = 3
"""Weeks from which a line says something."""


def progress_section(ground: Ground, found: Kpis) -> Section:
    """Return measures, their course and the stage."""
    stage = found.maturity
    columns = (Column("Measure", width=34), Column("Now", number=True, width=16), Column("How", width=50))
    rows = tuple((one.title, _now(ground, one), one.how) for one in found.now)
    blocks: list[Block] = [paragraph(f"Stage: {stage.stage.title}. {stage.stage.meaning}")]
    if stage.next is not None:
        missing: tuple[Words, ...] = tuple((f"{one.criterion.says}",) for one in stage.missing)
        blocks.append(Bullets(f"Missing for the next stage, {stage.next.title}", missing))
    blocks.append(Tabled("Measures", columns, rows))
    blocks += _course(ground, found)
    return Section("progress", "How governance goes", tuple(blocks))


def _now(ground: Ground, one: Kpi) -> Cell:
    name = f"kpi.{one.id}"
    rests = (Rows("sighting"), Rows("decision"), Rows("agreement"), Rows("gap_state"))
    if one.unit == "people":
        count = None if one.value is None else int(one.value)
        return ground.book.people(name, one.title, count, computed=one.how, rests=rests)
    unit = "" if one.unit == "count" else one.unit
    value = one.value if unit in ("share", "days") or one.value is None else int(one.value)
    return ground.book.add(Figure(name, one.title, value, unit, computed=one.how, rests=rests))


def _course(ground: Ground, found: Kpis) -> list[Block]:
    weeks = found.weeks
    if not weeks:
        return []
    blocks: list[Block] = []
    if len(weeks) >= _WEEKS_DRAWN:
        blocks.append(
            Lines(
                "Week by week",
                "Shares from 0 to 100 percent for each week; the table below holds the same numbers",
                tuple(week.start.isoformat() for week in weeks),
                tuple(Line(label, tuple(map(of, weeks))) for label, of in _SHARES),
                percent=True,
            )
        )
    columns = (
        Column("Week from", width=18),
        Column("Approved share", number=True, width=13),
        Column("Unapproved users", number=True, width=15),
        Column("Covered by agreement", number=True, width=15),
        Column("Undecided tools", number=True, width=13),
        Column("Gaps", number=True, width=11),
        Column("Sources read", number=True, width=15),
    )
    rows = tuple(_week(ground, week) for week in reversed(weeks))
    blocks.append(Tabled("Weeks, the newest first", columns, rows))
    return blocks


def _week(ground: Ground, week: Week) -> tuple[Cell, ...]:
    name, book = f"week.{week.start.isoformat()}", ground.book

    days = tuple(week.start + timedelta(days=number) for number in range(7))
    rests = (Rows("sighting", (Condition("day", days),)),)

    def entered(key: str, title: str, value: float | None, how: str, unit: str = "") -> Figure:
        return book.add(
            Figure(f"{name}.{key}", f"Week of {week.start}: {title}", value, unit, computed=how, rests=rests)
        )

    people = book.people(
        f"{name}.unapproved_users",
        f"Week of {week.start}: unapproved users",
        week.unapproved_users,
        computed="distinct people who used a tool not approved at the end of the week",
        rests=rests,
    )
    return (
        phrase(week.start.isoformat(), "" if week.complete else ", so far"),
        entered(
            "approved",
            "approved share",
            week.approved_share,
            "events of tools approved on the day / events of use",
            "share",
        ),
        people,
        entered(
            "covered",
            "covered by agreement",
            week.baa_coverage,
            "events with likely patient data on days with an agreement / all such events",
            "share",
        ),
        entered("waiting", "undecided tools", week.waiting, "tools in use and undecided at the week's end"),
        entered(
            "gaps", "gaps", week.gaps, "rules with a gap at the end of the week, as kept then (gap_state)"
        ),
        entered(
            "sources",
            "sources read",
            week.source_coverage,
            "sources with events of the week / sources known by then",
            "share",
        ),
    )
