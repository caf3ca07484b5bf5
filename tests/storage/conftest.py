"""Lend databases and sample records to the tests of storage, and to whoever loads this file."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path


def _load(name: str) -> None:
    # Test folders are no packages, so that no folder of tests can stand in front of a package of the product.
    if name in sys.modules:
        return
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


_load("throwaway_databases")
_load("sample_records")

from throwaway_databases import (  # noqa: E402, F401
    database,
    database_url,
    engine_name,
    postgresql_server,
    postgresql_shared,
    sqlite_template,
)
