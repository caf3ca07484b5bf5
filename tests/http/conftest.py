"""Lend the tests of the HTTP side three services: nothing scanned, a hospital, and one whose logs attack."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.http.app import create_app
from governance.weights import Weights, load_weights
from signatures.catalogue import Catalogue
from storage.database import Database, open_database
from tests.http.hospital import CATALOGUE, NOW, attacked_catalogue, fill, fill_attacked

Filler = Callable[[Database, Weights], None]


def _nothing(database: Database, weights: Weights) -> None:
    """Leave the database as it is after the upgrade."""


def _service(folder: Path, catalogue: Catalogue, filler: Filler) -> Iterator[FastAPI]:
    weights = load_weights()
    database = open_database(f"sqlite:///{folder / 'skiagram.db'}")
    try:
        database.upgrade()
        filler(database, weights)
        yield create_app(database=database, catalogue=catalogue, weights=weights, clock=lambda: NOW)
    finally:
        database.close()


@pytest.fixture(scope="session")
def empty_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """Give a service before its first scan."""
    yield from _service(tmp_path_factory.mktemp("empty"), CATALOGUE, _nothing)


@pytest.fixture(scope="session")
def hospital_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """Give a service after one scan of three sources."""
    yield from _service(tmp_path_factory.mktemp("hospital"), CATALOGUE, fill)


@pytest.fixture(scope="session")
def attacked_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """Give a service in whose database every text is a payload."""
    yield from _service(tmp_path_factory.mktemp("attacked"), attacked_catalogue(), fill_attacked)


def _client(app: FastAPI) -> TestClient:
    return TestClient(app, base_url="http://localhost", raise_server_exceptions=False, follow_redirects=False)


@pytest.fixture
def empty(empty_app: FastAPI) -> TestClient:
    """Give a client of the service before its first scan."""
    return _client(empty_app)


@pytest.fixture
def hospital(hospital_app: FastAPI) -> TestClient:
    """Give a client of the service after one scan."""
    return _client(hospital_app)


@pytest.fixture
def attacked(attacked_app: FastAPI) -> TestClient:
    """Give a client of the service whose logs attack."""
    return _client(attacked_app)
