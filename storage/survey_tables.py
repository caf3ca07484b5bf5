"""Describe the tables of the survey of department heads: links that were handed out, and answers."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Integer, Table

from storage.columns import Name, Prose, RowId, UtcTime
from storage.tables import metadata

survey = Table(
    "survey",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("token_sha256", Name, nullable=False, unique=True),
    Column("department", Name, nullable=False),
    Column("until", Date, nullable=False),  # last day on which the link takes answers
    Column("created_by", Name, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("revoked_at", UtcTime),
)

survey_answer = Table(
    "survey_answer",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("survey_id", RowId, ForeignKey("survey.id"), index=True),  # NULL: imported
    Column("department", Name, nullable=False, index=True),
    Column("tool_id", Name),  # NULL: no tool of the catalogue has the name
    Column("tool_name", Name),  # as it was written; NULL: "we use none"
    Column("purpose", Prose),
    Column("people", Integer),
    Column("patient_data", Name, nullable=False),  # yes | no | unknown
    Column("account", Name, nullable=False),  # personal | organisation | both | unknown
    Column("digest", Name, nullable=False, unique=True),  # the same answer twice is one
    Column("answered_at", UtcTime, nullable=False),
)
