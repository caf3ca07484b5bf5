"""Send the alerts that wait, tell which ones still do, and try a channel out."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from api.settings import SettingsInvalid
from api.workplace import Workplace, now
from governance.channels import apprise_sender
from governance.delivery import DeliveryReport, deliver_due
from governance.messages import Message
from storage.outbox import Delivery, deliveries, revive


@dataclass(frozen=True, slots=True)
class Waiting:
    """The alerts one channel has not accepted though it was tried."""

    channel: str
    alerts: int
    given_up: bool
    """Nothing tries them again by itself."""
    next_try: datetime
    """Earliest moment at which one is due again."""
    error: str
    """Why the latest attempt failed, without passwords."""


def deliver(place: Workplace, clock: Callable[[], datetime] = now) -> DeliveryReport:
    """Send the alerts that are due, each channel by itself; what is not accepted waits for a later call."""
    return deliver_due(place.database, apprise_sender(place.settings.channels), clock())


def deliver_again(place: Workplace, channel: str, clock: Callable[[], datetime] = now) -> DeliveryReport:
    """Make what was given up for a channel due again, and deliver. Raises SettingsInvalid."""
    _known(place, channel)
    with place.database.write() as conn:
        revive(conn, channel, clock())
    return deliver(place, clock)


def waiting(place: Workplace) -> tuple[Waiting, ...]:
    """Return, per channel, what was tried and not accepted so far."""
    with place.database.read() as conn:
        found = [*deliveries(conn, status="pending"), *deliveries(conn, status="dead")]
    groups: dict[tuple[str, bool], list[Delivery]] = defaultdict(list)
    for one in found:
        if one.attempts:
            groups[one.channel, one.status == "dead"].append(one)
    return tuple(
        Waiting(
            channel,
            len(group),
            dead,
            min(one.next_try for one in group),
            next((one.last_error for one in reversed(group) if one.last_error), "in hand at this moment"),
        )
        for (channel, dead), group in sorted(groups.items())
    )


def send_test(place: Workplace, channel: str, clock: Callable[[], datetime] = now) -> None:
    """Send a message that is no alert to one channel. Raises SettingsInvalid, DeliveryFailed."""
    _known(place, channel)
    at = clock().astimezone(place.settings.zone)
    text = Message(
        f"skiagram-test-{at:%Y%m%dT%H%M%S}",
        "Test message from Skiagram",
        f"This channel, {channel}, receives Skiagram's alerts. Nothing was found; somebody tried the channel "
        f"out on {at:%Y-%m-%d at %H:%M %Z}.",
    )
    apprise_sender(place.settings.channels)(channel, text)


def _known(place: Workplace, channel: str) -> None:
    names = sorted(place.settings.channels)
    if channel not in names:
        known = f"the settings name {', '.join(names)}" if names else "the settings name none"
        raise SettingsInvalid(
            f"there is no channel {channel!r}: {known}; add it under [channels] in the settings file "
            "(skiagram config show tells where that is)"
        )
