"""Describe the tables of candidates: what hosts and applications no signature knows did, and what was decided.

Rows of evidence are contributions of one batch each, like sightings, and vanish with it.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Table

from storage.columns import Json, Name, Prose, RowId, UtcTime
from storage.tables import metadata

candidate_activity = Table(
    "candidate_activity",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("batch_id", RowId, ForeignKey("batch.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("site", Name, nullable=False),  # registrable domain, private server, or "app:" and a name
    Column("host", Name, nullable=False),
    Column("kind", Name, nullable=False),  # host | application | self_hosted
    Column("principal", Name, nullable=False),  # pseudonym, "" if the log names nobody
    Column("principal_kind", Name, nullable=False),
    Column("department", Name),
    Column("source", Name, nullable=False),
    Column("day", Date, nullable=False),
    Column("action", Name, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("bytes_up", BigInteger),  # NULL: the log does not say
    Column("bytes_down", BigInteger),
    Column("first_seen", UtcTime, nullable=False),
    Column("last_seen", UtcTime, nullable=False),
    Index("ix_candidate_activity_site_day", "site", "day"),
)

candidate_trait = Table(
    "candidate_trait",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("batch_id", RowId, ForeignKey("batch.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("site", Name, nullable=False, index=True),
    Column("trait", Name, nullable=False),  # a class such as "path:chat_completions", never a path
    Column("count", BigInteger, nullable=False),
)

candidate_review = Table(
    "candidate_review",
    metadata,
    Column("site", Name, primary_key=True),
    Column("status", Name, nullable=False),  # promoted | dismissed
    Column("kind", Name, nullable=False),
    Column("hosts", Json, nullable=False),
    Column("tool_id", Name),
    Column("vendor_id", Name),
    Column("classes", Json, nullable=False),  # classes of behaviour known when it was decided
    Column("by", Name, nullable=False),
    Column("reason", Prose, nullable=False),
    Column("at", UtcTime, nullable=False),
)
