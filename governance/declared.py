"""Lay what departments declare beside what logs show: declared but unseen, seen but undeclared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from governance.findings import KIND_OF_SURFACE, YARDSTICK_KINDS
from governance.small_cells import THRESHOLD, told
from signatures.catalogue import Catalogue
from storage.department_use import DepartmentUse, department_use
from storage.surveys import StoredAnswer, stored_answers, surveys

USE_SURFACES = tuple(surface for surface, kind in KIND_OF_SURFACE.items() if kind in YARDSTICK_KINDS)
"""Surfaces that say that somebody used a tool."""


@dataclass(frozen=True, slots=True)
class Declared:
    """One tool as a department declared it, newest answer."""

    tool_id: str | None
    """None if no tool of the catalogue has the name."""
    name: str
    """The catalogue's name, else what was written."""
    purpose: str | None
    people: int | str | None
    """As declared, small counts not told; None if the answer did not say."""
    patient_data: str
    account: str
    seen: str
    """here, elsewhere (in other departments only), nowhere, or unknown for a name of no tool."""


@dataclass(frozen=True, slots=True)
class Undeclared:
    """One tool that logs show in a department which did not declare it."""

    tool_id: str
    name: str
    people: int | str
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class DepartmentComparison:
    """What one department declared and what was seen of it."""

    department: str
    answered: bool
    says_none: bool
    """True if it answered that it uses no AI tool."""
    asked: bool
    declared: tuple[Declared, ...]
    undeclared: tuple[Undeclared, ...]

    @property
    def unseen(self) -> tuple[Declared, ...]:
        """Return what was declared and not seen in this department."""
        return tuple(one for one in self.declared if one.seen in ("elsewhere", "nowhere"))

    @property
    def for_review(self) -> tuple[Declared, ...]:
        """Return what was declared under a name no tool of the catalogue has."""
        return tuple(one for one in self.declared if one.tool_id is None)


def compare_declared(
    conn: Connection, catalogue: Catalogue, threshold: int = THRESHOLD
) -> list[DepartmentComparison]:
    """Return every department that was asked, answered or seen, by name; for readers who see no individuals."""
    answers: dict[str, list[StoredAnswer]] = defaultdict(list)
    seen: dict[str, list[DepartmentUse]] = defaultdict(list)
    names: dict[str, str] = {}
    for use in department_use(conn, USE_SURFACES):
        names.setdefault(use.department.casefold(), use.department)
        seen[use.department.casefold()].append(use)
    for stored in stored_answers(conn):
        names.setdefault(stored.answer.department.casefold(), stored.answer.department)
        answers[stored.answer.department.casefold()].append(stored)
    asked = set()
    for survey in surveys(conn):
        names.setdefault(survey.department.casefold(), survey.department)
        asked.add(survey.department.casefold())
    anywhere = {use.tool_id for uses in seen.values() for use in uses}
    return [
        _compare(names[key], answers[key], seen[key], anywhere, key in asked, catalogue, threshold)
        for key in sorted(names)
    ]


def _compare(
    department: str,
    answers: Sequence[StoredAnswer],
    seen: Sequence[DepartmentUse],
    anywhere: set[str],
    asked: bool,
    catalogue: Catalogue,
    threshold: int,
) -> DepartmentComparison:
    here = {use.tool_id for use in seen}
    newest = {
        one.answer.tool_id or (one.answer.tool_name or "").casefold(): one
        for one in answers
        if one.answer.tool_name is not None
    }
    declared = []
    for stored in newest.values():
        one = stored.answer
        tool = one.tool_id
        where = "here" if tool in here else "elsewhere" if tool in anywhere else "nowhere"
        declared.append(
            Declared(
                tool_id=tool,
                name=tool_name(catalogue, tool) if tool else one.tool_name or "",
                purpose=one.purpose,
                people=None if one.people is None else told(one.people, threshold),
                patient_data=one.patient_data,
                account=one.account,
                seen=where if tool else "unknown",
            )
        )
    known = {one.tool_id for one in declared}
    undeclared = [
        Undeclared(use.tool_id, tool_name(catalogue, use.tool_id), told(use.people, threshold), use.last_seen)
        for use in seen
        if use.tool_id not in known
    ]
    return DepartmentComparison(
        department=department,
        answered=bool(answers),
        says_none=any(one.answer.tool_name is None for one in answers),
        asked=asked,
        declared=tuple(sorted(declared, key=lambda one: one.name.casefold())),
        undeclared=tuple(sorted(undeclared, key=lambda one: one.name.casefold())),
    )


@dataclass(frozen=True, slots=True)
class Declaration:
    """One department's newest answer about one tool, as the tool's page shows it."""

    department: str
    people: int | None
    patient_data: str
    account: str
    purpose: str | None
    at: datetime


def declarations(conn: Connection, tool_id: str) -> list[Declaration]:
    """Return what departments declared about a tool, the newest answer of each; for the security team."""
    newest = {one.answer.department.casefold(): one for one in stored_answers(conn, tool_id)}
    return [
        Declaration(
            one.answer.department,
            one.answer.people,
            one.answer.patient_data,
            one.answer.account,
            one.answer.purpose,
            one.answered_at,
        )
        for _, one in sorted(newest.items())
    ]


def tool_name(catalogue: Catalogue, tool_id: str) -> str:
    """Return the catalogue's name of a tool."""
    tool = catalogue.tools.get(tool_id)
    return tool.name if tool else tool_id
