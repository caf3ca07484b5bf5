"""The register of agreements on the command line, and what an entry changes elsewhere."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

ADD = ("agreements", "add", "--vendor", "openai", "--document", "DMS-4711", "--by", "C. Ruiz")


def score(run: Run, tool: str) -> tuple[int, str | None]:
    shown = json.loads(run("tools", "show", tool, "--json").stdout)
    return shown["tool"]["score"], shown["tool"]["agreement"]


def test_an_agreement_shows_where_the_tool_shows(run: Run, log: Path) -> None:
    run("scan", str(log))
    unknown = score(run, "chatgpt")
    assert unknown[1] is None
    assert "BAA" not in run("tools").stdout.splitlines()[2]
    assert "not known; no agreement at all is on record" in run("tools", "show", "chatgpt").stdout
    assert "No agreement is on record" in run("agreements", "list").stdout

    added = run(
        *ADD, "--tool", "chatgpt", "--from", "2020-01-01", "--sha256", "ab" * 32, "--note", "countersigned"
    )
    assert added.returncode == 0, added.stderr
    assert "agreement 1 with openai" in added.stderr
    (entry,) = json.loads(run("agreements", "list", "--json").stdout)
    assert {
        key: entry[key] for key in ("number", "vendor", "tools", "tiers", "in_force", "sha256", "by", "note")
    } == {
        "number": 1,
        "vendor": "openai",
        "tools": ["chatgpt"],
        "tiers": [],
        "in_force": True,
        "sha256": "ab" * 32,
        "by": "C. Ruiz",
        "note": "countersigned",
    }
    signed = score(run, "chatgpt")
    assert signed[1] == "in_force"
    assert signed[0] < unknown[0]
    feed = {line.split()[0]: line for line in run("tools").stdout.splitlines() if line[:1].isdigit()}
    assert sorted(line.split()[-1] for line in feed.values()) == ["none", "ours"]
    page = run("tools", "show", "chatgpt").stdout
    assert "Our own agreement (BAA): in force for this tool" in page
    assert "1: DMS-4711, from 2020-01-01 without end" in page

    ended = run("agreements", "end", "1", "--last-day", "2020-12-31", "--by", "C. Ruiz")
    assert ended.returncode == 0, ended.stderr
    assert "ended" in run("agreements", "list").stdout
    after = score(run, "chatgpt")
    assert after[1] == "ended"
    assert after[0] > signed[0]


@pytest.mark.full
def test_a_plan_nobody_saw_is_not_covered(run: Run, log: Path) -> None:
    run("scan", str(log))
    run(*ADD, "--tool", "chatgpt", "--tier", "enterprise", "--from", "2020-01-01")
    assert score(run, "chatgpt")[1] == "other_scope"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["add", "--vendor", "openia", "--from", "2026-01-01", "--document", "x", "--by", "jo"],
            "did you mean openai",
        ),
        ([*ADD[1:], "--from", "2026-01-01", "--tool", "chatgtp"], "did you mean chatgpt"),
        (
            [*ADD[1:], "--from", "2026-01-01", "--tool", "chatgpt", "--tier", "enterprize"],
            "did you mean enterprise",
        ),
        ([*ADD[1:], "--from", "2026-02-01", "--until", "2026-01-31"], "before it begins"),
        ([*ADD[1:], "--from", "2026-01-01", "--sha256", "abc"], "no SHA-256"),
        ([*ADD[1:], "--from", "01/02/2026"], "does not match"),
        (["end", "7", "--last-day", "2026-01-01", "--by", "jo"], "there is no agreement 7"),
    ],
)
def test_a_wrong_entry_is_refused_and_nothing_is_kept(run: Run, arguments: list[str], words: str) -> None:
    result = run("agreements", *arguments)
    assert result.returncode == 2, result.stderr
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    assert json.loads(run("agreements", "list", "--json").stdout) == []
