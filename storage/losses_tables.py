"""Describe the table of what was lost on the way to Skiagram."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table, UniqueConstraint

from storage.columns import Name, RowId, UtcTime
from storage.tables import metadata

loss = Table(
    "loss",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("source", Name, nullable=False, index=True),
    Column("what", Name, nullable=False),  # in words people read: "packets lost while recording"
    Column("count", BigInteger),  # NULL: some, but nobody knows how many
    Column("at", UtcTime, nullable=False),
    Column("origin", Name),  # where it was counted; the same origin is never counted twice
    UniqueConstraint("source", "what", "origin"),
)
