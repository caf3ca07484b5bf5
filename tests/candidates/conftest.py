"""Lend databases of both engines to the tests of candidates."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

for _name in ("throwaway_databases",):
    if _name not in sys.modules:
        _path = Path(__file__).parents[1] / "storage" / f"{_name}.py"
        _spec = importlib.util.spec_from_file_location(_name, _path)
        assert _spec is not None
        assert _spec.loader is not None
        _module = importlib.util.module_from_spec(_spec)
        sys.modules[_name] = _module
        _spec.loader.exec_module(_module)

from throwaway_databases import (  # noqa: E402, F401
    database,
    database_url,
    engine_name,
    postgresql_server,
    postgresql_shared,
    sqlite_template,
)
