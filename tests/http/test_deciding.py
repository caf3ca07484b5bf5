"""Agreements, the committee and evaluations as pages and documents; forms of other sites are refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.http.app import create_app
from governance.agreements import Entry, enter
from governance.alternatives import set_alternative
from governance.approval import Proposal
from governance.checklist import load_checklist
from governance.committee import propose
from governance.decisions import decide
from governance.evaluation import Given, take_answers
from governance.readiness import set_readiness
from governance.weights import load_weights
from storage.agreements import Clauses
from storage.committee import votes
from storage.database import Database, open_database
from storage.decisions import Conditions
from storage.inventory import inventory_entry
from tests.http.hospital import CATALOGUE, NOW, TODAY, fill

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


@pytest.fixture
def case(database: Database) -> int:
    """Put a proposal before the committee."""
    with database.write() as conn:
        proposal = Proposal(
            "note-wing", "approved_with_conditions", EVIL, Conditions(("group",), (), ("none",))
        )
        return propose(conn, proposal, CATALOGUE, "Dr. Lee", NOW)


def vote(client: TestClient, number: object, member: str = "Ana", **more: str) -> Any:
    form = {"case": str(number), "member": member, "vote": "yes", "reason": "covered", **more}
    return client.post("/committee/vote", data=form)


def test_votes_on_the_page_become_a_decision(client: TestClient, database: Database, case: int) -> None:
    page = client.get("/committee").text
    assert "Note Wing" in page
    assert "3 votes missing to the quorum" in page
    assert "<script>alert" not in page
    for member in ("Ana", "Ruiz", "Okafor"):
        answer = vote(client, case, member)
        assert (answer.status_code, answer.headers["location"][:16]) == (303, "/committee?done=")
    assert "Close: carried" in client.get("/committee").text
    listed = client.get("/api/v1/committee").json()["items"]
    assert [(one["number"], len(one["votes"]), one["missing"]) for one in listed] == [(case, 3, 0)]
    closed = client.post("/committee/close", data={"case": str(case), "by": "Chair"})
    assert closed.status_code == 303
    with database.read() as conn:
        assert inventory_entry(conn, "note-wing").status == "approved_with_conditions"
    assert client.get("/api/v1/committee").json()["items"] == []
    assert client.get("/api/v1/committee?closed=true").json()["items"][0]["outcome"] == "carried"
    conditions = client.get("/api/v1/tools/note-wing/conditions").json()
    assert {one["condition"]: one["state"] for one in conditions["items"]}["data_classes"] == "cannot_tell"
    tool = client.get("/tools/note-wing").text
    assert "Use against the conditions of the approval" in tool
    assert "cannot be told" in tool


def test_a_decision_is_proposed_on_the_page(client: TestClient) -> None:
    assert '<option value="note-wing" selected>' in client.get("/committee?tool=note-wing").text
    form = {"tool": "note-wing", "status": "prohibited", "reason": "No agreement.", "by": "Dr. Lee"}
    for wrong in ({"status": "fine"}, {"tool": "no-tool"}, {"by": ""}, {"reason": ""}):
        assert client.post("/committee/propose", data={**form, **wrong}).status_code == 422, wrong
    for header in ({"sec-fetch-site": "cross-site"}, {"origin": "http://evil.example"}):
        assert client.post("/committee/propose", data=form, headers=header).status_code == 403
    assert client.get("/api/v1/committee").json()["items"] == []
    assert client.post("/committee/propose", data=form).status_code == 303
    (waiting,) = client.get("/api/v1/committee").json()["items"]
    assert (waiting["tool_id"], waiting["status"], waiting["requested_by"]) == (
        "note-wing",
        "prohibited",
        "Dr. Lee",
    )


def test_a_vote_that_cannot_be_taken_says_why_and_keeps_what_was_typed(client: TestClient, case: int) -> None:
    answer = vote(client, case, member=" Kim ", vote="perhaps")
    assert answer.status_code == 422
    assert "is no vote" in answer.text
    assert 'value="Kim"' in answer.text
    early = client.post("/committee/close", data={"case": str(case), "by": "Chair"})
    assert "missing to the quorum" in early.text
    assert vote(client, case + 1).status_code == 404
    assert vote(client, "x").status_code == 400
    assert vote(client, "9" * 30).status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"content-type": "text/plain"}, 415),
        ({"sec-fetch-site": "same-origin"}, 303),
    ],
)
def test_only_our_own_page_may_send_votes(
    client: TestClient, database: Database, case: int, headers: dict[str, str], status: int
) -> None:
    form = f"case={case}&member=Ana&vote=yes&reason=x"
    kind = {"content-type": "application/x-www-form-urlencoded"}
    answer = client.post("/committee/vote", content=form, headers={**kind, **headers})
    assert answer.status_code == status
    with database.read() as conn:
        assert len(votes(conn, case)) == (status == 303)


def test_readiness_and_evaluation_are_documents(client: TestClient, database: Database) -> None:
    with database.write() as conn:
        set_readiness(conn, "Cardiology", "training", True, TODAY, "Head", "jo", NOW)
        given = [Given("row 2", "regulatory.device_decided", "yes", EVIL)]
        take_answers(conn, load_checklist(), "chat-mate", given, CATALOGUE, "jo", NOW)
    (department,) = client.get("/api/v1/readiness").json()["items"]
    assert (department["department"], department["ready"]) == ("Cardiology", False)
    found = client.get("/api/v1/tools/chat-mate/evaluation").json()
    assert (found["score"] > 0, found["unanswered"] < 100, len(found["groups"])) == (True, True, 9)
    page = client.get("/tools/chat-mate").text
    assert "Evaluation of the vendor" in page
    assert "<script>alert" not in page
    assert client.get("/api/v1/tools/nothing/evaluation").status_code == 404
    assert client.get("/api/v1/tools/nothing/conditions").status_code == 404


def test_a_prohibited_tool_names_what_is_approved_instead(client: TestClient, database: Database) -> None:
    with database.write() as conn:
        set_alternative(conn, "chat_assistant", "approved-dictation", CATALOGUE, "jo", NOW)
        decide(conn, "chat-mate", "prohibited", "jo", "no agreement", NOW)
    page = client.get("/tools/chat-mate").text
    assert "Approved instead" in page
    assert client.get("/api/v1/tools/chat-mate/conditions").json()["alternative"] == "approved-dictation"
    assert client.get("/api/v1/tools").json()["items"]
