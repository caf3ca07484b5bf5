"""Add up the contributions of all batches: what was seen of each tool, by whom, where and when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, distinct, func, literal, select

from storage.joining import Joined, joined_sightings
from storage.tables import batch, sighting

_s = sighting.c


@dataclass(frozen=True, slots=True)
class DayCount:
    """What was seen on one UTC day."""

    day: date
    count: int
    people: int
    bytes_up: int | None


@dataclass(frozen=True, slots=True)
class Sightings:
    """What was seen of one tool, added up over batches."""

    count: int
    allowed: int
    blocked: int
    action_unknown: int
    people: int
    """Distinct principals of every kind. One person may count twice if one source names the user and another
    only the address; people_by_kind tells the kinds apart."""
    people_by_kind: Mapping[str, int]
    """user, device, address, unknown -> distinct principals."""
    count_without_principal: int
    bytes_up: int | None
    """Bytes sent by clients, as far as logs say; None if no log says (unknown is not 0)."""
    bytes_down: int | None
    count_without_bytes: int
    """Events whose upload size is unknown; above 0, bytes_up is a lower bound."""
    first_seen: datetime
    last_seen: datetime
    days: tuple[DayCount, ...]
    """Days with sightings, in order; days without are left out."""
    sources: tuple[str, ...]
    departments: tuple[str, ...]
    surfaces: tuple[str, ...]
    tiers: tuple[str, ...]
    tier_unknown: bool
    """True if some sighting does not tell the tier."""
    department_unknown: bool
    """True if some sighting does not tell the department."""
    signatures: tuple[str, ...]
    """Ids of the signatures that matched."""


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """What one signature found in one source: the answer to "how do you know?"."""

    tool_id: str
    source: str
    signature: str
    surface: str
    path_class: str | None
    tier: str | None
    count: int
    allowed: int
    blocked: int
    people: int
    bytes_up: int | None
    bytes_down: int | None
    first_seen: datetime
    last_seen: datetime
    files: int
    """Distinct contents it was found in."""


@dataclass(frozen=True, slots=True)
class PrincipalRow:
    """What one pseudonym did with one tool."""

    principal: str
    principal_kind: str
    departments: tuple[str, ...]
    sources: tuple[str, ...]
    count: int
    blocked: int
    bytes_up: int | None
    first_seen: datetime
    last_seen: datetime
    via: tuple[str, ...] = ()
    """How logs that only name an address were laid to this principal: "DHCP lease"."""
    via_until: datetime | None = None
    """Until when the latest of these holds."""


def sightings_by_tool(
    conn: Connection,
    *,
    groups: Mapping[str, str] | None = None,
    tool_id: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> dict[str, dict[str, Sightings]]:
    """Return tool id -> group -> sightings; see storage.inventory.tool_rows for the arguments."""
    group = group_column(groups)
    where = _where(tool_id, since, until)
    read = joined_sightings(conn)
    kinds: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for tool, name, kind, people in conn.execute(
        select(_s.tool_id, group, read.kind, func.count(distinct(read.principal)))
        .select_from(read.rows)
        .where(_s.principal != "", *where)
        .group_by(_s.tool_id, group, read.kind)
    ):
        kinds[tool, name][kind] = people
    days: dict[tuple[str, str], list[DayCount]] = defaultdict(list)
    for tool, name, day, count, people, up in conn.execute(
        select(_s.tool_id, group, _s.day, func.sum(_s.count), _people(read), func.sum(_s.bytes_up))
        .select_from(read.rows)
        .where(*where)
        .group_by(_s.tool_id, group, _s.day)
        .order_by(_s.day)
    ):
        days[tool, name].append(DayCount(day, int(count), people, _optional(up)))
    facets = _facets(conn, read, group, where)
    result: dict[str, dict[str, Sightings]] = defaultdict(dict)
    for row in conn.execute(
        select(
            _s.tool_id,
            group.label("grouped"),
            func.sum(_s.count).label("total"),
            _counted(_s.action == "allowed").label("allowed"),
            _counted(_s.action == "blocked").label("blocked"),
            _counted(_s.principal == "").label("nobody"),
            _counted(_s.bytes_up.is_(None)).label("no_bytes"),
            func.sum(_s.bytes_up).label("up"),
            func.sum(_s.bytes_down).label("down"),
            func.min(_s.first_seen).label("first_seen"),
            func.max(_s.last_seen).label("last_seen"),
        )
        .where(*where)
        .group_by(_s.tool_id, group)
    ):
        key = (row.tool_id, row.grouped)
        seen = facets[key]
        total, allowed, blocked = int(row.total), int(row.allowed), int(row.blocked)
        result[row.tool_id][row.grouped] = Sightings(
            count=total,
            allowed=allowed,
            blocked=blocked,
            action_unknown=total - allowed - blocked,
            people=sum(kinds[key].values()),
            people_by_kind=dict(sorted(kinds[key].items())),
            count_without_principal=int(row.nobody),
            bytes_up=_optional(row.up),
            bytes_down=_optional(row.down),
            count_without_bytes=int(row.no_bytes),
            first_seen=row.first_seen,
            last_seen=row.last_seen,
            days=tuple(days[key]),
            sources=_names(seen["source"]),
            departments=_names(seen["department"]),
            surfaces=_names(seen["surface"]),
            tiers=_names(seen["tier"]),
            tier_unknown=None in seen["tier"],
            department_unknown=None in seen["department"],
            signatures=_names(seen["signature"]),
        )
    return dict(result)


def evidence_rows(conn: Connection, tool_id: str) -> list[EvidenceRow]:
    """Return what each signature found in each source, the most events first."""
    key = (_s.tool_id, _s.source, _s.signature, _s.surface, _s.path_class, _s.tier)
    read = joined_sightings(conn)
    rows = conn.execute(
        select(
            *key,
            func.sum(_s.count).label("total"),
            _counted(_s.action == "allowed").label("allowed"),
            _counted(_s.action == "blocked").label("blocked"),
            _people(read).label("people"),
            func.sum(_s.bytes_up).label("up"),
            func.sum(_s.bytes_down).label("down"),
            func.min(_s.first_seen).label("first_seen"),
            func.max(_s.last_seen).label("last_seen"),
            func.count(distinct(batch.c.content_id)).label("files"),
        )
        .select_from(read.rows.join(batch, _s.batch_id == batch.c.id))
        .where(_s.tool_id == tool_id)
        .group_by(*key)
    )
    found = [
        EvidenceRow(
            tool_id=row.tool_id,
            source=row.source,
            signature=row.signature,
            surface=row.surface,
            path_class=row.path_class,
            tier=row.tier,
            count=int(row.total),
            allowed=int(row.allowed),
            blocked=int(row.blocked),
            people=row.people,
            bytes_up=_optional(row.up),
            bytes_down=_optional(row.down),
            first_seen=row.first_seen,
            last_seen=row.last_seen,
            files=row.files,
        )
        for row in rows
    ]
    return sorted(found, key=lambda row: (-row.count, row.source, row.signature, row.path_class or ""))


def principal_rows(conn: Connection, tool_id: str) -> list[PrincipalRow]:
    """Return what each pseudonym did with a tool, the most events first; nobody's events are left out."""
    read = joined_sightings(conn)
    who = (read.principal.label("principal"), read.kind.label("principal_kind"))
    rows = conn.execute(
        select(
            *who,
            read.department.label("department"),
            _s.source,
            func.sum(_s.count).label("total"),
            _counted(_s.action == "blocked").label("blocked"),
            func.sum(_s.bytes_up).label("up"),
            func.min(_s.first_seen).label("first_seen"),
            func.max(_s.last_seen).label("last_seen"),
            read.basis.label("basis"),
            func.max(read.valid_until).label("valid_until"),
        )
        .select_from(read.rows)
        .where(_s.tool_id == tool_id, _s.principal != "")
        .group_by(read.principal, read.kind, read.department, _s.source, read.basis)
    )
    by_principal: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in rows:
        by_principal[row.principal, row.principal_kind].append(row)
    found = [
        PrincipalRow(
            principal=principal,
            principal_kind=kind,
            departments=_names({row.department for row in parts}),
            sources=_names({row.source for row in parts}),
            count=sum(int(row.total) for row in parts),
            blocked=sum(int(row.blocked) for row in parts),
            bytes_up=_sum_known(row.up for row in parts),
            first_seen=min(row.first_seen for row in parts),
            last_seen=max(row.last_seen for row in parts),
            via=_names({row.basis for row in parts}),
            via_until=max((row.valid_until for row in parts if row.valid_until), default=None),
        )
        for (principal, kind), parts in by_principal.items()
    ]
    return sorted(found, key=lambda row: (-row.count, row.principal))


