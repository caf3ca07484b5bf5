"""Agreements, the committee and evaluations as pages and documents; forms of other sites are refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hospital import CATALOGUE, NOW, TODAY, fill

from api.http.app import create_app
from governance.agreements import Entry, enter
from governance.weights import load_weights
from storage.agreements import Clauses
from storage.database import Database, open_database

EVIL = "<script>alert(1)</script>\u202e"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Give a hospital's database with an agreement that ends soon."""
    opened = open_database(f"sqlite:///{tmp_path / 'skiagram.db'}")
    try:
        opened.upgrade()
        fill(opened, load_weights())
        clauses = Clauses(counterparty=EVIL, owner="Legal", notice_days=10, training="forbidden")
        ends = TODAY + timedelta(days=20)
        entry = Entry(
            "scribe-house", ("scribe-one",), (), date(2025, 1, 1), ends, "DMS-9", "ab" * 32, None, clauses
        )
        with opened.write() as conn:
            enter(conn, entry, CATALOGUE, "C. Ruiz", NOW)
        yield opened
    finally:
        opened.close()


@pytest.fixture
def client(database: Database) -> TestClient:
    """Give a client of a service over that database."""
    app = create_app(database=database, catalogue=CATALOGUE, weights=load_weights(), clock=lambda: NOW)
    return TestClient(app, base_url="http://localhost", raise_server_exceptions=False, follow_redirects=False)


def test_the_register_says_what_ends_soon(client: TestClient) -> None:
    listed = client.get("/api/v1/agreements").json()
    entry = next(one for one in listed["items"] if one["document"] == "DMS-9")
    assert (entry["notice_days"], entry["training"], entry["subcontractors"]) == (10, "forbidden", "unknown")
    assert entry["due"] == f"ends on {TODAY + timedelta(days=20)}"
    page = client.get("/agreements").text
    assert "Due within 90 days" in page
    assert "within 10 days" in page
    assert "<script>alert" not in page
