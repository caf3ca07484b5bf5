"""Lend databases and a hospital to the tests of the unattended path."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import pytest


def _load(name: str, path: Path) -> None:
    if name in sys.modules:
        return
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


_load("throwaway_databases", Path(__file__).parent.parent / "storage" / "throwaway_databases.py")
_load("hospital_at_night", Path(__file__).with_name("hospital_at_night.py"))

from hospital_at_night import Hospital  # noqa: E402
from throwaway_databases import postgresql_server  # noqa: E402, F401


@pytest.fixture
def hospital(tmp_path: Path) -> Hospital:
    """Give a machine on which nothing is set up."""
    return Hospital(tmp_path)


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("SKIAGRAM_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
