"""Find the lines whose answers of a name server may name a tool, by one look at each distinct answer."""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property
from itertools import compress, count
from typing import Final

_BREAKS: Final = bytes.maketrans(b" \t;:|\"'[]{}()<>=", b",,,,,,,,,,,,,,,,")
_REMEMBERED: Final = 300_000


class Answers:
    """What a name server said, row by row, as it stands in the lines; None where a line says nothing."""

    def __init__(self, cells: Sequence[bytes | None]) -> None:
        self.cells = cells

    @cached_property
    def distinct(self) -> set[bytes]:
        """Return what was said, each once."""
        return {cell for cell in set(self.cells) if cell}

    def rows_of(self, chosen: Collection[bytes | None]) -> Iterable[int]:
        """Return the rows in which something of this was said, in order."""
        return compress(count(), map(chosen.__contains__, self.cells)) if chosen else ()


class Aliases:
    """Knows which answers hold a word that tells; each is looked at once.

    An answer too many costs time only, as the exact reader decides; none may lack.
    """

    def __init__(self, tells: Callable[[bytes], bool]) -> None:
        self._tells = tells
        self._seen: set[bytes] = set()
        self._telling: set[bytes] = set()

    def rows(self, answers: Answers) -> Iterable[int]:
        """Return the rows in which a word tells."""
        fresh = answers.distinct - self._seen
        if fresh:
            if len(self._seen) > _REMEMBERED:
                self._seen.clear()
                self._telling.clear()
                fresh = answers.distinct
            self._seen |= fresh
            self._telling.update(self._telling_of(fresh))
        return answers.rows_of(self._telling)

    def _telling_of(self, cells: set[bytes]) -> Iterable[bytes]:
        joined = b",".join(cells)
        # Addresses of version 4, the most frequent words, end in a digit, which no name of a tool does.
        telling = [
            word
            for word in set(joined.translate(_BREAKS).split(b","))
            if b"." in word and not word[-1:].isdigit() and self._tells(word)
        ]
        if b"\\" in joined:
            telling.append(b"\\")  # whatever is escaped may be a name
        return [cell for cell in cells if any(word in cell for word in telling)] if telling else ()
