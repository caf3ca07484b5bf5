"""Make sure that a nightly run happens once per local day, however often it is started."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select, update

from storage.tables import nightly_run
from storage.upserts import insert_missing

STALE_AFTER = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class NightlyRun:
    """One nightly run."""

    local_day: date
    started_at: datetime
    finished_at: datetime | None
    status: str
    """running, ok, partial or failed."""
    attempts: int
    message: str | None


def claim_night(
    conn: Connection, local_day: date, now: datetime, stale_after: timedelta = STALE_AFTER
) -> bool:
    """Return True for the one caller that shall do the run of this local day.

    The day itself is the key, so clock changes neither skip nor double a run. A run that failed, or that died
    and was started longer than `stale_after` ago, may be claimed again.
    """
    row = {"local_day": local_day, "started_at": now, "status": "running", "attempts": 1}
    if insert_missing(conn, nightly_run, [row]):
        return True
    dead = (nightly_run.c.status == "running") & (nightly_run.c.started_at < now - stale_after)
    again = conn.execute(
        update(nightly_run)
        .where(nightly_run.c.local_day == local_day, (nightly_run.c.status == "failed") | dead)
        .values(started_at=now, status="running", attempts=nightly_run.c.attempts + 1, finished_at=None)
    )
    return again.rowcount == 1


def finish_night(
    conn: Connection, local_day: date, status: str, now: datetime, message: str | None = None
) -> None:
    """End the run of a day with ok, partial or failed. Raises ValueError."""
    if status not in ("ok", "partial", "failed"):
        raise ValueError(f"{status!r} is no outcome of a nightly run; use ok, partial or failed")
    conn.execute(
        update(nightly_run)
        .where(nightly_run.c.local_day == local_day)
        .values(status=status, finished_at=now, message=message)
    )


def nights(conn: Connection, limit: int = 30) -> list[NightlyRun]:
    """Return nightly runs, newest day first."""
    rows = conn.execute(select(nightly_run).order_by(nightly_run.c.local_day.desc()).limit(limit))
    return [NightlyRun(**row._mapping) for row in rows]
