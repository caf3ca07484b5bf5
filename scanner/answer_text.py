"""Read what name servers answered where logs write it as a zone file does: name, lifetime, class, type, data."""

import re
from typing import Any, Final

_RECORD: Final = re.compile(
    r"(?:\A|[;\n])\s{0,4}[^\s;]{1,255}[ \t](?P<ttl>\d{1,10})[ \t](?:IN|CH|HS)[ \t]"
    r"(?i:A|AAAA|CNAME)[ \t](?P<data>[^\s;,]{1,255})"
)


def record_data(value: Any) -> list[str] | None:
    """Return the addresses and aliases of the records in a text."""
    if not isinstance(value, str):
        return None
    return [found["data"].rstrip(".") for found in _RECORD.finditer(value)] or None


def least_lifetime(value: Any) -> int | None:
    """Return the shortest lifetime, in seconds, of records in a text, or among numbers."""
    if isinstance(value, str):
        numbers = [found["ttl"] for found in _RECORD.finditer(value)] or value.split(",")
    else:
        numbers = value if isinstance(value, list) else [value]
    found = []
    for number in numbers:
        try:
            found.append(int(float(number)))
        except (TypeError, ValueError, OverflowError):
            continue
    return min((seconds for seconds in found if seconds >= 0), default=None)


_RESULT: Final = re.compile(r"(?:type: {1,4}\d{1,5} )?(?:::ffff:(?=\d{1,3}\.))?(\S+)")


def query_results(value: Any) -> list[str] | None:
    """Return the addresses and aliases of Windows' results: ``type:  5 name;::ffff:192.0.2.1;``."""
    if not isinstance(value, str):
        return None
    parts = (_RESULT.fullmatch(part.strip()) for part in value.split(";"))
    return [found[1].rstrip(".") for found in parts if found and found[1] != "-"] or None
