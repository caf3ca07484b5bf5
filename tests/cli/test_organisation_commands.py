"""The organisation's own lists are imported from the command line, whole or not at all, and count at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.cli.app import app, guarded

Run = Callable[..., "Done"]


@dataclass(frozen=True)
class Done:
    """What a command printed and how it ended."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Give a function that runs skiagram in this process: a dozen processes would take a dozen times as long."""
    monkeypatch.setenv("SKIAGRAM_DATA_DIRECTORY", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))

    def call(*arguments: str) -> Done:
        code = guarded(lambda: app(list(arguments)))
        printed = capsys.readouterr()
        return Done(code, printed.out, printed.err)

    return call


def written(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_an_import_counts_at_once_and_a_wrong_one_changes_nothing(
    run: Run, log: Path, tmp_path: Path
) -> None:
    subnets = written(tmp_path / "subnets.csv", "cidr,department\n10.20.0.0/16,Ward 7\n")
    assert run("directory", "import-subnets", subnets, "--by", "A. Chen").returncode == 0
    assert run("scan", str(log)).returncode == 0
    assert "Ward 7" in run("tools", "show", "chatgpt", "--json").stdout
    people = written(
        tmp_path / "p.csv", "user,mail,department,terminationDate\narivera,a@h.example,Radiology,2026-10-01\n"
    )
    rehearsal = run("directory", "import", people, "--by", "A. Chen", "--dry-run")
    assert (rehearsal.returncode, rehearsal.stdout) == (0, "")
    assert "nothing was kept" in rehearsal.stderr
    assert "Ward 7" in run("tools", "show", "chatgpt", "--json").stdout
    assert run("directory", "import", people, "--by", "A. Chen").returncode == 0
    after = run("tools", "show", "chatgpt", "--json").stdout
    assert "Radiology" in after
    assert "Ward 7" not in after
    found = json.loads(run("findings", "--kind", "leaver", "--json").stdout)
    assert {one["tool_id"] for one in found} == {"chatgpt", "heidi"}
    assert all(one["evidence"]["last_day"] == "2026-10-01" for one in found)
    wrong = written(tmp_path / "wrong.csv", "user,department\na,A\na,B\n")
    refused = run("directory", "import", wrong, "--by", "A. Chen")
    assert refused.returncode == 3
    assert "wrong.csv: row 3: department is 'B', but row 2" in refused.stderr
    assert "Nothing was changed." in refused.stderr
    shown = json.loads(run("directory", "show", "A@H.example", "--json").stdout)
    assert [one["department"] for one in shown["entries"]] == ["Radiology"]


def test_a_survey_and_a_data_map_from_the_command_line(run: Run, tmp_path: Path) -> None:
    heads = written(tmp_path / "heads.csv", "department,head\nRadiology,r@h.example\nOncology,o@h.example\n")
    made = run("survey", "create", "--heads", heads, "--until", "2126-01-31", "--by", "A. Chen")
    assert made.returncode == 0, made.stderr
    links = [line.split("\t") for line in made.stdout.splitlines()]
    assert [(department, head) for _, department, head in links] == [
        ("Radiology", "r@h.example"),
        ("Oncology", "o@h.example"),
    ]
    assert len({link for link, _, _ in links}) == 2
    assert run("survey", "create", "--until", "2020-01-31", "--department", "A", "--by", "B").returncode == 2
    answers = written(
        tmp_path / "a.csv", "department,tool,people\nRadiology,ChatGPT,3\nRadiology,\x1b[31mRed,2\n"
    )
    assert run("survey", "import", answers, "--by", "A. Chen").returncode == 0
    report = run("survey", "report")
    assert "\x1b" not in report.stdout
    radiology = {one["department"]: one for one in json.loads(run("survey", "report", "--json").stdout)}[
        "Radiology"
    ]
    assert {(one["tool_id"], one["people"]) for one in radiology["declared"]} == {
        ("chatgpt", "<5"),
        (None, "<5"),
    }
    assert run("survey", "revoke", "1", "--by", "A. Chen").returncode == 0
    assert run("survey", "revoke", "99", "--by", "A. Chen").returncode == 2
    systems = written(tmp_path / "s.csv", "system,phi,departments\nRecord,yes,Radiology\n")
    assert run("datamap", "import", systems, "--by", "A. Chen").returncode == 0
    assert [one["name"] for one in json.loads(run("datamap", "--json").stdout)["systems"]] == ["Record"]
