"""The pages of governance show what is prepared, take what people state, and refuse other sites and nonsense."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hospital import CATALOGUE, NOW, fill

from api.http.app import create_app
from governance.weights import load_weights
from storage import audit
from storage.database import Database, open_database
from storage.incidents import incidents

PAGES = ("/governance", "/gaps", "/gaps?state=unknown", "/policy", "/kpis", "/incidents", "/reviews")
DOCUMENTS = (
    "/api/v1/gaps",
    "/api/v1/kpis",
    "/api/v1/policy",
    "/api/v1/policy/versions",
    "/api/v1/incidents",
    "/api/v1/reviews",
)


WEIGHTS = load_weights()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the file of a hospital's database, to be copied."""
    path = tmp_path_factory.mktemp("filled") / "skiagram.db"
    opened = open_database(f"sqlite:///{path}")
    opened.upgrade()
    fill(opened, WEIGHTS)
    opened.close()
    return path


@pytest.fixture
def database(tmp_path: Path, filled: Path) -> Iterator[Database]:
    """Give a hospital's database that a test may change."""
    shutil.copytree(filled.parent, tmp_path / "copy")
    opened = open_database(f"sqlite:///{tmp_path / 'copy' / filled.name}")
    yield opened
    opened.close()


@pytest.fixture
def client(database: Database) -> TestClient:
    """Give a client of a service that a test may change."""
    app: FastAPI = create_app(database=database, catalogue=CATALOGUE, weights=WEIGHTS, clock=lambda: NOW)
    return TestClient(app, base_url="http://localhost", raise_server_exceptions=False, follow_redirects=False)


@pytest.mark.parametrize("kind", ["empty", "hospital", "attacked"])
def test_pages_and_documents_answer(request: pytest.FixtureRequest, kind: str) -> None:
    service: TestClient = request.getfixturevalue(kind)
    for page in PAGES:
        answer = service.get(page)
        assert answer.status_code == 200, page
        assert answer.text.count("<h1") == 1
        assert "<script" not in answer.text
        assert " style=" not in answer.text
        assert not re.search(r"<(img|iframe|svg on|base|meta http)", answer.text)
    for document in DOCUMENTS:
        assert service.get(document).status_code == 200, document


def test_gaps_say_since_when_how_much_and_what_closes_them(hospital: TestClient) -> None:
    found = hospital.get("/api/v1/gaps", params={"state": "gap"}).json()
    assert found["total"] == len(found["items"]) > 0
    assert {one["state"] for one in found["items"]} == {"gap"}
    approved = next(one for one in found["items"] if one["rule"]["id"] == "policy_approved_only")
    assert approved["since"]
    assert approved["events"] > 0
    assert approved["tools"]
    assert approved["closes"]
    assert hospital.get("/api/v1/gaps?state=fine").status_code == 422


def test_an_incident_is_led_through_the_pages(client: TestClient, database: Database) -> None:
    assert 'value="scribe-one"' in client.get("/incidents?subject=scribe-one").text
    answer = client.post("/incidents/open", data={"subject": "scribe-one", "title": "", "by": "jo"})
    assert answer.status_code == 303
    address = answer.headers["location"].partition("?")[0]
    assert "First read by us" in client.get(address).text
    steps = (
        ("assess", {"found-nature": "<b>Names</b>", "concern-nature": "high", "by": "jo"}),
        ("assess", {"individuals": "600", "residents": "MA=501; NH=3", "by": "jo"}),
        ("decide", {"decision": "breach", "reason": "Names went out.", "by": "C. Ruiz"}),
        *(
            ("notices", {"kind": kind, "sent_on": "2026-11-21", "note": "", "by": "jo"})
            for kind in ("individuals", "hhs", "media")
        ),
        ("close", {"closing": "Deleted.", "by": "jo"}),
    )
    for step, fields in steps:
        assert client.post(f"{address}/{step}", data=fields).status_code == 303, (step, fields)
    page = client.get(address).text
    assert "&lt;b&gt;Names&lt;/b&gt;" in page
    assert "<p>By jo on 2026-11-22</p>" in page
    assert "Deleted." in page
    for fields, status in (
        ({"reason": "", "by": "jo"}, 422),
        ({"reason": "A copy was found.", "by": "jo"}, 303),
    ):
        assert client.post(f"{address}/reopen", data=fields).status_code == status
    assert client.post(f"{address}/reopen", data={"reason": "Again.", "by": "jo"}).status_code == 422
    made = client.get(f"/api/v1{address}/history").json()
    assert [one["action"].partition(".")[2] for one in made][-2:] == ["closed", "reopened"]
    assert made[-1]["detail"]["closing"] == "Deleted."
    page = client.get(address).text
    assert "A copy was found.; closed by jo: Deleted." in page
    assert "Keep the decision" in page
    with database.read() as conn:
        (one,) = incidents(conn)
        assert audit.verify(conn).intact
    assert (one.individuals, one.residents, one.decision) == (600, {"MA": 501, "NH": 3}, "breach")


def test_a_wrong_form_is_explained_and_keeps_what_was_typed(client: TestClient) -> None:
    client.post("/api/v1/incidents", json={"subject": "scribe-one", "by": "jo"})
    wrong = client.post(
        "/incidents/1/assess",
        data={"found-nature": "Kept words", "concern-nature": "low", "individuals": "many", "by": "jo"},
    )
    assert wrong.status_code == 422
    assert "individuals" in wrong.text
    assert "Kept words" in wrong.text
    unknown = client.post("/incidents/open", data={"subject": "no-tool", "by": "jo"})
    assert unknown.status_code == 422
    assert client.post("/reviews/done", data={"review": "watch", "note": "", "by": "jo"}).status_code == 422
    assert client.get("/incidents/7").status_code == 404


def test_other_sites_change_nothing(client: TestClient, database: Database) -> None:
    asked = (
        ("/incidents/open", {"subject": "scribe-one", "by": "jo"}),
        ("/reviews/done", {"review": "watch", "note": "x", "by": "jo"}),
        ("/api/v1/incidents", {"subject": "scribe-one", "by": "jo"}),
        ("/api/v1/reviews/done", {"review": "watch", "note": "x", "by": "jo"}),
    )
    for address, fields in asked:
        for header in (
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"origin": "http://evil.example"},
        ):
            sent = {"json": fields} if address.startswith("/api") else {"data": fields}
            answer = client.post(address, headers=header, **sent)  # type: ignore[arg-type]
            assert answer.status_code == 403, (address, header)
    with database.read() as conn:
        assert incidents(conn) == []
        assert not [row for row in audit.rows(conn) if row.action.startswith(("incident.", "review."))]


def test_the_interface_leads_incidents_and_marks_reviews(client: TestClient) -> None:
    opened = client.post("/api/v1/incidents", json={"subject": "scribe-one", "by": "jo"}).json()
    assert opened["state"] == "open"
    assert opened["clock"]["basis"] in ("read", "seen")
    refused = client.post("/api/v1/incidents/1/close", json={"closing": "x", "by": "jo"})
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert "not decided yet" in refused.text
    done = client.post("/api/v1/reviews/done", json={"review": "watch", "note": "Seen.", "by": "jo"})
    assert done.json()["period_end"]
    watch = next(one for one in client.get("/api/v1/reviews").json()["items"] if one["rule"]["id"] == "watch")
    assert watch["state"] == "done"
