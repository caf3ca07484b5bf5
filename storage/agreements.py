"""Keep the organisation's own business associate agreements (45 CFR 164.502(e), 164.504(e))."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from storage.errors import NotRecorded
from storage.tables import agreement

KEPT_YEARS = 6
"""Years for which records are kept after an agreement has ended (45 CFR 164.316(b)(2)(i))."""


@dataclass(frozen=True, slots=True)
class Clauses:
    """What an agreement says beyond its scope; see Agreement for what each means."""

    counterparty: str | None = None
    owner: str | None = None
    subcontractors: str = "unknown"
    training: str = "unknown"
    deidentification: str = "unknown"
    notice_days: int | None = None
    review_on: date | None = None


SILENT = Clauses()


@dataclass(frozen=True, slots=True)
class Agreement:
    """A signed agreement with a vendor. A signature is a fact about the customer, so people enter it."""

    id: int
    vendor_id: str
    tool_ids: tuple[str, ...]
    """Covered tools; () for every tool of the vendor."""
    tiers: tuple[str, ...]
    """Covered tiers; () for every tier."""
    valid_from: date
    valid_until: date | None
    """Last day in force; None for no end."""
    document: str
    """Reference of the signed document."""
    note: str | None
    added_by: str
    added_at: datetime
    document_sha256: str | None = None
    """Digest of the signed document as lower case hex, so that a file can be shown to be the one signed."""
    counterparty: str | None = None
    """Who signed on the other side, as the document names it."""
    owner: str | None = None
    """Who in this organisation answers for it."""
    subcontractors: str = "unknown"
    """yes: the vendor binds its subcontractors likewise (45 CFR 164.502(e)(1)(ii)); no; unknown."""
    training: str = "unknown"
    """forbidden, allowed or unknown: training of models on what is entered."""
    deidentification: str = "unknown"
    """forbidden, allowed or unknown: use of data once it is de-identified."""
    notice_days: int | None = None
    """Days within which the vendor must report a breach (45 CFR 164.410); None: not known."""
    review_on: date | None = None

    @property
    def kept_until(self) -> date | None:
        """Return the day until which records of it must be kept: six years after its end; None without end."""
        return None if self.valid_until is None else _years_later(self.valid_until, KEPT_YEARS)

    def in_force(self, day: date) -> bool:
        """Say whether the agreement is in force on a day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def names(self, tool_id: str) -> bool:
        """Say whether the agreement covers a tool, in some tier at least."""
        return not self.tool_ids or tool_id in self.tool_ids


def add_agreement(
    conn: Connection,
    vendor_id: str,
    *,
    document: str,
    valid_from: date,
    valid_until: date | None = None,
    tool_ids: Sequence[str] = (),
    tiers: Sequence[str] = (),
    note: str | None = None,
    document_sha256: str | None = None,
    clauses: Clauses = SILENT,
    by: str,
    now: datetime,
) -> int:
    """Enter a signed agreement and return its id. Raises ValueError if it ends before it begins."""
    if valid_until is not None and valid_until < valid_from:
        raise ValueError(f"the agreement ends on {valid_until}, before it begins on {valid_from}")
    result = conn.execute(
        insert(agreement).values(
            vendor_id=vendor_id,
            tool_ids=sorted(tool_ids),
            tiers=sorted(tiers),
            valid_from=valid_from,
            valid_until=valid_until,
            document=document,
            note=note,
            added_by=by,
            added_at=now,
            document_sha256=document_sha256,
            **asdict(clauses),
        )
    )
    return int((result.inserted_primary_key or (0,))[0])


def end_agreement(conn: Connection, agreement_id: int, last_day: date) -> None:
    """Set the last day of an agreement; it stays on record (six years, 45 CFR 164.316(b)(2)(i))."""
    changed = conn.execute(
        update(agreement).where(agreement.c.id == agreement_id).values(valid_until=last_day)
    )
    if changed.rowcount != 1:
        raise NotRecorded(f"there is no agreement {agreement_id}; see the list of agreements.")


def agreement_of(conn: Connection, agreement_id: int) -> Agreement:
    """Return one agreement. Raises NotRecorded."""
    row = conn.execute(select(agreement).where(agreement.c.id == agreement_id)).one_or_none()
    if row is None:
        raise NotRecorded(f"there is no agreement {agreement_id}; see the list of agreements.")
    return _agreement(row)


def agreements(conn: Connection, vendor_id: str | None = None) -> list[Agreement]:
    """Return agreements, of one vendor or all, in force or not."""
    query = select(agreement).order_by(agreement.c.vendor_id, agreement.c.valid_from, agreement.c.id)
    if vendor_id is not None:
        query = query.where(agreement.c.vendor_id == vendor_id)
    return [_agreement(row) for row in conn.execute(query)]


def any_agreement(conn: Connection) -> bool:
    """Say whether the register holds anything; an empty one tells nothing about what was signed."""
    return conn.execute(select(func.count()).select_from(agreement)).scalar_one() > 0


def _agreement(row: Row[Any]) -> Agreement:
    return Agreement(**{**row._mapping, "tool_ids": tuple(row.tool_ids), "tiers": tuple(row.tiers)})


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        # 29 February has no anniversary in most years, and no day is after the last year a date can hold.
        return date.max if day.year + years > date.max.year else date(day.year + years, 3, 1)
