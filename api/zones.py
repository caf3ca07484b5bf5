"""Time zones by IANA name."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from api.settings import SettingsInvalid


def zone_of(name: str) -> ZoneInfo:
    """Return a time zone. Raises SettingsInvalid."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise SettingsInvalid(
            f"time_zone: no zone {name!r}; use an IANA name such as America/New_York "
            "(Debian: apt-get install tzdata)"
        ) from problem
