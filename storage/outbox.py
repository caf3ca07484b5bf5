"""Keep alerts and their deliveries: written with the finding, claimed by a relay, marked when sent.

The outbox promises at-least-once per channel. A delivery is claimed with a lease, so of several relays one
sends it; if that one dies, the lease runs out and another takes over, with the same message id.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update

from storage.errors import NotRecorded
from storage.tables import alert, delivery
from storage.upserts import insert_missing

LEASE = timedelta(minutes=10)
_d = delivery.c


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule that became true, once."""

    id: int
    dedup_key: str
    rule: str
    tool_id: str | None
    vendor_id: str | None
    message_id: str
    payload: Mapping[str, Any]
    created_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One alert on its way to one channel."""

    id: int
    alert: Alert
    channel: str
    status: str
    """pending, sent, dead or cancelled."""
    attempts: int
    next_try: datetime
    first_try_at: datetime | None
    lease: str | None
    digest: str | None
    last_error: str | None
    finished_at: datetime | None


def add_alert(
    conn: Connection,
    dedup_key: str,
    rule: str,
    tool_id: str | None,
    vendor_id: str | None,
    payload: Mapping[str, Any],
    channels: Sequence[str],
    now: datetime,
) -> bool:
    """Add an alert with one delivery per channel; return False if this key ever had one.

    Call it in the transaction that records the finding: both are kept, or neither. `payload` is plain JSON
    and never names a person. `channels` are names from the settings, never URLs, which hold passwords.
    """
    digest = hashlib.sha256(dedup_key.encode("utf-8", "surrogatepass")).hexdigest()
    row = {
        "dedup_key": dedup_key,
        "rule": rule,
        "tool_id": tool_id,
        "vendor_id": vendor_id,
        "message_id": f"skiagram-{digest[:24]}",
        "payload": dict(payload),
        "created_at": now,
    }
    if not insert_missing(conn, alert, [row]):
        return False
    alert_id = conn.execute(select(alert.c.id).where(alert.c.dedup_key == dedup_key)).scalar_one()
    for channel in dict.fromkeys(channels):
        conn.execute(
            insert(delivery).values(
                alert_id=alert_id, channel=channel, status="pending", attempts=0, next_try=now
            )
        )
    return True


def count_due(conn: Connection, now: datetime) -> dict[str, int]:
    """Return channel -> number of deliveries that are due and in nobody's hand."""
    rows = conn.execute(select(_d.channel, func.count().label("due")).where(*_due(now)).group_by(_d.channel))
    return {row.channel: row.due for row in rows}


def due(
    conn: Connection,
    now: datetime,
    limit: int = 100,
    *,
    channel: str | None = None,
    lease_for: timedelta = LEASE,
) -> list[Delivery]:
    """Claim deliveries that are due, oldest first, for `lease_for`; nobody else gets them meanwhile."""
    query = select(_d.id).where(*_due(now)).order_by(_d.next_try, _d.id).limit(limit)
    if channel is not None:
        query = query.where(_d.channel == channel)
    if conn.dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True)
    ids = list(conn.execute(query).scalars())
    if not ids:
        return []
    token = secrets.token_hex(12)
    conn.execute(
        update(delivery)
        .where(_d.id.in_(ids))
        .values(
            lease=token,
            lease_until=now + lease_for,
            attempts=_d.attempts + 1,
            first_try_at=func.coalesce(_d.first_try_at, now),
        )
    )
    return _deliveries(conn, _d.id.in_(ids))


def join_digest(conn: Connection, claimed: Sequence[Delivery], digest: str) -> None:
    """Remember that claimed deliveries travel in one message, so that a repetition carries the same ones."""
    conn.execute(update(delivery).where(*_held(claimed)).values(digest=digest))


def mark_sent(conn: Connection, claimed: Sequence[Delivery], now: datetime) -> int:
    """Mark claimed deliveries as sent; return how many were still in this relay's hand."""
    return _finish(
        conn, claimed, status="sent", finished_at=now, lease=None, lease_until=None, last_error=None
    )


def mark_failed(conn: Connection, claimed: Sequence[Delivery], next_try: datetime, error: str) -> int:
    """Give claimed deliveries back, to be tried again at `next_try`."""
    return _finish(conn, claimed, next_try=next_try, lease=None, lease_until=None, last_error=error)


