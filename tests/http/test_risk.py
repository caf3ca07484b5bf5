"""What a score is made of, the estimate of loss, and the page that asks "what if?"."""

from __future__ import annotations

import re
from pathlib import Path

from fastapi.testclient import TestClient

from api.http.judging import Judging
from governance.ranking import judged_tools
from governance.weights import load_weights
from storage.agreements import add_agreement
from storage.database import open_database
from tests.http.hospital import CATALOGUE, NOW, fill


def test_a_score_comes_with_its_sides_questions_facts_and_past(hospital: TestClient) -> None:
    risk = hospital.get("/api/v1/tools/scribe-one/risk").json()
    tool = hospital.get("/api/v1/tools/scribe-one").json()
    for side in (risk["exposure"], risk["posture"]):
        assert 0 <= side["low"] <= side["score"] <= side["high"] <= 100
    unknown = [part["factor"] for part in tool["parts"] if not part["known"]]
    assert sorted(one["factor"] for one in risk["to_find_out"]) == sorted(unknown)
    assert all(one["ask"].endswith("?") or "?" in one["ask"] for one in risk["to_find_out"])
    past = risk["history"][0]
    assert sum(part["points"] for part in past["parts"]) == past["score"] == tool["tool"]["score"]["value"]
    assert past["inputs"] == risk["inputs"]
    assert past["evidence"]["sightings"] >= 1
    assert hospital.get("/api/v1/tools/none/risk").status_code == 404


def test_the_estimate_is_labelled_and_repeatable(hospital: TestClient) -> None:
    address = "/api/v1/risk/quantified?seed=3&runs=2000"
    found = hospital.get(address).json()
    assert found == hospital.get(address).json()
    assert found["estimate"] is True
    assert "not a forecast" in found["label"]
    assert found["tools"]
    assert found["organisation"]["tool_id"] is None
    assert hospital.get("/api/v1/risk/quantified?runs=99").status_code == 422


def test_the_tool_page_shows_both_sides_the_questions_and_the_estimate(hospital: TestClient) -> None:
    page = hospital.get("/tools/scribe-one").text
    for words in (
        "Exposure and posture",
        "To find out:",
        "Yearly loss, estimated",
        "not a forecast",
        "/what-if",
    ):
        assert words in page


def test_what_if_keeps_nothing_and_shows_both_sums(hospital: TestClient) -> None:
    before = hospital.get("/api/v1/tools/scribe-one").json()
    blank = hospital.get("/tools/scribe-one/what-if?baa_own=&people=")
    assert blank.status_code == 200
    assert "Both sums" not in blank.text
    page = hospital.get("/tools/scribe-one/what-if?baa_own=signed&departments=Radiology&people=40")
    assert page.status_code == 200
    assert "Both sums" in page.text
    score = before["tool"]["score"]["value"]
    assert re.search(rf'data-label="Now" class="number points">{score}<', page.text)
    assert hospital.get("/api/v1/tools/scribe-one").json() == before


def test_what_if_explains_what_it_cannot_assume(hospital: TestClient) -> None:
    page = hospital.get("/tools/scribe-one/what-if?people=<script>alert(1)</script>")
    assert page.status_code == 422
    assert "<script" not in page.text
    assert "people: a whole number" in page.text
    assert hospital.get("/tools/none/what-if").status_code == 404
    assert hospital.post("/tools/scribe-one/what-if").status_code == 405


def test_judging_is_done_again_only_when_something_changed(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    database.upgrade()
    weights = load_weights()
    fill(database, weights)
    judging = Judging(lambda: CATALOGUE, weights)
    with database.read() as conn:
        first = judging.judged(conn, NOW)
        assert first == judged_tools(conn, CATALOGUE, weights, NOW)
        assert judging.judged(conn, NOW)[0] is first[0]
    with database.write() as conn:
        add_agreement(
            conn,
            "scribe-house",
            document="BAA-9",
            valid_from=NOW.date(),
            by="jo",
            now=NOW,
            tool_ids=["scribe-one"],
        )
    with database.read() as conn:
        again = judging.judged(conn, NOW)
        assert again == judged_tools(conn, CATALOGUE, weights, NOW)
        assert again != first
    database.close()
