"""Write values for people: hostile log text made visible and harmless, numbers, sizes, days and words."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime

from markupsafe import Markup

LONGEST_TEXT = 400  # characters of one value on a page
_VISIBLE_CATEGORIES = frozenset("LMNPS")
_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


def shown(value: str) -> str:
    """Return text with control, bidirectional, zero-width and unassigned characters written as escapes.

    Such characters can hide or reorder what stands around them (Unicode TR 36), so a name from a log must not
    carry them into a page. Spaces other than U+0020 are escaped too. Long text ends with an ellipsis.
    """
    if isinstance(value, Markup):
        return value
    cut = value[:LONGEST_TEXT]
    out = "".join(char if _plain(char) else _escape(char) for char in cut)
    return out + "…" if len(value) > LONGEST_TEXT else out


def _plain(char: str) -> bool:
    if char == " " or "!" <= char <= "~":
        return True
    return unicodedata.category(char)[0] in _VISIBLE_CATEGORIES


def _escape(char: str) -> str:
    return f"\\x{ord(char):02x}" if ord(char) < 0x100 else f"\\u{{{ord(char):04x}}}"


def finalize(value: object) -> object:
    """Apply `shown` to every text a template prints, so that no template can forget it."""
    if value is None:
        return "unknown"
    return shown(value) if isinstance(value, str) else value


def count(value: int | None) -> str:
    """Write a whole number with thousands separators; None is unknown."""
    return "unknown" if value is None else f"{value:,}"


def rounded(value: float) -> str:
    """Write an estimated amount with three digits that count: more would pretend to be known."""
    digits = max(len(str(int(value))) - 3, 0)
    return f"{round(value, -digits):,.0f}"


def size(value: int | None) -> str:
    """Write a number of bytes with a decimal unit; None is unknown, never zero."""
    if value is None:
        return "unknown"
    amount, unit = float(value), 0
    while amount >= 999.5 and unit < len(_UNITS) - 1:
        amount /= 1000
        unit += 1
    digits = 0 if unit == 0 or amount >= 99.95 else 1
    return f"{amount:.{digits}f} {_UNITS[unit]}"


def signed(value: int) -> str:
    """Write points of a score with a true minus sign, which does not break away from its number."""
    return f"\u2212{-value}" if value < 0 else str(value)


def share(part: int, whole: int) -> str:
    """Write part of whole as a percentage that never rounds a remainder away to 0 % or 100 %."""
    if whole <= 0:
        return "n/a"
    percent = 100 * part / whole
    if 0 < percent < 0.1:
        return "< 0.1 %"
    if 99.9 < percent < 100:
        return "> 99.9 %"
    return f"{percent:.1f} %" if percent not in (0, 100) else f"{percent:.0f} %"


def day(value: date | datetime | None) -> str:
    """Write a day as 2026-11-22; moments are put in UTC first."""
    if value is None:
        return "unknown"
    return (_utc(value).date() if isinstance(value, datetime) else value).isoformat()


def moment(value: datetime | None) -> str:
    """Write a moment to the minute in UTC."""
    return "unknown" if value is None else _utc(value).strftime("%Y-%m-%d %H:%M")


def _utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def ago(value: datetime | None, now: datetime) -> str:
    """Write how many days before now a moment was."""
    if value is None:
        return "unknown"
    days = (_utc(now).date() - _utc(value).date()).days
    if days < 0:
        return "in the future"
    return "today" if days == 0 else "yesterday" if days == 1 else f"{days:,} days ago"


def several(number: int, singular: str, plural: str | None = None) -> str:
    """Write a number with its noun: 1 person, 2 people."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def lower_first(value: str) -> str:
    """Write a phrase as the middle of a sentence; abbreviations stay as they are."""
    return value if value[1:2].isupper() else value[:1].lower() + value[1:]


def words(value: str) -> str:
    """Write an identifier as words: ambient_scribe becomes Ambient scribe."""
    text = value.replace("_", " ").replace("-", " ").strip()
    return text[:1].upper() + text[1:]