def mark_dead(conn: Connection, claimed: Sequence[Delivery], now: datetime, error: str) -> int:
    """Give claimed deliveries up; they stay visible until somebody revives them."""
    return _finish(
        conn, claimed, status="dead", finished_at=now, lease=None, lease_until=None, last_error=error
    )


def revive(conn: Connection, channel: str, now: datetime) -> int:
    """Make the dead deliveries of a channel due again, as if never tried; return how many."""
    changed = conn.execute(
        update(delivery)
        .where(_d.channel == channel, _d.status == "dead")
        .values(status="pending", attempts=0, next_try=now, first_try_at=None, finished_at=None)
    )
    return changed.rowcount


def cancel(conn: Connection, alert_ids: Sequence[int], now: datetime) -> int:
    """Cancel deliveries not sent yet; one that a relay has in hand at this moment may still arrive."""
    changed = conn.execute(
        update(delivery)
        .where(_d.alert_id.in_(alert_ids), _d.status.in_(("pending", "dead")))
        .values(status="cancelled", finished_at=now, lease=None, lease_until=None)
    )
    return changed.rowcount


def alerts(
    conn: Connection, limit: int = 100, before: int | None = None, *, open_only: bool = False
) -> list[Alert]:
    """Return alerts, newest first; `before` is an alert id to continue from."""
    query = select(alert).order_by(alert.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(alert.c.id < before)
    if open_only:
        query = query.where(alert.c.acknowledged_at.is_(None))
    return [Alert(**row._mapping) for row in conn.execute(query)]


def alerts_of_vendor(conn: Connection, vendor_id: str) -> list[Alert]:
    """Return the alerts about a vendor, oldest first."""
    query = select(alert).where(alert.c.vendor_id == vendor_id).order_by(alert.c.id)
    return [Alert(**row._mapping) for row in conn.execute(query)]


def acknowledge(conn: Connection, alert_id: int, by: str, now: datetime) -> bool:
    """Note who took an alert in hand; return False if somebody had, who stays. Raises NotRecorded."""
    known = conn.execute(select(alert.c.id).where(alert.c.id == alert_id)).one_or_none()
    if known is None:
        raise NotRecorded(f"there is no alert {alert_id}; see the list of alerts.")
    changed = conn.execute(
        update(alert)
        .where(alert.c.id == alert_id, alert.c.acknowledged_at.is_(None))
        .values(acknowledged_at=now, acknowledged_by=by)
    )
    return changed.rowcount == 1


def deliveries(conn: Connection, alert_id: int | None = None, status: str | None = None) -> list[Delivery]:
    """Return deliveries of one alert or all, in any status or one, oldest first."""
    where: list[ColumnElement[bool]] = []
    if alert_id is not None:
        where.append(_d.alert_id == alert_id)
    if status is not None:
        where.append(_d.status == status)
    return _deliveries(conn, *where)


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (_d.status == "pending", _d.next_try <= now, or_(_d.lease_until.is_(None), _d.lease_until <= now))


def _held(claimed: Sequence[Delivery]) -> tuple[ColumnElement[bool], ...]:
    return (
        _d.id.in_([one.id for one in claimed]),
        _d.lease.in_({one.lease for one in claimed if one.lease}),
        _d.status == "pending",
    )


def _finish(conn: Connection, claimed: Sequence[Delivery], **values: Any) -> int:
    return conn.execute(update(delivery).where(*_held(claimed)).values(**values)).rowcount


def _deliveries(conn: Connection, *where: ColumnElement[bool]) -> list[Delivery]:
    names = [name for name in Delivery.__slots__ if name != "alert"]
    found = conn.execute(
        select(*(_d[name].label(f"d_{name}") for name in names), alert)
        .join_from(delivery, alert, _d.alert_id == alert.c.id)
        .where(*where)
        .order_by(_d.id)
    )
    return [
        Delivery(
            **{name: getattr(row, f"d_{name}") for name in names},
            alert=Alert(**{name: getattr(row, name) for name in Alert.__slots__}),
        )
        for row in found
    ]
