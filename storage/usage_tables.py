"""Describe the tables of when a tool or the record was used, minute by minute, and by whose account."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table

from storage.columns import Json, Name, RowId
from storage.tables import metadata

use_hour = Table(
    "use_hour",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("batch_id", RowId, ForeignKey("batch.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("tool_id", Name, nullable=False),
    Column("principal", Name, nullable=False),  # pseudonym
    Column("principal_kind", Name, nullable=False),
    Column("source", Name, nullable=False),
    Column("hour", Integer, nullable=False),  # hours since 1970
    Column("minutes", Json, nullable=False),  # [[minute, events, bytes up or null, bytes down or null], ...]
    Index("ix_use_hour_tool_id_hour", "tool_id", "hour"),
)

account_use = Table(
    "account_use",
    metadata,
    Column("batch_id", RowId, ForeignKey("batch.id", ondelete="CASCADE"), primary_key=True),
    Column("tool_id", Name, primary_key=True),
    Column("account", Name, primary_key=True),  # personal | organisation
    Column("events", BigInteger, nullable=False),
)

record_hour = Table(
    "record_hour",
    metadata,
    Column("batch_id", RowId, ForeignKey("batch.id", ondelete="CASCADE"), primary_key=True),
    Column("principal", Name, primary_key=True),  # pseudonym
    Column("principal_kind", Name, nullable=False),
    Column("hour", Integer, primary_key=True),  # hours since 1970
    Column("minutes", BigInteger, nullable=False),  # bit n: the record (EHR) was used in minute n
)
