"""Lend databases and a hospital to the tests of the unattended path."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.nightly.hospital_at_night import Hospital
from tests.storage.throwaway_databases import postgresql_server  # noqa: F401


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
