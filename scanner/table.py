"""What a kernel makes of a block: the telling parts of its lines, column by column."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scanner.answers import Answers

Part = bytes | str | float | int | bool | None
"""A part of a line, as the log wrote it; None where the line has none."""


@dataclass(frozen=True, slots=True)
class Table:
    """Columns as long as the block has lines, in order; a line whose time is None is not certain.

    `also` are more telling fields: the user agent, the application; `answers` what a name server said, as it
    stands in the line. Columns that the log lacks are left out.
    """

    times: Sequence[Part]
    hosts: Sequence[Part]
    users: Sequence[Part] | None = None
    also: tuple[Sequence[Part], ...] = ()
    answers: Answers | None = None
    fields: frozenset[str] = frozenset()
    """The canonical fields that lines of this kind may tell."""


Kernel = Callable[[bytes], Table]
"""Reads a block without its last newline; has one row for every line, whatever the line holds."""
