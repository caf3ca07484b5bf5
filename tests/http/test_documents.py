"""The JSON documents are complete, bounded and conditional, and errors are problem documents."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

DOCUMENTS = (
    "/api/v1/tools",
    "/api/v1/tools/scribe-one",
    "/api/v1/scans",
    "/api/v1/scans/1",
    "/api/v1/coverage",
    "/healthz",
    "/api/openapi.json",
)


@pytest.mark.parametrize("address", DOCUMENTS)
def test_documents_are_json(hospital: TestClient, address: str) -> None:
    answer = hospital.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert isinstance(answer.json(), dict)


def test_tools_are_ranked_and_carry_what_was_not_read(hospital: TestClient) -> None:
    answer = hospital.get("/api/v1/tools").json()
    assert answer["total"] == 6
    assert [item["rank"] for item in answer["items"] if item["rank"]] == [1, 2, 3, 4, 5]
    assert "1 file of 4 could not be read at all." in answer["not_read"]
    first = answer["items"][0]
    assert first["score"]["low"] <= first["score"]["value"] <= first["score"]["high"]
    copy = next(item for item in answer["items"] if item["tool_id"] == "chat-mate-copy")
    assert copy["amount"]["bytes_up"] is None
    assert copy["who"] == {"people": 0, "devices": 0, "addresses": 1, "unnamed_events": 0}
    assert copy["baa"] == "unknown"


def test_one_tool_has_every_part(hospital: TestClient) -> None:
    report = hospital.get("/api/v1/tools/scribe-one").json()
    assert sum(part["points"] for part in report["parts"]) == report["tool"]["score"]["value"]
    assert sum(part["low"] for part in report["parts"]) == report["tool"]["score"]["low"]
    assert sum(part["high"] for part in report["parts"]) == report["tool"]["score"]["high"]
    assert sum(day["events"] for day in report["days"]) == report["tool"]["amount"]["events"]
    assert sum(row["amount"]["events"] for row in report["evidence"]) == report["tool"]["amount"]["events"]
    assert [terms["stale"] for terms in report["terms"]] == [True, False]
    assert report["history"][0]["score"] == report["tool"]["score"]
    assert hospital.get("/api/v1/tools/chat-mate").json()["also_seen"][0]["finding_kind"] == "contact"


def test_coverage_adds_up(hospital: TestClient) -> None:
    report = hospital.get("/api/v1/coverage").json()
    for source in report["sources"]:
        if source["source"] != "sso":  # its only file was read in part, so no batch of it is recorded
            total = source["events"] + source["not_events"] + source["lines_unreadable"]
            assert source["lines"] == total
    assert {file["label"] for file in report["unread_files"]} == {"export.xlsx", "okta.json"}
    assert report["last_scan"]["status"] == "partial"


def test_before_the_first_scan_nothing_is_known(empty: TestClient) -> None:
    assert empty.get("/api/v1/coverage").json()["last_scan"] is None
    tools = empty.get("/api/v1/tools").json()
    assert (tools["total"], tools["items"]) == (0, [])
    assert tools["not_read"] == ["Nothing has been scanned yet, so nothing at all is known."]


@pytest.mark.parametrize(
    ("filters", "number"),
    [
        ("status=unreviewed", 4),
        ("status=unreviewed&status=approved", 5),
        ("band=critical&band=high&band=moderate&band=low&band=minimal", 6),
        ("vendor=wing", 2),
        ("vendor=wing&category=meeting_notes", 1),
        ("category=ambient_scribe&status=approved", 0),
        ("finding_kind=use", 4),
        ("vendor=", 6),
    ],
)
def test_filters(hospital: TestClient, filters: str, number: int) -> None:
    assert hospital.get(f"/api/v1/tools?{filters}").json()["total"] == number


def test_pages_of_tools_meet_without_gap(hospital: TestClient) -> None:
    whole = [item["tool_id"] for item in hospital.get("/api/v1/tools").json()["items"]]
    parts: list[str] = []
    for offset in range(0, 8, 2):
        page = hospital.get("/api/v1/tools", params={"limit": 2, "offset": offset}).json()
        parts += [item["tool_id"] for item in page["items"]]
    assert parts == whole


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=-1",
        "limit=201",
        "limit=1000000000",
        "limit=x",
        "limit=1e3",
        "offset=-1",
        "offset=1000000000000",
        "band=severe",
        "status=approved;drop",
        "vendor=' or 1=1 --",
        "vendor=%25",
        "vendor=" + "a" * 101,
        "category=none",
        "finding_kind=all",
        "unknown=1",
        "&".join("vendor=a" for _ in range(21)),
    ],
)
def test_what_is_out_of_bounds_is_a_problem_without_echo(hospital: TestClient, query: str) -> None:
    for address in ("/api/v1/tools", "/api/v1/scans"):
        answer = hospital.get(f"{address}?{query}")
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["status"] == 422
        assert problem["errors"]
        assert "or 1=1" not in answer.text
        assert "drop" not in answer.text


def test_scans_are_paged_by_id(hospital: TestClient) -> None:
    assert hospital.get("/api/v1/scans").json()["next_before"] is None
    assert hospital.get("/api/v1/scans?before=1").json()["items"] == []
    assert hospital.get("/api/v1/scans?before=99999999999999999999").status_code == 422


@pytest.mark.parametrize(
    "address", ["/api/v1/tools/none", "/api/v1/scans/2", "/api/v1/scans/x", "/api/v2", "/api/"]
)
def test_what_does_not_exist_is_a_problem_document(hospital: TestClient, address: str) -> None:
    answer = hospital.get(address)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is nothing at this address.",
    }


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_everything_is_read_only(hospital: TestClient, method: str) -> None:
    for address in ("/", *DOCUMENTS[:-1]):
        answer = hospital.request(method, address)
        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, HEAD"


def test_head_answers_like_get_without_a_body(hospital: TestClient) -> None:
    for address in ("/", "/healthz", "/api/v1/tools"):
        answer = hospital.head(address)
        assert answer.status_code == 200
        assert answer.content == b""


def test_an_unchanged_document_is_not_sent_again(hospital: TestClient) -> None:
    first = hospital.get("/api/v1/tools")
    tag = first.headers["etag"]
    again = hospital.get("/api/v1/tools", headers={"if-none-match": f'"other", {tag}'})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == tag
    assert hospital.get("/api/v1/tools", headers={"if-none-match": '"other"'}).status_code == 200
    assert hospital.get("/api/v1/tools?limit=1").headers["etag"] != tag
    assert "etag" not in hospital.get("/api/v1/tools/none").headers


def test_openapi_describes_every_field_and_problem(hospital: TestClient, hospital_app: FastAPI) -> None:
    schema: dict[str, Any] = hospital.get("/api/openapi.json").json()
    assert set(schema["paths"]) == {
        "/api/v1/tools",
        "/api/v1/tools/{tool_id}",
        "/api/v1/tools/{tool_id}/risk",
        "/api/v1/risk/quantified",
        "/api/v1/scans",
        "/api/v1/scans/{scan_id}",
        "/api/v1/coverage",
        "/api/v1/sources",
        "/api/v1/findings",
        "/api/v1/survey",
        "/api/v1/datamap",
        "/api/v1/agreements",
        "/api/v1/committee",
        "/api/v1/readiness",
        "/api/v1/tools/{tool_id}/conditions",
        "/api/v1/tools/{tool_id}/evaluation",
        "/api/v1/gaps",
        "/api/v1/kpis",
        "/api/v1/policy",
        *(f"/api/v1/policy/{end}" for end in ("versions", "publish", "attest")),
        *(f"/api/v1/alerts{end}" for end in ("", "/acknowledge")),
        "/api/v1/incidents",
        *(
            f"/api/v1/incidents/{{number}}{end}"
            for end in ("", "/assess", "/decide", "/notices", "/close", "/reopen", "/history")
        ),
        "/api/v1/reviews",
        "/api/v1/reviews/done",
        *(f"/api/v1/report.{form}" for form in ("json", "html", "pdf", "xlsx")),
        *(f"/api/v1/candidates{end}" for end in ("", "/one", "/dismissed", "/promote", "/dismiss")),
        "/healthz",
    }
    for path, methods in schema["paths"].items():
        assert set(methods) <= {"get", "post"}
        for operation in methods.values():
            assert operation["summary"], path
            assert operation["description"], path
            for status, response in operation["responses"].items():
                if status != "200":
                    assert set(response["content"]) == {"application/problem+json"}, (path, status)
            for parameter in operation.get("parameters", ()):
                assert parameter.get("description"), (path, parameter["name"])
    for name, model in schema["components"]["schemas"].items():
        assert model.get("description") or "enum" in model, name


def test_health_tells_of_an_outdated_database(hospital: TestClient) -> None:
    assert hospital.get("/healthz").json() == {"status": "ok", "database": "ok", "catalogue": "0123456789ab"}
