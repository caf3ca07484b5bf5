"""Keep the organisation's own business associate agreements (45 CFR 164.502(e), 164.504(e))."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, insert, select, update

from storage.errors import NotRecorded
from storage.tables import agreement


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


def agreements(conn: Connection, vendor_id: str | None = None) -> list[Agreement]:
    """Return agreements, of one vendor or all, in force or not."""
    query = select(agreement).order_by(agreement.c.vendor_id, agreement.c.valid_from, agreement.c.id)
    if vendor_id is not None:
        query = query.where(agreement.c.vendor_id == vendor_id)
    return [
        Agreement(**{**row._mapping, "tool_ids": tuple(row.tool_ids), "tiers": tuple(row.tiers)})
        for row in conn.execute(query)
    ]


def any_agreement(conn: Connection) -> bool:
    """Say whether the register holds anything; an empty one tells nothing about what was signed."""
    return conn.execute(select(func.count()).select_from(agreement)).scalar_one() > 0
