"""Lend the tests of live capture the packets of the capture tests and a workplace of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.workplace import Workplace
from tests.small_workplace import open_once, workplace_like


@pytest.fixture(scope="session")
def opened_once(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """Give a workplace whose parts the others share."""
    return open_once(tmp_path_factory.mktemp("shared"), ("okta_",))


@pytest.fixture
def place(opened_once: Workplace, tmp_path: Path) -> Iterator[Workplace]:
    """Give a workplace with a database of its own."""
    yield from workplace_like(opened_once, tmp_path)
