"""Time zones by IANA name."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class ZoneUnknown(ValueError):
    """No time zone has this name."""


def zone_of(name: str) -> ZoneInfo:
    """Return a time zone. Raises ZoneUnknown."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise ZoneUnknown(
            f"no zone {name!r}; use an IANA name such as America/New_York (Debian: apt-get install tzdata)"
        ) from problem
