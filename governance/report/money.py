"""Write the estimate of yearly loss, labelled as one."""

from __future__ import annotations

from governance.loss import Loss
from governance.report.figures import Cell, Column, Figure, Section, Tabled, paragraph
from governance.report.ground import Ground, use_of_tools

_TOOLS = 12


def loss_figures(ground: Ground, one: Loss) -> dict[str, Figure]:
    """Enter the estimate for one tool or for all."""
    name, found, book = one.tool_id or "all", ground.loss, ground.book
    how = (
        f"simulation of {found.runs} years, seed {found.seed}: skiagram risk quantify prints it and its "
        "assumptions"
    )

    tools = [tool.tool_id for tool in found.tools if one.tool_id in (None, tool.tool_id) and tool.tool_id]
    rests = (use_of_tools(tools, "rows"),)

    def entered(key: str, title: str, value: float | None, unit: str = "money") -> Figure:
        exact = None if value is None else round(value, 4)
        return book.add(
            Figure(f"loss.{name}.{key}", f"{one.name}: {title}", exact, unit, computed=how, rests=rests)
        )

    worst = one.if_it_happens
    return {
        "chance": entered("chance", "chance of a loss in a year", one.chance, "share"),
        "typical": entered("p50", "loss if it happens, the middle", worst.p50 if worst else None),
        "bad": entered("p90", "loss if it happens, one in ten is worse", worst.p90 if worst else None),
        "expected": entered("expected", "expected loss in a year", one.yearly.expected),
    }


def loss_section(ground: Ground) -> Section:
    """Return the estimate per tool, the greatest first, and the sum."""
    found = ground.loss
    columns = (
        Column("Tool", width=32),
        Column("Chance in a year", number=True, width=16),
        Column("If it happens: middle", number=True, width=18),
        Column("One in ten is worse than", number=True, width=18),
        Column("Expected a year", number=True, width=16),
    )
    rows: list[tuple[Cell, ...]] = []
    for one in (*found.tools[:_TOOLS], found.organisation):
        figures = loss_figures(ground, one)
        rows.append((one.name, *figures.values()))
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
