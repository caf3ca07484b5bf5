"""Define what a report is made of: figures with their origin, words, tables, drawings, sections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from governance.small_cells import told
from storage.tracing import Rows

Value = int | float | str | date | datetime | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the report, with where it comes from."""

    id: str
    title: str
    value: Value
    """None if nobody knows it, or if it is withheld."""
    unit: str = ""
    """What the number counts, which decides how it is written: people, bytes, share, money, day, moment or ""."""
    withheld: str = ""
    """What is written instead of a small count of people."""
    rows: tuple[Rows, ...] = ()
    """Rows it was counted from; taking their measure again gives the value."""
    computed: str = ""
    """How it follows from the rows or from other figures."""
    of: tuple[str, ...] = ()
    """Ids of figures it is made of."""
    rests: tuple[Rows, ...] = ()
    """Rows it rests on where no single count of rows gives it."""
    detail: Mapping[str, Any] = field(default_factory=dict)
    """What else it rests on, as JSON values."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A word with a colour of its own: a band, a state of a rule, a status."""

    text: str
    tone: str
    """critical, high, moderate, low, minimal, good, bad, open or plain."""


Words = tuple[str | Figure, ...]
"""A sentence: text and figures in turn."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Text and figures in turn, as one line of a cell."""

    words: Words


Cell = str | Figure | Mark | Phrase


def phrase(*words: str | Figure) -> Phrase:
    """Return one line of a cell."""
    return Phrase(words)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    title: str
    number: bool = False
    width: int = 1
    """Share of the page, beside the other columns'."""


@dataclass(frozen=True, slots=True)
class Tabled:
    """A table."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell | tuple[Cell, ...], ...], ...]
    """Cells; several in one are written under one another."""
    empty: str = "Nothing to show."


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """The few numbers that matter, each with a word and a line below."""

    items: tuple[tuple[Figure, str], ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph."""

    words: Words


def paragraph(*words: str | Figure) -> Paragraph:
    """Return a paragraph of text and figures in turn."""
    return Paragraph(words)


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of sentences."""

    title: str
    items: tuple[Words, ...]
    numbered: bool = False
    caution: bool = False
    """True for what must not be overlooked."""


@dataclass(frozen=True, slots=True)
class Card:
    """One thing told in a few lines under a head."""

    head: str
    marks: tuple[Cell, ...]
    lines: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Cards:
    """Cards side by side."""

    title: str
    items: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """One bar of a drawing of ranges: from, to, the value between, and a tone."""

    label: str
    value: float
    low: float
    high: float
    tone: str


@dataclass(frozen=True, slots=True)
class Ranges:
    """Values with their ranges, one below the other, on one scale."""

    title: str
    alt: str
    items: tuple[Range, ...]
    most: float = 100


@dataclass(frozen=True, slots=True)
class Links:
    """Two columns of names, and lines between those that belong together."""

    title: str
    alt: str
    left: tuple[Mark, ...]
    right: tuple[Mark, ...]
    lines: tuple[tuple[int, int], ...]
    """Places in the left and the right column."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a drawing over time; None where nothing is known."""

    label: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """Values over time."""

    title: str
    alt: str
    times: tuple[str, ...]
    lines: tuple[Line, ...]
    percent: bool = False


Block = Tabled | KeyFigures | Paragraph | Bullets | Cards | Ranges | Links | Lines


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the report."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    own_page: bool = False
    """True for what is handed out by itself."""


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report; the same database, moment and settings give the same one."""

    title: str
    subtitle: str
    at: datetime
    sections: tuple[Section, ...]
    """The first can be read alone."""
    figures: Mapping[str, Figure]
    """Every figure, by id."""


class Book:
    """Collects the figures of a report, so that none is printed that has no entry."""

    def __init__(self, threshold: int) -> None:
        self.threshold = threshold
        self.figures: dict[str, Figure] = {}

    def add(self, figure: Figure) -> Figure:
        """Enter a figure and return it; an id may come again only with the same figure."""
        known = self.figures.setdefault(figure.id, figure)
        if known != figure:
            raise ValueError(f"two figures are called {figure.id}")
        return figure

    def people(
        self,
        figure_id: str,
        title: str,
        count: int | None,
        *rows: Rows,
        computed: str,
        rests: tuple[Rows, ...] = (),
    ) -> Figure:
        """Enter a count of people, which is withheld if it is small."""
        shown = None if count is None else told(count, self.threshold)
        small = isinstance(shown, str)
        return self.add(
            Figure(
                figure_id,
                title,
                None if small else count,
                "people",
                str(shown) if small else "",
                rows,
                computed,
                rests=rests,
            )
        )


def slug(name: str, taken: set[str]) -> str:
    """Return a name as part of an id; a second one that looks alike gets a number."""
    plain = "".join(letter if letter.isalnum() else "-" for letter in name.casefold()).strip("-") or "unnamed"
    found, number = plain[:60], 1
    while found in taken:
        number += 1
        found = f"{plain[:60]}-{number}"
    taken.add(found)
    return found
