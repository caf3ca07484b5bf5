"""Write the tools that were seen: what they are for, how exposed patient data is, who uses them, how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from governance.ranking import RankedTool
from governance.report.figures import Book, Cell, Column, Figure, Section, Tabled, paragraph, phrase
from governance.report.ground import Ground, band, rests_of, sightings_of, status_mark
from governance.scenario import scenario_document
from governance.small_cells import hidden_cells, told
from signatures.kinds import Category
from storage.tracing import Condition, people_by_department, people_of

AGREEMENTS = {
    "in_force": "in force",
    "other_scope": "does not cover it",
    "ended": "ended",
    "none": "none",
    None: "no register",
}
"""State of the organisation's own agreement in words."""
_COUNTS = ("people", "clinical_people")
_KINDS = {
    "presence": "installed, registered or paid for",
    "embedded": "part of another product",
    "contact": "vendor's pages or an alias, not use",
    "ambient": "called by other software, unasked",
    "look_alike": "imitates a known name",
}


def tool_figures(book: Book, one: RankedTool, weights_version: str) -> dict[str, Figure]:
    """Enter the figures of one tool; they are the same wherever the tool is named."""
    name, given = one.tool_id, one.assessment
    how = f"sum of the parts below, by the weights {weights_version}; skiagram risk explain {name} prints it"
    parts = {
        "parts": [
            {
                "part": part.title,
                "points": part.points,
                "low": part.low,
                "high": part.high,
                "reason": part.reason,
            }
            for part in given.parts
        ],
        "facts": _facts(book, one),
    }
    seen = (one,)
    return {
        "score": book.add(
            Figure(
                f"tool.{name}.score",
                f"{one.name}: exposure",
                given.score,
                computed=how,
                rests=rests_of(one),
                detail=parts,
            )
        ),
        "low": book.add(
            Figure(
                f"tool.{name}.low",
                f"{one.name}: exposure at best",
                given.low,
                computed="sum of the least points of each part",
                of=(f"tool.{name}.score",),
            )
        ),
        "high": book.add(
            Figure(
                f"tool.{name}.high",
                f"{one.name}: exposure at worst",
                given.high,
                computed="sum of the most points of each part",
                of=(f"tool.{name}.score",),
            )
        ),
        "people": book.people(
            f"tool.{name}.people",
            f"{one.name}: people",
            one.people,
            sightings_of(seen, "people"),
            computed="distinct users; where logs name none, devices or addresses, whichever are more",
        ),
        "events": book.add(
            Figure(
                f"tool.{name}.events",
                f"{one.name}: events",
                one.seen.count,
                "",
                rows=(sightings_of(seen, "sum count"),),
                computed="sum of the sightings' counts",
            )
        ),
        "sent": book.add(
            Figure(
                f"tool.{name}.sent",
                f"{one.name}: bytes sent",
                one.seen.bytes_up,
                "bytes",
                rows=(sightings_of(seen, "sum bytes_up"),),
                computed="sum of what logs that tell sizes say; a lower bound where some do not",
            )
        ),
        "last": book.add(
            Figure(
                f"tool.{name}.last",
                f"{one.name}: last seen",
                one.seen.last_seen,
                "day",
                rows=(sightings_of(seen, "greatest last_seen"),),
                computed="last event",
            )
        ),
    }


def _facts(book: Book, one: RankedTool) -> dict[str, object]:
    """Return the facts a score was made of, small counts of people not told."""
    return {
        name: told(value, book.threshold) if name in _COUNTS and isinstance(value, int) else value
        for name, value in scenario_document(one.inputs).items()
    }


