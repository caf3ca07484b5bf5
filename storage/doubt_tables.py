"""Describe the table of events whose time is in doubt."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Table

from storage.columns import Name, RowId
from storage.tables import metadata

batch_doubt = Table(
    "batch_doubt",
    metadata,
    Column("batch_id", RowId, ForeignKey("batch.id", ondelete="CASCADE"), primary_key=True),
    Column("reason", Name, primary_key=True),
    Column("events", BigInteger, nullable=False),
)
