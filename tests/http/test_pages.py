"""The pages say what was found, what was not read, and never that anything is clean."""

from __future__ import annotations

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

PAGES = ("/", "/inventory", "/coverage", "/scans", "/scans/1", "/tools/scribe-one")


def text_of(html: str) -> str:
    """Return what a person reads, with white space made single."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_html_without_script_and_with_one_heading(hospital: TestClient, page: str) -> None:
    answer = hospital.get(page)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<script" not in answer.text
    assert " style=" not in answer.text
    assert answer.text.count("<h1") == 1
    assert '<html lang="en">' in answer.text
    assert 'href="#content"' in answer.text


def test_the_feed_ranks_unapproved_use_and_keeps_other_findings_apart(hospital: TestClient) -> None:
    page = hospital.get("/").text
    ranked, others = page.split("Seen, but not plainly in use")
    names = re.findall(r'<a class="name" href="/tools/([^"]+)">', ranked)
    assert set(names) == {"scribe-one", "chat-mate", "note-wing"}
    scores = [int(score) for score in re.findall(r'<div class="score"><b>(\d+)</b>', ranked)]
    assert scores == sorted(scores, reverse=True)
    assert set(re.findall(r'<a class="name" href="/tools/([^"]+)">', others)) == {
        "office-helper",
        "chat-mate-copy",
    }
    assert "approved-dictation" not in page


def test_the_feed_states_what_a_reader_must_know_of_a_tool(hospital: TestClient) -> None:
    row = hospital.get("/", params={"vendor": "mate"}).text
    seen = text_of(row)
    for fact in (
        "Chat Mate",
        "Chat assistant",
        "None signed here",
        "vendor offers none",
        "1 person",
        "Cardiology, Emergency",
        "proxy-main",
        "417 events",
        "7 blocked",
        "at least",
        "first 2026-11-19",
        "last 2026-11-21 , yesterday",
        "Unreviewed",
    ):
        assert fact in seen, fact
    assert re.search(r"may be \d+ to \d+", seen)
    assert '<svg class="spark"' in row


def test_the_banner_says_what_was_not_read(hospital: TestClient) -> None:
    for page in ("/", "/inventory", "/coverage"):
        seen = text_of(hospital.get(page).text)
        assert "1 file of 4 could not be read at all." in seen
        assert "1 file of 4 could be read only in part." in seen
        assert "80 lines of 2,010 could not be read" in seen
        assert "events name no user" in seen
        assert "10 connections hid the name of the server." in seen
        assert "dns-core has been silent for 6 days." in seen
        assert "A tool that is not listed may still be in use." in seen


def test_before_the_first_scan_nothing_is_called_clean(empty: TestClient) -> None:
    for page in ("/", "/inventory", "/coverage", "/scans"):
        seen = text_of(empty.get(page).text)
        assert "othing has been scanned yet" in seen or "Nothing scanned yet" in seen
        assert not re.search(r"\b(clean|safe|all clear|no risk|secure)\b", seen, re.IGNORECASE)


def test_no_page_calls_anything_clean(hospital: TestClient) -> None:
    for page in PAGES:
        assert not re.search(
            r"\b(clean|all clear|no risk)\b", text_of(hospital.get(page).text), re.IGNORECASE
        )


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"status": "in_review"}, {"note-wing"}),
        ({"category": "ambient_scribe"}, {"scribe-one"}),
        ({"vendor": "wing"}, {"note-wing", "office-helper"}),
        ({"finding_kind": "look_alike"}, {"chat-mate-copy"}),
        ({"status": "", "band": "", "vendor": "mate", "category": "", "finding_kind": ""}, {"chat-mate"}),
        ({"status": "retired"}, set()),
    ],
)
def test_filters_narrow_the_feed(hospital: TestClient, filters: dict[str, str], names: set[str]) -> None:
    page = hospital.get("/", params=filters).text
    assert set(re.findall(r'<a class="name" href="/tools/([^"]+)">', page)) == names
    if not names:
        assert "No tool matches these filters." in text_of(page)


def test_the_form_keeps_what_was_chosen(hospital: TestClient) -> None:
    page = hospital.get("/", params={"vendor": "mate"}).text
    assert '<option value="mate" selected>' in page
    assert ">Clear</a>" in page


def test_a_wrong_filter_is_explained_on_a_page(hospital: TestClient) -> None:
    answer = hospital.get("/", params={"band": "<script>alert(1)</script>"})
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("text/html")
    assert "query.band" in answer.text
    assert "alert(1)" not in answer.text


def test_paging_keeps_filters_and_ends(hospital: TestClient) -> None:
    first = hospital.get("/inventory", params={"limit": 2, "status": "unreviewed"}).text
    assert "1 to 2 of 4" in text_of(first)
    assert ">Previous<" not in first
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = hospital.get(unescape(following[1]))
    assert "3 to 4 of 4" in text_of(second.text)
    assert "status=unreviewed" in following[1]
    assert ">Next<" not in second.text


def test_the_inventory_lists_approved_tools_with_their_status(hospital: TestClient) -> None:
    page = hospital.get("/inventory").text
    names = re.findall(r'<a class="name" href="/tools/([^"]+)">', page)
    assert names[0] == "approved-dictation"
    assert len(names) == 6


def test_the_parts_of_a_score_can_be_added_up_on_paper(hospital: TestClient) -> None:
    page = hospital.get("/tools/scribe-one").text
    table = page.split('id="sum"')[1].split("</table>")[0]
    points = [
        int(value.replace("−", "-"))
        for value in re.findall(r'data-label="Points" class="number points">([−\d]+)</td>', table)
    ]
    score = re.search(r'<div class="score"><b>(\d+)</b>', page)
    assert score
    assert len(points) > 5
    assert sum(points[:-1]) == points[-1] == int(score[1])
    parts = hospital.get("/api/v1/tools/scribe-one").json()["parts"]
    assert [part["points"] for part in parts] == points[:-1]


def test_a_tool_page_shows_terms_with_source_day_and_age(hospital: TestClient) -> None:
    seen = text_of(hospital.get("/tools/scribe-one").text)
    assert "https://vendor.example/terms" in seen
    assert 'href="https://vendor' not in hospital.get("/tools/scribe-one").text
    assert "read 2026-01-15, secondary source: ask the vendor" in seen
    assert "311 days old: read it again before relying on it" in seen
    assert "read 2026-10-01, vendor's own page" in seen
    assert seen.count("days old") == 1


def test_a_tool_page_shows_evidence_people_decisions_and_agreements(hospital: TestClient) -> None:
    scribe = text_of(hospital.get("/tools/scribe-one").text)
    assert "scribe-one:domain:scribe-one.example" in scribe
    assert "p-00000000000000000001" in scribe
    assert "Nobody has decided on this tool yet." in scribe
    dictation = text_of(hospital.get("/tools/approved-dictation").text)
    assert "Agreement signed, used since 2024." in dictation
    assert "BAA 2024-17" in dictation
    mate = text_of(hospital.get("/tools/chat-mate").text)
    assert "Also seen as contact with the vendor: 3 events" in mate


def test_scans_and_coverage_name_every_file_that_was_left_out(hospital: TestClient) -> None:
    scan = text_of(hospital.get("/scans/1").text)
    for fact in (
        "access.log",
        "queries.log.1.gz",
        "export.xlsx",
        "No log format matches.",
        "okta.json",
        "read in part",
    ):
        assert fact in scan
    coverage = text_of(hospital.get("/coverage").text)
    for fact in (
        "proxy-main",
        "dns-core",
        "sso",
        "export.xlsx",
        "okta.json",
        "Too few fields",
        "6 days without an event",
    ):
        assert fact in coverage
    assert "Complete except for some files" in text_of(hospital.get("/scans").text)


@pytest.mark.parametrize(
    "address",
    [
        "/nothing",
        "/tools/none",
        "/scans/99",
        "/scans/x",
        "/scans/0",
        "/scans/-1",
        "/scans/99999999999999999999999",
        "/tools/",
        "/tools/../../etc/passwd",
        "/tools/%2e%2e%2f",
        "/static/none.css",
        "/static/../app.py",
        "/static/%2e%2e%2fapp.py",
        "/static/tokens.css",
        "/docs",
        "/redoc",
        "/openapi.json",
        "/tools/" + "x" * 500,
        "/tools/%00",
        "/tools/%F0%9F%92%A9",
    ],
)
def test_what_does_not_exist_is_a_plain_404(hospital: TestClient, address: str) -> None:
    answer = hospital.get(address)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "There is nothing at this address." in answer.text
