"""Keep answers about vendors beside the answers they replace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from storage.deciding_tables import evaluation_answer


@dataclass(frozen=True, slots=True)
class Answered:
    """What somebody answered to one question about a tool."""

    question: str
    answer: str
    """yes, partly, no, not_applicable or unknown."""
    evidence: str | None
    by: str
    at: datetime


def add_answer(conn: Connection, tool_id: str, one: Answered) -> None:
    """Keep an answer."""
    conn.execute(
        insert(evaluation_answer).values(
            tool_id=tool_id,
            question=one.question,
            answer=one.answer,
            evidence=one.evidence,
            by=one.by,
            at=one.at,
        )
    )


def latest_answers(conn: Connection, tool_id: str) -> dict[str, Answered]:
    """Return question -> its newest answer for a tool."""
    query = (
        select(evaluation_answer)
        .where(evaluation_answer.c.tool_id == tool_id)
        .order_by(evaluation_answer.c.id)
    )
    return {
        row.question: Answered(**{name: row._mapping[name] for name in Answered.__slots__})
        for row in conn.execute(query)
    }
