"""Keep who took an alert in hand: from then on it has been seen by a person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from governance.errors import GovernanceError
from storage import audit
from storage.outbox import acknowledge


def take_in_hand(conn: Connection, alert_id: int, by: str, now: datetime) -> bool:
    """Note that a person took an alert in hand; return False if somebody had, who stays.

    Raises GovernanceError, NotRecorded.
    """
    by = by.strip()
    if not by:
        raise GovernanceError("Taking an alert in hand needs the name of who does; see --by.")
    taken = acknowledge(conn, alert_id, by, now)
    if taken:
        audit.append(conn, by, "alert.acknowledged", f"alert {alert_id}", {"alert": alert_id}, now)
    return taken
