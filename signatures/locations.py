"""Find the line of a vendor file that a key or table stands on, for messages only."""

from __future__ import annotations

import re

_TABLES = re.compile(r"\s*\[\[\s*([A-Za-z0-9_.-]+)\s*\]\]")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")

Location = tuple[str | int, ...]


def line_of(text: str, location: Location) -> int:
    """Return the line, from 1, of a location such as `("tools", 0, "signatures", 2, "kind")`.

    The nearest enclosing table is good enough where the key is missing or stands inside an inline table.
    """
    index = _index(text)
    while location:
        if location in index:
            return index[location]
        location = location[:-1]
    return 1


def _index(text: str) -> dict[Location, int]:
    lines: dict[Location, int] = {}
    counts: dict[Location, int] = {}
    here: Location = ()
    for number, line in enumerate(text.split("\n"), start=1):
        table = _TABLES.match(line)
        if table is not None:
            here = _enter(table[1].split("."), counts)
            lines[here] = number
        elif (key := _KEY.match(line)) is not None:
            lines.setdefault((*here, key[1]), number)
    return lines


def _enter(names: list[str], counts: dict[Location, int]) -> Location:
    # In TOML `[[tools.signatures]]` belongs to the last `[[tools]]` opened before it.
    here: Location = ()
    for name in names[:-1]:
        here = (*here, name)
        here = (*here, max(counts.get(here, 0) - 1, 0))
    here = (*here, names[-1])
    counts[here] = counts.get(here, 0) + 1
    return (*here, counts[here] - 1)
