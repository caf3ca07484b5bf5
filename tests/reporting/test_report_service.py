"""The report over HTTP, on the command line, and in a browser that prints it."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api.cli.app import app
from api.http.app import create_app
from api.reporting.making import FORMS
from api.reporting.page import report_html
from governance.report.figures import Report
from governance.weights import load_weights
from storage.database import Database, open_database
from tests.http.hospital import CATALOGUE, NOW, fill

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result


@pytest.fixture
def client(hospital_database: Database) -> TestClient:
    """Give a client of the service."""
    service = create_app(
        database=hospital_database, catalogue=CATALOGUE, weights=load_weights(), clock=lambda: NOW
    )
    return TestClient(service, base_url="http://localhost", raise_server_exceptions=False)


def test_report_as_data(client: TestClient) -> None:
    found = client.get("/api/v1/report.json").json()
    assert found["sections"][0]["id"] == "summary"
    figures = {one["id"]: one for one in found["figures"]}
    assert figures["tool.chat-mate.people"]["withheld"]
    assert figures["tool.chat-mate.people"]["value"] is None
    assert figures["coverage.lines"]["value"] == 2000


@pytest.mark.parametrize(
    ("form", "begins"), [("html", b"<!doctype html>"), ("pdf", b"%PDF"), ("xlsx", b"PK")]
)
def test_report_as_file(client: TestClient, form: str, begins: bytes) -> None:
    answer = client.get(f"/api/v1/report.{form}")
    assert answer.status_code == 200
    assert answer.content.startswith(begins)
    name = f'attachment; filename="skiagram-report-2026-11-22.{form}"'
    assert answer.headers["content-disposition"] == name
    assert answer.headers["x-content-type-options"] == "nosniff"
    again = client.get(f"/api/v1/report.{form}", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


def test_paper_is_asked_for_or_that_of_the_settings(
    hospital_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = ("application/pdf", lambda report, paper: f"{report.title}, {paper}".encode())
    monkeypatch.setattr("api.http.report_routes.FORMS", {**FORMS, "pdf": told})
    service = create_app(
        database=hospital_database,
        catalogue=CATALOGUE,
        weights=load_weights(),
        clock=lambda: NOW,
        paper="a4",
        organisation="Lakeside <b>Hospital</b>",
    )
    client = TestClient(service, base_url="http://localhost", raise_server_exceptions=False)
    for asked, paper in (("", "a4"), ("?paper=letter", "letter")):
        assert client.get(f"/api/v1/report.pdf{asked}").text.endswith(paper), asked
    assert client.get("/api/v1/report.pdf?paper=a3").status_code == 422
    assert "Lakeside &lt;b&gt;Hospital" in client.get("/api/v1/report.html").text


def test_report_without_its_libraries_is_a_problem(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    answer = client.get("/api/v1/report.pdf")
    assert answer.status_code == 501
    assert "skiagram[reports]" in answer.json()["detail"]


def test_page_leads_to_every_form(client: TestClient) -> None:
    page = client.get("/report").text
    links = re.findall(r'href="(/api/v1/report\.\w+)"', page)
    assert sorted(links) == [f"/api/v1/report.{form}" for form in ("html", "json", "pdf", "xlsx")]
    assert all(client.get(link).status_code == 200 for link in links)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Give a function that runs skiagram in a folder of its own."""
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("SKIAGRAM_DATA_DIRECTORY", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    return lambda *arguments: CliRunner().invoke(app, arguments)


@pytest.mark.full
def test_commands_write_and_trace(run: Callable[..., Result], tmp_path: Path) -> None:
    opened = open_database(f"sqlite:///{tmp_path / 'data' / 'skiagram.db'}")
    opened.upgrade()
    fill(opened, load_weights())
    opened.close()
    at = ("--at", "2026-11-22T03:00")
    for form, begins in (("pdf", b"%PDF"), ("html", b"<!doctype"), ("xlsx", b"PK")):
        out = tmp_path / f"report.{form}"
        done = run("report", "governance", "--out", str(out), "--paper", "a4", *at)
        assert done.exit_code == 0, done.output
        assert out.read_bytes().startswith(begins)
    traced = run("report", "trace", "--all", "--json", *at)
    assert traced.exit_code == 0, traced.output
    found = {one["id"]: one for one in json.loads(traced.stdout)}
    assert found["coverage.lines"]["rows"][0]["result"] == 2000
    assert found["coverage.lines"]["agrees"]
    one = run("report", "trace", "coverage.lines", *at)
    assert "rows and figure agree: yes" in one.stdout
    assert "SELECT sum(batch.lines)" in one.stdout
    shown = run("report", "trace", "tool.chat-mate.people", "--individuals", *at)
    assert "tool.chat-mate.people: 1 " in shown.stdout
    assert "tool.chat-mate.people: <5 " in run("report", "trace", "tool.chat-mate.people", *at).stdout


@pytest.mark.full
def test_a_copy_with_small_counts_is_in_the_audit_log(run: Callable[..., Result], tmp_path: Path) -> None:
    out = str(tmp_path / "all.html")
    assert run("report", "governance", "--out", out, "--individuals", "--by", "A. Chen").exit_code == 0
    opened = open_database(f"sqlite:///{tmp_path / 'data' / 'skiagram.db'}")
    with opened.read() as conn:
        rows = conn.exec_driver_sql("SELECT actor, action FROM audit").all()
    opened.close()
    assert [tuple(row) for row in rows] == [("A. Chen", "report.individuals")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("governance", "--out", "report.doc"), ".xlsx"),
        (("governance", "--out", "report.pdf", "--paper", "a5"), "letter or a4"),
        (("governance", "--out", "report.html", "--individuals"), "--by"),
        (("trace",), "--all"),
    ],
)
def test_mistakes_are_told(run: Callable[..., Result], arguments: tuple[str, ...], said: str) -> None:
    done = run("report", *arguments)
    assert done.exit_code == 2
    assert said in " ".join(done.output.replace("│", " ").split())


@pytest.mark.browser
@pytest.mark.network
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "report", [pytest.param("hospital_report", marks=pytest.mark.full), "attacked_report"]
)
def test_a_browser_shows_and_prints_the_page(
    report: str, request: pytest.FixtureRequest, tmp_path: Path, chromium_path: str
) -> None:
    from playwright.sync_api import sync_playwright

    made: Report = request.getfixturevalue(report)
    path = tmp_path / "report.html"
    path.write_text(report_html(made), encoding="utf-8")
    said: list[Any] = []
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda fault: said.append(str(fault)))
        page.on("request", lambda one: asked.append(one.url))
        page.goto(path.as_uri())
        assert page.evaluate("window.__pwned") is None
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.locator("h1").inner_text() == made.title
        assert page.evaluate("getComputedStyle(document.querySelector('h2')).fontSize") == "20px"
        assert page.pdf(format="A4").startswith(b"%PDF")
        browser.close()
    assert said == []
    assert asked == [path.as_uri()]
