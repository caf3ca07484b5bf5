"""Describe the tables of what DNS answered: which addresses stand for which names, and which flows that left open.

Addresses and names of the outside world are no personal data and stand here as they are.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Table

from storage.columns import Name, RowId, UtcTime
from storage.tables import metadata

address_name = Table(
    "address_name",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("batch_id", RowId, ForeignKey("batch.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("address", Name, nullable=False, index=True),
    Column("name", Name, nullable=False),  # "" is any name that is no tool's
    Column("first_answer", UtcTime, nullable=False),
    Column("last_answer", UtcTime, nullable=False),
)

flow_refusal = Table(
    "flow_refusal",
    metadata,
    Column("batch_id", RowId, ForeignKey("batch.id", ondelete="CASCADE"), primary_key=True),
    Column("reason", Name, primary_key=True),
    Column("events", BigInteger, nullable=False),
)