def _facets(
    conn: Connection, read: Joined, group: ColumnElement[str], where: list[ColumnElement[bool]]
) -> dict[tuple[str, str], dict[str, set[str | None]]]:
    columns = {"source": _s.source, "department": read.department, "surface": _s.surface}
    columns |= {"tier": _s.tier, "signature": _s.signature}
    found: dict[tuple[str, str], dict[str, set[str | None]]] = defaultdict(lambda: defaultdict(set))
    for tool, grouped, *values in conn.execute(
        select(_s.tool_id, group, *columns.values()).select_from(read.rows).where(*where).distinct()
    ):
        for name, value in zip(columns, values, strict=True):
            found[tool, grouped][name].add(value)
    return found


def group_column(groups: Mapping[str, str] | None) -> ColumnElement[str]:
    """Return the column that names the group of a sighting's surface; see storage.inventory.tool_rows."""
    if not groups:
        return literal("")
    # Inline constants: PostgreSQL would see two parameters as two different expressions in GROUP BY.
    return case(
        *(
            (_s.surface == literal(surface, literal_execute=True), literal(name, literal_execute=True))
            for surface, name in sorted(groups.items())
        ),
        else_=literal("", literal_execute=True),
    )


def _where(tool_id: str | None, since: date | None, until: date | None) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if tool_id is not None:
        where.append(_s.tool_id == tool_id)
    if since is not None:
        where.append(_s.day >= since)
    if until is not None:
        where.append(_s.day <= until)
    return where


def _counted(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, _s.count), else_=0))


def _people(read: Joined) -> ColumnElement[int]:
    return func.count(distinct(func.nullif(read.principal, "")))


def _names(values: set[str | None]) -> tuple[str, ...]:
    return tuple(sorted(value for value in values if value is not None))


def _optional(value: Any) -> int | None:
    # PostgreSQL adds up bigint as numeric, which arrives as Decimal.
    return None if value is None else int(value)


def _sum_known(values: Any) -> int | None:
    known = [int(value) for value in values if value is not None]
    return sum(known) if known else None
