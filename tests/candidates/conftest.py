"""Lend databases of both engines to the tests of candidates."""

from __future__ import annotations

from tests.storage.throwaway_databases import (  # noqa: F401
    database,
    database_url,
    engine_name,
    postgresql_server,
    postgresql_shared,
    sqlite_template,
)
