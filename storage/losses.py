"""Remember what was lost before it could be read: packets a kernel dropped, messages a listener refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, func, select

from storage.losses_tables import loss
from storage.sources import ensure_source
from storage.upserts import insert_missing


@dataclass(frozen=True, slots=True)
class Loss:
    """Everything of one kind that one source lost so far."""

    source: str
    what: str
    count: int
    """Sum of what was counted."""
    uncounted: int
    """How often something was lost and nobody knows how much."""
    first_at: datetime
    last_at: datetime


def record_loss(
    conn: Connection, source: str, what: str, count: int | None, at: datetime, origin: str | None = None
) -> bool:
    """Add to what a source lost, in the caller's transaction; `count` None means an unknown number.

    `what` is a plural people can read after a number: "packets lost while recording". With an `origin` (a file,
    a run) a repetition of the same report adds nothing. Returns whether something was added; a count of 0 is
    no loss. Raises ValueError on a negative count.
    """
    if count is not None and count < 0:
        raise ValueError(f"{source}: {count} {what}: a loss cannot be negative")
    if count == 0:
        return False
    ensure_source(conn, source, at)
    row = {"source": source, "what": what, "count": count, "at": at, "origin": origin}
    return insert_missing(conn, loss, [row]) == 1


def losses(conn: Connection) -> list[Loss]:
    """Return what every source lost, by source and kind."""
    rows = conn.execute(
        select(
            loss.c.source,
            loss.c.what,
            func.coalesce(func.sum(loss.c.count), 0).label("counted"),
            func.sum(case((loss.c.count.is_(None), 1), else_=0)).label("uncounted"),
            func.min(loss.c.at).label("first_at"),
            func.max(loss.c.at).label("last_at"),
        )
        .group_by(loss.c.source, loss.c.what)
        .order_by(loss.c.source, loss.c.what)
    )
    return [
        Loss(row.source, row.what, int(row.counted), int(row.uncounted), row.first_at, row.last_at)
        for row in rows
    ]
