"""Tell whether a department is ready for AI tools: governance in place, training completed, review defined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import Final

from sqlalchemy import Connection

from governance.errors import DecisionInvalid
from storage import audit
from storage.readiness import Statement, add_statement, department_names, statements

ITEMS: Final[Mapping[str, str]] = {
    "governance": "governance in place",
    "training": "training completed",
    "review": "review process defined",
}
"""Item -> what it says once it is met (Joint Commission-CHAI guidance of 2025-09-17; NIST AI RMF 1.0, GOVERN 2.2)."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """How ready one department is."""

    department: str
    items: Mapping[str, Statement | None]
    """Item -> what was said last; None if nobody said anything, which is not ready."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the items that are not met."""
        return tuple(item for item, one in self.items.items() if one is None or not one.met)

    @property
    def ready(self) -> bool:
        """Say whether nothing is missing."""
        return not self.missing


def readiness(conn: Connection) -> list[Readiness]:
    """Return every department somebody made a statement about, by name."""
    said: dict[str, dict[str, Statement]] = {}
    for one in statements(conn):
        said.setdefault(one.department, {})[one.item] = one
    return [
        Readiness(name, {item: own.get(item) for item in ITEMS})
        for name, own in sorted(said.items(), key=lambda pair: pair[0].casefold())
    ]


def readiness_of(conn: Connection, departments: Iterable[str]) -> list[Readiness]:
    """Return how ready some departments are; one nobody spoke about is not."""
    known = {one.department.casefold(): one for one in readiness(conn)}
    nothing: dict[str, Statement | None] = dict.fromkeys(ITEMS)
    return [known.get(name.casefold(), Readiness(name, nothing)) for name in departments]


def set_readiness(
    conn: Connection, department: str, item: str, met: bool, day: date, said_by: str, by: str, now: datetime
) -> str:
    """Record what somebody says about a department and return its name as it is known.

    Raises DecisionInvalid.
    """
    said_by, by = said_by.strip(), by.strip()
    if item not in ITEMS:
        raise DecisionInvalid(
            f"{item!r} is nothing a department is asked for; use one of {', '.join(ITEMS)}."
        )
    if not by or not said_by:
        raise DecisionInvalid("A statement needs the name of who makes it.")
    if day > now.date():
        raise DecisionInvalid(f"{day} is to come; record it when it is so.")
    name = department.strip()
    if department_names(conn) or not name:
        (name,) = known_departments(conn, [department])
    add_statement(conn, Statement(name, item, met, day, said_by, by, now))
    detail = {"item": item, "met": met, "day": day.isoformat(), "said_by": said_by}
    audit.append(conn, by, "department.readiness", name, detail, now)
    return name


def known_departments(conn: Connection, names: Iterable[str]) -> tuple[str, ...]:
    """Return departments in the spelling they are known by. Raises DecisionInvalid with the nearest names."""
    wanted = [" ".join(name.split()) for name in names]
    if not wanted:
        return ()
    known = {" ".join(name.split()).casefold(): name for name in department_names(conn)}
    found = {}
    for name in wanted:
        if name.casefold() not in known:
            raise DecisionInvalid(f"There is no department {name[:80]!r} here; {_near(name, known)}")
        found[name.casefold()] = known[name.casefold()]
    return tuple(sorted(found.values()))


def _near(name: str, known: Mapping[str, str]) -> str:
    if not known:
        return (
            "none is known yet: import people, subnets or systems first (skiagram directory import --help)."
        )
    near = get_close_matches(name.casefold(), known, 3)
    if near:
        return f"did you mean {' or '.join(known[one] for one in near)}?"
    shown = list(known.values())
    return f"known: {', '.join(shown[:12])}{' ...' if len(shown) > 12 else '.'}"
