"""Describe the tables around decisions: evaluations, the committee's cases and votes, readiness, alternatives."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Table

from storage.columns import Json, Name, Prose, RowId, UtcTime
from storage.tables import metadata

evaluation_answer = Table(
    "evaluation_answer",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("tool_id", Name, nullable=False, index=True),
    Column("question", Name, nullable=False),
    Column("answer", Name, nullable=False),  # yes | partly | no | not_applicable | unknown
    Column("evidence", Prose),
    Column("by", Name, nullable=False),
    Column("at", UtcTime, nullable=False),
)

committee_case = Table(
    "committee_case",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("tool_id", Name, ForeignKey("tool.tool_id"), nullable=False, index=True),
    Column("status", Name, nullable=False),  # the status that is proposed
    Column("conditions", Json, nullable=False),
    Column("reason", Prose, nullable=False),
    Column("until", Date),
    Column("requested_by", Name, nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("closed_at", UtcTime),
    Column("closed_by", Name),
    Column("outcome", Name),  # carried | rejected | withdrawn
    Column("decision_id", RowId, ForeignKey("decision.id")),
)

committee_vote = Table(
    "committee_vote",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("case_id", RowId, ForeignKey("committee_case.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("member", Name, nullable=False),
    Column("vote", Name, nullable=False),  # yes | no | abstain
    Column("reason", Prose, nullable=False),
    Column("at", UtcTime, nullable=False),
)

department_readiness = Table(
    "department_readiness",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("department", Name, nullable=False),
    Column("item", Name, nullable=False),  # governance | training | review
    Column("met", Boolean, nullable=False),
    Column("day", Date, nullable=False),
    Column("said_by", Name, nullable=False),
    Column("recorded_by", Name, nullable=False),
    Column("at", UtcTime, nullable=False),
)

category_alternative = Table(
    "category_alternative",
    metadata,
    Column("category", Name, primary_key=True),
    Column("tool_id", Name, nullable=False),
    Column("by", Name, nullable=False),
    Column("at", UtcTime, nullable=False),
)
