"""The pages of governance show what is prepared, take what people state, and refuse other sites and nonsense."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.http.app import create_app
from governance.weights import load_weights
from storage import audit
from storage.database import Database, open_database
from storage.incidents import incidents
from storage.outbox import add_alert, alerts
from storage.policies import attestations
from storage.pseudonyms import Pseudonyms
from tests.http.hospital import CATALOGUE, NOW, fill

PAGES = (
    "/governance",
    "/gaps",
    "/gaps?state=unknown",
    "/policy",
    "/kpis",
    "/incidents",
    "/reviews",
    "/alerts",
    "/alerts?every=true&before=3",
)
DOCUMENTS = (
    "/api/v1/gaps",
    "/api/v1/kpis",
    "/api/v1/policy",
    "/api/v1/policy/versions",
    "/api/v1/incidents",
    "/api/v1/reviews",
    "/api/v1/alerts",
    "/api/v1/alerts?open_only=true&limit=1",
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
    app: FastAPI = create_app(
        database=database,
        catalogue=CATALOGUE,
        weights=WEIGHTS,
        clock=lambda: NOW,
        pseudonym=Pseudonyms.from_key(b"k" * 32).principal,
    )
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
        ("/alerts/acknowledge", {"alert-1": "yes", "by": "jo"}),
        ("/api/v1/alerts/acknowledge", {"alerts": [1], "by": "jo"}),
        ("/policy/publish", {"owner": "a", "contact": "b", "by": "jo"}),
        ("/policy/attest", {"people": "Jo Lee", "by": "jo"}),
        ("/api/v1/policy/publish", {"owner": "a", "contact": "b", "by": "jo"}),
        ("/api/v1/policy/attest", {"people": ["Jo Lee"], "by": "jo"}),
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
        assert not [
            row
            for row in audit.rows(conn)
            if row.action.startswith(("incident.", "review.", "alert.", "policy."))
        ]


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


def test_an_alert_taken_in_hand_is_the_first_time_a_person_saw(
    client: TestClient, database: Database
) -> None:
    with database.write() as conn:
        for key in ("one", "other"):
            add_alert(conn, key, "new_vendor", "scribe-one", "vendor-one", {"tool": "<b>One</b>"}, [], NOW)
        number, other = (one.id for one in alerts(conn, 2))
    page = client.get("/alerts").text
    assert "&lt;b&gt;One&lt;/b&gt;" in page
    assert f'name="alert-{number}"' in page
    for fields in ({"by": "jo"}, {f"alert-{number}": "yes", "by": " "}, {"alert-999999": "yes", "by": "jo"}):
        assert client.post("/alerts/acknowledge", data=fields).status_code == 422, fields
    taken = client.post("/alerts/acknowledge", data={f"alert-{number}": "yes", "by": "jo"})
    assert (taken.status_code, taken.headers["location"].partition("?")[0]) == (303, "/alerts")
    again = client.post("/api/v1/alerts/acknowledge", json={"alerts": [number, other, other], "by": "sam"})
    assert again.json() == {"taken": 1}
    assert client.post("/api/v1/alerts/acknowledge", json={"alerts": [10**6], "by": "sam"}).status_code == 404
    found = {one["id"]: one for one in client.get("/api/v1/alerts").json()["items"]}
    assert (found[number]["acknowledged_by"], found[other]["acknowledged_by"]) == ("jo", "sam")
    assert f'name="alert-{number}"' not in client.get("/alerts?every=true").text
    opened = client.post("/api/v1/incidents", json={"subject": "scribe-one", "by": "jo"}).json()
    assert opened["incident"]["first_person_by"].endswith(" acknowledged")
    with database.read() as conn:
        assert [row.action for row in audit.rows(conn)].count("alert.acknowledged") == 2


def test_the_policy_is_published_and_attested_on_its_page(client: TestClient, database: Database) -> None:
    assert "Who has read version" not in client.get("/policy").text
    early = client.post("/policy/attest", data={"people": "Jo Lee", "by": "jo"})
    assert (early.status_code, "No policy is published yet" in early.text) == (422, True)
    nameless = client.post("/policy/publish", data={"owner": "<b>Board</b>", "contact": "", "by": "jo"})
    assert nameless.status_code == 422
    assert "&lt;b&gt;Board&lt;/b&gt;" in nameless.text
    fields = {"owner": "AI committee", "contact": "privacy@hospital.example", "by": "jo"}
    assert client.post("/policy/publish", data=fields).status_code == 303
    assert client.post("/policy/publish", data=fields).status_code == 422, "nothing changed"
    read = {"people": "Jo Lee\r\n  \r\nSam Roe\r\nJo Lee", "on": "2026-11-22", "by": "jo"}
    assert "2+have+read+it%2C+2" in client.post("/policy/attest", data=read).headers["location"]
    more = {"people": ["Sam Roe", "Kim Poe"], "by": "jo"}
    assert client.post("/api/v1/policy/attest", json=more).json() == {"rows": 2, "new": 1}
    assert client.post("/api/v1/policy/attest", json={**more, "on": "2030-01-01"}).status_code == 422
    assert client.post("/api/v1/policy/attest", json={**more, "version": 9}).status_code == 404
    changed = client.post("/api/v1/policy/publish", json={"owner": "Board", "by": "jo"}).json()
    assert (changed["id"], changed["contact"], changed["attestations"]) == (2, "privacy@hospital.example", 0)
    with database.read() as conn:
        assert not any("Jo Lee" in str(row) for row in (*audit.rows(conn), *attestations(conn)))
        assert audit.verify(conn).intact


def test_without_the_key_no_attestation_is_taken(hospital: TestClient) -> None:
    assert hospital.post("/api/v1/policy/attest", json={"people": ["Jo"], "by": "jo"}).status_code == 405
