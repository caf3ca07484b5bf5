"""Find the lines whose answers of a name server may name a tool, one column of a block at a time."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

_BREAKS: Final = bytes.maketrans(b" \t;:|\"'[]{}()<>=", b",,,,,,,,,,,,,,,,")


def telling_rows(column: Sequence[bytes | None], tells: Mapping[Any, bool]) -> Iterable[int]:
    """Return the rows in which a word tells, by one look at each distinct word of the column.

    A row too many costs time only, as the exact reader decides; none may lack.
    """
    joined = b",".join(filter(None, column))
    if not joined:
        return ()
    # Addresses of version 4, the most frequent words, end in a digit, which no name of a tool does.
    telling = [
        word
        for word in set(joined.translate(_BREAKS).split(b","))
        if b"." in word and not word[-1:].isdigit() and tells[word]
    ]
    if b"\\" in joined:
        telling.append(b"\\")  # whatever is escaped may be a name
    if not telling:
        return ()
    return [row for row, said in enumerate(column) if said and any(word in said for word in telling)]
