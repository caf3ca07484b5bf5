"""Pages, forms and documents of candidates: shown as text, changed only from our own pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.http.app import create_app
from governance.candidates.review import Promotion
from governance.candidates.vendor_entry import NewTool
from governance.errors import CandidateInvalid
from governance.weights import load_weights
from signatures.catalogue import catalogue_with
from storage import audit
from storage.batches import BatchRecord, batch_at, begin_content, record_batch
from storage.candidates import CandidatePart, record_candidates
from storage.database import Database, open_database
from storage.scans import begin_scan

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOSTILE = "app:<script>alert(1)</script> AI"


def promote(name: str, tool: NewTool, by: str) -> Promotion:
    """Stand in for the catalogue's folder: what is asked is what comes back."""
    if tool.name == "taken":
        raise CandidateInvalid("there is such a file already")
    return Promotion(tool.name, tool.vendor, Path("x.toml"), 3)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    database.upgrade()
    with database.write() as conn:
        scan_id = begin_scan(conn, NOW)
        content = begin_content(conn, "a", "proxy", "a.log", "squid", NOW)
        record = BatchRecord(
            scan_id=scan_id, source="proxy", content_key=content, start=0, end=9, final=True, lines=9, events=9,
            not_events=0, unreadable={}, with_user=9, hidden_names=0, first_event=NOW, last_event=NOW, parts=(),
            consumed_digest="a", format_id="squid", label="a.log",
        )  # fmt: skip
        assert record_batch(conn, record)
        parts = [
            CandidatePart(
                site, site, kind, "p-1", "user", None, date(2026, 11, 20), "allowed", 4, None, None, NOW, NOW
            )
            for site, kind in (
                ("wardscribe.com", "host"),
                (HOSTILE, "application"),
                ("10.9.8.7:11434", "self_hosted"),
            )
        ]
        traits = {("10.9.8.7:11434", "port:model_server"): 4}
        record_candidates(conn, batch_at(conn, content, 0), "proxy", parts, traits)
    yield database
    database.close()


@pytest.fixture
def client(opened: Database) -> TestClient:
    app = create_app(
        database=opened,
        catalogue=catalogue_with("none", []),
        weights=load_weights(),
        clock=lambda: NOW,
        promote=promote,
    )
    return TestClient(app, base_url="http://localhost", raise_server_exceptions=False, follow_redirects=False)


def test_the_queue_shows_names_as_text_and_own_servers_apart(client: TestClient) -> None:
    page = client.get("/candidates")
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert page.text.index("Own servers of models") < page.text.index("wardscribe.com")
    assert client.get("/candidates/one", params={"name": HOSTILE}).status_code == 200
    assert client.get("/candidates/one", params={"name": "nothing"}).status_code == 404


def test_documents(client: TestClient) -> None:
    listed = client.get("/api/v1/candidates").json()
    assert {one["kind"] for one in listed["items"]} == {"host", "application", "self_hosted"}
    one = client.get("/api/v1/candidates/one", params={"name": "wardscribe.com"}).json()
    assert one["score"] == round(sum(reason["points"] for reason in one["reasons"]))
    assert one["review"] is None
    schema = client.get("/api/openapi.json").json()
    assert "post" in schema["paths"]["/api/v1/candidates/dismiss"]


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
    ],
)
def test_other_sites_change_nothing(client: TestClient, opened: Database, headers: dict[str, str]) -> None:
    form = {
        "candidate": "wardscribe.com",
        "by": "Ana",
        "reason": "x",
        "name": "N",
        "vendor": "V",
        "category": "dictation",
    }
    for address in ("/candidates/dismiss", "/candidates/promote"):
        assert client.post(address, data=form, headers=headers).status_code == 403
        assert client.post(f"/api/v1{address}", json=form, headers=headers).status_code == 403
    with opened.read() as conn:
        assert audit.rows(conn) == []


def test_a_form_dismisses(client: TestClient, opened: Database) -> None:
    form = {"candidate": "wardscribe.com", "by": "Ana", "reason": "our own"}
    answer = client.post(
        "/candidates/dismiss", data=form, headers={"sec-fetch-site": "same-origin", "origin": "null"}
    )
    assert answer.status_code == 303
    assert "wardscribe.com is dismissed" in client.get(answer.headers["location"]).text
    with opened.read() as conn:
        assert [row.action for row in audit.rows(conn)] == ["candidate.dismissed"]
    assert [one["name"] for one in client.get("/api/v1/candidates/dismissed").json()] == ["wardscribe.com"]
    assert len(client.get("/api/v1/candidates").json()["items"]) == 2
    assert len(client.get("/api/v1/candidates", params={"view": "all"}).json()["items"]) == 3


def test_a_form_promotes_and_says_what_is_wrong(client: TestClient) -> None:
    form = {
        "candidate": "wardscribe.com",
        "by": "Ana",
        "name": "Ward",
        "vendor": "V",
        "category": "dictation",
    }
    assert client.post("/candidates/promote", data=form).status_code == 303
    assert client.post("/api/v1/candidates/promote", json=form).json()["sightings"] == 3
    wrong = client.post("/candidates/promote", data={**form, "name": "taken"})
    assert wrong.status_code == 422
    assert "there is such a file already" in wrong.text
    assert client.post("/candidates/promote", data={**form, "category": "spaceship"}).status_code == 422
    assert (
        client.post("/api/v1/candidates/promote", json={**form, "category": "spaceship"}).status_code == 422
    )
    assert client.post("/candidates/promote", json=form).status_code == 415
    assert client.post("/candidates/promote", data={"by": "Ana"}).status_code == 400
