"""Read the points in time that logs write, in every shape seen in the field."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scanner.zone_names import OFFSETS, SEVERAL_MEANINGS

Instant = float
"""Seconds since 1970-01-01T00:00:00Z."""

_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}
_ZONE = r"(?P<zone>Z|z|[+-]\d{2}:?\d{2}|[+-]\d{2}|UTC|GMT)?"
_CLOCK = r"(?P<H>\d{1,2}):(?P<M>\d{2}):(?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?"
_MD = r"(?P<m>\d{1,2})[-/](?P<d>\d{1,2})"
_NAME = r"(?: (?P<name>[A-Z]{2,5}|[A-Z][A-Za-z]{2,20}(?:/[A-Z][A-Za-z_]{2,30}){1,2}))?"
_HALF = r"(?: ?(?P<half>[AaPp]\.?[Mm]\.?))?"
_WEEKDAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? +)?"
_MONTH = r"(?P<b>[A-Za-z]{3})[a-z]*\.?"

_SHAPES: Final = tuple(
    re.compile(shape)
    for shape in (
        rf"(?P<Y>\d{{4}})[-/]{_MD}(?:[T ]+|, *){_CLOCK}{_HALF} ?{_ZONE}{_NAME}",
        rf"(?P<Y>\d{{4}}):(?P<m>\d{{2}}):(?P<d>\d{{2}})-{_CLOCK}",
        rf"(?P<d>\d{{1,2}})/{_MONTH}/(?P<Y>\d{{4}}):{_CLOCK} ?{_ZONE}",
        rf"{_WEEKDAY}(?P<d>\d{{1,2}})[- ]{_MONTH}[- ](?P<Y>\d{{4}}),? {_CLOCK}{_HALF} ?{_ZONE}",
        rf"{_WEEKDAY}{_MONTH} +(?P<d>\d{{1,2}}),? {_CLOCK} (?:(?P<name>[A-Z]{{3,5}}) )?(?P<Y>\d{{4}}) ?{_ZONE}",
        rf"{_WEEKDAY}{_MONTH} +(?P<d>\d{{1,2}}),? (?P<Y>\d{{4}}),? (?:at )?{_CLOCK}{_HALF} ?{_ZONE}{_NAME}",
        rf"{_MONTH} +(?P<d>\d{{1,2}}) {_CLOCK} ?{_ZONE}{_NAME}",
        rf"(?P<x>\d\d?)(?P<mark>[/.-])(?P<y>\d\d?)[/.-](?P<Y>\d{{4}}|\d{{2}})(?:,? +|T){_CLOCK}{_HALF} ?{_ZONE}{_NAME}",
        rf"(?P<Y>\d{{4}})(?P<m>\d{{2}})(?P<d>\d{{2}}) {_CLOCK}",
        r"(?P<Y>\d{4})(?P<m>\d{2})(?P<d>\d{2})T?(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})(?:\.(?P<f>\d+))?(?P<zone>Z)?",
        r"(?P<Y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})(?P<H>)",
        r"(?P<x>\d\d?)(?P<mark>[/.-])(?P<y>\d\d?)[/.-](?P<Y>\d{4})(?P<H>)",
    )
)
_LONGEST: Final = 100
_EPOCH: Final = re.compile(r"-?\d{1,20}(?:\.\d{1,9})?\Z")
_BELIEVABLE_FROM: Final = 315532800.0
_GRACE: Final = 2 * 86400.0
_EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)


NO_TIME: Final = "no time that could be read"
IMPOSSIBLE: Final = "impossible time"
OTHER_ORDER: Final = "day and month the other way round than in the rest of the file"
UNDECIDED: Final = "day or month first is not to be told, read as month first; name the order in the settings"
SAME_NAME: Final = "zone name with several meanings; name the zone of the source in the settings"


@dataclass(slots=True)
class Doubts:
    """Why the latest text that looked like a time was refused."""

    reason: str | None = None
    undecided: bool = False
    """Whether the latest date could be read either way."""


@dataclass(frozen=True, slots=True)
class TimeContext:
    """What a line does not say about its time, and the file or its owner does.

    `reference` is a moment known to be no earlier than the last event (the file's modification time);
    it decides the year where a line lacks one. `zone` is that of times without a zone. `day_first` says
    whether 03/04 is 3 April; where it is None nobody knows, and it is read as 4 March. Once it is known, a date that
    can only be the other way round is refused.
    """

    zone: tzinfo = UTC
    reference: datetime = datetime(2100, 1, 1, tzinfo=UTC)
    day_first: bool | None = None
    doubts: Doubts = field(default_factory=Doubts, compare=False, repr=False)

    def believable(self, instant: Instant) -> bool:
        """Say whether an event can have happened then: after 1980, and not days after the file was written."""
        return _BELIEVABLE_FROM < instant < self.reference.timestamp() + _GRACE


@dataclass(slots=True)
class Times:
    """The time context in force: formats are compiled once, and files come one after another."""

    context: TimeContext


def parse_time(text: object, context: TimeContext) -> Instant | None:
    """Return the instant a log wrote, or None where it is no time.

    Numbers are epochs in seconds, milliseconds, microseconds or nanoseconds by their size.
    """
    if isinstance(text, int | float) and not isinstance(text, bool):
        return epoch(text)
    if not isinstance(text, str):
        return None
    if len(text) > _LONGEST:
        return None
    text = text.strip().strip("[]\"'")
    if _EPOCH.match(text) and not (len(text) == 14 and text[:2] in {"19", "20"}):
        return epoch(float(text))
    for shape in _SHAPES:
        found = shape.fullmatch(text)
        if found:
            return _instant(found.groupdict(), context)
    return None


def epoch(value: float) -> Instant | None:
    """Return seconds for an epoch in any unit; None outside the years 1900 to 9999."""
    size = abs(value)
    for unit, limit in ((1.0, 1e11), (1e3, 1e14), (1e6, 1e17), (1e9, 1e20)):
        if size < limit:
            seconds = value / unit
            return seconds if -2.2e9 < seconds < 2.534e11 else None
    return None


def _instant(part: dict[str, str | None], context: TimeContext) -> Instant | None:
    month = part.get("m")
    day = part.get("d")
    if part.get("x") is not None:
        first, second = part["x"], part["y"]
        day_first = int(first or 0) > 12 if context.day_first is None else context.day_first
        if context.day_first is None and int(first or 0) <= 12 >= int(second or 0) and first != second:
            # Nobody who puts the month first writes dots.
            day_first = part["mark"] == "."
            context.doubts.undecided = not day_first
        day, month = (first, second) if day_first else (second, first)
        if int(month or 0) > 12 >= int(day or 0):
            context.doubts.reason = OTHER_ORDER
            return None
    number = _MONTHS.get((part.get("b") or "").lower()) if part.get("b") else int(month or 0)
    if not number:
        return None
    hour = int(part.get("H") or 0)
    half = (part.get("half") or "").lower().replace(".", "")
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    fraction = int(((part.get("f") or "") + "000000")[:6])
    zone = _zone(part.get("zone"), context)
    name = None if part.get("zone") else part.get("name")
    year = part.get("Y")
    # Second 60 and above occurs (leap seconds, a known fault of one vendor's export): carried over.
    seconds = int(part.get("S") or 0)

    def moment(y: int) -> datetime:
        start = datetime(y, number, int(day or 0), hour, int(part.get("M") or 0), 0, fraction, tzinfo=zone)
        moved = start + timedelta(seconds=seconds)
        return _named(moved, name) if name else moved

    try:
        if year is not None:
            value = moment(int(year) + (2000 if len(year) == 2 else 0))
        else:
            value = _closest_not_future(moment, context.reference)
        return value.timestamp() if value.astimezone(UTC) >= _EARLIEST else None
    except _SeveralMeanings:
        context.doubts.reason = SAME_NAME
        return None
    except (ValueError, OverflowError):
        context.doubts.reason = IMPOSSIBLE
        return None


class _SeveralMeanings(Exception):
    """A zone name means several zones, and the source's is none of them."""


def _named(local: datetime, name: str) -> datetime:
    """Return a local time in the zone a log names: the source's own, where it has that name, else the usual one."""
    if "/" in name:
        try:
            return local.replace(tzinfo=ZoneInfo(name))
        except ZoneInfoNotFoundError as problem:
            raise ValueError(name) from problem
    for fold in (0, 1):
        if local.replace(fold=fold).tzname() == name:
            return local.replace(fold=fold)
    if name in SEVERAL_MEANINGS:
        raise _SeveralMeanings
    hours = OFFSETS.get(name)
    return local if hours is None else local.replace(tzinfo=timezone(timedelta(hours=hours)))


def _closest_not_future(moment: Callable[[int], datetime], reference: datetime) -> datetime:
    # A day of grace: the clock of a log server may run ahead of the one that copied the file.
    for year in range(reference.year + 1, reference.year - 5, -1):
        try:
            value = moment(year)
        except ValueError:
            continue  # 29 February
        if value <= reference + timedelta(days=1):
            return value
    raise ValueError("no such day in the years before the reference")


def _zone(text: str | None, context: TimeContext) -> tzinfo:
    if not text:
        return context.zone
    if text in {"Z", "z", "UTC", "GMT"}:
        return UTC
    digits = text[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:4] or 0)
    offset = timedelta(minutes=minutes if text[0] == "+" else -minutes)
    return timezone(offset) if abs(offset) < timedelta(hours=24) else context.zone


def iso(instant: Instant) -> str:
    """Write an instant as ISO 8601 in UTC, with microseconds where there are any."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=round(instant * 1e6))
    text = moment.strftime("%Y-%m-%dT%H:%M:%S") if moment.year >= 1000 else moment.isoformat()[:19]
    return f"{text}.{moment.microsecond:06d}Z" if moment.microsecond else f"{text}Z"
