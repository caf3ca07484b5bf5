"""Describe the tables of the directory: who or what a name in a log stands for, and where it belongs."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Index, Table

from storage.columns import Name, RowId, UtcTime
from storage.tables import metadata

directory_entry = Table(
    "directory_entry",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("principal", Name, nullable=False),
    Column("kind", Name, nullable=False),  # user | device
    Column("department", Name),
    Column("role", Name),
    Column("clinical", Boolean),  # NULL: neither stated nor to be told by title and department
    Column("clinical_derived", Boolean, nullable=False),
    Column("manager", Name),
    Column("active_until", Date),  # last day of employment
    Column("valid_from", UtcTime, nullable=False),
    Column("valid_until", UtcTime),  # NULL: this is what holds now
    Index("ix_directory_entry_principal_valid_until", "principal", "valid_until"),
)

directory_alias = Table(
    "directory_alias",
    metadata,
    Column("alias", Name, primary_key=True),  # pseudonym of one spelling
    Column("principal", Name, nullable=False, index=True),
    Column("kind", Name, nullable=False),  # what the principal is: user | device
    Column("form", Name, nullable=False),
    Column("origin", Name, nullable=False),  # people | devices
)

directory_ambiguous = Table(
    "directory_ambiguous",
    metadata,
    Column("alias", Name, primary_key=True),  # pseudonym of a spelling that several people have
    Column("form", Name, nullable=False),
    Column("origin", Name, nullable=False),
)

directory_subnet = Table(
    "directory_subnet",
    metadata,
    Column("cidr", Name, primary_key=True),
    Column("site", Name),
    Column("department", Name),
    Column("clinical", Boolean),
    Column("kind", Name),
)
