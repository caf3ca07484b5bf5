"""Describe the tables of who had an address when: what logs said, and what of it holds for each sighting."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Table

from storage.columns import Name, RowId, UtcTime
from storage.tables import metadata

assignment = Table(
    "assignment",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("batch_id", RowId, ForeignKey("batch.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("subject", Name, nullable=False),  # pseudonym of the address
    Column("holder", Name, nullable=False),  # pseudonym of the device or user; "" if it was given back
    Column("holder_kind", Name, nullable=False),  # user, device; "" if it was given back by anybody
    Column(
        "hardware", Name, nullable=False
    ),  # pseudonym of the holder's network card, "" if the log has none
    Column("valid_from", UtcTime, nullable=False),
    Column("valid_until", UtcTime, nullable=False),
    Column("stated", Boolean, nullable=False),  # the log said until when; otherwise a default of ours
    Column("basis", Name, nullable=False),  # in words people read: "DHCP lease", "VPN session"
    Index("ix_assignment_subject_valid_from", "subject", "valid_from"),
)

attribution = Table(
    "attribution",
    metadata,
    Column("sighting_id", RowId, ForeignKey("sighting.id", ondelete="CASCADE"), primary_key=True),
    Column("principal", Name, nullable=False),
    Column("principal_kind", Name, nullable=False),
    Column("basis", Name, nullable=False),
    Column("stated", Boolean, nullable=False),
    Column("valid_until", UtcTime, nullable=False),
)
