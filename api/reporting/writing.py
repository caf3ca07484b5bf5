"""Turn the report into plain nested data in which every number is text with the id of its figure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from api.pages.text import count, day, moment, rounded, share, size
from api.reporting.drawing import lines_svg, links_svg, ranges_svg
from api.reporting.plain import plain
from governance.report.figures import (
    Block,
    Bullets,
    Cards,
    Cell,
    Figure,
    KeyFigures,
    Lines,
    Links,
    Mark,
    Paragraph,
    Phrase,
    Ranges,
    Report,
    Tabled,
    Words,
)

UNKNOWN = "unknown"
_LONG_ROW = 900
"""Characters from which a row may be cut by the end of a page: it might not fit on any."""


def written(figure: Figure) -> str:
    """Write a figure as people read it."""
    value = figure.value
    if figure.withheld:
        return figure.withheld
    if value is None:
        return UNKNOWN
    if isinstance(value, datetime):
        return moment(value) if figure.unit == "moment" else day(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, str):
        return plain(value)
    if figure.unit == "bytes":
        return size(int(value))
    if figure.unit == "money":
        return rounded(value)
    if figure.unit == "share":
        return share(round(value * 1_000_000), 1_000_000)
    if figure.unit == "yes_no":
        return "yes" if value else "no"
    if figure.unit == "days":
        return f"{value:g}"
    return count(int(value))


def document(report: Report) -> dict[str, Any]:
    """Return the whole report as nested lists and dictionaries of text."""
    return {
        "title": report.title,
        "subtitle": plain(report.subtitle),
        "at": moment(report.at),
        "sections": [
            {
                "id": one.id,
                "title": one.title,
                "own_page": one.own_page,
                "blocks": [_block(block) for block in one.blocks],
            }
            for one in report.sections
        ],
    }


def figures_document(report: Report) -> list[dict[str, Any]]:
    """Return every figure with its value, unit and computation."""
    return [figure_document(one) for one in report.figures.values()]


def figure_document(one: Figure) -> dict[str, Any]:
    """Return one figure."""
    return {
        "id": one.id,
        "title": plain(one.title),
        "value": one.value.isoformat() if isinstance(one.value, date) else one.value,
        "written": written(one),
        "unit": one.unit,
        "withheld": bool(one.withheld),
        "computed": one.computed,
        "of": list(one.of),
    }


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Paragraph():
            return {"kind": "paragraph", "words": _words(block.words)}
        case KeyFigures():
            items = [{"figure": _piece(figure), "label": label} for figure, label in block.items]
            return {"kind": "key", "items": items}
        case Bullets():
            return {
                "kind": "bullets",
                "title": plain(block.title),
                "items": [_words(item) for item in block.items],
                "numbered": block.numbered,
                "caution": block.caution,
            }
        case Cards():
            cards = [
                {
                    "head": plain(card.head),
                    "marks": [_line(mark) for mark in card.marks],
                    "lines": [_words(line) for line in card.lines],
                }
                for card in block.items
            ]
            return {"kind": "cards", "title": plain(block.title), "items": cards}
        case Tabled():
            return _table(block)
        case Ranges():
            return _drawing(block.title, block.alt, ranges_svg(block))
        case Links():
            return _drawing(block.title, block.alt, links_svg(block))
        case Lines():
            return _drawing(block.title, block.alt, lines_svg(block))


def _drawing(title: str, alt: str, svg: str) -> dict[str, Any]:
    return {"kind": "drawing", "title": plain(title), "alt": plain(alt), "svg": svg}


def _table(block: Tabled) -> dict[str, Any]:
    rows = [
        [[_line(one) for one in (cell if isinstance(cell, tuple) else (cell,))] for cell in row]
        for row in block.rows
    ]
    return {
        "kind": "table",
        "title": plain(block.title),
        "columns": [
            {"title": plain(one.title), "number": one.number, "width": one.width} for one in block.columns
        ],
        "rows": [{"cells": row, "long": _length(row) > _LONG_ROW} for row in rows],
        "empty": block.empty,
    }


def _length(row: list[list[list[dict[str, str]]]]) -> int:
    return max((sum(len(one["text"]) for line in cell for one in line) for cell in row), default=0)


def _words(words: Words) -> list[dict[str, str]]:
    return [_piece(one) for one in words]


def _line(cell: Cell) -> list[dict[str, str]]:
    return _words(cell.words) if isinstance(cell, Phrase) else [_piece(cell)]


def _piece(cell: str | Figure | Mark) -> dict[str, str]:
    match cell:
        case Figure():
            return {"text": written(cell), "figure": cell.id}
        case Mark():
            return {"text": plain(cell.text), "tone": cell.tone}
        case _:
            return {"text": plain(cell)}
