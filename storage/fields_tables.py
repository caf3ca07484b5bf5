"""The table that tells, per batch, how many of the events looked at carried which field."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Table

from storage.columns import Name, RowId
from storage.tables import metadata

batch_fields = Table(
    "batch_fields",
    metadata,
    Column("batch_id", RowId, ForeignKey("batch.id", ondelete="CASCADE"), primary_key=True),
    Column("looked_at", BigInteger, nullable=False),
    Column("with_user", BigInteger, nullable=False),
    Column("with_upload", BigInteger, nullable=False),
    Column("with_host", BigInteger, nullable=False),
    Column("with_path", BigInteger, nullable=False),
    Column("with_device", BigInteger, nullable=False),
    Column("columns", Integer),  # number of columns a header line named; NULL: the log has none
    Column("columns_digest", Name),
)
