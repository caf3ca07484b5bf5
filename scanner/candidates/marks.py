"""Find lines that hold a path, a content type or a port of models, with a few searches over a whole block."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from signatures.strangers.traits import PATH_MARKS

_MOST: Final = 20_000
"""Lines of one block looked at for one mark; a block full of one mark is a log of one thing."""
_PORT: Final = b"11434"
_FEW: Final = (_PORT, b"/v1/", b"/api/", b"event-stream")
"""Marks for logs in which hardly a line has a path: every search costs as much as the next."""
_STRONG: Final = (
    _PORT,
    *(
        mark
        for mark in PATH_MARKS
        if mark.startswith((b"comp", b"enerate", b"/v1/", b"/api/", b"trans", b"embed"))
    ),
)
"""Marks of what hardly anything but a model has; the others are found again where they are frequent."""
_LOOKED_AT: Final = 64
_A_PATH: Final = re.compile(rb"(?<![/\w])/[A-Za-z][\w.-]*/[\w.-]|[\w]/[A-Za-z][\w-]*/[\w.-]|event-stream")


def marked_rows(data: bytes, lines: list[bytes], *, every: bool = True) -> Iterator[int]:
    """Yield the rows whose lines hold a mark; without `every`, one of the strong ones."""
    marks: tuple[bytes, ...] = _FEW
    if _has_paths(lines):
        marks = (_PORT, *PATH_MARKS) if every else _STRONG
    for mark in marks:
        at, row, before, found = data.find(mark), 0, 0, 0
        while at >= 0 and found < _MOST:
            row += data.count(b"\n", before, at)
            before = at
            found += 1
            yield row
            end = data.find(b"\n", at)
            at = data.find(mark, end + 1) if end >= 0 else -1


def _has_paths(lines: list[bytes]) -> bool:
    step = max(len(lines) // _LOOKED_AT, 1)
    return any(_A_PATH.search(line) for line in lines[::step])
