"""Keep the survey of department heads: links that were handed out, as digests, and the answers they gave."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from storage.columns import canonical_json
from storage.errors import NotRecorded
from storage.survey_tables import survey, survey_answer
from storage.upserts import insert_missing


@dataclass(frozen=True, slots=True)
class Survey:
    """One link that was handed out to one department."""

    id: int
    department: str
    until: date
    """Last day on which it takes answers."""
    created_by: str
    created_at: datetime
    revoked_at: datetime | None

    def open_on(self, day: date) -> bool:
        """Say whether the link takes answers on a day."""
        return self.revoked_at is None and day <= self.until


@dataclass(frozen=True, slots=True)
class Answer:
    """What a department declared: one tool, or that it uses none."""

    department: str
    tool_id: str | None
    """None if no tool of the catalogue has the name."""
    tool_name: str | None
    """As it was written; None for "we use none"."""
    purpose: str | None
    people: int | None
    patient_data: str
    """yes, no or unknown."""
    account: str
    """personal, organisation, both or unknown."""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer with the day it came; `survey_id` is None if it was imported."""

    id: int
    survey_id: int | None
    answer: Answer
    answered_at: datetime


def token_digest(token: str) -> str:
    """Return what is kept of a token: whoever reads the database cannot answer in its place."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def add_survey(conn: Connection, digest: str, department: str, until: date, by: str, now: datetime) -> int:
    """Keep a link that is handed out and return its number."""
    result = conn.execute(
        insert(survey).values(
            token_sha256=digest, department=department, until=until, created_by=by, created_at=now
        )
    )
    return int((result.inserted_primary_key or (0,))[0])


def survey_of(conn: Connection, digest: str) -> Survey | None:
    """Return the survey whose token has a digest, open or not."""
    row = conn.execute(select(survey).where(survey.c.token_sha256 == digest)).one_or_none()
    return None if row is None else _survey(row)


def surveys(conn: Connection) -> list[Survey]:
    """Return all surveys, newest first."""
    return [_survey(row) for row in conn.execute(select(survey).order_by(survey.c.id.desc()))]


def revoke_survey(conn: Connection, number: int, now: datetime) -> Survey:
    """Let a link take no answer any more; answers stay. Raises NotRecorded."""
    row = conn.execute(select(survey).where(survey.c.id == number)).one_or_none()
    if row is None:
        raise NotRecorded(f"There is no survey {number}; see skiagram survey list.")
    if row.revoked_at is None:
        conn.execute(update(survey).where(survey.c.id == number).values(revoked_at=now))
    return _survey(row)


def add_answers(
    conn: Connection, answers: Sequence[Answer], now: datetime, survey_id: int | None = None
) -> int:
    """Keep answers; return how many are new: the same answer twice is one."""
    rows = [
        {**asdict(one), "survey_id": survey_id, "digest": _digest(one, survey_id), "answered_at": now}
        for one in answers
    ]
    return insert_missing(conn, survey_answer, rows)


def count_answers(conn: Connection, survey_id: int) -> int:
    """Return how many answers came through one link."""
    query = select(func.count()).select_from(survey_answer).where(survey_answer.c.survey_id == survey_id)
    return int(conn.execute(query).scalar_one())


def stored_answers(conn: Connection, tool_id: str | None = None) -> list[StoredAnswer]:
    """Return answers in the order they came, about one tool or all."""
    query = select(survey_answer).order_by(survey_answer.c.id)
    if tool_id is not None:
        query = query.where(survey_answer.c.tool_id == tool_id)
    return [
        StoredAnswer(
            row.id,
            row.survey_id,
            Answer(**{name: row._mapping[name] for name in Answer.__slots__}),
            row.answered_at,
        )
        for row in conn.execute(query)
    ]


def _digest(one: Answer, survey_id: int | None) -> str:
    return hashlib.sha256(canonical_json([survey_id, asdict(one)]).encode()).hexdigest()


def _survey(row: Row[Any]) -> Survey:
    return Survey(**{name: row._mapping[name] for name in Survey.__slots__})
