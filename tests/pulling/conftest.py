"""Lend the tests of pulls a vendor's server and a workplace that reads the catalogue once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from api.workplace import Workplace
from tests.pulling.vendor_server import VendorServer
from tests.small_workplace import open_once, workplace_like


@pytest.fixture(scope="session")
def opened_once(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """Give a workplace whose parts the others share."""
    return open_once(tmp_path_factory.mktemp("shared"), ("okta_", "entra_", "google_"))


@pytest.fixture
def place(opened_once: Workplace, tmp_path: Path) -> Iterator[Workplace]:
    """Give a workplace with a database of its own."""
    yield from workplace_like(opened_once, tmp_path)


@pytest.fixture
def server() -> Iterator[VendorServer]:
    """Give a running vendor."""
    made = VendorServer()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def secret(tmp_path: Path) -> Callable[[str], Path]:
    """Write a secret to a private file."""

    def write(text: str) -> Path:
        path = tmp_path / "secret"
        path.write_text(text)
        path.chmod(0o600)
        return path

    return write


@pytest.fixture(autouse=True)
def _few_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    # Each window is at least one request; four a day would take most of the time of these tests.
    monkeypatch.setattr("api.pulling.fetching.WINDOW", timedelta(days=1))


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # must not matter
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
