"""Read the days of exports: ISO, LDAP and Windows spellings; a day that could be two is refused."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from governance.errors import ImportRefused

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}:\d{2}.*))?\Z")
_LDAP = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?(?:[.,]\d+)?(?:Z|[+-]\d{4})?)?\Z")
_SLASHES = re.compile(r"(\d{1,2})([/.])(\d{1,2})\2(\d{4})(?: .*)?\Z")
_FILETIME = re.compile(r"\d{15,19}\Z")
_FILETIME_START = datetime(1601, 1, 1, tzinfo=UTC)
_NEVER = frozenset({"", "0", "never", "9223372036854775807", "none", "null", "-"})


def last_day(text: str, row: int, field: str, date_format: str | None = None) -> date | None:
    """Return a day; None for "never". Raises ImportRefused.

    A moment counts as the day it lies in (UTC). Only a Windows file time of midnight is the day before: Active
    Directory writes the end of 30 June as 1 July, 00:00.
    """
    if text.casefold() in _NEVER:
        return None
    try:
        found = _read(text, date_format)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise ImportRefused(
            f"row {row}: {field} is {text[:40]!r}, which is no day or could be two. Write 2026-06-30, or say "
            "how to read it: --date-format %m/%d/%Y"
        )
    return None if found.year >= 9999 else found


def _read(text: str, date_format: str | None) -> date | None:
    if date_format is not None:
        return datetime.strptime(text, date_format).date()
    if _FILETIME.match(text):
        moment = _FILETIME_START + timedelta(microseconds=int(text) // 10)
        return (moment - timedelta(seconds=1)).date()
    if found := _ISO.match(text):
        if found[4] is None:
            return date(int(found[1]), int(found[2]), int(found[3]))
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC).date() if moment.tzinfo else moment.date()
    if found := _LDAP.match(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _SLASHES.match(text):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        if found[2] == "." or first > 12:
            return date(year, second, first)
        return date(year, first, second) if second > 12 or first == second else None
    return None
