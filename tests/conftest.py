"""Rules for every test: no sockets unless asked for, clear reasons for skips, repeatable random input."""

from __future__ import annotations

import gc
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

LOOPBACK = ["127.0.0.1", "::1", "localhost"]
"""The only hosts a test may connect to, and only if it is marked with one of SOCKET_MARKERS."""

SOCKET_MARKERS = ("network", "browser", "postgresql")

settings.register_profile(
    "repeatable",
    derandomize=True,  # the same examples on every run: a red build is red again on the next one
    database=None,
    deadline=None,  # shared build machines are slow now and then
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("repeatable")


def pytest_collection_finish() -> None:
    """Keep the thousands of collected tests out of every later search for garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def find_tshark() -> str | None:
    """Return the path of tshark, or None."""
    return shutil.which("tshark")


@cache
def driver_starts() -> bool:
    """Say whether Playwright's own Node.js runs here: it needs libatomic, which a bare system lacks."""
    spec = importlib.util.find_spec("playwright")
    if spec is None or spec.origin is None:
        return False
    node = Path(spec.origin).parent / "driver" / "node"
    try:
        return subprocess.run([node, "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def find_chromium() -> str | None:
    """Return the path of a Chromium that Playwright can drive, or None; SKIAGRAM_TEST_CHROMIUM overrides."""
    if not driver_starts():
        return None
    named = os.environ.get("SKIAGRAM_TEST_CHROMIUM")
    if named:
        return shutil.which(named)
    for program in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(program)
        if found:
            return found
    return None


def find_postgresql() -> str | None:
    """Return the path of PostgreSQL's initdb, newest version first, or None."""
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: [int(part) if part.isdigit() else 0 for part in path.parts[4].split(".")],
        reverse=True,
    )
    return str(installed[0]) if installed else shutil.which("initdb")


PROGRAMS: dict[str, tuple[Callable[[], str | None], str]] = {
    "tshark": (find_tshark, "tshark is not installed; enable with: apt-get install tshark"),
    "browser": (find_chromium, "Chromium is not installed; enable with: apt-get install chromium libatomic1"),
    "postgresql": (find_postgresql, "PostgreSQL is not installed; enable with: apt-get install postgresql"),
}
"""Marker -> (how to find the program it needs, what a person should read when it is missing)."""


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Skip tests whose program is missing, and open the loopback interface to those that ask for it."""
    missing = {marker: reason for marker, (find, reason) in PROGRAMS.items() if find() is None}
    for item in items:
        if any(item.get_closest_marker(marker) for marker in SOCKET_MARKERS):
            item.add_marker(pytest.mark.allow_hosts(LOOPBACK))
        for marker, reason in missing.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Give the Chromium that browser tests drive."""
    found = find_chromium()
    if found is None:
        pytest.skip(PROGRAMS["browser"][1])
    return found


@pytest.fixture(scope="session")
def postgresql_programs() -> Path:
    """Give the folder of initdb, pg_ctl and postgres; these refuse to run as root."""
    found = find_postgresql()
    if found is None:
        pytest.skip(PROGRAMS["postgresql"][1])
    return Path(found).parent


@pytest.fixture(scope="session", autouse=True)
def _cache_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Validate the catalogue once for all tests, and leave the cache of whoever runs them alone."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # which all workers share
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        yield


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a database file with the newest tables once, to copy: making the tables takes longer than most tests."""
    from storage.database import open_database

    path = tmp_path_factory.mktemp("empty") / "skiagram.db"
    made = open_database(f"sqlite:///{path}")
    made.upgrade()
    made.close()
    return path


@pytest.fixture(scope="session")
def repository() -> Path:
    """Give the top folder of the repository."""
    return Path(__file__).resolve().parent.parent
