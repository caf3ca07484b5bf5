"""Decisions with conditions, readiness, committee, evaluation and registers on the command line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

DECIDE = ("tools", "decide", "chatgpt", "--by", "C. Ruiz", "--reason", "signed")
PEOPLE = "account,department\narivera,Radiology\nbchen,Finance\n"


@pytest.mark.full
def test_an_approval_for_another_department_is_a_finding(run: Run, log: Path, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text(PEOPLE)
    run("directory", "import", str(people), "--by", "jo")
    run("scan", str(log))
    approve = (*DECIDE, "--status", "approved_with_conditions", "--department")
    unknown = run(*approve, "Finanse")
    assert (unknown.returncode, "did you mean Finance?" in unknown.stderr) == (2, True)
    early = run(*approve, "finance", "--data-class", "de_identified")
    assert (early.returncode, "missing: governance in place" in early.stderr) == (2, True)
    for item in ("governance", "training", "review"):
        done = run("readiness", "set", "Finance", item, "--by", "jo", "--day", "2026-01-31")
        assert done.returncode == 0, done.stderr
    (department,) = json.loads(run("readiness", "list", "--json").stdout)
    assert (department["department"], department["ready"]) == ("Finance", True)
    assert run(*approve, "finance", "--data-class", "de_identified", "--owner", "IT").returncode == 0
    (breach,) = json.loads(run("findings", "--kind", "breach", "--json").stdout)
    assert (breach["tool_id"], breach["department"], breach["evidence"]["seen"]) == (
        "chatgpt", "Radiology", ["Radiology"]
    )  # fmt: skip
    shown = run("tools", "show", "chatgpt").stdout
    assert "only for departments: Finance" in shown
    assert "only for data: de-identified" in shown
    suggested = json.loads(run("tools", "alternative", "--json").stdout)
    assert suggested["chat_assistant"] == {"tool": "chatgpt", "named": False}


@pytest.mark.full
def test_a_committee_decides_as_the_settings_say(run: Run, log: Path) -> None:
    rules = {"SKIAGRAM_COMMITTEE__QUORUM": "2"}
    run("scan", str(log))
    asked = run(
        "committee", "propose", "chatgpt", "--status", "approved", "--by", "Dr. Lee", "--reason", "many ask"
    )
    assert (asked.returncode, "case 1" in asked.stderr) == (0, True)
    assert "many ask" in run("committee", "queue").stdout
    for member in ("one", "two"):
        vote = ("committee", "vote", "1", "yes", "--member", member, "--reason", "fine")
        assert run(*vote, **rules).returncode == 0
    assert run("committee", "close", "1", "--by", "jo").returncode == 2  # three votes without these settings
    closed = run("committee", "close", "1", "--by", "jo", **rules)
    assert (closed.returncode, "chatgpt is now approved" in closed.stderr) == (0, True)
    (case,) = json.loads(run("committee", "queue", "--all", "--json").stdout)
    assert (case["outcome"], case["yes"]) == ("carried", 2)
    wrong = run("committee", "queue", SKIAGRAM_COMMITTEE__QUORUM="0")
    assert (wrong.returncode, "committee.quorum" in wrong.stderr) == (4, True)


@pytest.mark.full
def test_answers_and_registers_come_whole_or_not_at_all(run: Run, tmp_path: Path) -> None:
    answers = tmp_path / "answers.csv"
    answers.write_text(
        'question,answer,evidence\nsupport.training,yes,"page 3"\nsupport.reporting,perhaps,\n'
    )
    refused = run("evaluate", "heidi", "--answers", str(answers), "--by", "jo")
    assert (refused.returncode, "row 3: 'perhaps' is no answer" in refused.stderr) == (3, True)
    answers.write_text('question,answer,evidence\nsupport.training,yes,"page 3"\n')
    assert run("evaluate", "heidi", "--answers", str(answers), "--by", "jo").returncode == 0
    found = json.loads(run("evaluate", "heidi", "--json").stdout)
    assert found["unanswered"] < 100
    assert run("evaluate", "heidy").returncode == 2

    register = tmp_path / "register.csv"
    register.write_text("vendor,from,until,document\nopenai,2026-01-01,,A\nopenai,2026-01-01,2025-01-01,B\n")
    refused = run("agreements", "import", str(register), "--by", "jo")
    assert (refused.returncode, "row 3: It ends on 2025-01-01" in refused.stderr) == (3, True)
    assert json.loads(run("agreements", "list", "--json").stdout) == []
    register.write_text("vendor,from,until,document,notice days\nopenai,2026-01-01,,A,10\n")
    assert run("agreements", "import", str(register), "--by", "jo").returncode == 0
    assert json.loads(run("agreements", "show", "1", "--json").stdout)["notice_days"] == 10
