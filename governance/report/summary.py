"""Write the first page, which can be read alone: how things stand, the three worst, what to do first."""

from __future__ import annotations

from collections.abc import Sequence

from governance.ranking import RankedTool
from governance.report.coverage import blind_spots, coverage_figures
from governance.report.figures import (
    Block,
    Bullets,
    Card,
    Cards,
    Cell,
    Figure,
    KeyFigures,
    Range,
    Ranges,
    Section,
    Words,
    paragraph,
    phrase,
)
from governance.report.ground import Ground, band, several, sightings_of, status_mark
from governance.report.inventory import AGREEMENTS, category, tool_figures
from governance.report.money import loss_figures
from governance.report.plan import Step, first_steps
from storage.tracing import people_of

_GRAVE = ("critical", "high")
_DRAWN = 10


def summary_section(ground: Ground, planned: Sequence[Step]) -> Section:
    """Return the first page."""
    used = ground.unapproved
    if not ground.covered or not any(one.lines for one in ground.covered):
        nothing = paragraph(
            "Nothing was read yet, so nothing can be said about AI tools here.",
        )
        return Section("summary", "How things stand", (nothing, _not_known(ground)))
    figures = summary_figures(ground, used)
    tools = several(len(used), "AI tool")
    opening: Words = (
        (
            figures["unapproved"],
            f" {tools} {several(len(used), 'is', 'are')} in use that nobody has approved, by ",
            figures["people"],
            " people as far as logs name them. ",
            figures["grave"],
            " of them expose patient data critically or highly; for ",
            figures["uncovered"],
            " no agreement (BAA) of ours covers the use.",
        )
        if used
        else (
            "No unapproved use of an AI tool was seen in what was read. What was not read is stated below.",
        )
    )
    blocks: list[Block] = [paragraph(*opening), KeyFigures(_key(ground, figures))]
    if used:
        blocks.append(Cards("The three that matter most", tuple(_card(ground, one) for one in used[:3])))
    if planned:
        blocks.append(Bullets("What to do first", first_steps(planned), numbered=True))
    blocks.append(_not_known(ground))
    if used:
        blocks.append(_drawing(used))
    return Section("summary", "How things stand", tuple(blocks))


def summary_figures(ground: Ground, used: Sequence[RankedTool]) -> dict[str, Figure]:
    """Enter the figures of the first page that stand in no other section."""
    book = ground.book

    def counted(name: str, title: str, tools: Sequence[RankedTool], how: str) -> Figure:
        of = tuple(f"tool.{one.tool_id}.score" for one in tools)
        detail = {"tools": [one.tool_id for one in tools]}
        return book.add(Figure(f"summary.{name}", title, len(tools), computed=how, of=of, detail=detail))

    ids = [one.tool_id for one in used]
    surfaces = sorted({surface for one in used for surface in one.seen.surfaces})
    people = people_of(ground.conn, ids, surfaces) if used else 0
    return {
        "unapproved": counted(
            "unapproved",
            "Unapproved AI tools in use",
            used,
            "tools seen in use whose status today is unreviewed, in review or prohibited",
        ),
        "people": book.people(
            "summary.people",
            "People who use them",
            people,
            *([sightings_of(used, "people")] if used else []),
            computed="distinct users over all these tools; where logs name none, devices or addresses",
        ),
        "grave": counted(
            "grave",
            "Critical or high",
            [one for one in used if one.assessment.band in _GRAVE],
            "those among them whose band is critical or high",
        ),
        "uncovered": counted(
            "uncovered",
            "Without an agreement",
            [one for one in used if one.agreement != "in_force"],
            "those among them for which no agreement of ours is in force for the use seen",
        ),
    }


def _key(ground: Ground, figures: dict[str, Figure]) -> tuple[tuple[Figure, str], ...]:
    sums = coverage_figures(ground)
    loss = loss_figures(ground, ground.loss.organisation)
    return (
        (figures["unapproved"], "unapproved AI tools in use"),
        (figures["people"], "people use them"),
        (figures["grave"], "expose patient data critically or highly"),
        (figures["uncovered"], "without an agreement (BAA) for the use seen"),
        (loss["expected"], f"{ground.loss.currency} a year: expected loss, an estimate"),
        (sums["share"], "of lines in these logs could be read"),
    )


def _card(ground: Ground, one: RankedTool) -> Card:
    figures = tool_figures(ground.book, one, ground.weights.version)
    weighty = sorted(
        (part for part in one.assessment.parts if part.points > 0),
        key=lambda part: (-part.points, part.factor),
    )
    range_of = phrase(figures["score"], " (from ", figures["low"], " to ", figures["high"], ")")
    marks: tuple[Cell, ...] = (band(one), range_of)
    lines: list[Words] = [
        (f"{category(one.category)} · {one.vendor_name} · BAA: {AGREEMENTS.get(one.agreement, 'unknown')}",),
        (figures["people"], " people, last seen ", figures["last"]),
        *((part.reason,) for part in weighty[:3]),
    ]
    return Card(one.name, (*marks, status_mark(one.status)), tuple(lines))


def _drawing(used: Sequence[RankedTool]) -> Ranges:
    drawn = used[:_DRAWN]
    return Ranges(
        "Exposure of patient data, and how far it is known"
        + (f": the first {_DRAWN} of {len(used)}" if len(used) > _DRAWN else ""),
        "Scores from 0 to 100 with their ranges; the inventory holds the same as a table",
        tuple(
            Range(
                one.name,
                one.assessment.score,
                one.assessment.low,
                one.assessment.high,
                one.assessment.band,
            )
            for one in drawn
        ),
    )


def _not_known(ground: Ground) -> Bullets:
    return Bullets("What was not read, or cannot be known", blind_spots(ground), caution=True)
