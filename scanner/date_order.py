"""Find out from a whole file whether its dates put the day or the month first: 03/04 alone does not tell."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from scanner.clock import TimeContext
from scanner.compressed import Readable
from scanner.inputs import as_utf8, member_again

_WRITTEN: Final = (
    rb"(?<![\d./-])(?P<x>\d{1,2})(?P<mark>[/.-])(?P<y>\d{1,2})(?P=mark)(?P<Y>\d{4}|\d{2})"
    rb"(?:(?=[ T,;:\t\"]{1,4}\d{1,2}:\d\d)|(?<=/\d{4})(?=[,;\t\"]))"  # with a time, or a cell of a statement
)
_ANY: Final = re.compile(_WRITTEN)
_FIRST: Final = re.compile(rb"^[^\n]{0,300}?" + _WRITTEN, re.M)
_PIECE: Final = 64 << 10
_STEP: Final = 2 << 20
_FAR: Final = timedelta(days=20)
Pair = tuple[int, int, int]
"""First number, second number, year."""


def has_dates(head: bytes) -> bool:
    """Say whether content has dates whose order is a question."""
    return _ANY.search(head, 0, _PIECE) is not None


def decided(context: TimeContext, path: Path, label: str, head: bytes) -> TimeContext:
    """Return the context in which the dates of a member of a file are read; what it says already stands.

    `head` is how the member begins; where it holds dates in doubt, all of it is read for an answer.
    """
    if context.day_first is not None or not has_dates(head):
        return context
    with member_again(path, label) as again:
        return replace(context, day_first=day_first_of(as_utf8(again.stream), context.reference))


def day_first_of(stream: Readable, changed: datetime) -> bool | None:
    """Return whether days come first in a stream, None where nothing in it tells; `changed` is when it was written.

    Reads all of it, and looks at a piece of every two megabytes and at the end: days above 12 come by in time.
    """
    pairs: list[Pair] = []
    for piece in _pieces(stream):
        pairs += _pairs(piece)
        decided = _by_size(pairs)
        if decided is not None:
            return decided
    return order_of(pairs, changed)


def order_of(pairs: Iterable[Pair], changed: datetime) -> bool | None:
    """Return whether the first number is the day, None where nothing tells."""
    pairs = list(dict.fromkeys(pairs))
    decided = _by_size(pairs)
    if decided is not None:
        return decided
    days = [as_day for pair in pairs if (as_day := _date(pair, day_first=True))]
    months = [as_month for pair in pairs if (as_month := _date(pair, day_first=False))]
    if not days or not months:
        return None
    latest = changed.astimezone(UTC).date() + timedelta(days=2)
    possible = (max(days) <= latest, max(months) <= latest)
    if possible[0] != possible[1]:
        return possible[0]
    rising = (days == sorted(days), months == sorted(months))
    if rising[0] != rising[1]:
        return rising[0]
    spans = (max(days) - min(days), max(months) - min(months))
    if len(pairs) > 1 and min(spans) * 5 < max(spans):
        return spans[0] < spans[1]  # one file holds some days in a row, not the third of every month
    ages = (abs(latest - max(days)), abs(latest - max(months)))
    if min(ages) <= timedelta(days=3) and max(ages) > _FAR:
        return ages[0] < ages[1]  # written until the file was last changed
    return None


def _by_size(pairs: Iterable[Pair]) -> bool | None:
    """Decide by numbers that can only be a day; where both occur, by the more frequent."""
    first = sum(x > 12 >= y for x, y, _ in pairs)
    second = sum(y > 12 >= x for x, y, _ in pairs)
    return None if first == second else first > second


def _pairs(piece: bytes) -> Iterator[Pair]:
    for found in _FIRST.finditer(piece):
        year = int(found["Y"])
        yield int(found["x"]), int(found["y"]), year + (2000 if year < 100 else 0)


def _date(pair: Pair, *, day_first: bool) -> date | None:
    first, second, year = pair
    try:
        return date(year, second, first) if day_first else date(year, first, second)
    except ValueError:
        return None


def _pieces(stream: Readable) -> Iterator[bytes]:
    last = b""
    while piece := stream.read(_STEP):
        yield piece[:_PIECE]
        last = (last + piece)[-_PIECE:]
    yield last
