"""Keep the assessments of tools with every part of their score."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from storage.tables import assessment, assessment_part


@dataclass(frozen=True, slots=True)
class StoredPart:
    """One part of a score."""

    factor: str
    points: int
    low: int
    high: int
    known: bool
    reason: str
    citation: str


@dataclass(frozen=True, slots=True)
class StoredAssessment:
    """The exposure of one tool as it was judged at one time; the parts' points sum to the score."""

    tool_id: str
    finding_kind: str
    score: int
    low: int
    high: int
    band: str
    weights_version: str
    catalogue_version: str
    assessed_at: datetime
    parts: tuple[StoredPart, ...]
    exposure: tuple[int, int, int] | None = None
    """Score, low and high of what happens here alone; None for one of an older version."""
    posture: tuple[int, int, int] | None = None
    """The same of what the vendor promises."""
    inputs: Mapping[str, Any] | None = None
    """The scenario it was made of: keys of `skiagram risk score`."""
    evidence: Mapping[str, Any] | None = None
    """What it rests on: counts of batches and sightings, numbers of agreements and of the decision."""


_LATELY_ONLY = frozenset({"days_since_seen"})
"""Inputs that change by themselves every day."""


def keep_if_changed(conn: Connection, given: StoredAssessment, before: StoredAssessment | None) -> bool:
    """Add an assessment unless it says what the one before said; return whether it was added."""
    if before is not None and _said(before) == _said(given):
        return False
    save_assessment(conn, given)
    return True


def _said(one: StoredAssessment) -> tuple[object, ...]:
    inputs = {key: value for key, value in (one.inputs or {}).items() if key not in _LATELY_ONLY}
    versions = (one.weights_version, one.catalogue_version)
    return (one.finding_kind, one.parts, one.exposure, one.posture, versions, inputs, one.evidence)


def assessment_at(conn: Connection, tool_id: str, moment: datetime) -> StoredAssessment | None:
    """Return the assessment that was the newest at a moment; None if there was none yet."""
    query = (
        select(assessment)
        .where(assessment.c.tool_id == tool_id, assessment.c.assessed_at <= moment)
        .order_by(assessment.c.assessed_at.desc(), assessment.c.id.desc())
        .limit(1)
    )
    return next(iter(_with_parts(conn, query)), None)


def save_assessment(conn: Connection, given: StoredAssessment) -> int:
    """Add an assessment to the tool's history and return its id. Raises ValueError if the parts do not add
    up."""
    if sum(part.points for part in given.parts) != given.score:
        raise ValueError(f"the parts of the assessment of {given.tool_id} do not sum to {given.score}")
    values = {name: getattr(given, name) for name in StoredAssessment.__slots__ if name != "parts"}
    result = conn.execute(insert(assessment).values(**values))
    assessment_id = int((result.inserted_primary_key or (0,))[0])
    rows = [
        {"assessment_id": assessment_id, "position": position}
        | {name: getattr(part, name) for name in StoredPart.__slots__}
        for position, part in enumerate(given.parts)
    ]
    if rows:
        conn.execute(insert(assessment_part), rows)
    return assessment_id


def latest_assessments(
    conn: Connection, tool_ids: Sequence[str] | None = None
) -> dict[str, StoredAssessment]:
    """Return tool id -> its newest assessment with all parts."""
    newest = select(func.max(assessment.c.id)).group_by(assessment.c.tool_id)
    query = select(assessment).where(assessment.c.id.in_(newest))
    if tool_ids is not None:
        query = query.where(assessment.c.tool_id.in_(tool_ids))
    return {found.tool_id: found for found in _with_parts(conn, query)}


def assessment_history(conn: Connection, tool_id: str, limit: int = 100) -> list[StoredAssessment]:
    """Return the assessments of a tool, newest first."""
    query = select(assessment).where(assessment.c.tool_id == tool_id)
    return _with_parts(conn, query.order_by(assessment.c.id.desc()).limit(limit))


def _with_parts(conn: Connection, query: object) -> list[StoredAssessment]:
    rows = conn.execute(query).all()  # type: ignore[call-overload]
    parts: dict[int, list[StoredPart]] = defaultdict(list)
    part_rows = conn.execute(
        select(assessment_part)
        .where(assessment_part.c.assessment_id.in_([row.id for row in rows]))
        .order_by(assessment_part.c.assessment_id, assessment_part.c.position)
    )
    for part in part_rows:
        parts[part.assessment_id].append(
            StoredPart(**{name: getattr(part, name) for name in StoredPart.__slots__})
        )
    names = [name for name in StoredAssessment.__slots__ if name not in {"parts", "exposure", "posture"}]
    return [
        StoredAssessment(
            **{name: getattr(row, name) for name in names},
            exposure=_side(row.exposure),
            posture=_side(row.posture),
            parts=tuple(parts[row.id]),
        )
        for row in rows
    ]


def _side(stored: list[int] | None) -> tuple[int, int, int] | None:
    return None if stored is None else (stored[0], stored[1], stored[2])
