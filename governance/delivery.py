"""Bring alerts from the outbox to their channels, each at least once, none because of another's trouble."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from governance.messages import Message, digest, digest_id, message
from storage.database import Database
from storage.outbox import LEASE, Delivery, count_due, due, join_digest, mark_dead, mark_failed, mark_sent

Send = Callable[[str, Message], None]
"""Send a message to a channel, given by name; any exception means that it was not accepted."""

DIGEST_ABOVE = 10
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=15)
GIVE_UP_AFTER = timedelta(hours=72)
_CLAIM_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What one pass did, counted in alerts."""

    sent: int
    failed: int
    """To be tried again."""
    dead: int
    """Given up; a person has to look."""


def pause(attempts: int, jitter: Callable[[], float]) -> timedelta:
    """Return how long to wait after some attempts: full jitter over a doubling span, at most 15 minutes.

    `jitter` returns 0 to 1. At least one second passes, so a broken channel is never hammered.
    """
    doublings: int = min(max(attempts - 1, 0), 20)
    span: timedelta = min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
    return max(span * jitter(), timedelta(seconds=1))


def deliver_due(
    db: Database,
    send: Send,
    now: datetime,
    *,
    jitter: Callable[[], float] = random.random,
    lease_for: timedelta = LEASE,
) -> DeliveryReport:
    """Send everything that is due, once, channel by channel.

    More than ten alerts for one channel travel as one digest. A message that was not accepted is tried again
    after a pause; nothing is given up within 72 hours of its first attempt. If the process dies between
    sending and marking, the message is sent again with the same id: the only way one arrives twice.
    """
    sent = failed = dead = 0
    with db.read() as conn:
        channels = sorted(count_due(conn, now))
    for channel in channels:
        for group, text in _claim(db, channel, now, lease_for):
            try:
                send(channel, text)
            except Exception as fault:  # one channel's trouble, whatever it is, must not stop the others
                if _put_back(db, group, now, jitter, f"{type(fault).__name__}: {fault}"):
                    failed += len(group)
                else:
                    dead += len(group)
            else:
                with db.write() as conn:
                    mark_sent(conn, group, now)
                sent += len(group)
    return DeliveryReport(sent, failed, dead)


def _claim(
    db: Database, channel: str, now: datetime, lease_for: timedelta
) -> list[tuple[list[Delivery], Message]]:
    messages: list[tuple[list[Delivery], Message]] = []
    with db.write() as conn:
        claimed = due(conn, now, _CLAIM_AT_ONCE, channel=channel, lease_for=lease_for)
        groups: dict[str, list[Delivery]] = {}
        for one in claimed:
            if one.digest is not None:
                groups.setdefault(one.digest, []).append(one)
        # A digest that was tried before travels again as it was, so that its id keeps its meaning.
        messages += [(group, digest([one.alert for one in group], name)) for name, group in groups.items()]
        fresh = [one for one in claimed if one.digest is None]
        if len(fresh) > DIGEST_ABOVE:
            name = digest_id([one.alert for one in fresh])
            join_digest(conn, fresh, name)
            messages.append((fresh, digest([one.alert for one in fresh], name)))
        else:
            messages += [([one], message(one.alert)) for one in fresh]
    return messages


def _put_back(
    db: Database, group: Sequence[Delivery], now: datetime, jitter: Callable[[], float], error: str
) -> bool:
    first_try = min((one.first_try_at for one in group if one.first_try_at), default=now)
    with db.write() as conn:
        if now - first_try >= GIVE_UP_AFTER:
            mark_dead(conn, group, now, error)
            return False
        mark_failed(conn, group, now + pause(max(one.attempts for one in group), jitter), error)
    return True
