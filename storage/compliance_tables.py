"""Describe the tables of gaps, policy, incidents and reviews: what was found, what people stated and decided."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Table

from storage.columns import Json, Name, Prose, RowId, UtcTime
from storage.tables import metadata

gap_state = Table(
    "gap_state",
    metadata,
    Column("day", Date, primary_key=True),
    Column("rule", Name, primary_key=True),
    Column("state", Name, nullable=False),  # met | gap | unknown | not_applicable
    Column("since", Date),
    Column("tools", Json, nullable=False),
    Column("people", BigInteger),  # NULL: no log names any
    Column("events", BigInteger, nullable=False),
    Column("bytes_up", BigInteger),  # NULL: no log says
    Column("recorded_at", UtcTime, nullable=False),
)

policy_version = Table(
    "policy_version",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("sections", Json, nullable=False),
    Column("digest", Name, nullable=False),  # SHA-256 of the sections
    Column("added", Json, nullable=False),  # lines that the version before did not have
    Column("removed", Json, nullable=False),
    Column("owner", Name, nullable=False),
    Column("contact", Name, nullable=False),
    Column("published_by", Name, nullable=False),
    Column("published_at", UtcTime, nullable=False),
)

policy_attestation = Table(
    "policy_attestation",
    metadata,
    Column("policy_id", RowId, ForeignKey("policy_version.id"), primary_key=True),
    Column("principal", Name, primary_key=True),  # pseudonym
    Column("attested_on", Date, nullable=False),
    Column("recorded_by", Name, nullable=False),
    Column("recorded_at", UtcTime, nullable=False),
)

incident = Table(
    "incident",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("title", Name, nullable=False),
    Column("tool_id", Name, index=True),
    Column("finding", Name),  # key of the finding it was opened from
    Column("principal", Name),  # pseudonym
    Column("opened_by", Name, nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("first_event", UtcTime),  # first in a log
    Column("first_read", UtcTime),  # first read by us
    Column("first_person", UtcTime, nullable=False),  # first seen by a person
    Column("first_person_by", Name, nullable=False),  # what shows that
    Column("evidence", Json, nullable=False),
    Column("discovered_on", Date),  # as a person stated; NULL: nobody has
    Column("discovered_why", Prose),
    Column("individuals", BigInteger),  # NULL: nobody knows yet
    Column("residents", Json, nullable=False),  # state -> people
    Column("factors", Json, nullable=False),
    Column("decision", Name),
    Column("decided_by", Name),
    Column("decided_at", UtcTime),
    Column("decision_reason", Prose),
    Column("closed_by", Name),
    Column("closed_at", UtcTime),
    Column("closing", Prose),
)

incident_notice = Table(
    "incident_notice",
    metadata,
    Column("incident_id", RowId, ForeignKey("incident.id"), primary_key=True),
    Column("kind", Name, primary_key=True),
    Column("sent_on", Date, nullable=False),
    Column("note", Prose),
    Column("recorded_by", Name, nullable=False),
    Column("recorded_at", UtcTime, nullable=False),
)

review_done = Table(
    "review_done",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("review", Name, nullable=False, index=True),
    Column("period_end", Date, nullable=False),
    Column("by", Name, nullable=False),
    Column("note", Prose, nullable=False),
    Column("at", UtcTime, nullable=False),
)
