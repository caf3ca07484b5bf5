"""Turn activities into what is stored: sightings per day, with pseudonyms in the place of names."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from scanner.clock import TimeContext
from scanner.detect import HOUR, Activity, ActivityKey
from scanner.places import Places
from storage.batches import SightingPart
from storage.pseudonyms import Pseudonyms


def moment(instant: float | None) -> datetime | None:
    """Return an instant as a datetime in UTC."""
    return None if instant is None else datetime.fromtimestamp(instant, UTC)


def parts_of(
    activities: Mapping[ActivityKey, Activity],
    pseudonyms: Pseudonyms,
    source: str,
    context: TimeContext,
    places: Places | None = None,
) -> tuple[SightingPart, ...]:
    """Return the sightings of a batch; undated events fall on the day the file was written.

    Where the log tells no department, the address it names tells it through `places`.
    """
    undated = context.reference.astimezone(UTC)
    sums: dict[tuple[Any, ...], Activity] = {}
    for key, activity in activities.items():
        day = undated.date() if key.hour is None else datetime.fromtimestamp(key.hour * HOUR, UTC).date()
        pseudonym = _pseudonym(key, pseudonyms)
        kind = key.principal_kind if pseudonym else "unknown"
        # By the hour where only an address is named: a lease that changes at noon must not spoil the day.
        hour = key.hour if kind == "address" else None
        department = key.department or (places.department_of(key.device) if places is not None else None)
        group = (day, kind, pseudonym, key.match, key.action, department, hour)
        sums.setdefault(group, Activity()).add(
            activity.count, activity.bytes_up, activity.bytes_down, activity.first, activity.last
        )
    return tuple(_part(group, activity, source, undated) for group, activity in sums.items())


def _pseudonym(key: ActivityKey, pseudonyms: Pseudonyms) -> str:
    if key.principal_kind == "unknown" or not key.principal:
        return ""
    return pseudonyms.principal(key.principal, key.principal_kind)


def _part(group: tuple[Any, ...], activity: Activity, source: str, undated: datetime) -> SightingPart:
    day, kind, pseudonym, match, action, department, _ = group
    first = moment(activity.first) or undated
    if not isinstance(day, date):
        raise TypeError("a sighting needs a day")
    return SightingPart(
        tool_id=match.tool_id,
        vendor_id=match.vendor_id,
        principal=pseudonym,
        principal_kind=kind,
        department=department or None,
        source=source,
        day=day,
        signature=match.signature,
        surface=match.surface,
        path_class=match.path_class,
        tier=match.tier,
        action=action,
        count=activity.count,
        bytes_up=activity.bytes_up,
        bytes_down=activity.bytes_down,
        first_seen=first,
        last_seen=moment(activity.last) or first,
    )
