"""Remember minute by minute who used which tool and who used the patient record (EHR), batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select

from storage.assignment_tables import attribution
from storage.directory_tables import directory_alias
from storage.tables import sighting
from storage.usage_tables import account_use, record_hour, use_hour

_ROWS: Final = 2_000
"""Rows fetched at a time; one by one costs twice as much."""


class MinuteUse(NamedTuple):
    """What happened in one minute; bytes are None where no log states any."""

    events: int
    up: int | None
    down: int | None

    def plus(self, up: int | None, down: int | None, events: int = 1) -> MinuteUse:
        """Return the sum with more events."""
        return MinuteUse(self.events + events, _sum(self.up, up), _sum(self.down, down))


class HourUse(NamedTuple):
    """What one principal did with one tool in one hour, as one source tells it in one batch."""

    tool_id: str
    principal: str
    kind: str
    source: str
    hour: int
    minutes: Mapping[int, MinuteUse]


class RecordHour(NamedTuple):
    """In which minutes of an hour a principal used the record: bit n stands for minute n."""

    principal: str
    kind: str
    hour: int
    minutes: int


@dataclass(frozen=True, slots=True)
class BatchUsage:
    """What a batch shows; it is bounded by 60 minutes for every tool, principal and hour."""

    source: str
    used: Mapping[tuple[str, str, str, int], Mapping[int, MinuteUse]]
    """(tool id, pseudonym, kind, hour) -> minute -> use."""
    accounts: Mapping[tuple[str, str], int]
    """(tool id, personal or organisation) -> events that show such an account."""
    record: Mapping[tuple[str, str, int], int]
    """(pseudonym, kind, hour) -> minutes of use of the record, a bit each."""


def record_usage(conn: Connection, batch_id: int, usage: BatchUsage) -> None:
    """Store what a batch shows, in its transaction; a repetition replaces."""
    for table in (use_hour, account_use, record_hour):
        conn.execute(delete(table).where(table.c.batch_id == batch_id))
    hours = [
        {
            "batch_id": batch_id,
            "tool_id": tool_id,
            "principal": principal,
            "principal_kind": kind,
            "source": usage.source,
            "hour": hour,
            "minutes": [[minute, *use] for minute, use in sorted(minutes.items())],
        }
        for (tool_id, principal, kind, hour), minutes in usage.used.items()
    ]
    if hours:
        conn.execute(insert(use_hour), hours)
    if usage.accounts:
        conn.execute(
            insert(account_use),
            [
                {"batch_id": batch_id, "tool_id": tool_id, "account": account, "events": events}
                for (tool_id, account), events in usage.accounts.items()
            ],
        )
    slots: dict[tuple[str, int], tuple[str, int]] = {}
    for (principal, kind, hour), minutes in usage.record.items():
        before = slots.get((principal, hour), (kind, 0))[1]
        slots[principal, hour] = (kind, before | minutes)
    if slots:
        conn.execute(
            insert(record_hour),
            [
                {
                    "batch_id": batch_id,
                    "principal": principal,
                    "principal_kind": kind,
                    "hour": hour,
                    "minutes": bits,
                }
                for (principal, hour), (kind, bits) in slots.items()
            ],
        )


def last_hour(conn: Connection) -> int | None:
    """Return the last hour in which a tool was used; None if none is on record."""
    found: int | None = conn.execute(select(func.max(use_hour.c.hour))).scalar_one()
    return found


def hours_of_use(conn: Connection, since: int) -> Iterator[HourUse]:
    """Yield use from an hour on, each person under one pseudonym, ordered by tool and hour."""
    names = _Principals(conn)
    query = (
        select(
            use_hour.c.batch_id,
            use_hour.c.tool_id,
            use_hour.c.principal,
            use_hour.c.principal_kind,
            use_hour.c.source,
            use_hour.c.hour,
            use_hour.c.minutes,
        )
        .where(use_hour.c.hour >= since)
        .order_by(use_hour.c.tool_id, use_hour.c.hour)
    )
    rows = chain.from_iterable(conn.execute(query).partitions(_ROWS))
    for batch_id, tool_id, stored, stored_kind, source, hour, minutes in rows:
        principal, kind = names.of(batch_id, stored, stored_kind)
        used = {minute: MinuteUse(events, up, down) for minute, events, up, down in minutes}
        yield HourUse(tool_id, principal, kind, source, hour, used)


def hours_of_record(conn: Connection, since: int) -> Iterator[RecordHour]:
    """Yield use of the record from an hour on, each person under one pseudonym."""
    names = _Principals(conn)
    columns = record_hour.c
    query = select(
        columns.batch_id, columns.principal, columns.principal_kind, columns.hour, columns.minutes
    ).where(columns.hour >= since)
    rows = chain.from_iterable(conn.execute(query).partitions(_ROWS))
    for batch_id, stored, stored_kind, hour, minutes in rows:
        yield RecordHour(*names.of(batch_id, stored, stored_kind), hour, minutes)


def accounts_shown(conn: Connection) -> dict[str, dict[str, int]]:
    """Return tool id -> account -> events that show it."""
    found: dict[str, dict[str, int]] = {}
    query = select(account_use.c.tool_id, account_use.c.account, func.sum(account_use.c.events)).group_by(
        account_use.c.tool_id, account_use.c.account
    )
    for tool_id, account, events in conn.execute(query):
        found.setdefault(tool_id, {})[account] = int(events)
    return found


class _Principals:
    """Who a pseudonym stands for: who had the address, then the one pseudonym of a person."""

    def __init__(self, conn: Connection) -> None:
        rows = conn.execute(
            select(directory_alias.c.alias, directory_alias.c.principal, directory_alias.c.kind)
        )
        self._aliases = {alias: (principal, kind) for alias, principal, kind in rows}
        self._holders: dict[tuple[int, str], tuple[str, str] | None] = {}
        held = (
            select(
                sighting.c.batch_id,
                sighting.c.principal.label("address"),
                attribution.c.principal,
                attribution.c.principal_kind,
            )
            .outerjoin(attribution, attribution.c.sighting_id == sighting.c.id)
            .where(sighting.c.principal_kind == "address")
            .distinct()
        )
        if conn.execute(select(attribution.c.sighting_id).limit(1)).first() is None:
            return
        for batch_id, address, holder, kind in conn.execute(held):
            key = (batch_id, address)
            # An address that changed hands within a batch stays an address.
            self._holders[key] = None if key in self._holders or not holder else (holder, kind)

    def of(self, batch_id: int, principal: str, kind: str) -> tuple[str, str]:
        """Return the pseudonym and kind of the one a pseudonym of a batch stands for."""
        principal, kind = self._holders.get((batch_id, principal)) or (principal, kind)
        return self._aliases.get(principal, (principal, kind))


def _sum(one: int | None, two: int | None) -> int | None:
    return one if two is None else two if one is None else one + two
