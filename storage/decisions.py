"""Keep every decision about a tool, with its reason, for as long as the database lives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from storage.tables import decision


@dataclass(frozen=True, slots=True)
class Conditions:
    """What an approval is bound to; () everywhere means whatever there is."""

    tiers: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    data_classes: tuple[str, ...] = ()
    """Of none, de_identified, limited_set, phi: what may be entered."""
    accounts: tuple[str, ...] = ()
    """Of organisation, personal, one_plan: under whose account."""

    def __bool__(self) -> bool:
        """Say whether anything is bound at all."""
        return bool(self.tiers or self.departments or self.data_classes or self.accounts)


@dataclass(frozen=True, slots=True)
class Parties:
    """Who stands for a decision beside the one who enters it."""

    owner: str | None = None
    """Who answers for the tool from now on."""
    approver: str | None = None
    """Who approved it; only approvals have one."""
    requested_by: str | None = None


UNBOUND = Conditions()
UNNAMED = Parties()


@dataclass(frozen=True, slots=True)
class Decision:
    """Who gave a tool which status, for whom, until when and why."""

    id: int
    tool_id: str
    status: str
    previous_status: str
    by: str
    reason: str
    note: str | None
    """What an approval is bound to beside its conditions, in words that only people can check."""
    departments: tuple[str, ...]
    """Departments it is meant for; () for all."""
    until: date | None
    at: datetime
    tiers: tuple[str, ...] = ()
    data_classes: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    owner: str | None = None
    approver: str | None = None
    requested_by: str | None = None
    override: str | None = None
    """Why it holds for departments that are not ready."""
    review_on: date | None = None

    @property
    def conditions(self) -> Conditions:
        """Return what the decision is bound to, as data."""
        return Conditions(self.tiers, self.departments, self.data_classes, self.accounts)


def record_decision(
    conn: Connection,
    tool_id: str,
    status: str,
    previous_status: str,
    by: str,
    reason: str,
    at: datetime,
    *,
    note: str | None = None,
    departments: Sequence[str] = (),
    until: date | None = None,
    conditions: Conditions = UNBOUND,
    parties: Parties = UNNAMED,
    override: str | None = None,
    review_on: date | None = None,
) -> int:
    """Add a decision and return its id; governance.decisions.decide() checks it first.

    `departments` are those of the conditions, for whoever has no other condition.
    """
    result = conn.execute(
        insert(decision).values(
            tool_id=tool_id,
            status=status,
            previous_status=previous_status,
            by=by,
            reason=reason,
            note=note,
            departments=sorted({*departments, *conditions.departments}),
            until=until,
            at=at,
            tiers=sorted(conditions.tiers),
            data_classes=list(conditions.data_classes),
            accounts=sorted(conditions.accounts),
            owner=parties.owner,
            approver=parties.approver,
            requested_by=parties.requested_by,
            override=override,
            review_on=review_on,
        )
    )
    return int((result.inserted_primary_key or (0,))[0])


def latest_decisions(conn: Connection, tool_ids: Sequence[str] | None = None) -> dict[str, Decision]:
    """Return tool id -> its newest decision, of some tools or all."""
    newest = select(func.max(decision.c.id)).group_by(decision.c.tool_id)
    query = select(decision).where(decision.c.id.in_(newest))
    if tool_ids is not None:
        query = query.where(decision.c.tool_id.in_(tool_ids))
    return {row.tool_id: _decision(row) for row in conn.execute(query)}


def decisions(conn: Connection, tool_id: str | None = None, limit: int = 200) -> list[Decision]:
    """Return decisions, newest first, of one tool or all."""
    query = select(decision).order_by(decision.c.id.desc()).limit(limit)
    if tool_id is not None:
        query = query.where(decision.c.tool_id == tool_id)
    return [_decision(row) for row in conn.execute(query)]


def _decision(row: Row[Any]) -> Decision:
    lists = {name: tuple(row._mapping[name]) for name in ("departments", "tiers", "data_classes", "accounts")}
    return Decision(**{**row._mapping, **lists})
