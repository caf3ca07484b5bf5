"""Keep which review was done when, by whom and with what result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, select

from storage.compliance_tables import review_done


@dataclass(frozen=True, slots=True)
class ReviewDone:
    """One review that a person marked done."""

    id: int
    review: str
    period_end: date
    """Last day of the week, month, quarter or year it was done for."""
    by: str
    note: str
    at: datetime


def record_review_done(
    conn: Connection, review: str, period_end: date, by: str, note: str, now: datetime
) -> int:
    """Keep that a review was done and return its number."""
    result = conn.execute(
        insert(review_done).values(review=review, period_end=period_end, by=by, note=note, at=now)
    )
    return int((result.inserted_primary_key or (0,))[0])


def reviews_done(conn: Connection, review: str | None = None) -> list[ReviewDone]:
    """Return what was done, newest first, of one review or all."""
    query = select(review_done).order_by(review_done.c.id.desc())
    if review is not None:
        query = query.where(review_done.c.review == review)
    return [ReviewDone(**row._mapping) for row in conn.execute(query)]
