"""Gaps, policy, incidents, reviews and measures on the command line, from a scan to a closed incident."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from api.cli.app import app, guarded

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Give a function that runs skiagram in this process, which is quicker than one of its own."""
    monkeypatch.setenv("SKIAGRAM_DATA_DIRECTORY", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        code = guarded(lambda: app(list(arguments)))
        said = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, code, said.out, said.err)

    return call


def test_from_a_scan_to_a_closed_incident(run: Run, log: Path) -> None:
    run("scan", str(log))
    found = {one["rule"]["id"]: one for one in json.loads(run("gaps", "--json").stdout)}
    assert found["policy_published"]["state"] == "gap"
    assert found["policy_approved_only"]["state"] == "gap"

    opened = run("incidents", "open", "heidi", "--by", "A. Chen", "--json")
    assert opened.returncode == 0, opened.stderr
    one = json.loads(opened.stdout)
    assert one["incident"]["first_event"] < one["incident"]["first_read"] <= one["incident"]["first_person"]
    early = run("incidents", "close", "1", "--by", "A. Chen", "--note", "Done.")
    assert early.returncode == 2
    assert "not decided yet" in early.stderr
    # All of it is kept, or nothing: the day of the notice is none.
    wrong = run("incidents", "assess", "1", "--individuals", "4", "--notice", "hhs=soon", "--by", "A. Chen")
    assert wrong.returncode == 2
    assert json.loads(run("incidents", "show", "1", "--json").stdout)["incident"]["individuals"] is None
    decided = run(
        "incidents",
        "assess",
        "1",
        "--decide",
        "no_patient_data",
        "--reason",
        "Only tests.",
        "--by",
        "C. Ruiz",
    )
    assert decided.returncode == 0, decided.stderr
    assert run("incidents", "close", "1", "--by", "A. Chen", "--note", "Done.").returncode == 0
    assert json.loads(run("incidents", "list", "--json").stdout) == []


def test_a_policy_is_published_and_attested_under_pseudonyms(run: Run, tmp_path: Path) -> None:
    names = ("--owner", "AI committee", "--contact", "privacy@hospital.example", "--by", "A. Chen")
    published = run("policy", "publish", *names)
    assert published.returncode == 0, published.stderr
    assert "+ Who approves: Owner of this policy: AI committee." in published.stdout
    people = tmp_path / "people.csv"
    people.write_text("person,on\nzdravko,\nzdravko,\nmaria,3/4/2026\n")
    refused = run("policy", "attest", "--file", str(people), "--by", "A. Chen")
    assert refused.returncode == 3
    assert "row 4" in refused.stderr
    people.write_text("person\nzdravko\nZDRAVKO\nmaria\n")
    assert (
        "2 attested, 2 of them new"
        in run("policy", "attest", "--file", str(people), "--by", "A. Chen").stderr
    )
    (version,) = json.loads(run("policy", "list", "--json").stdout)
    assert version["attestations"] == 2
    kept = b"".join(path.read_bytes() for path in (tmp_path / "data").glob("skiagram.db*"))
    assert b"zdravko" not in kept.lower()


def test_reviews_and_measures_are_printed(run: Run) -> None:
    assert run("reviews", "done", "watch", "--by", "A. Chen", "--note", "Seen.").returncode == 0
    (watch,) = [one for one in json.loads(run("reviews", "--json").stdout) if one["rule"]["id"] == "watch"]
    assert watch["state"] == "done"
    shown = run("kpis")
    assert "Stage: Ad hoc" in shown.stdout
    assert run("reviews", "done", "nothing", "--by", "A. Chen", "--note", "x").returncode == 2


@pytest.mark.browser
@pytest.mark.full
def test_the_policy_prints_on_one_page(chromium_path: str, tmp_path: Path) -> None:
    from api.pages.policy_sheet import sheet
    from governance.policy import Section

    columns = ("Tool", "For", "Patient data", "Conditions", "Until", "Approved by")
    rows = tuple((f"Tool {n}", "Radiology", "as far as needed (BAA in force)", "none", "2027-01-01", "C. Ruiz")
                 for n in range(20))  # fmt: skip
    sections = [Section(f"s{n}", f"Section {n}", ("A sentence of ordinary length about AI tools.",) * 3)
                for n in range(4)]  # fmt: skip
    page = tmp_path / "policy.html"
    page.write_text(sheet([*sections, Section("approved", "Approved", (), columns, rows)], "Version 1"))
    made = tmp_path / "policy.pdf"
    done = subprocess.run(
        [chromium_path, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
         "--no-pdf-header-footer", f"--print-to-pdf={made}", page.as_uri()],
        capture_output=True, timeout=110, check=False,
    )  # fmt: skip
    assert made.exists(), done.stderr
    content = made.read_bytes()
    assert (
        content.count(b"/Type /Page\n") + content.count(b"/Type /Page ") + content.count(b"/Type/Page>") == 1
    )
