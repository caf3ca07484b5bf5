"""Keep assessments with what they were made of, so that the past can be read again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from governance.assessment import Assessment, Side
from governance.exposure import ExposureInputs
from governance.scenario import scenario_document
from storage.assessments import StoredAssessment, StoredPart, keep_if_changed, latest_assessments
from storage.evidence import evidence_references

if TYPE_CHECKING:
    from governance.ranking import RankedTool


def keep_assessments(
    conn: Connection,
    judged: Iterable[RankedTool],
    weights_version: str,
    catalogue_version: str,
    now: datetime,
) -> int:
    """Keep the assessments that say something new; return how many."""
    before = latest_assessments(conn)
    evidence = evidence_references(conn)
    return sum(
        keep_if_changed(
            conn,
            _stored(
                one.tool_id,
                one.finding_kind,
                one.assessment,
                one.inputs,
                evidence.get(one.tool_id, {}),
                (weights_version, catalogue_version),
                now,
            ),
            before.get(one.tool_id),
        )
        for one in judged
    )


def _stored(
    tool_id: str,
    kind: str,
    given: Assessment,
    inputs: ExposureInputs,
    evidence: dict[str, Any],
    versions: tuple[str, str],
    now: datetime,
) -> StoredAssessment:
    return StoredAssessment(
        tool_id=tool_id,
        finding_kind=kind,
        score=given.score,
        low=given.low,
        high=given.high,
        band=given.band,
        weights_version=versions[0],
        catalogue_version=versions[1],
        assessed_at=now,
        parts=tuple(
            StoredPart(p.factor, p.points, p.low, p.high, p.known, p.reason, p.citation) for p in given.parts
        ),
        exposure=_numbers(given.exposure),
        posture=_numbers(given.posture),
        inputs=scenario_document(inputs),
        evidence=evidence,
    )


def _numbers(side: Side) -> tuple[int, int, int]:
    return side.score, side.low, side.high
