"""Find lines that hold a path, a content type or a port of models, with one or two searches over a whole block."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import islice
from typing import Final

from signatures.strangers.traits import PATH_MARKS

_MOST: Final = 20_000
"""Marks of one block looked at; a block full of them is a log of one thing."""
_PORT: Final = re.compile(rb"11434")
_WITH_PATHS: Final = frozenset({"url", "url_path", "content_type"})
_WITH_PORTS: Final = _WITH_PATHS | {"destination_port", "destination"}
_SOME: Final = 4
"""Without a mark in so many blocks, one in so many is searched; a host that is found is watched from then on."""
_LOOKED_AT: Final = 64
_A_PATH: Final = re.compile(rb"(?<![/\w])/[A-Za-z][\w.-]*/[\w.-]|[\w]/[A-Za-z][\w-]*/[\w.-]|event-stream")


class Marks:
    """Searches the blocks of one scan, the less often the less there was to find."""

    def __init__(self) -> None:
        self._blocks = 0
        self._ports = self._paths = 0
        """Blocks without any since the last one."""

    def rows(self, data: bytes, lines: list[bytes], fields: Collection[str]) -> Iterator[int]:
        """Yield the rows whose lines hold a mark; `fields` is what the lines may tell."""
        self._blocks += 1
        now_and_then = self._blocks % _SOME == 0
        if "dns_question" in fields and _WITH_PATHS.isdisjoint(fields):
            return
        if not _WITH_PORTS.isdisjoint(fields) and (self._ports < _SOME or now_and_then):
            found = list(_rows_with(_PORT, data))
            self._ports = 0 if found else self._ports + 1
            yield from found
        if not _WITH_PATHS.isdisjoint(fields) and (self._paths < _SOME or now_and_then or _has_paths(lines)):
            found = list(_rows_with(PATH_MARKS, data))
            self._paths = 0 if found else self._paths + 1
            yield from found


def _rows_with(marks: re.Pattern[bytes], data: bytes) -> Iterator[int]:
    row = before = 0
    for found in islice(marks.finditer(data), _MOST):
        at = found.start()
        row += data.count(b"\n", before, at)
        before = at
        yield row


def _has_paths(lines: list[bytes]) -> bool:
    step = max(len(lines) // _LOOKED_AT, 1)
    return any(_A_PATH.search(line) for line in lines[::step])
