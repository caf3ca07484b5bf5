"""Lend databases, sample records and the packaged weights to the tests of governance."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from governance.weights import Weights, load_weights


def _load(name: str, path: Path) -> None:
    if name in sys.modules:
        return
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


_storage = Path(__file__).parent.parent / "storage"
_load("throwaway_databases", _storage / "throwaway_databases.py")
_load("sample_records", _storage / "sample_records.py")
_load("sample_catalogue", Path(__file__).with_name("sample_catalogue.py"))

from throwaway_databases import (  # noqa: E402, F401
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
