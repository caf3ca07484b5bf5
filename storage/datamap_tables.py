"""Describe the table of the data map: the systems of the organisation and whether they hold patient data."""

from __future__ import annotations

from sqlalchemy import Column, Table

from storage.columns import Json, Name, UtcTime
from storage.tables import metadata

data_system = Table(
    "data_system",
    metadata,
    Column("name", Name, primary_key=True),
    Column("kind", Name, nullable=False),
    Column("holds_phi", Name, nullable=False),  # yes | no | unknown
    Column("data_classes", Json, nullable=False),
    Column("owner", Name),
    Column("departments", Json, nullable=False),
    Column("hosts", Json, nullable=False),
    Column("changed_by", Name, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
)
