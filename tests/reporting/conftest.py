"""Lend the tests of the report a hospital, one whose logs attack, and nothing at all, on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from api.reporting.making import make_report
from governance.report.figures import Report
from governance.weights import Weights, load_weights
from signatures.catalogue import Catalogue
from storage.database import Database, open_database
from tests.http.hospital import CATALOGUE, NOW, attacked_catalogue, fill, fill_attacked
from tests.storage.throwaway_databases import (  # noqa: F401
    database,
    engine_name,
    postgresql_server,
    postgresql_shared,
    sqlite_template,
)

Filler = Callable[[Database, Weights], None]


def made(database: Database, catalogue: Catalogue = CATALOGUE, threshold: int = 5) -> Report:  # noqa: F811
    """Return the report of a database."""
    with database.read() as conn:
        return make_report(
            conn, catalogue, load_weights(), NOW, None, threshold=threshold, organisation="Lakeside"
        )


def _filled(folder: Path, filler: Filler) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{folder / 'skiagram.db'}")
    try:
        opened.upgrade()
        filler(opened, load_weights())
        yield opened
    finally:
        opened.close()


@pytest.fixture(scope="session")
def hospital_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Give a database after one scan of three sources."""
    yield from _filled(tmp_path_factory.mktemp("hospital"), fill)


@pytest.fixture(scope="session")
def hospital_report(hospital_database: Database) -> Report:
    """Give its report."""
    return made(hospital_database)


@pytest.fixture(scope="session")
def attacked_report(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Report]:
    """Give the report of a database in which every text is a payload."""
    for opened in _filled(tmp_path_factory.mktemp("attacked"), fill_attacked):
        yield made(opened, attacked_catalogue(), 1)


@pytest.fixture(scope="session")
def empty_report(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Report]:
    """Give the report before the first scan."""
    for opened in _filled(tmp_path_factory.mktemp("empty"), lambda *_: None):
        yield made(opened)
