"""Keep who said when that a department is ready for AI tools, and tell which departments there are at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, select

from storage.datamap import data_systems
from storage.deciding_tables import department_readiness
from storage.directory_tables import directory_entry, directory_subnet
from storage.reach import departments_seen
from storage.survey_tables import survey, survey_answer


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody said about one item of one department; the newest holds."""

    department: str
    item: str
    met: bool
    day: date
    """Since when, or as of when."""
    said_by: str
    recorded_by: str
    at: datetime


def add_statement(conn: Connection, one: Statement) -> None:
    """Keep a statement beside those before it."""
    conn.execute(
        insert(department_readiness).values(
            department=one.department,
            item=one.item,
            met=one.met,
            day=one.day,
            said_by=one.said_by,
            recorded_by=one.recorded_by,
            at=one.at,
        )
    )


def statements(conn: Connection) -> list[Statement]:
    """Return the newest statement about every item of every department."""
    newest: dict[tuple[str, str], Statement] = {}
    for row in conn.execute(select(department_readiness).order_by(department_readiness.c.id)):
        one = Statement(**{name: row._mapping[name] for name in Statement.__slots__})
        newest[one.department.casefold(), one.item] = one
    return list(newest.values())


def department_names(conn: Connection) -> list[str]:
    """Return the departments that directory, networks, logs, data map, survey or readiness name, one spelling each."""
    found: dict[str, str] = {}
    queries = (
        select(directory_entry.c.department).where(directory_entry.c.valid_until.is_(None)),
        select(directory_subnet.c.department),
        select(survey.c.department),
        select(survey_answer.c.department),
        select(department_readiness.c.department),
    )
    names = [name for query in queries for name in conn.execute(query.distinct()).scalars() if name]
    names += [name for system in data_systems(conn) for name in system.departments]
    for name in (*names, *departments_seen(conn)):
        found.setdefault(name.casefold(), name)
    return sorted(found.values(), key=str.casefold)
