"""Lead a figure back to the rows it was counted from: run the count again and name the rows and the query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, Table, distinct, func, or_, select

from storage.department_use import likely_people
from storage.joining import Joined, joined_sightings
from storage.tables import metadata, sighting

Plain = str | int | date | datetime | None
_NAMED_AT_MOST = 200
"""Keys of rows that are no numbers are named up to so many."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One column that must hold one of some values; None stands for an empty one."""

    column: str
    values: tuple[Plain, ...]
    otherwise: bool = False
    """True if the column must hold none of them."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one table, and what is taken from them."""

    table: str
    conditions: tuple[Condition, ...] = ()
    measure: str = "rows"
    """rows, people, or sum, least, greatest or distinct followed by a column: "sum count"."""


@dataclass(frozen=True, slots=True)
class Traced:
    """What the rows behind a figure say."""

    table: str
    measure: str
    query: str
    """SQL that gives the result again."""
    result: Plain = None
    rows: int | None = None
    """None if it is not told."""
    keys: str = ""
    """Primary keys of the rows, numbers as ranges: "1-40, 44"."""


def people_of(conn: Connection, tools: Sequence[str], surfaces: Sequence[str]) -> int | None:
    """Return how many people logs vouch for on some surfaces of some tools, each counted once; None if none."""
    read, given = joined_sightings(conn), sighting.c
    where = [given.tool_id.in_(tools), given.surface.in_(surfaces)]
    query = _people_query(read, read.rows, where)
    return likely_people({kind: int(people) for kind, people in conn.execute(query)}) or None


def people_by_department(
    conn: Connection, tools: Sequence[str], surfaces: Sequence[str]
) -> dict[str | None, int]:
    """Return department -> people on some surfaces of some tools; None stands for a department nobody knows."""
    read, given = joined_sightings(conn), sighting.c
    query = (
        select(read.department.label("department"), read.kind, func.count(distinct(read.principal)))
        .select_from(read.rows)
        .where(given.tool_id.in_(tools), given.surface.in_(surfaces), read.principal != "")
        .group_by(read.department, read.kind)
    )
    kinds: dict[str | None, dict[str, int]] = {}
    for department, kind, people in conn.execute(query):
        kinds.setdefault(department, {})[kind] = int(people)
    return {department: likely_people(found) for department, found in kinds.items()}


def trace_rows(conn: Connection, rows: Rows) -> Traced:
    """Take the measure of some rows again."""
    table = metadata.tables[rows.table]
    key = next(iter(table.primary_key.columns))
    if rows.measure == "people":
        read = joined_sightings(conn)
        # The directory's department goes before the one a log names, as everywhere.
        names = {
            one.column: read.department if one.column == "department" else None for one in rows.conditions
        }
        where = [_condition(names[one.column], table, one) for one in rows.conditions]
        source: FromClause = read.rows
        query = _people_query(read, source, where)
        by_kind = {kind: int(people) for kind, people in conn.execute(query)}
        result: Any = likely_people(by_kind) or None
    else:
        source = table
        where = [_condition(None, table, one) for one in rows.conditions]
        query = select(_measure(table, rows.measure)).select_from(source).where(*where)
        result = conn.execute(query).scalar_one()
    found = list(conn.execute(select(key).select_from(source).where(*where).order_by(key)).scalars())
    text = " ".join(str(query.compile(conn, compile_kwargs={"literal_binds": True})).split())
    return Traced(rows.table, rows.measure, text, _plain(result), len(found), _keys(found))


def _people_query(read: Joined, rows: FromClause, where: Sequence[ColumnElement[bool]]) -> Select[Any]:
    kind: ColumnElement[Any] = read.kind
    return (
        select(kind, func.count(distinct(read.principal)))
        .select_from(rows)
        .where(*where, read.principal != "")
        .group_by(kind)
    )


def _measure(table: Table, measure: str) -> ColumnElement[Any]:
    if measure == "rows":
        return func.count()
    how, _, column = measure.partition(" ")
    given = table.c[column]
    if how == "distinct":
        return func.count(distinct(given))
    if how == "sum":
        return func.sum(given)
    return func.min(given) if how == "least" else func.max(given)


def _condition(joined: ColumnElement[Any] | None, table: Table, one: Condition) -> ColumnElement[bool]:
    column = table.c[one.column] if joined is None else joined
    named = [value for value in one.values if value is not None]
    if one.otherwise:
        return column.not_in(named) if None in one.values else or_(column.not_in(named), column.is_(None))
    if None not in one.values:
        return column.in_(named)
    return or_(column.in_(named), column.is_(None)) if named else column.is_(None)


def _plain(value: Any) -> Plain:
    # PostgreSQL adds up bigint as numeric, which arrives as Decimal.
    return value if value is None or isinstance(value, str | date) else int(value)


def _keys(found: Sequence[Any]) -> str:
    if not found:
        return ""
    if not all(isinstance(one, int) for one in found):
        more = f" and {len(found) - _NAMED_AT_MOST} more" if len(found) > _NAMED_AT_MOST else ""
        return ", ".join(map(str, found[:_NAMED_AT_MOST])) + more
    starts = [found[0], *(later for earlier, later in pairwise(found) if later > earlier + 1)]
    ends = [*(earlier for earlier, later in pairwise(found) if later > earlier + 1), found[-1]]
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in zip(starts, ends, strict=True))
