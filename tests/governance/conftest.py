"""Lend databases, sample records and the packaged weights to the tests of governance."""

from __future__ import annotations

import pytest

from governance.weights import Weights, load_weights
from tests.storage.throwaway_databases import (  # noqa: F401
    database,
    engine_name,
    postgresql_server,
    postgresql_shared,
    sqlite_template,
)


@pytest.fixture(scope="session")
def weights() -> Weights:
    """Give the packaged weights."""
    return load_weights()
