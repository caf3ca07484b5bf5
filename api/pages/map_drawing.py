"""Lay out the data map as a drawing: systems left, AI tools right, a line where departments use both."""

from __future__ import annotations

from dataclasses import dataclass

from governance.datamap import DataMap

_ROW = 30
_MOST_TOOLS = 18
_MOST_SYSTEMS = 18
_LONGEST_LABEL = 30


@dataclass(frozen=True, slots=True)
class Box:
    """One label of the drawing; `y` is its middle."""

    label: str
    mark: str
    """Holds PHI, for a system; status, for a tool."""
    y: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line from a system to a tool."""

    start: int
    end: int
    system: str
    tool: str
    phi: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything the picture shows, and how much it leaves out."""

    height: int
    systems: tuple[Box, ...]
    tools: tuple[Box, ...]
    lines: tuple[Line, ...]
    left_out: int


def drawing(found: DataMap) -> Drawing | None:
    """Return the picture of a map, None if there is nothing to join by a line."""
    near: dict[str, tuple[str, str, int]] = {}
    for one in found.systems:
        for tool in one.tools:
            label, status, number = near.get(tool.tool_id, (tool.name, tool.status, 0))
            near[tool.tool_id] = label, status, number + (1 if one.system.holds_phi != "no" else 0)
    if not near:
        return None
    chosen = sorted(near, key=lambda name: (-near[name][2], near[name][0].casefold()))[:_MOST_TOOLS]
    systems = found.systems[:_MOST_SYSTEMS]
    at_tool = {name: _middle(place) for place, name in enumerate(chosen)}
    lines = tuple(
        Line(_middle(place), at_tool[tool.tool_id], one.system.name, tool.name, one.system.holds_phi)
        for place, one in enumerate(systems)
        for tool in one.tools
        if tool.tool_id in at_tool
    )
    return Drawing(
        height=_ROW * max(len(systems), len(chosen)),
        systems=tuple(
            Box(_short(one.system.name), one.system.holds_phi, _middle(place))
            for place, one in enumerate(systems)
        ),
        tools=tuple(Box(_short(near[name][0]), near[name][1], at_tool[name]) for name in chosen),
        lines=lines,
        left_out=len(near) - len(chosen) + len(found.systems) - len(systems),
    )


def _middle(place: int) -> int:
    return place * _ROW + _ROW // 2


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else f"{label[: _LONGEST_LABEL - 1]}…"
