"""Write the estimate of yearly loss, labelled as one."""

from __future__ import annotations

from governance.loss import Loss
from governance.report.figures import Column, Figure, Section, Tabled, paragraph
from governance.report.ground import Ground

_TOOLS = 12


def loss_figures(ground: Ground, one: Loss) -> dict[str, Figure]:
    """Enter the estimate for one tool or for all."""
    name, found, book = one.tool_id or "all", ground.loss, ground.book
    how = (
        f"simulation of {found.runs} years, seed {found.seed}: skiagram risk quantify prints it and its "
        "assumptions"
    )

    def money(key: str, title: str, value: float, unit: str = "money") -> Figure:
        return book.add(
            Figure(f"loss.{name}.{key}", f"{one.name}: {title}", round(value, 4), unit, computed=how)
        )

    return {
        "expected": money("expected", "expected loss in a year", one.yearly.expected),
        "bad": money("p90", "loss in a bad year (one in ten is worse)", one.yearly.p90),
        "chance": money("chance", "chance of a loss in a year", one.chance, "share"),
    }


def loss_section(ground: Ground) -> Section:
    """Return the estimate per tool, the greatest first, and the sum."""
    found = ground.loss
    columns = (
        Column("Tool", width=40),
        Column("Expected a year", number=True, width=20),
        Column("Bad year (1 in 10)", number=True, width=20),
        Column("Chance a year", number=True, width=20),
    )
    rows = []
    for one in (*found.tools[:_TOOLS], found.organisation):
        figures = loss_figures(ground, one)
        rows.append((one.name, figures["expected"], figures["bad"], figures["chance"]))
    more = len(found.tools) - _TOOLS
    left_out = f" The sum holds {more} more tools that are not listed." if more > 0 else ""
    return Section(
        "loss",
        "What it may cost",
        (
            paragraph(
                f"{found.label} Sums are added up year by year, so rows do not add up to the last.{left_out}",
            ),
            Tabled(f"Estimated loss in a year ({found.currency})", columns, tuple(rows)),
            paragraph(
                f"Penalty tiers: {found.penalties}.",
            ),
        ),
    )
