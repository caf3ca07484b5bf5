"""Lend the tests of pulls a vendor's server and a workplace that reads the catalogue once."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from api.settings import Settings
from api.workplace import Workplace
from scanner.spec import read_formats
from signatures.catalogue import default_directory, load_catalogue


def _load(name: str) -> None:
    if name in sys.modules:
        return
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


_load("vendor_server")

from vendor_server import VendorServer  # noqa: E402


@pytest.fixture(scope="session")
def opened_once(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """Give a workplace whose parts the others share: one vendor, and the formats needed here."""
    folder = tmp_path_factory.mktemp("vendors")
    shutil.copy(default_directory() / "openai.toml", folder)
    place = Workplace(Settings(data_directory=tmp_path_factory.mktemp("shared")))
    place.__dict__["catalogue"] = load_catalogue([folder])
    formats = [spec for spec in read_formats([]) if spec.id.startswith(("okta_", "entra_", "google_"))]
    place.__dict__["formats"] = tuple(formats)
    _ = place.matcher, place.weights
    place.database.close()  # which was made just now, for the others to copy
    return place


@pytest.fixture
def place(opened_once: Workplace, tmp_path: Path) -> Iterator[Workplace]:
    """Give a workplace with a database of its own."""
    (tmp_path / "data").mkdir(mode=0o700)
    shutil.copy(opened_once.settings.data_directory / "skiagram.db", tmp_path / "data")
    made = Workplace(Settings(data_directory=tmp_path / "data"))
    for name in ("catalogue", "matcher", "weights", "formats"):
        made.__dict__[name] = getattr(opened_once, name)
    yield made
    made.database.close()


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
