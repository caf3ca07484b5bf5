"""Describe the tables of pulls: how far each stream was pulled, and which of its records came already."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint

from storage.columns import Name, Prose, RowId, UtcTime
from storage.tables import metadata

pull_cursor = Table(
    "pull_cursor",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("source", Name, nullable=False),
    Column("stream", Name, nullable=False),
    Column("through", UtcTime),  # everything before is recorded, late records excepted
    Column("spooled_through", UtcTime),  # everything before is at least in a spool file
    Column("remembered_from", UtcTime),  # records from here on are known by digest
    Column("tried_at", UtcTime),
    Column("succeeded_at", UtcTime),
    Column("message", Prose),  # why the newest pull did not come to its end
    UniqueConstraint("source", "stream"),
)

pulled_record = Table(
    "pulled_record",
    metadata,
    Column("cursor_id", RowId, ForeignKey("pull_cursor.id", ondelete="CASCADE"), primary_key=True),
    Column("digest", Name, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("spool", Name),  # the spool file it waits in; NULL once it is recorded
    Index("ix_pulled_record_cursor_id_at", "cursor_id", "at"),
    Index("ix_pulled_record_spool", "spool"),
)
