"""Watch for events that say who got which address, and store them as assignments."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from scanner.fields import Event
from scanner.observing import Observer, Watch
from signatures.evidence import Match
from storage.assignments import LONGEST_UNSTATED, Assignment, record_assignments
from storage.pseudonyms import Pseudonyms

KIND: Final = "assignment"
RELEASED: Final = "released"
_LONGEST: Final = timedelta(days=366)
"""A lease beyond it (some servers write year 2038 for "for ever") ends where the default does."""


class _AssignmentWatch(Watch):
    """Collects the assignments of one batch; what repeats or renews a holder's own is joined."""

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms
        self._done: list[Assignment] = []
        self._open: dict[str, Assignment] = {}

    def see(self, event: Event, match: Match | None) -> None:
        """Take note of an assignment."""
        if event.get("kind") != KIND:
            return
        found = assignment_of(event, self._pseudonyms)
        if found is None:
            return
        earlier = self._open.get(found.subject)
        if earlier is not None and _renews(earlier, found):
            found = Assignment(
                found.subject,
                found.holder,
                found.holder_kind,
                found.hardware,
                earlier.valid_from,
                max(earlier.valid_until, found.valid_until),
                found.stated,
                found.basis,
            )
        elif earlier is not None:
            self._done.append(earlier)
        self._open[found.subject] = found

    def store(self, conn: Connection, batch_id: int, source: str) -> None:
        """Store the assignments with the batch."""
        record_assignments(conn, batch_id, [*self._done, *self._open.values()])


class AssignmentObserver(Observer):
    """Gives a watch for assignments for every batch."""

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms

    def watch(self) -> Watch:
        """Return a new watch."""
        return _AssignmentWatch(self._pseudonyms)


def assignment_of(event: Mapping[str, object], pseudonyms: Pseudonyms) -> Assignment | None:
    """Return what an event says about an address, or None where it lacks the address, the time or the holder."""
    subject = pseudonyms.address(str(event.get("assigned_ip") or ""))
    moment = event.get("timestamp")
    if not subject or not isinstance(moment, float | int):
        return None
    since = datetime.fromtimestamp(moment, UTC)
    hardware = pseudonyms.device(str(event.get("device_mac") or ""))
    user = pseudonyms.principal(str(event.get("user_email") or event.get("user_name") or ""))
    device = pseudonyms.device(str(event.get("device_name") or "")) or hardware
    holder, kind = (user, "user") if user else (device, "device" if device else "")
    basis = str(event.get("assigned_by") or "assignment")
    if event.get("event_type") == RELEASED:
        return Assignment(subject, holder, kind, hardware, since, since, True, basis)
    if not holder:
        return None
    until, stated = _until(event, since)
    return (
        None if until <= since else Assignment(subject, holder, kind, hardware, since, until, stated, basis)
    )


def _until(event: Mapping[str, object], since: datetime) -> tuple[datetime, bool]:
    end, seconds = event.get("valid_until"), event.get("valid_seconds")
    if isinstance(end, float | int) and end - since.timestamp() <= _LONGEST.total_seconds():
        return datetime.fromtimestamp(end, UTC), True
    if isinstance(seconds, int) and 0 < seconds <= _LONGEST.total_seconds():
        return since + timedelta(seconds=seconds), True
    return since + LONGEST_UNSTATED, False


def _renews(earlier: Assignment, later: Assignment) -> bool:
    return (
        earlier.holder == later.holder
        and earlier.hardware == later.hardware
        and earlier.basis == later.basis
        and earlier.stated == later.stated
        and earlier.valid_from <= later.valid_from <= earlier.valid_until < later.valid_until
    )