def inventory_section(ground: Ground) -> Section:
    """Return the tables of tools."""
    return Section(
        "inventory",
        "Which AI tools are in use",
        (
            paragraph(
                "Exposure says how far patient data is exposed through a tool, from 0 to 100; the range says "
                "what it may be once what is unknown has been found out. BAA is our own business associate "
                "agreement with the vendor. People are counted, never named.",
            ),
            _used(ground, "Used without approval", ground.unapproved, "None was seen in what was read."),
            _used(
                ground,
                "Used with a decision",
                ground.approved,
                "None was seen in what was read.",
            ),
            *_departments(ground),
            _traces(ground),
        ),
    )


def _used(ground: Ground, title: str, tools: Sequence[RankedTool], empty: str) -> Tabled:
    columns = (
        Column("Tool", width=30),
        Column("Exposure", number=True, width=13),
        Column("", width=12),
        Column("BAA", width=14),
        Column("People", number=True, width=10),
        Column("Sent", number=True, width=12),
        Column("Last seen", number=True, width=13),
    )
    rows = []
    for one in tools:
        figures = tool_figures(ground.book, one, ground.weights.version)
        rows.append(
            (
                (one.name, f"{one.vendor_name} · {category(one.category)}", f"id {one.tool_id}"),
                phrase(figures["score"], " (", figures["low"], " to ", figures["high"], ")"),
                (band(one), status_mark(one.status)),
                AGREEMENTS.get(one.agreement, "unknown"),
                (figures["people"], phrase(figures["events"], " events")),
                figures["sent"],
                figures["last"],
            )
        )
    return Tabled(title, columns, tuple(rows), empty)


def _departments(ground: Ground) -> list[Tabled]:
    """Return unapproved use by department; small departments are not told, nor what would give them away."""
    tools = ground.unapproved
    ids = [one.tool_id for one in tools]
    every = sightings_of(tools, "people")
    surfaces = sorted({surface for one in tools for surface in one.seen.surfaces})
    counts = people_by_department(ground.conn, ids, surfaces)
    if not any(name is not None for name in counts):
        return []
    hidden, without_total = hidden_cells(counts, ground.book.threshold)
    total = people_of(ground.conn, ids, surfaces)
    told = sorted(
        (name for name in counts if name not in hidden), key=lambda name: (-counts[name], str(name))
    )
    withheld = sorted(hidden, key=str)
    rows: list[tuple[Cell, ...]] = []
    for place, name in enumerate([*told, *withheld]):
        figure = Figure(
            f"department.{place + 1}.people",
            f"{name or 'Department unknown'}: people with unapproved use",
            None if name in hidden else counts[name],
            "people",
            "withheld" if name in hidden else "",
            (replace(every, conditions=(*every.conditions, Condition("department", (name,)))),),
            "distinct people of the department, as the directory, the log or the network names it",
        )
        rows.append((name or "Department unknown", ground.book.add(figure)))
    all_people = Figure(
        "department.all.people",
        "All departments: people with unapproved use",
        None if without_total else total,
        "people",
        "withheld" if without_total else "",
        (every,),
        "distinct people over all departments; one who was seen in two counts once",
    )
    rows.insert(0, ("All", ground.book.add(all_people)))
    title = "People with unapproved use, by department"
    return [Tabled(title, (Column("Department", width=70), Column("People", True, 30)), tuple(rows))]


def _traces(ground: Ground) -> Tabled:
    columns = (
        Column("Tool", width=38),
        Column("Seen as", width=34),
        Column("Events", number=True, width=14),
        Column("Last seen", number=True, width=14),
    )
    rows = []
    for one in ground.traces:
        figures = tool_figures(ground.book, one, ground.weights.version)
        rows.append(
            (
                f"{one.name} ({one.vendor_name})",
                _KINDS.get(one.finding_kind, one.finding_kind),
                figures["events"],
                figures["last"],
            )
        )
    return Tabled(
        "Seen, but not in use as far as logs show", columns, tuple(rows), "None was seen in what was read."
    )


def category(name: str | None) -> str:
    """Return what a category is called."""
    return Category(name).label if name in list(Category) else "not in the catalogue"
