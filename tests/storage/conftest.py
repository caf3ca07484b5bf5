"""Lend databases and sample records to the tests of storage, and to whoever loads this file."""

from __future__ import annotations

from tests.storage.throwaway_databases import (  # noqa: F401
    database,
    database_url,
    engine_name,
    postgresql_server,
    postgresql_shared,
    sqlite_template,
)
