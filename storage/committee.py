"""Keep the committee's cases and every vote; the newest vote of a member counts."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from storage.deciding_tables import committee_case, committee_vote
from storage.decisions import Conditions
from storage.errors import NotRecorded


@dataclass(frozen=True, slots=True)
class Case:
    """A proposal before the committee."""

    id: int
    tool_id: str
    status: str
    """The status that is proposed."""
    conditions: Conditions
    reason: str
    until: date | None
    requested_by: str
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    outcome: str | None
    """carried, rejected or withdrawn; None while it is open."""
    decision_id: int | None


@dataclass(frozen=True, slots=True)
class Vote:
    """What one member said at one moment."""

    member: str
    vote: str
    """yes, no or abstain."""
    reason: str
    at: datetime


def open_case(
    conn: Connection,
    tool_id: str,
    status: str,
    conditions: Conditions,
    reason: str,
    until: date | None,
    requested_by: str,
    now: datetime,
) -> int:
    """Put a proposal before the committee and return its number."""
    result = conn.execute(
        insert(committee_case).values(
            tool_id=tool_id,
            status=status,
            conditions=asdict(conditions),
            reason=reason,
            until=until,
            requested_by=requested_by,
            opened_at=now,
        )
    )
    return int((result.inserted_primary_key or (0,))[0])


def case_of(conn: Connection, number: int, *, to_change: bool = False) -> Case:
    """Return one case; `to_change` holds it until the transaction ends. Raises NotRecorded."""
    query = select(committee_case).where(committee_case.c.id == number)
    row = conn.execute(query.with_for_update() if to_change else query).one_or_none()
    if row is None:
        raise NotRecorded(f"There is no case {number}; see skiagram committee queue.")
    return _case(row)


def cases(conn: Connection, *, open_only: bool = True) -> list[Case]:
    """Return cases, those that wait longest first."""
    query = select(committee_case).order_by(committee_case.c.id)
    if open_only:
        query = query.where(committee_case.c.closed_at.is_(None))
    return [_case(row) for row in conn.execute(query)]


def add_vote(conn: Connection, number: int, vote: Vote) -> None:
    """Keep a vote beside the votes it replaces."""
    conn.execute(
        insert(committee_vote).values(
            case_id=number, member=vote.member, vote=vote.vote, reason=vote.reason, at=vote.at
        )
    )


def votes(conn: Connection, number: int) -> list[Vote]:
    """Return the newest vote of every member, in the order members first voted."""
    query = select(committee_vote).where(committee_vote.c.case_id == number).order_by(committee_vote.c.id)
    newest: dict[str, Vote] = {}
    for row in conn.execute(query):
        newest[row.member.casefold()] = Vote(row.member, row.vote, row.reason, row.at)
    return list(newest.values())


def close_case(
    conn: Connection, number: int, outcome: str, by: str, now: datetime, decision_id: int | None
) -> None:
    """Close a case."""
    conn.execute(
        update(committee_case)
        .where(committee_case.c.id == number)
        .values(closed_at=now, closed_by=by, outcome=outcome, decision_id=decision_id)
    )


def _case(row: Row[Any]) -> Case:
    bound = Conditions(**{name: tuple(values) for name, values in row.conditions.items()})
    return Case(**{**row._mapping, "conditions": bound})
