"""Findings, data map and survey as pages and documents; the form takes answers through its link only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.http.app import create_app
from api.http.rate import RateLimit
from governance.datamap import import_systems
from governance.directory import ReadAs, import_people
from governance.survey import begin_survey, end_survey
from governance.weights import load_weights
from storage.database import Database, open_database
from storage.pseudonyms import Pseudonyms
from storage.surveys import stored_answers
from tests.http.hospital import CATALOGUE, NOW, TODAY, fill

PSEUDONYMS = Pseudonyms.from_key(b"k" * 32)
EVIL = "<script>alert(1)</script>\u202e"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Give a hospital's database with a system on the data map."""
    opened = open_database(f"sqlite:///{tmp_path_factory.mktemp('organisation') / 'skiagram.db'}")
    try:
        opened.upgrade()
        weights = load_weights()
        fill(opened, weights)
        with opened.write() as conn:
            people = b"user,department,enddate\nsomebody,Radiology,2026-01-01\n"
            import_people(conn, people, ReadAs(), PSEUDONYMS, weights.clinical_words, "A. Chen", NOW)
            systems = f'system,phi,departments,owner\nRecord,yes,Radiology,"{EVIL}"\n'.encode()
            import_systems(conn, systems, "A. Chen", NOW)
        yield opened
    finally:
        opened.close()


@pytest.fixture
def client(database: Database) -> TestClient:
    """Give a client of a service of its own, so that no test uses up another's allowance."""
    app = create_app(database=database, catalogue=CATALOGUE, weights=load_weights(), clock=lambda: NOW)
    return TestClient(app, base_url="http://localhost", raise_server_exceptions=False, follow_redirects=False)


def link_of(database: Database, department: str = "Radiology") -> str:
    with database.write() as conn:
        return f"/survey/{begin_survey(conn, department, TODAY, 'A. Chen', NOW)[1]}"


def count_of(database: Database) -> int:
    with database.read() as conn:
        return len(stored_answers(conn))


@pytest.mark.parametrize("address", ["/findings", "/data-map", "/survey"])
def test_the_pages_are_there_and_inert(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert f'<a href="{address}" aria-current="page">' in answer.text
    assert "<script" not in answer.text
    assert "\u202e" not in answer.text


def test_the_documents_are_there(client: TestClient) -> None:
    system = client.get("/api/v1/datamap").json()["systems"][0]["system"]
    assert (system["name"], system["holds_phi"], system["departments"]) == ("Record", "yes", ["Radiology"])
    assert client.get("/api/v1/findings").json() == {"items": [], "total": 0}
    assert client.get("/api/v1/findings?kind=%00").status_code == 422
    assert isinstance(client.get("/api/v1/survey").json()["items"], list)


def test_an_answer_arrives_and_gives_nothing_away(client: TestClient, database: Database) -> None:
    address, before = link_of(database, "Emergency"), count_of(database)
    form = client.get(address)
    assert form.status_code == 200
    assert "Emergency" in form.text
    assert "Scribe One" in form.text
    assert 'href="/"' not in form.text
    assert "default-src 'none'" in form.headers["content-security-policy"]
    given = {
        "tool": "scribe one",
        "people": "3",
        "patient_data": "yes",
        "account": "personal",
        "purpose": EVIL,
    }
    answer = client.post(address, data=given)
    assert answer.status_code == 200
    assert "Thank you" in answer.text
    assert "Emergency" not in answer.text
    assert 'href="/"' not in answer.text
    assert count_of(database) == before + 1
    told = {one["department"]: one for one in client.get("/api/v1/survey").json()["items"]}["Emergency"]
    assert [(one["tool_id"], one["people"]) for one in told["declared"]] == [("scribe-one", "<5")]
    assert "<script" not in client.get("/survey").text


def test_none_is_an_answer(client: TestClient, database: Database) -> None:
    assert client.post(link_of(database, "Board"), data={"none": "1"}).status_code == 200
    told = {one["department"]: one for one in client.get("/api/v1/survey").json()["items"]}
    assert told["Board"]["says_none"]


def test_a_wrong_answer_comes_back_with_what_was_written(client: TestClient, database: Database) -> None:
    before = count_of(database)
    answer = client.post(link_of(database), data={"tool": "Mine & yours", "people": "a few"})
    assert answer.status_code == 422
    assert "Mine &amp; yours" in answer.text
    assert "as a number" in answer.text
    assert client.post(link_of(database), data={"tool": " "}).status_code == 422
    assert count_of(database) == before


def test_every_link_that_does_not_work_looks_the_same(client: TestClient, database: Database) -> None:
    with database.write() as conn:
        number, revoked = begin_survey(conn, "Radiology", TODAY, "A. Chen", NOW)
        end_survey(conn, number, "A. Chen", NOW)
        _, over = begin_survey(
            conn, "Radiology", TODAY - timedelta(days=0), "A. Chen", NOW - timedelta(days=1)
        )
    late = create_app(
        database=database, catalogue=CATALOGUE, weights=load_weights(), clock=lambda: NOW + timedelta(days=1)
    )
    later = TestClient(late, base_url="http://localhost")
    answers = [client.get(f"/survey/{token}") for token in (revoked, "nobody", "x" * 2000, "%F0%9F")]
    answers += [client.post(f"/survey/{revoked}", data={"tool": "x"}), later.get(f"/survey/{over}")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"sec-fetch-site": "cross-site"}, b"tool=x", 403),
        ({"origin": "https://evil.example"}, b"tool=x", 403),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, b"tool=x", 200),
        ({"origin": "http://localhost"}, b"tool=y", 200),
        ({"content-type": "application/json"}, b"{}", 415),
        ({}, b"tool=x&tool=y", 400),
        ({}, b"tool=%FF", 400),
        ({}, b"&".join(b"a%d=1" % number for number in range(50)), 400),
        ({}, b"tool=x\xff", 400),
    ],
)
def test_only_the_form_itself_is_taken(
    client: TestClient, database: Database, headers: dict[str, str], body: bytes, status: int
) -> None:
    given = {"content-type": "application/x-www-form-urlencoded", **headers}
    assert client.post(link_of(database), content=body, headers=given).status_code == status


def test_guessing_is_bounded(client: TestClient, database: Database) -> None:
    address = link_of(database)
    statuses = [client.get(f"/survey/guess-{number}").status_code for number in range(70)]
    assert statuses[:60] == [404] * 60
    assert statuses[60:] == [429] * 10
    assert client.get(address).status_code == 429


def test_an_allowance_comes_back_with_time() -> None:
    now = [0.0]
    limit = RateLimit(2, 3, 60, clock=lambda: now[0])
    assert [limit.allows("a"), limit.allows("a"), limit.allows("a")] == [True, True, False]
    assert [limit.allows("b"), limit.allows("c")] == [True, False]
    now[0] = 61
    assert limit.allows("a")


def test_no_answer_is_stored_in_readable_links(database: Database) -> None:
    address = link_of(database)
    path = database.path
    assert path is not None
    files = [Path(f"{path}{ending}") for ending in ("", "-wal")]
    stored = b"".join(file.read_bytes() for file in files if file.exists())
    assert address.rpartition("/")[2].encode() not in stored
