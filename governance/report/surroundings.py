"""Write where AI tools stand: next to which systems, and beside what departments declared."""

from __future__ import annotations

from governance.datamap import DataMap, draw_map
from governance.declared import DepartmentComparison, compare_declared
from governance.report.figures import (
    Block,
    Bullets,
    Cell,
    Column,
    Figure,
    Links,
    Mark,
    Section,
    Tabled,
    paragraph,
)
from governance.report.ground import STATUS_TONES, Ground, listed
from storage.tracing import Rows

_MOST = 14
_KINDS = {"ehr": "health record", "hr": "personnel"}
_HOLDS = {"yes": ("yes", "bad"), "unknown": ("not known", "open"), "no": ("no", "good")}


def data_map_section(ground: Ground) -> Section:
    """Return the systems with the AI tools next to them; no counts of people, which would be small ones."""
    found = draw_map(ground.conn, ground.catalogue, ground.now, ground.book.threshold)
    intro = paragraph(
        "Systems, and the AI tools that people of the same departments use. Standing side by side is no proof "
        "that data went from one to the other; it says where to ask first.",
    )
    blocks: list[Block] = [intro]
    if picture := _picture(found):
        blocks.append(picture)
    columns = (
        Column("System", width=24),
        Column("Patient data", width=13),
        Column("Departments", width=25),
        Column("AI tools in these departments, without approval", width=38),
    )
    rows: list[tuple[Cell | tuple[Cell, ...], ...]] = []
    for one in found.systems:
        tools = [tool.name for tool in one.tools if STATUS_TONES.get(tool.status) in ("open", "bad")]
        word, tone = _HOLDS[one.system.holds_phi]
        rows.append(
            (
                (one.system.name, _KINDS.get(one.system.kind, one.system.kind)),
                Mark(word, tone),
                ", ".join(one.system.departments) or "nobody said",
                listed(tools, 10) if tools else "none seen",
            )
        )
    blocks.append(
        Tabled("Systems", columns, tuple(rows), "No system is on the data map: skiagram datamap import")
    )
    if found.departments_without_system:
        names = ", ".join(found.departments_without_system)
        blocks.append(
            paragraph(
                f"Departments with AI tools and no system on the map: {names}.",
            )
        )
    return Section("data-map", "Where patient data is", tuple(blocks))


def _picture(found: DataMap) -> Links | None:
    systems = [one for one in found.systems if one.tools][:_MOST]
    near: dict[str, tuple[str, str, int]] = {}
    for one in systems:
        for tool in one.tools:
            _, _, number = near.get(tool.tool_id, ("", "", 0))
            near[tool.tool_id] = tool.name, tool.status, number + (one.system.holds_phi != "no")
    if not near:
        return None
    chosen = sorted(near, key=lambda name: (-near[name][2], near[name][0].casefold()))[:_MOST]
    at = {name: place for place, name in enumerate(chosen)}
    lines = tuple(
        (place, at[tool.tool_id])
        for place, one in enumerate(systems)
        for tool in one.tools
        if tool.tool_id in at
    )
    return Links(
        "Side by side",
        f"{len(systems)} systems and {len(chosen)} AI tools, joined where departments use both; see the table",
        tuple(Mark(one.system.name, _HOLDS[one.system.holds_phi][1]) for one in systems),
        tuple(Mark(near[name][0], STATUS_TONES.get(near[name][1], "plain")) for name in chosen),
        lines,
    )


def survey_section(ground: Ground) -> Section:
    """Return what departments declared beside what logs show."""
    found = compare_declared(ground.conn, ground.catalogue, ground.book.threshold)
    asked = [one for one in found if one.asked or one.answered]
    if not asked:
        nobody = paragraph(
            "No department was asked yet: skiagram survey sends each head a link to a short form.",
        )
        return Section("survey", "What departments say", (nobody,))
    book = ground.book
    answered = book.add(
        Figure(
            "survey.answered",
            "Departments that answered",
            sum(one.answered for one in found),
            computed="departments with an answer",
            rests=(Rows("survey_answer"),),
            detail={"departments": [one.department for one in found if one.answered]},
        )
    )
    silent = [one for one in found if not one.answered and one.undeclared]
    columns = (
        Column("Department", width=20),
        Column("Declared and seen", width=24),
        Column("Declared, not seen there", width=24),
        Column("Seen, not declared", width=32),
    )
    blocks: list[Block] = [
        paragraph(answered, " departments answered. Logs and answers correct one another."),
        Tabled("Declared and seen", columns, tuple(_row(one) for one in found if one.answered)),
    ]
    if silent:
        blocks.append(
            Bullets(
                "Departments that have not answered, with AI tools in use",
                ((", ".join(one.department for one in silent) + ".",),),
            )
        )
    return Section("survey", "What departments say", tuple(blocks))


def _row(one: DepartmentComparison) -> tuple[Cell, ...]:
    here = [tool.name for tool in one.declared if tool.seen == "here"]
    unknown = [f"{tool.name} (in no catalogue)" for tool in one.for_review]
    not_seen = [*(tool.name for tool in one.unseen), *unknown]
    return (
        one.department,
        ", ".join(here) or ("says it uses none" if one.says_none else "nothing"),
        ", ".join(not_seen) or "nothing",
        listed([tool.name for tool in one.undeclared], 10) or "nothing",
    )
